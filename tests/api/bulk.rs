//! Is something done to all books of a filter at once, and to no other?

use serde_json::{Value, json};

use super::{Studio, bench, fleet::Served, ordered};
use crate::support::Caller;

fn act(caller: &Caller, query: &str, order: &Value) -> Value {
    caller.post(&format!("/v1/books/actions?{query}"), order).is(200).json()
}

/// Orders books that wait for a review, so that they stay open.
fn open_books<const N: usize>(caller: &Caller, names: [&str; N], tag: &str) -> [String; N] {
    let ids = names.map(|name| ordered(caller, name, &json!({"review": true, "tags": [tag]})));
    for id in &ids {
        caller.waits(&format!("/v1/books/{id}"), |reply| {
            reply.status == 200 && reply.json()["holds"] == json!(["review"])
        });
    }
    ids
}

fn state(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/v1/books/{id}")).is(200).json()["state"].clone()
}

#[test]
fn books_are_counted_first_and_then_changed_page_by_page() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let knots = open_books(caller, ["one", "two", "three"], "knots");
    let [other] = open_books(caller, ["four"], "tides");
    let cancel = |confirm: usize| json!({"action": "cancel", "confirm": confirm});
    let counted = act(caller, "tag=knots", &json!({"action": "cancel"}));
    assert_eq!((&counted["count"], &counted["results"]), (&json!(3), &json!([])));
    assert!(knots.iter().all(|id| state(caller, id) == "writing"), "a count changes nothing");
    let refused = caller.post("/v1/books/actions?tag=knots", &cancel(2)).is(409).json();
    assert!(refused["detail"].as_str().unwrap().starts_with("there are 3 books"), "{refused}");
    // A book that is held already is no longer concerned.
    caller.post(&format!("/v1/books/{}/hold", knots[0]), &Value::Null).is(200);
    let held = act(caller, "tag=knots", &json!({"action": "hold", "confirm": 3}));
    assert_eq!((&held["count"], held["results"].as_array().unwrap().len()), (&json!(2), 2));
    assert_eq!(act(caller, "open=true", &json!({"action": "lift"}))["count"], 3);
    let first = act(caller, "tag=knots&limit=2", &cancel(3));
    let done =
        |answer: &Value| answer["results"].as_array().unwrap().iter().filter(|book| book["done"] == true).count();
    assert_eq!((&first["count"], done(&first)), (&json!(3), 2));
    let second = act(caller, &format!("tag=knots&limit=2&cursor={}", first["next"].as_str().unwrap()), &cancel(1));
    assert_eq!((&second["count"], done(&second), second.get("next")), (&json!(1), 1, None));
    assert!(knots.iter().all(|id| state(caller, id) == "cancelled"));
    assert_eq!(state(caller, &other), "writing", "another tag's book was changed");
    assert_eq!(act(caller, "tag=knots", &cancel(0))["results"], json!([]), "what is done is not done again");
    let gone = act(caller, "state=cancelled", &json!({"action": "delete", "confirm": 3}));
    assert_eq!(done(&gone), 3);
    caller.get(&format!("/v1/books/{}", knots[0])).is(404);
    caller.post("/v1/books/actions", &json!({"action": "rewrite"})).is(422);
    caller.post("/v1/books/actions?since=soon", &json!({"action": "hold"})).is(422);
    studio.stop();
}

#[test]
fn the_command_line_asks_before_it_changes_many_books() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let knots = open_books(&studio.caller, ["one", "two"], "knots");
    let [other] = open_books(&studio.caller, ["three"], "tides");
    bench.run(&["hold", "--tag", "knots"]).exits(4).tells(&["Hold 2 books?", "--yes"]);
    let held = bench.run(&["--json", "hold", "--tag", "knots", "--yes"]).exits(0);
    assert_eq!(held.values().iter().filter(|line| line["done"] == true).count(), 2);
    bench.run(&["hold", "--lift", "--held", "--yes"]).exits(0).tells(&["Can continue: 2 of 2 books."]);
    bench.run(&["cancel", "--tag", "knots", "--since", "1d", "--yes"]).exits(0).tells(&["Cancelled: 2 of 2 books."]);
    bench.run(&["redrive", "--failed", "--since", "1d", "--yes"]).exits(0).tells(&["Open again: 0 of 0 books."]);
    assert!(knots.iter().all(|id| state(&studio.caller, id) == "cancelled"));
    assert_eq!(state(&studio.caller, &other), "writing");
    bench
        .run(&["delete", "--state", "cancelled", "--yes"])
        .exits(69)
        .tells(&["a studio works", "2 of 2 books are as they were"]);
    studio.stop();
    bench.run(&["delete", "--state", "cancelled", "--yes"]).exits(0).tells(&["Deleted: 2 of 2 books."]);
    assert_eq!(bench.run(&["--json", "books"]).exits(0).values().len(), 1);
}

#[test]
fn a_filter_reaches_no_book_of_another_tenant_and_a_key_does_only_what_it_may() {
    let served = Served::start();
    let press = served.keyed(&["--tenant", "press", "--scopes", "read,write,approve,operate"]);
    let rival = served.keyed(&["--tenant", "rival"]);
    let [own] = open_books(&press, ["tides"], "knots");
    for query in ["", "tenant=press", "tag=knots", &format!("text={own}")] {
        let found = act(&rival, query, &json!({"action": "cancel", "confirm": 100}));
        assert_eq!((&found["count"], &found["results"]), (&json!(0), &json!([])), "{query}");
    }
    assert_eq!(state(&press, &own), "writing");
    rival.post("/v1/books/actions", &json!({"action": "hold"})).is(403);
    let operator = served.keyed(&["--all-tenants", "--scopes", "read,write,operate"]);
    let done = act(&operator, "tenant=press", &json!({"action": "cancel", "confirm": 1}));
    assert_eq!((&done["results"][0]["tenant"], &done["results"][0]["done"]), (&json!("press"), &json!(true)));
    assert_eq!(state(&press, &own), "cancelled");
}
