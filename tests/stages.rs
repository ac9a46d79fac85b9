//! Does each stage have a model of its own, and does the next model follow where one cannot go on?

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Bench, Ended, Subject, three_chapters};

/// Returns a bench with two models of one server, of which the weak one has a fault.
fn bench(fault: Option<&str>) -> Bench {
    let weak = Match { model: Some("weak".to_owned()), ..Match::default() };
    let rule = fault.map(|fault| Rule::on(weak, fault.parse().unwrap()));
    let bench = Bench::with_faults(rule.into_iter().fold(Faults::none(), Faults::with_rule));
    bench.outline(&three_chapters());
    bench
}

/// Returns what each model wrote, by the report.
fn shares(ended: &Ended) -> Vec<(String, bool, Vec<u64>)> {
    let report = ended.values().into_iter().find(|value| value["kind"] == "report").unwrap();
    let shares = report["report"]["models"].as_array().unwrap().iter();
    let chapters = |share: &serde_json::Value| {
        share["chapters"].as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).collect()
    };
    shares.map(|share| (share["model"].as_str().unwrap().to_owned(), share["plan"] == true, chapters(share))).collect()
}

#[test]
fn each_stage_is_done_by_its_own_model_and_the_report_names_them() {
    let bench =
        bench(None).set("BINDERY_MODEL__PLAN", "stand-in:planner").set("BINDERY_MODEL__BRIEF", "stand-in:divider");
    let ended = bench.run(&["--json", "write", "book.md", "--out", "out"]).exits(0);
    bench.holds(&three_chapters());
    let expected = [("stand-in:planner".to_owned(), true, vec![]), ("stand-in:prose".to_owned(), false, vec![1, 2, 3])];
    assert_eq!(shares(&ended), expected);
    let ledger = bench.ledger();
    let part = |number: &str| ledger.chapter(2)["parts"][number]["model"].clone();
    assert_eq!([part("0"), part("1")], ["stand-in:divider", "stand-in:prose"]);
    bench.run(&["status", "book.md"]).exits(0);
}

#[test]
fn the_next_model_writes_at_once_what_the_first_one_refuses() {
    let bench = bench(Some("refused"))
        .set("BINDERY_MODEL__NAME", "stand-in:prose")
        .set("BINDERY_MODEL__WRITE", "stand-in:weak,stand-in:prose");
    let ended = bench.run(&["--json", "write", "book.md", "--out", "out", "--format", "md,epub,html,json"]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(shares(&ended), [("stand-in:prose".to_owned(), true, vec![1, 2, 3])]);
    let book = std::fs::read(bench.path("out/book.json")).unwrap();
    let book: serde_json::Value = serde_json::from_slice(&book).unwrap();
    for chapter in book["chapters"].as_array().unwrap() {
        assert_eq!(chapter["provenance"]["models"], serde_json::json!(["stand-in:prose"]), "{chapter:#}");
        for section in chapter["sections"].as_array().unwrap() {
            let call = &section["provenance"][0];
            assert_eq!(call["model"], "stand-in:prose", "{section}");
            assert!(call["attempt"].as_u64() >= Some(2), "the first answer was refused: {section}");
        }
    }
}

#[test]
fn the_next_model_writes_where_the_provider_of_the_first_one_takes_no_calls() {
    for fault in ["bad_key", "out_of_money"] {
        let bench = bench(Some(fault));
        let provider = format!("[providers.press]\nbase_url = \"{}\"\nlocal = true\n", bench.model.base_url());
        bench.file("bindery.toml", format!("[model]\nwrite = [\"press:weak\", \"stand-in:prose\"]\n{provider}"));
        let ended = bench.run(&["--json", "write", "book.md", "--out", "out", "--yes", "--no-plan"]).exits(0);
        bench.holds(&three_chapters());
        assert_eq!(shares(&ended), [("stand-in:prose".to_owned(), false, vec![1, 2, 3])], "{fault}");
    }
}

#[test]
fn the_next_model_follows_where_no_answer_of_the_first_one_can_be_used() {
    let bench = bench(Some("meta_talk"))
        .set("BINDERY_MODEL__NAME", "stand-in:prose")
        .set("BINDERY_MODEL__WRITE", "stand-in:weak,stand-in:prose")
        .set("BINDERY_LEDGER__TRIES", "2");
    let ended = bench.run(&["--json", "write", "book.md", "--out", "out"]).exits(0);
    bench.holds(&three_chapters());
    assert_eq!(shares(&ended), [("stand-in:prose".to_owned(), true, vec![1, 2, 3])]);
    let ledger = bench.ledger();
    let part = &ledger.chapter(1)["parts"]["1"];
    assert_eq!((&part["tries"], &part["earlier_tries"], &part["calls"]), (&2.into(), &2.into(), &3.into()), "{part:#}");
}

#[test]
fn the_tries_of_every_model_are_used_up_before_a_chapter_dies() {
    let cut = |model: &str| {
        let matching = Match {
            model: Some(model.to_owned()),
            task: Some("section".to_owned()),
            chapter: Some(2),
            section: Some(1),
            ..Match::default()
        };
        Rule::on(matching, Fault::Cut)
    };
    let bench = Bench::with_faults(Faults::none().with_rule(cut("weak")).with_rule(cut("prose")))
        .set("BINDERY_MODEL__NAME", "stand-in:prose")
        .set("BINDERY_MODEL__WRITE", "stand-in:weak,stand-in:prose")
        .set("BINDERY_LEDGER__TRIES", "2");
    bench.outline(&three_chapters());
    bench.write(&[]).exits(1).tells(&["Chapter 2 failed: section 1 failed 4 times"]);
    assert_eq!(bench.model.calls()[&Subject::section(2, 1)], 4);
}

#[test]
fn a_model_on_the_command_line_does_all_the_work() {
    let bench =
        bench(None).set("BINDERY_MODEL__PLAN", "stand-in:planner").set("BINDERY_MODEL__WRITE", "stand-in:writer");
    let write = ["--json", "write", "book.md", "--out", "out", "--model", "stand-in:prose"];
    let ended = bench.run(&write).exits(0);
    assert_eq!(shares(&ended), [("stand-in:prose".to_owned(), true, vec![1, 2, 3])]);
}

#[test]
fn a_changed_list_of_models_needs_a_choice_and_the_same_list_is_the_same_book() {
    let models = "stand-in:writer,stand-in:prose";
    let bench = bench(None).set("BINDERY_MODEL__NAME", "stand-in:prose").set("BINDERY_MODEL__WRITE", models);
    bench.write(&[]).exits(0);
    let calls = bench.model.calls();
    bench.write(&[]).exits(0);
    assert_eq!(bench.model.calls(), calls);
    let bench = bench.set("BINDERY_MODEL__WRITE", "stand-in:writer");
    bench.write(&[]).exits(4).tells(&["the models were stand-in:prose, stand-in:writer and are"]);
}
