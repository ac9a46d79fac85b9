//! The texts and the plan of a book are changed over HTTP.

use serde_json::{Value, json};

use super::{Studio, bench, ordered};

fn put(studio: &Studio, path: &str, tag: &str, body: &Value) -> crate::support::Reply {
    let headers = [("Content-Type", "application/json"), ("If-Match", tag)];
    studio.caller.send("PUT", path, &headers, body.to_string().as_bytes())
}

#[test]
fn a_finished_chapter_is_revised_edited_and_restored() {
    let bench = bench();
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({}));
    let book = format!("/v1/books/{id}");
    let chapter = format!("{book}/chapters/2");
    caller.book_is(&id, "done");
    let first = caller.get(&chapter).is(200);
    assert_eq!(first.headers["etag"], "\"1.0\"");
    let wrong = json!({"chapters": [2, 3], "note": " ", "sections": [1]});
    let problem = caller.post(&format!("{book}/revise"), &wrong).is(422).json();
    assert_eq!(problem["errors"].as_array().map(Vec::len), Some(2), "{problem}");
    caller.post(&format!("{book}/revise"), &json!({"chapters": [9], "note": "x"})).is(404);
    caller.post(&format!("{book}/revise"), &json!({"chapters": [2], "sections": [1], "note": "Say who."})).is(200);
    caller.book_is(&id, "done");
    let revised = caller.get(&chapter).is(200);
    assert_eq!(revised.headers["etag"], "\"2.1\"");
    assert!(revised.json()["text"].as_str().unwrap().contains("An editor asked for this: Say who."));
    let versions = caller.get(&format!("{chapter}/versions")).is(200).json();
    let named =
        |version: &Value| format!("{} {}", version["version"].as_str().unwrap(), version["origin"].as_str().unwrap());
    let named: Vec<String> = versions.as_array().unwrap().iter().map(named).collect();
    assert_eq!(named, ["2.1 revised", "1.0 written"]);
    let diff = caller.get(&format!("{chapter}/versions/2.1/diff")).is(200).json();
    assert!(diff["diff"].as_str().unwrap().contains("+++ version 2.1 (revised)"), "{diff}");
    caller.get(&format!("{chapter}/versions/7.0")).is(404);
    caller.get(&format!("{chapter}/versions/first")).is(404);

    let edited = json!({"text": "## One\n\nAll of it by hand, every word of it.\n"});
    put(&studio, &format!("{chapter}/text"), "\"1.0\"", &edited).is(412);
    put(&studio, &format!("{chapter}/text"), "\"2.1\"", &edited).is(200);
    caller.book_is(&id, "done");
    assert_eq!(caller.get(&chapter).is(200).json()["text"], edited["text"]);
    caller.post(&format!("{chapter}/restore"), &json!({"version": "1.0"})).is(200);
    caller.book_is(&id, "done");
    let restored = caller.get(&chapter).is(200).json();
    assert_eq!(restored["text"], first.json()["text"]);
    studio.stop();
}

#[test]
fn a_plan_is_replaced_by_one_person_only_and_the_book_is_written_from_it() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({"no_plan": false, "review": true}));
    let path = format!("/v1/books/{id}/plan");
    caller.waits(&format!("/v1/books/{id}"), |reply| reply.json()["holds"] == json!(["review"]));
    let read = caller.get(&path).is(200);
    let (tag, mut plan) = (read.headers["etag"].clone(), read.json()["plan"].clone());
    plan["book"]["style"]["tone"] = "as dry as a tide table".into();
    put(&studio, &path, &tag, &plan).is(200);
    put(&studio, &path, &tag, &plan).is(412);
    let mut short = plan.clone();
    short["chapters"].as_array_mut().unwrap().pop();
    let problem = put(&studio, &path, "*", &short).is(422).json();
    assert!(problem["detail"].as_str().unwrap().contains("it has 2 chapters, the outline has 3"), "{problem}");
    assert_eq!(caller.get(&path).is(200).json()["plan"], plan);
    caller.post(&format!("{path}/approve"), &Value::Null).is(200);
    caller.book_is(&id, "done");
    assert!(bench.model.prompts("section", 1).iter().all(|prompt| prompt.contains("as dry as a tide table")));
    put(&studio, &path, "*", &plan).is(409);
    studio.stop();
}
