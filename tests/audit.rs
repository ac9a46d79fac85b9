//! Is a book read as a whole before it is bound, and are the places that this finds mended? Does a book survive a crash
//! in the middle of that?

use std::fs;

use bindery_stand_in::{Fault, Faults, Match, Rule};

use serde_json::Value;

use crate::support::{Bench, Book};

const OUTLINE: &str = "---
banned: [rich tapestry]
canon:
  - The lighthouse at Wrangholm was finished in 1871.
words: 2800
---
# The coast

## The dunes
## The harbour
## The lighthouse
## The marsh
## The ferry
## The dyke
";

/// Returns a rule for the first text of a section.
fn on(chapter: u32, section: u32, fault: &str) -> Rule {
    let matching =
        Match { task: Some("section".to_owned()), chapter: Some(chapter), section: Some(section), ..Match::default() };
    Rule::on(matching, fault.parse::<Fault>().unwrap()).times(1)
}

fn bench(rules: impl IntoIterator<Item = Rule>) -> Bench {
    let faults = rules.into_iter().fold(Faults::none(), Faults::with_rule);
    let bench = Bench::with_faults(faults);
    bench.file("book.md", OUTLINE);
    bench
}

/// Returns the report of `book.md`.
fn report(bench: &Bench) -> Value {
    let status = bench.run(&["--json", "status", "book.md"]).exits(0);
    status.values().pop().unwrap()["report"].clone()
}

fn text(book: &Book) -> String {
    book.chapters.iter().map(|chapter| chapter.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_only_the_whole_shows_is_found_and_mended_at_its_place_and_all_else_stays() {
    for (fault, flaw, kept) in [
        ("repeats_passage", "a low hum that runs through the posts", 1),
        ("opens_alike", "Nobody in the valley would have believed it", 1),
        ("uses_banned_words", "rich tapestry", 0),
        ("contradicts_canon", "finished in 1878", 0),
        ("invents_source", "Hartmann", 0),
        ("sums_up", "In conclusion", 0),
    ] {
        let sound = bench([]);
        sound.write(&[]).exits(0);
        let bench = bench([on(2, 2, fault), on(4, 1, fault)]);
        bench.write(&[]).exits(0);
        let report = report(&bench);
        let chapters = if kept == 1 { 1 } else { 2 };
        assert_eq!(report["audit"]["repairs"], chapters, "{fault}: {report:#}");
        assert_eq!(report["audit"]["left"], serde_json::json!([]), "{fault}");
        let (book, before) = (bench.book(), sound.book());
        assert_eq!(text(&book).matches(flaw).count(), kept, "{fault}");
        for untouched in [1, 3, 5, 6] {
            assert_eq!(book.chapters[untouched - 1].text, before.chapters[untouched - 1].text, "{fault}");
        }
        assert_eq!(bench.model.stats().by_task.get("repair").copied(), Some(chapters), "{fault}");
    }
}

#[test]
fn a_fact_that_chapters_state_differently_is_found_by_their_lists_and_mended_once_a_judge_confirms_it() {
    let flaws = || bench([on(2, 2, "states_fact"), on(4, 1, "contradicts_fact")]);
    let without = flaws();
    without.write(&[]).exits(0);
    assert!(text(&without.book()).contains("painted green"), "plain code cannot find it");

    let with = flaws().set("BINDERY_CHECKS__FACTS", "true");
    with.write(&[]).exits(0);
    let report = report(&with);
    assert_eq!(report["audit"]["repairs"], 1, "{report:#}");
    assert_eq!(report["audit"]["left"], serde_json::json!([]));
    let book = text(&with.book());
    assert!(book.contains("painted red") && !book.contains("painted green"));
    let calls = with.model.stats().by_task;
    let called = |task: &str| calls.get(task).copied().unwrap_or(0);
    assert_eq!((called("facts"), called("conflicts"), called("repair")), (6, 1, 1));
}

#[test]
fn a_list_of_facts_that_cannot_be_had_costs_the_book_nothing() {
    let refusals = Rule::on(Match { task: Some("facts".to_owned()), ..Match::default() }, Fault::Refused);
    let bench = bench([on(2, 2, "states_fact"), on(4, 1, "contradicts_fact"), refusals]);
    let bench = bench.set("BINDERY_CHECKS__FACTS", "true");
    bench.write(&[]).exits(0);
    assert_eq!(report(&bench)["audit"]["repairs"], 0);
    assert_eq!(bench.book().chapters.len(), 6);
}

#[test]
fn a_report_names_what_is_wrong_and_mends_nothing() {
    let bench = bench([on(2, 2, "uses_banned_words")]);
    bench.write(&["--audit", "report"]).exits(0);
    let report = report(&bench);
    let left = report["audit"]["left"][0].as_str().unwrap();
    assert!(left.starts_with("In chapter 2, section 2,") && left.contains("rich tapestry"), "{left}");
    assert!(text(&bench.book()).contains("rich tapestry"));
}

#[test]
fn a_book_that_is_not_audited_is_bound_as_it_was_written() {
    let bench = bench([on(2, 2, "uses_banned_words")]);
    bench.write(&["--audit", "off"]).exits(0);
    assert!(report(&bench)["audit"].is_null());
    assert!(text(&bench.book()).contains("rich tapestry"));
}

#[test]
fn a_repair_that_fails_leaves_the_section_and_the_report_and_the_events_name_what_stands() {
    let refusals = Rule::on(Match { task: Some("repair".to_owned()), ..Match::default() }, Fault::Refused);
    let bench = bench([on(2, 2, "uses_banned_words"), refusals]);
    bench.write(&[]).exits(0).tells(&["Not mended: In chapter 2, section 2,", "0 chapters mended, 1 finding left"]);
    let report = report(&bench);
    assert!(text(&bench.book()).contains("rich tapestry"));
    let remarks = report["remarks"].to_string();
    assert!(remarks.contains("Section 2: ") && remarks.contains("was not mended"), "{remarks}");
    let left = report["audit"]["left"].as_array().unwrap();
    assert_eq!((left.len(), &report["audit"]["repairs"]), (1, &Value::from(0)), "{report:#}");
    let finding = left[0].as_str().unwrap();
    assert!(finding.starts_with("In chapter 2, section 2,") && finding.contains("rich tapestry"), "{finding}");
    let events = bench.run(&["--json", "watch", "book.md"]).exits(0).values();
    let reread = events.iter().find(|event| event["kind"] == "reread").unwrap_or_else(|| panic!("{events:#?}"));
    assert!(reread["detail"].as_str().unwrap().ends_with(finding), "{reread}");
}

#[test]
fn a_run_that_is_killed_during_a_repair_goes_on_with_it() {
    let hangs = Rule::on(Match { task: Some("repair".to_owned()), ..Match::default() }, Fault::Hang).times(1);
    let bench = bench([on(2, 2, "uses_banned_words"), hangs]);
    bench.calls_may_be_lost();
    let run = bench.begin(&[]);
    bench.model.wait_for("the repair to hang", |stats| stats.by_fault.contains_key("hang"));
    run.kill();
    let sections = bench.model.stats().by_task["section"];
    bench.write(&[]).exits(0);
    assert!(!text(&bench.book()).contains("rich tapestry"));
    assert_eq!(bench.model.stats().by_task["section"], sections, "a finished section was written again");
}

/// A novel, whose plan by the stand-in has a secret that the last chapter tells.
const STORY: &str = "---
kind: novel
words: 1400
---
# The coast

## The dunes
## The harbour
## The lighthouse
";

#[test]
fn a_story_has_breaks_between_its_scenes_and_tells_its_secret_in_its_own_chapter_alone() {
    let early = |chapter| {
        let matching = Match { task: Some("section".to_owned()), chapter: Some(chapter), ..Match::default() };
        Rule::on(matching, "tells_early".parse::<Fault>().unwrap())
    };
    let bench = Bench::with_faults(Faults::none().with_rule(early(2)).with_rule(early(3)));
    bench.file("book.md", STORY);
    bench.write(&[]).exits(0);
    let book = bench.book();
    let told: Vec<usize> =
        book.chapters.iter().map(|chapter| chapter.text.matches("Wrangholm ledger").count()).collect();
    assert_eq!((told[0], told[2]), (0, 2), "the last chapter may tell it");
    assert!(told[1] < 2, "the audit has what the writing left mended, as far as its share of the sections goes");
    assert!(book.chapters.iter().all(|chapter| chapter.headings.is_empty()));
    let markdown = fs::read_to_string(bench.path("out/book.md")).unwrap();
    assert_eq!(markdown.lines().filter(|line| *line == "***").count(), 3, "one between the two scenes of each chapter");
}
