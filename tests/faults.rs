//! Does a book survive every fault of the model, and is only the part with the fault called again?

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Bench, Subject, differing_files, three_chapters};

/// The faults that end a try. The ledger counts the try, and the part is tried again.
const CHARGED: [&str; 10] =
    ["server_error", "overloaded", "hang", "stall", "reset", "cut", "error_event", "empty", "meta_talk", "refused"];
/// The faults of the provider. The same try is made again, and the ledger counts nothing.
const PUT_OFF: [&str; 2] = ["rate_limited", "rate_limited_retry_after"];
/// The faults that only another key or more money can end.
const HELD: [&str; 2] = ["bad_key", "out_of_money"];
/// The faults with tests of their own.
const OTHERS: [&str; 6] = ["length", "drip", "wrong_json", "skip_point", "leave_out", "truncated_stop"];
/// The flaws that the audit finds; its tests are in `audit.rs`.
const FLAWS: [&str; 9] = [
    "repeats_passage",
    "opens_alike",
    "sums_up",
    "uses_banned_words",
    "contradicts_canon",
    "invents_source",
    "tells_early",
    "states_fact",
    "contradicts_fact",
];

/// Returns a rule for the first calls of the second section of chapter 2.
fn on_a_section(fault: &str, times: u32) -> Rule {
    let matching = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    Rule::on(matching, fault.parse().unwrap()).times(times)
}

fn on_a_task(task: &str, fault: &str, times: u32) -> Rule {
    let chapter = (task != "plan").then_some(2);
    let matching = Match { task: Some(task.to_owned()), chapter, ..Match::default() };
    Rule::on(matching, fault.parse().unwrap()).times(times)
}

/// Returns a bench whose model has this fault. Its timers are short, but long enough for every healthy call.
fn bench(rule: Rule) -> Bench {
    Bench::with_faults(Faults::none().with_rule(rule))
        .set("BINDERY_MODEL__TIMERS__FIRST_TOKEN_SLOW", "4s")
        .set("BINDERY_MODEL__TIMERS__IDLE", "4s")
}

fn section() -> Subject {
    Subject::section(2, 2)
}

/// Runs the checks in parallel, because most of them wait for a timer.
fn each(faults: &[&str], check: impl Fn(&str) + Sync) {
    std::thread::scope(|scope| {
        let run = |fault: &&str| {
            let (fault, check) = ((*fault).to_owned(), &check);
            (fault.clone(), scope.spawn(move || check(&fault)))
        };
        let runs: Vec<_> = faults.iter().map(run).collect();
        for (fault, run) in runs {
            assert!(run.join().is_ok(), "the check of the fault {fault} failed");
        }
    });
}

#[test]
fn every_kind_of_fault_has_a_test() {
    let mut here: Vec<&str> = [&CHARGED[..], &PUT_OFF, &HELD, &OTHERS, &FLAWS].concat();
    let habits: Vec<Fault> = Fault::habits().collect();
    here.extend(habits.iter().map(Fault::name));
    let mut kinds: Vec<&str> = Fault::all().map(|fault| fault.name()).collect();
    here.sort_unstable();
    kinds.sort_unstable();
    assert_eq!(here, kinds);
}

#[test]
fn a_book_is_whole_whatever_habit_a_model_or_its_server_has() {
    let habits: Vec<Fault> = Fault::habits().collect();
    let names: Vec<&str> = habits.iter().map(Fault::name).collect();
    each(&names, |habit| {
        let mut shown = 0;
        for task in ["brief", "section"] {
            let (outline, bench) = (three_chapters(), bench(on_a_task(task, habit, 1)));
            bench.outline(&outline);
            bench.write(&[]).exits(0);
            bench.holds(&outline);
            shown += bench.model.stats().by_fault.get(habit).copied().unwrap_or(0);
        }
        // No chapter of this book needs a summary.
        assert!(shown > 0 || habit == "long_summary", "{habit}");
    });
}

#[test]
fn a_failed_try_is_charged_and_only_its_part_is_tried_again() {
    each(&CHARGED, |fault| {
        let (outline, bench) = (three_chapters(), bench(on_a_section(fault, 1)));
        bench.outline(&outline);
        bench.write(&[]).exits(0);
        bench.holds(&outline);
        assert_eq!(bench.model.stats().by_fault[fault], 1, "{fault}");
        assert_eq!(bench.model.tried_again(), [section()], "{fault}");
        assert_eq!(bench.ledger().chapter(2)["parts"]["2"]["tries"], 1, "{fault}");
    });
}

#[test]
fn a_text_that_breaks_off_is_written_again_and_the_whole_one_is_kept() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("truncated_stop", 1)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_fault["truncated_stop"], 1);
    let part = bench.ledger().chapter(2)["parts"]["2"].clone();
    // Its last word decides whether the text has failed a gate or misses a target.
    let written_again = part["tries"].as_u64().unwrap() + part["rewrites"].as_u64().unwrap();
    assert_eq!((written_again, &part["remarks"]), (1, &serde_json::json!([])));
}

#[test]
fn a_rate_limit_delays_a_call_and_charges_no_try() {
    let (outline, calm) = (three_chapters(), Bench::new());
    calm.outline(&outline);
    calm.write(&[]).exits(0);
    let (calm_calls, calm_bytes) = (calm.model.calls(), calm.bytes());
    each(&PUT_OFF, |fault| {
        let bench = bench(on_a_section(fault, 1));
        bench.outline(&outline);
        bench.write(&[]).exits(0);
        bench.holds(&outline);
        let mut expected = calm_calls.clone();
        *expected.get_mut(&section()).unwrap() += 1;
        assert_eq!(bench.model.calls(), expected, "{fault}");
        assert_eq!(bench.model.tried_again(), [], "{fault}");
        assert_eq!(bench.ledger().chapter(2)["parts"]["2"]["tries"], 0, "{fault}");
        assert_eq!(differing_files(&bench.bytes(), &calm_bytes), [""; 0], "{fault}");
    });
}

#[test]
fn a_chapter_that_must_wait_long_is_parked() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("rate_limited_retry_after:2", 1)));
    let bench = bench.set("BINDERY_MODEL__PARK_AFTER", "500ms");
    bench.outline(&outline);
    let mut run = bench.begin(&[]);
    run.event(|event| event["kind"] == "parked" && event["task"] == "write/2");
    run.end().exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.tried_again(), []);
}

#[test]
fn a_text_cut_at_its_limit_is_continued_without_a_charged_try() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("length:0.6", 1)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_fault["length"], 1);
    assert!(bench.model.calls()[&section()] > 1, "the text was not continued");
    assert_eq!(bench.model.tried_again(), []);
}

#[test]
fn a_text_that_misses_a_point_is_rewritten_without_a_charged_try() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("skip_point", 1)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.tried_again(), [section()]);
    let ledger = bench.ledger();
    let part = &ledger.chapter(2)["parts"]["2"];
    assert_eq!((&part["tries"], &part["remarks"]), (&0.into(), &serde_json::json!([])), "{part:#}");
    let prompts = bench.model.prompts("section", 2);
    assert!(prompts.iter().any(|prompt| prompt.contains("<draft>")), "the prompt of the rewrite lacks the draft");
}

#[test]
fn a_rewrite_that_is_no_better_is_not_asked_for_again() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("skip_point", 9)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    assert_eq!(bench.model.calls()[&section()], 2, "the model was sent the same request again");
    let ledger = bench.ledger();
    assert_eq!(ledger.chapter(2)["parts"]["2"]["rewrites"], 1);
}

#[test]
fn a_slow_stream_is_read_to_its_end() {
    // At one token per second a brief takes half a minute, which is far longer than the timer for silence.
    let (outline, bench) = (three_chapters(), bench(on_a_task("brief", "drip", 1)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_fault["drip"], 1);
    assert_eq!(bench.model.tried_again(), []);
}

#[test]
fn a_line_of_a_stream_that_is_not_json_ends_the_try() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("wrong_json", 1)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.tried_again(), [section()]);
}

#[test]
fn a_failed_plan_or_brief_is_tried_again() {
    let tasks = ["plan", "brief"].into_iter().flat_map(|task| ["empty", "cut", "reset"].map(|fault| (task, fault)));
    for (task, fault) in tasks {
        let (outline, bench) = (three_chapters(), bench(on_a_task(task, fault, 1)));
        bench.outline(&outline);
        bench.write(&[]).exits(0);
        bench.holds(&outline);
        assert_eq!(bench.model.stats().by_fault[fault], 1, "{fault} of the {task}");
        let subject = if task == "brief" { Subject::brief(2) } else { Subject::plan() };
        assert_eq!(bench.model.tried_again(), [subject], "{fault} of the {task}");
    }
}

#[test]
fn a_provider_that_is_overloaded_for_long_costs_the_book_only_time() {
    let (outline, bench) = (three_chapters(), bench(Rule::always(Fault::Overloaded).times(6)));
    let bench = bench.set("BINDERY_MODEL__WAIT_FOR_PROVIDER", "true");
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_fault["overloaded"], 6);
    assert_eq!(bench.model.tried_again(), [Subject::plan()]);
}

#[test]
fn a_refused_key_or_an_empty_account_parks_the_chapter_with_the_reason() {
    let reasons = [("bad_key", "the provider rejects the key"), ("out_of_money", "credit balance is too low")];
    assert_eq!(reasons.map(|(fault, _)| fault), HELD);
    for (fault, reason) in reasons {
        let (outline, bench) = (three_chapters(), bench(on_a_section(fault, 1)));
        bench.calls_may_be_lost();
        bench.outline(&outline);
        let mut run = bench.begin(&[]);
        let parked = run.event(|event| event["kind"] == "parked" && event["task"] == "write/2");
        assert!(parked["detail"].as_str().unwrap().contains(reason), "{parked}");
        run.interrupt();
        run.end().exits(130);
        let status = bench.run(&["status", "book.md"]).exits(0);
        assert!(status.stdout.contains(reason), "{}", status.stdout);
        let kept = bench.kept();
        // The fault is over, so the next run continues at once.
        bench.write(&[]).exits(0);
        kept.left_alone(&bench.model);
        bench.holds(&outline);
        assert_eq!(bench.model.tried_again(), [], "a refused call was counted as a failed try");
    }
}

#[test]
fn a_chapter_that_fails_five_times_is_named_and_the_next_run_writes_only_it() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("cut", 5)));
    bench.outline(&outline);
    let failed = bench.write(&[]).exits(1);
    failed.tells(&["Chapter 2 failed: section 2 failed 5 times", "Run the same command again"]);
    assert!(!bench.path("out/book.epub").exists(), "a book that is not whole was bound");
    let ledger = bench.ledger();
    assert_eq!([1, 2, 3].map(|chapter| ledger.standing(chapter)), ["done", "dead", "done"]);
    let before = bench.model.calls();
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    let mut expected = before;
    *expected.get_mut(&section()).unwrap() += 1;
    assert_eq!(bench.model.calls(), expected);
}

#[test]
fn a_plan_that_never_comes_falls_back_to_the_outline_with_a_remark() {
    let (outline, bench) = (three_chapters(), bench(on_a_task("plan", "empty", 5)));
    bench.outline(&outline);
    bench.write(&[]).exits(0).tells(&["the model gave no usable plan"]);
    bench.holds(&outline);
    assert_eq!(bench.model.stats().by_task["plan"], 5);
}

#[test]
fn a_brief_that_never_comes_falls_back_to_a_division_by_rule_with_a_remark() {
    let (outline, bench) = (three_chapters(), bench(on_a_task("brief", "empty", 5)));
    bench.outline(&outline);
    bench.write(&[]).exits(0).tells(&["its sections were divided by rule"]);
    bench.holds(&outline);
}

#[test]
fn an_answer_in_json_with_a_fault_is_read_for_what_it_means() {
    for task in ["plan", "brief"] {
        let (outline, bench) = (three_chapters(), bench(on_a_task(task, "wrong_json", 1)));
        bench.outline(&outline);
        bench.write(&[]).exits(0);
        bench.holds(&outline);
        assert_eq!(bench.model.stats().by_fault["wrong_json"], 1, "{task}");
        assert!(bench.model.tried_again().len() <= 1, "{task}");
    }
}

#[test]
fn no_request_is_repeated_after_an_answer_that_could_not_be_used() {
    let (outline, bench) = (three_chapters(), bench(on_a_section("meta_talk", 4)));
    bench.outline(&outline);
    bench.write(&[]).exits(0);
    bench.holds(&outline);
    let mut prompts = bench.model.prompts("section", 2);
    prompts.retain(|prompt| prompt.contains("Write section 2,"));
    assert_eq!(prompts.len(), 5);
    assert!(prompts[1..].iter().all(|prompt| prompt.contains("could not be used")), "{prompts:?}");
    prompts.sort_unstable();
    prompts.dedup();
    assert_eq!(prompts.len(), 5);
}

#[test]
fn a_book_can_be_bound_without_a_chapter_that_cannot_be_written() {
    for (gaps, chapters) in [("omit", 2), ("placeholder", 3)] {
        let bench = bench(on_a_section("cut", 5));
        bench.outline(&three_chapters());
        bench.write(&["--gaps", gaps]).exits(1).tells(&["Chapter 2 failed"]);
        let book = crate::support::Book::open(&bench.path("out"), "book");
        assert_eq!(book.chapters.len(), chapters, "{gaps}");
        let said = book.chapters.iter().any(|chapter| chapter.text.contains("This chapter is missing."));
        assert_eq!(said, gaps == "placeholder");
        // The reason is for the person who had the book made, and not for its readers.
        assert!(!book.chapters.iter().any(|chapter| chapter.text.contains("section 2 failed 5 times")));
    }
}
