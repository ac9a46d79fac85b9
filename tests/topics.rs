//! Does a topic become a book by itself: its outline is made with its plan, and all that happens to books happens to it?

use bindery_stand_in::{Faults, Match, Rule};
use serde_json::{Value, json};

use crate::{
    api::{Studio, bench},
    support::{Bench, Fleet, Reply, brisk},
};

const CHAPTERS: usize = 3;

/// An order for a book from a topic, with these settings.
fn order(settings: &Value) -> Value {
    let topic = json!({"about": "How tides were told", "chapters": CHAPTERS});
    let mut order = json!({"topic": topic, "words": 300, "kind": "nonfiction"});
    for (name, value) in settings.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

fn ordered(studio: &Studio, settings: &Value) -> String {
    let reply = studio.caller.post_with("/v1/books", &[("Idempotency-Key", "tides")], &order(settings)).is(202);
    reply.json()["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_topic_is_outlined_and_planned_reviewed_and_written() {
    let bench = bench();
    // The calls of the deleted book are in no ledger.
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let dry = caller.post("/v1/books?dry_run=true", &order(&json!({}))).is(200).json();
    let verbatim = caller.post("/v1/books?dry_run=true", &order(&json!({"no_plan": true}))).is(200).json();
    let calls = |dry: &Value| dry["estimate"]["calls"].as_u64().unwrap();
    assert_eq!(calls(&dry), calls(&verbatim) + 1, "the outline takes a call, and so does the plan");
    assert_eq!(dry.get("reading"), None);
    let id = ordered(&studio, &json!({"review": true}));
    let is_held = |reply: &Reply| reply.json()["holds"] == json!(["review"]);
    let held = caller.waits(&format!("/v1/books/{id}"), is_held).json();
    assert_eq!((&held["chapters"], &held["chapters_missing"]), (&json!(CHAPTERS), &json!(CHAPTERS)));
    let plan = caller.get(&format!("/v1/books/{id}/plan")).is(200).json();
    assert_eq!(plan["plan"]["chapters"].as_array().unwrap().len(), CHAPTERS);
    let titles = |value: &Value| value.as_array().unwrap().iter().map(|c| c["title"].clone()).collect::<Vec<_>>();
    assert_eq!(titles(&plan["plan"]["chapters"]), titles(&held["chapter_list"]), "the plan shows the outline");
    assert_eq!(ordered(&studio, &json!({"formats": ["md"], "review": true})), id, "new terms are for the same book");
    caller.post_with("/v1/books", &[("Idempotency-Key", "tides")], &order(&json!({"words": 400}))).is(409);
    caller.post(&format!("/v1/books/{id}/plan/approve"), &Value::Null).is(200);
    let book = caller.book_is(&id, "done");
    assert_eq!((&book["progress"]["chapters_done"], &book["formats"]), (&json!(CHAPTERS), &json!(["md"])));
    let file = caller.get(&format!("/v1/books/{id}/files/md")).is(200);
    let title = book["title"].as_str().unwrap();
    assert!(String::from_utf8_lossy(&file.body).contains(title), "the book has the title of its outline");
    let kinds: Vec<Value> = caller
        .listen(&format!("/v1/books/{id}/events"), None)
        .until("done")
        .iter()
        .map(|heard| heard.data["kind"].clone())
        .collect();
    let place = |kind: &str| kinds.iter().position(|other| other == kind).unwrap();
    assert!(place("accepted") < place("outlined") && place("outlined") < place("planned"), "{kinds:?}");
    let again = caller.post(&format!("/v1/books/{id}/rewrite"), &json!({"chapters": [2]})).is(200).json();
    assert_eq!(again["edition"], 2);
    caller.book_is(&id, "done");
    caller.send("DELETE", &format!("/v1/books/{id}"), &[], b"").is(204);
    caller.get(&format!("/v1/books/{id}")).is(404);
    studio.stop();
}

#[test]
fn all_faults_of_a_topic_are_named_at_once() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let both = order(&json!({"outline": {"markdown": "# A\n\n## B\n"}}));
    let errors = |order: &Value| studio.caller.post("/v1/books", order).is(422).json()["errors"].to_string();
    assert!(errors(&both).contains("topic: stands beside an outline"), "{}", errors(&both));
    assert!(errors(&json!({})).contains("send an outline, or a topic in its place"));
    let wrong = json!({"topic": {"about": "Tides", "chapters": 61, "language": "Klingon speech"}, "words": 5});
    for about in ["topic.chapters: is 61", "topic: no outline can be made", "words: is 5"] {
        assert!(errors(&wrong).contains(about), "{about} is missing in {}", errors(&wrong));
    }
    studio.stop();
}

#[test]
fn a_topic_of_which_no_outline_could_be_made_fails_with_the_reason_and_is_tried_again() {
    let matching = Match { task: Some("outline".to_owned()), ..Match::default() };
    let rule = Rule::on(matching, "refused".parse().unwrap()).times(5);
    let bench = Bench::with_faults(Faults::none().with_rule(rule)).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let studio = Studio::start(&bench);
    let id = ordered(&studio, &json!({}));
    let failed = studio.caller.book_is(&id, "failed");
    assert_eq!((&failed["failed_in"], &failed["chapters"]), (&json!("plan"), &json!(0)));
    assert!(failed["reason"].as_str().unwrap().contains("the outline"), "{failed}");
    studio.caller.post(&format!("/v1/books/{id}/redrive"), &Value::Null).is(200);
    assert_eq!(studio.caller.book_is(&id, "done")["chapters"], CHAPTERS);
    studio.stop();
}

#[test]
fn a_fleet_writes_a_book_from_a_topic_though_a_dispatcher_dies_over_its_outline() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["worker", "assembler"]);
    fleet.allows_heals();
    let doomed = fleet.doomed("dispatcher", "during_call_of_plan");
    let submitting = fleet.start(&[
        "submit",
        "--topic",
        "How tides were told",
        "--chapters",
        "3",
        "--words",
        "300",
        "--id",
        "tides",
        "--wait",
    ]);
    doomed.end();
    let fleet = fleet.serving(&["dispatcher"]);
    let ended = submitting.end().exits(0);
    assert!(ended.stdout.contains(".epub"), "{}", ended.stdout);
    let status = fleet.run(&["--json", "status", "tides"]).exits(0).values();
    assert_eq!((&status[0]["book"]["state"], &status[0]["book"]["chapters"]), (&json!("done"), &json!(3)));
    let told = fleet.run(&["status", "tides"]).exits(0).stdout;
    assert!(told.contains("done"), "{told}");
}
