//! Is each draft of a section counted and paid for once, whatever happens while the drafts are written?

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::{
    budget::priced,
    support::{Bench, Subject, three_chapters},
};

/// How often the ledger is read until it must hold what was written.
const TIMEOUT: usize = 200;

#[test]
fn an_estimate_and_the_report_count_all_drafts_and_the_book_has_one_of_each_section() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    let calls = |drafts: &str| {
        let told = bench.run(&["--json", "write", "book.md", "--best-of", drafts, "--dry-run"]).exits(0).values();
        told[0]["calls"].as_u64().unwrap()
    };
    let (one, three) = (calls("1"), calls("3"));
    bench.write(&["--best-of", "3"]).exits(0).tells(&["drafts", "18 of 6 sections; what decided: "]);
    bench.holds(&three_chapters());
    assert_eq!(bench.model.stats().calls, three, "the estimate counts another number of calls");
    assert_eq!(three - one, 12);
    let prompts = bench.model.prompts("section", 2);
    let others = prompts.iter().filter(|prompt| prompt.contains("3 writers write this section"));
    assert_eq!(others.count(), 4, "the second and the third draft of two sections are told what they are");
}

#[test]
fn a_run_that_is_killed_while_drafts_are_written_repeats_no_finished_draft() {
    let second = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    let bench = Bench::with_faults(Faults::none().with_rule(Rule::on(second, Fault::Hang).times(1)));
    bench.outline(&three_chapters());
    bench.calls_may_be_lost();
    let run = bench.begin(&["--best-of", "2"]);
    bench.model.wait_for("all but one draft", |stats| {
        stats.by_fault.contains_key("hang") && stats.by_task.get("section") == Some(&12)
    });
    // The brief and three drafts of chapter 2. A draft is saved a moment after its answer.
    let all_are_kept = || bench.ledger().kept().keys().filter(|part| part.chapter == 2).count() == 4;
    assert!((0..TIMEOUT).any(|_| all_are_kept()), "a finished draft is not kept");
    run.kill();
    bench.write(&["--best-of", "2"]).exits(0).tells(&["12 of 6 sections"]);
    bench.holds(&three_chapters());
    let calls = bench.model.calls();
    assert_eq!((calls[&Subject::section(2, 1)], calls[&Subject::section(2, 2)]), (2, 3));
}

#[test]
fn a_book_with_drafts_stays_within_the_smallest_budget_of_its_estimate_and_costs_about_what_is_likely() {
    let bench = priced();
    let estimate = |drafts: &str| {
        bench.run(&["--json", "write", "book.md", "--best-of", drafts, "--dry-run"]).exits(0).values()[0].clone()
    };
    let (one, two) = (estimate("1"), estimate("2"));
    for name in ["cost_micro_usd", "at_most_micro_usd", "smallest_budget_micro_usd"] {
        assert!(two[name].as_u64() > one[name].as_u64(), "{name} leaves out the drafts: {two}");
    }
    let budget = two["smallest_budget_micro_usd"].as_u64().unwrap();
    let budget = format!("{}.{:06}", budget / 1_000_000, budget % 1_000_000);
    bench.write(&["--best-of", "2", "--budget", &budget]).exits(0);
    let spent = bench.ledger().book("money")["spent"].as_u64().unwrap();
    let likely = two["cost_micro_usd"].as_u64().unwrap();
    assert!(likely.abs_diff(spent) * 100 < spent * 40, "{likely} was likely, and {spent} were spent");
}
