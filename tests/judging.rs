//! Is a point that a chapter leaves out treated in the end, without a call where nothing is left out?

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Bench, FinishedParts, Subject, three_chapters_in_rare_words};

/// Returns a rule that lets the second section of chapter 2 leave out its point.
fn leaves_out(times: u32) -> Rule {
    let section = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    Rule::on(section, Fault::LeaveOut).times(times)
}

fn bench(faults: Faults) -> Bench {
    let bench = Bench::with_faults(faults);
    bench.outline(&three_chapters_in_rare_words());
    bench
}

#[test]
fn a_section_that_leaves_out_a_point_is_judged_once_and_written_again() {
    let bench = bench(Faults::none().with_rule(leaves_out(1)));
    bench.write(&[]).exits(0);
    bench.holds(&three_chapters_in_rare_words());
    let calls = bench.model.calls();
    assert_eq!((calls[&Subject::judgement(2)], calls[&Subject::section(2, 2)]), (1, 2));
    assert!(!calls.contains_key(&Subject::judgement(1)), "a chapter was judged that leaves nothing out");
    let prompts = bench.model.prompts("section", 2);
    let rewrite = prompts.iter().find(|prompt| prompt.contains("<draft>")).unwrap();
    let demand = rewrite.split("mend this:").nth(1).unwrap().split("<draft>").next().unwrap();
    assert!(demand.contains("number 1 of the points"), "{demand}");
    assert!(!demand.contains("upkeep"), "the demand quotes the point: {demand}");
    let ledger = bench.ledger();
    assert_eq!(ledger.chapter(2)["result"]["remarks"], serde_json::json!([]));
}

#[test]
fn a_point_that_stays_left_out_is_named_in_the_report() {
    let bench = bench(Faults::none().with_rule(leaves_out(9))).set("BINDERY_LEDGER__REWRITES", "0");
    bench.write(&[]).exits(0).tells(&["It does not treat this point: The upkeep of moons"]);
    assert_eq!(bench.model.calls()[&Subject::judgement(2)], 1);
}

#[test]
fn a_judgement_that_never_comes_costs_the_chapter_nothing() {
    let no_judgement = Match { task: Some("judgement".to_owned()), ..Match::default() };
    let faults = Faults::none().with_rule(leaves_out(1)).with_rule(Rule::on(no_judgement, Fault::Refused));
    let bench = bench(faults);
    bench.write(&[]).exits(0).tells(&["Its points could not be judged"]);
    bench.holds(&three_chapters_in_rare_words());
    assert_eq!(bench.model.calls()[&Subject::section(2, 2)], 1);
}

#[test]
fn judging_is_off_or_covers_each_chapter_as_the_settings_say() {
    let off = bench(Faults::none().with_rule(leaves_out(1))).set("BINDERY_CHECKS__JUDGE", "off");
    off.write(&[]).exits(0);
    assert_eq!(off.model.stats().by_task.get("judgement"), None);
    let all = bench(Faults::none()).set("BINDERY_CHECKS__JUDGE", "all");
    let estimate = all.run(&["--json", "write", "book.md", "--dry-run"]).exits(0).values();
    all.write(&[]).exits(0);
    assert_eq!(all.model.stats().by_task["judgement"], 3);
    assert_eq!(estimate[0]["calls"], 13, "the estimate leaves out the judgements");
}

#[test]
fn a_crash_during_the_rewrite_of_a_judged_section_repeats_no_judgement() {
    let hang = Match {
        task: Some("section".to_owned()),
        chapter: Some(2),
        section: Some(2),
        attempt: Some(2),
        ..Match::default()
    };
    let faults = Faults::none().with_rule(leaves_out(1)).with_rule(Rule::on(hang, Fault::Hang).times(1));
    let bench = bench(faults);
    bench.calls_may_be_lost();
    let run = bench.begin(&[]);
    bench.model.wait_for("the rewrite to hang", |stats| stats.by_fault.contains_key("hang"));
    run.kill();
    let kept: FinishedParts = bench.kept();
    bench.write(&[]).exits(0);
    kept.left_alone(&bench.model);
    bench.holds(&three_chapters_in_rare_words());
    assert_eq!(bench.model.calls()[&Subject::judgement(2)], 1);
}
