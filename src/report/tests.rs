use bindery_domain::{Digest, TaskId, Unit};
use bindery_ledger::{
    Hold, Part, Stage, TaskResult,
    chain::{Piece, length, slowest},
};

use super::*;
use crate::view::Asked;

/// Returns a finished task whose parts took these times in milliseconds.
fn task(id: TaskId, wave: u16, parts: &[u64]) -> Task {
    let mut task = Task::waiting(id, 1, wave);
    task.standing = Standing::Done;
    let part = |ms: &u64| Part { elapsed_ms: *ms, calls: 1, digest: Some(Digest::of("text")), ..Part::default() };
    task.parts = (0..).zip(parts.iter().map(part)).collect();
    task
}

fn chapter(number: u32, wave: u16, parts: &[u64], summary: Option<&str>) -> Task {
    let mut task = task(TaskId::Write(number), wave, parts);
    task.result =
        Some(TaskResult { summary: summary.map(str::to_owned), ..TaskResult::new(1, 1, Digest::of("text"), 1_500) });
    task
}

fn chain(tasks: &[Task]) -> Vec<(Option<u32>, Piece, u64)> {
    slowest(tasks).into_iter().map(|link| (link.task.chapter(), link.part, link.ms)).collect()
}

fn book(change: impl FnOnce(&mut serde_json::Value)) -> Book {
    let mut record = serde_json::json!({
        "id": "70066089f408", "tenant": "local", "request_id": "/books/bread.md", "order": Digest::of("order"),
        "title": "Bread", "model": "openai:gpt-5-mini", "chapters": 3, "compiled": false, "state": "done", "holds": [],
        "edition": 1, "wave": 1, "context": null, "estimate": 0, "accepted_at": 0, "deadline_at": 0,
        "terms": {"window": 64, "gaps": "fail", "budget": null, "plan_estimate": 0, "deadline_ms": 0, "review": false,
            "formats": []},
        "money": {"reserved": 0, "spent": 1_250_000, "unknown": 0, "wasted": 0},
        "held_since": null, "settled_at": null, "reason": null, "binding": null,
    });
    change(&mut record);
    serde_json::from_value(record).unwrap()
}

fn subject() -> Subject {
    let asked = |title: &str| Asked { title: title.to_owned(), length: 1_500, sections: 2 };
    Subject { chapters: ["One", "Two", "Three"].map(asked).into(), unit: Unit::Words, priced: true }
}

fn whole() -> Vec<Task> {
    vec![
        task(TaskId::Plan, 0, &[10_000]),
        chapter(1, 0, &[1_000, 20_000, 5_000, 4_000], Some("short")),
        chapter(2, 0, &[2_000, 9_000, 21_000, 900], Some("short")),
        chapter(3, 1, &[3_000, 7_000], None),
        task(TaskId::Bind, 0, &[]),
    ]
}

#[test]
fn the_slowest_chain_goes_through_the_plan_and_the_slowest_chapter_of_each_wave() {
    let expected = [
        (None, Piece::Plan, 10_000),
        (Some(1), Piece::Brief, 1_000),
        (Some(1), Piece::Section(1), 20_000),
        (Some(1), Piece::Summary, 4_000),
        (Some(3), Piece::Brief, 3_000),
        (Some(3), Piece::Section(1), 7_000),
    ];
    assert_eq!(chain(&whole()), expected);
    assert_eq!(length(&slowest(&whole())), Duration::from_secs(45));
}

#[test]
fn a_summary_follows_the_sections_and_is_not_one_of_them() {
    let tasks = [chapter(1, 0, &[1_000, 2_000, 90_000], Some("short"))];
    assert_eq!(length(&slowest(&tasks)), Duration::from_secs(93));
    let tasks = [chapter(1, 0, &[1_000, 2_000, 90_000], None)];
    assert_eq!(length(&slowest(&tasks)), Duration::from_secs(91));
}

#[test]
fn the_last_section_of_a_reopened_chapter_is_not_taken_for_its_summary() {
    let mut again = chapter(1, 0, &[1_000, 2_000, 90_000], Some("of the text before"));
    again.standing = Standing::Released;
    assert_eq!(length(&slowest(&[again])), Duration::from_secs(91));
}

#[test]
fn a_book_without_a_planning_call_begins_its_chain_with_a_brief() {
    let tasks = [task(TaskId::Plan, 0, &[]), chapter(1, 0, &[5, 10], None)];
    assert_eq!(chain(&tasks), [(Some(1), Piece::Brief, 5), (Some(1), Piece::Section(1), 10)]);
}

#[test]
fn the_report_of_a_rewrite_counts_only_the_calls_of_the_rewrite() {
    let mut before = whole();
    before[2].parts.clear();
    let report = Report::of(&book(|_| ()), &whole()).with_run(&whole(), &before, Duration::from_secs(25));
    let run = report.run.as_ref().unwrap();
    assert_eq!((run.calls, report.calls), (4, 11));
    assert_eq!(run.slowest_chain, Duration::from_millis(23_900));
    assert_eq!(run.sequential, Duration::from_millis(32_900));
    assert_eq!(report.slowest_chain, Duration::from_secs(45));
}

#[test]
fn a_run_that_continues_a_part_counts_only_its_own_tries() {
    let mut before = vec![chapter(1, 0, &[1_000, 4_000], None)];
    before[0].parts.get_mut(&1).unwrap().digest = None;
    let mut after = before.clone();
    after[0].parts.insert(1, Part { elapsed_ms: 10_000, calls: 3, ..before[0].parts[&1].clone() });
    let report = Report::of(&book(|_| ()), &after).with_run(&after, &before, Duration::from_secs(7));
    let run = report.run.unwrap();
    assert_eq!((run.calls, run.slowest_chain), (2, Duration::from_secs(6)));
}

#[test]
fn a_finished_book_is_reported_in_aligned_lines() {
    let mut tasks = whole();
    tasks[1].parts.get_mut(&1).unwrap().tries = 1;
    tasks[2].parts.get_mut(&1).unwrap().rewrites = 2;
    let report = Report::of(&book(|_| ()), &tasks).with_run(&tasks, &[], Duration::from_millis(46_500));
    let expected = "  \
  words          4,500 of 4,500 asked for, in 3 chapters
  calls          11, 1 failed try and 2 rewrites among them
  tokens         0 prompt (0 cached), 0 output
  cost           $1.25
  wall time      46.5 s
  slowest chain  45.0 s: plan 10.0 s, chapter 1 brief 1.0 s, section 1 20.0 s, summary 4.0 s, chapter 3 brief 3.0 s, section 1 7.0 s
  overhead       1.5 s beyond the slowest chain
  one by one     1 min 23 s, 1.8 times the wall time
";
    assert_eq!(told::ending(&book(|_| ()), &report, &subject()), expected);
}

#[test]
fn the_report_names_wasted_cost_and_unknown_cost() {
    let spent = |book: &Book, subject: &Subject| {
        let mut tasks = whole();
        tasks[1].parts.get_mut(&1).unwrap().wasted = Micros(200_000);
        let report = Report::of(book, &tasks);
        told::figures(book, &report, subject).into_iter().find(|row| row.name == "cost").unwrap().text
    };
    let wasteful = book(|record| {
        record["money"] = serde_json::json!({"reserved": 0, "spent": 1_250_000, "unknown": 50_000, "wasted": 100_000});
    });
    let told = spent(&wasteful, &subject());
    let expected =
        "$1.25, $0.30 of it for texts that were not kept, and up to $0.05 more for calls that were broken off";
    assert!(told.ends_with(expected), "{told}");
    let told = spent(&wasteful, &Subject { priced: false, ..subject() });
    assert!(told.ends_with(expected), "the provider itself told the cost: {told}");
    let unpriced = book(|record| {
        record["money"] = serde_json::json!({"reserved": 0, "spent": 0, "unknown": 0, "wasted": 0});
    });
    let told = spent(&unpriced, &Subject { priced: false, ..subject() });
    assert!(told.ends_with("not known: openai:gpt-5-mini has no price here (model.prices_file)"), "{told}");
}

#[test]
fn failures_and_the_next_step_come_before_the_figures() {
    let mut tasks = whole();
    tasks[1].standing = Standing::Dead;
    tasks[1].reason = Some("section 1 failed 5 times; the last time: it is empty".to_owned());
    let failed = book(|record| {
        record["state"] = serde_json::json!(State::Failed(Stage::Write));
        record["reason"] = serde_json::json!("a chapter could not be written");
    });
    let told = told::ending(&failed, &Report::of(&failed, &tasks), &subject());
    let begin = "\
Chapter 1 failed: section 1 failed 5 times; the last time: it is empty
The book 70066089f408 is failed(write): a chapter could not be written. Run the same command again: only what is missing is \
written.
  words ";
    assert!(told.starts_with(begin), "{told}");
}

#[test]
fn the_first_missed_targets_are_named_and_the_others_are_counted() {
    let tasks: Vec<Task> = (1..=5)
        .map(|number| {
            let mut task = chapter(number, 0, &[1, 1], None);
            let long = "It touches this\npoint. ".repeat(10);
            task.result.as_mut().unwrap().remarks = vec!["It is\ntoo short.".to_owned(), long];
            task
        })
        .collect();
    let book = book(|_| ());
    let told = told::ending(&book, &Report::of(&book, &tasks), &subject());
    assert_eq!(told.matches("misses a target: It is too short. (and 1 more)\n").count(), 3);
    assert!(told.contains("\n2 more chapters miss a target; `bindery status 70066089f408` names them.\n"), "{told}");
}

#[test]
fn the_report_of_a_held_book_says_how_to_find_out_what_to_do() {
    let held = book(|record| {
        record["state"] = serde_json::json!(State::Writing);
        record["holds"] = serde_json::json!([Hold::Budget]);
    });
    let told = told::ending(&held, &Report::default(), &subject());
    assert!(told.starts_with("The book 70066089f408 is held (budget); `bindery status"), "{told}");
}

#[test]
fn the_report_says_which_model_wrote_what_where_there_were_several() {
    let (mut tasks, book) = (whole(), book(|_| {}));
    let alone = Report::of(&book, &tasks);
    assert_eq!(alone.models.len(), 1);
    assert!(!told::ending(&book, &alone, &subject()).contains("wrote"), "one model needs no telling");
    for part in tasks.iter_mut().flat_map(|task| task.parts.values_mut()) {
        part.model = Some("openai:large".to_owned());
    }
    tasks[2].parts.get_mut(&2).unwrap().model = Some("openai:small".to_owned());
    // Plain code stood in for a model whose calls failed.
    tasks[3].parts.get_mut(&1).unwrap().model = None;
    let told = told::ending(&book, &Report::of(&book, &tasks), &subject());
    assert!(told.contains("openai:large wrote the plan and chapters 1-2; openai:small wrote chapter 2"), "{told}");
}

/// Returns a repair of a chapter with this text.
fn repair(round: u16, chapter: u32, text: &str) -> Task {
    let mut task = task(TaskId::Repair { round, chapter }, 300, &[1]);
    task.result = Some(TaskResult { revision: round, ..TaskResult::new(1, 2, Digest::of(text), 1_500) });
    task
}

#[test]
fn the_report_counts_what_repairs_did_not_mend_and_no_repair_that_changed_nothing() {
    let mut audit = task(TaskId::Audit, 0, &[]);
    let remarks = vec!["In chapter 3: a".to_owned()];
    audit.result = Some(TaskResult { remarks, ..TaskResult::new(1, 1, Digest::of("findings"), 0) });
    let mut tasks = whole();
    tasks.extend([audit, repair(1, 1, "text"), repair(1, 2, "mended"), repair(2, 2, "mended")]);
    let bound = book(|record| {
        let left = ["In chapter 1, section 2: b", "In chapter 2, section 1: c"];
        record["binding"] = serde_json::json!({"files": [], "texts": [], "length": 9, "left": left, "left_beyond": 5});
    });
    let report = Report::of(&bound, &tasks);
    let audited = report.audit.as_ref().unwrap();
    assert_eq!((audited.repairs, audited.left.len(), audited.left_beyond), (1, 3, 5));
    let told = told::ending(&bound, &report, &subject());
    assert!(told.contains("Not mended: In chapter 1, section 2: b\n"), "{told}");
    assert!(told.contains("5 more findings of the audit;"), "{told}");
    assert!(told.contains("1 chapter mended, 8 findings left"), "{told}");
}
