//! A studio: one process on one machine, for the person there.

use serde_json::{Value, json};

use super::{Studio, bench, order, ordered};
use crate::support::{Bench, ModelServer, three_chapters};

#[test]
fn a_newcomer_orders_a_book_and_fetches_its_files_with_one_command_running() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let dry = caller.post("/v1/books?dry_run=true", &order(&json!({}))).is(200).json();
    assert_eq!(dry["reading"]["chapters"].as_array().unwrap().len(), 3);
    assert!(dry["estimate"]["calls"].as_u64().unwrap() >= 3, "{dry}");
    assert_eq!(caller.get("/v1/books").is(200).json()["books"], json!([]), "a dry run orders nothing");
    let reply = caller.post_with("/v1/books", &[("Idempotency-Key", "tides")], &order(&json!({}))).is(202);
    let id = reply.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(reply.headers["location"], format!("/v1/books/{id}"));
    let book = caller.book_is(&id, "done");
    assert_eq!((&book["progress"]["chapters_done"], &book["request_id"]), (&json!(3), &json!("tides")));
    assert!(book["score"].is_u64() && book["length"].as_u64() > Some(0), "{book}");
    let file = caller.get(&format!("/v1/books/{id}/files/md")).is(200);
    assert!(String::from_utf8_lossy(&file.body).contains("The Keeper of Tides"));
    let tag = file.headers["etag"].as_str();
    let path = format!("/v1/books/{id}/files/md");
    assert_eq!(caller.send("GET", &path, &[("If-None-Match", tag)], b"").is(304).body, b"");
    let part = caller.send("GET", &path, &[("Range", "bytes=2-5"), ("If-Range", tag)], b"").is(206);
    assert_eq!(
        (part.body.as_slice(), part.headers["content-range"].as_str()),
        (&file.body[2..=5], format!("bytes 2-5/{}", file.body.len()).as_str())
    );
    caller.send("GET", &path, &[("Range", "bytes=99999999-")], b"").is(416);
    caller.get(&format!("/v1/books/{id}/files/pdf")).is(404);
    let chapter = caller.get(&format!("/v1/books/{id}/chapters/2")).is(200).json();
    assert_eq!((&chapter["finished"], &chapter["state"]), (&json!(true), &json!("done")));
    assert!(chapter["text"].as_str().unwrap().len() > 500, "{chapter}");
    caller.get(&format!("/v1/books/{id}/chapters/4")).is(404);
    studio.stop();
}

#[test]
fn the_same_order_is_the_same_book_and_another_one_under_its_name_is_a_conflict() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({}));
    assert_eq!(ordered(caller, "tides", &json!({"budget_usd": 5.0})), id, "new terms are for the same book");
    caller.book_is(&id, "done");
    let repeated = caller.post_with("/v1/books", &[("Idempotency-Key", "tides")], &order(&json!({}))).is(202).json();
    assert_eq!(repeated["repeated"], true);
    let other = order(&json!({"words": 700}));
    caller.post_with("/v1/books", &[("Idempotency-Key", "tides")], &other).is(409);
    let unnamed = caller.post("/v1/books", &other).is(202).json();
    assert_eq!(
        caller.post("/v1/books", &other).is(202).json()["id"],
        unnamed["id"],
        "the same content is the same book"
    );
    caller.book_is(unnamed["id"].as_str().unwrap(), "done");
    studio.stop();
}

#[test]
fn sixteen_parallel_repeats_of_an_order_make_one_book() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let ids: Vec<String> = std::thread::scope(|scope| {
        let orders: Vec<_> = (0..16).map(|_| scope.spawn(|| ordered(&studio.caller, "tides", &json!({})))).collect();
        orders.into_iter().map(|order| order.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    studio.caller.book_is(&ids[0], "done");
    assert_eq!(studio.caller.get("/v1/books").json()["books"].as_array().unwrap().len(), 1);
    studio.stop();
}

#[test]
fn all_faults_of_an_order_are_named_at_once() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let wrong = json!({"outline": {"markdown": "no title"}, "words": "many", "formats": ["mobi"], "colour": 1});
    let problem = studio.caller.post("/v1/books", &wrong).is(422).json();
    let errors: Vec<&str> = problem["errors"].as_array().unwrap().iter().map(|error| error.as_str().unwrap()).collect();
    for about in ["outline", "words:", "formats:", "unknown field `colour`"] {
        assert!(errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {errors:?}");
    }
    assert_eq!(problem["type"], "urn:bindery:problem:invalid");
    studio.caller.get("/v1/books?state=lost&limit=0&cursor=x").is(422);
    studio.caller.get("/v1/books?colour=red").is(400);
    studio.caller.send("POST", "/v1/books", &[("Content-Type", "text/plain")], b"{}").is(415);
    studio.stop();
}

#[test]
fn a_plan_is_looked_at_and_approved_before_its_book_is_written() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({"no_plan": false, "review": true}));
    let held = |reply: &crate::support::Reply| reply.json()["holds"] == json!(["review"]);
    caller.waits(&format!("/v1/books/{id}"), held);
    let plan = caller.get(&format!("/v1/books/{id}/plan")).is(200).json();
    assert_eq!((&plan["awaits_approval"], plan["plan"]["chapters"].as_array().unwrap().len()), (&json!(true), 3));
    let why = caller.get(&format!("/v1/books/{id}/why")).is(200).json().to_string();
    assert!(why.contains(&format!("POST /v1/books/{id}/plan/approve")), "{why}");
    caller.post(&format!("/v1/books/{id}/plan/approve"), &Value::Null).is(200);
    caller.book_is(&id, "done");
    caller.post(&format!("/v1/books/{id}/plan/approve"), &Value::Null).is(409);
    studio.stop();
}

#[test]
fn a_book_is_held_let_go_cancelled_written_again_and_deleted() {
    let (model, paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({}));
    let path = |what: &str| format!("/v1/books/{id}/{what}");
    let act = |what: &str| caller.post(&path(what), &Value::Null);
    assert_eq!(act("hold").is(200).json()["holds"], json!(["operator"]));
    act("hold").is(409);
    act("redrive").is(409);
    caller.post(&path("rewrite"), &json!({"chapters": [1]})).is(409);
    assert_eq!(act("lift").is(200).json()["holds"], json!([]));
    act("lift").is(409);
    paused.resume(2);
    caller.book_is(&id, "done");
    let wrong = caller.post(&path("rewrite"), &json!({"chapters": [0, 9]})).is(422).json();
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2);
    let again = caller.post(&path("rewrite"), &json!({"chapters": [2], "note": "Shorter."})).is(200).json();
    assert_eq!(again["edition"], 2);
    let book = caller.book_is(&id, "done");
    assert_eq!((&book["chapter_list"][1]["edition"], &book["chapter_list"][0]["edition"]), (&json!(2), &json!(1)));
    act("cancel").is(409);
    caller.send("DELETE", &format!("/v1/books/{id}"), &[], b"").is(204);
    caller.get(&format!("/v1/books/{id}")).is(404);
    let other = ordered(caller, "other", &json!({"review": true}));
    assert_eq!(caller.post(&format!("/v1/books/{other}/cancel"), &Value::Null).is(200).json()["state"], "cancelled");
    studio.stop();
}

#[test]
fn books_are_listed_by_state_and_text_page_by_page() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let tagged = |name| ordered(caller, name, &json!({"tags": ["knots", name]}));
    let ids: Vec<String> = ["one", "two", "three"].map(tagged).into();
    ids.iter().for_each(|id| drop(caller.book_is(id, "done")));
    let listed = |query: &str| caller.get(&format!("/v1/books?{query}")).is(200).json();
    let names = |page: &Value| -> Vec<String> {
        page["books"].as_array().unwrap().iter().map(|book| book["request_id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&listed("")).len(), 3);
    assert_eq!(names(&listed("text=TW")), ["two"]);
    assert_eq!(names(&listed(&format!("text={}", &ids[0][..12]))), ["one"]);
    assert_eq!(names(&listed("state=writing,failed")).len(), 0);
    assert_eq!(names(&listed("state=done&held=false&open=false")).len(), 3);
    assert_eq!(names(&listed("failed=true")).len(), 0);
    assert_eq!((names(&listed("tag=two")), names(&listed("tag=tw")).len()), (vec!["two".to_owned()], 0));
    assert_eq!((names(&listed("since=1d")).len(), names(&listed("until=1d")).len()), (3, 0));
    assert_eq!(listed("tag=one")["books"][0]["tags"], json!(["knots", "one"]));
    let told = bench.run(&["books", "--tag", "knots", "--text", "TW", "--since", "1d", "--json"]).exits(0).values();
    assert_eq!((told.len(), &told[0]["request_id"]), (1, &json!("two")), "the command line has the same filter");
    bench.run(&["books", "--failed"]).exits(0).tells(&["No book is as you ask"]);
    bench.run(&["books", "--since", "yesterday", "--state", "lost"]).exits(64).tells(&["since:", "state:"]);
    let first = listed("limit=2&tag=knots&failed=false&since=1d");
    let second = listed(&format!("limit=2&tag=knots&since=1d&cursor={}", first["next"].as_str().unwrap()));
    let mut all = [names(&first), names(&second)].concat();
    all.sort();
    assert_eq!((all.as_slice(), &second["next"]), (&["one", "three", "two"].map(str::to_owned)[..], &Value::Null));
    studio.stop();
}

#[test]
fn write_and_a_studio_do_not_write_the_same_book() {
    let (model, paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    bench.calls_may_be_lost();
    bench.outline(&three_chapters());
    let mut writing = bench.begin(&[]);
    writing.event(|event| event["kind"] == "started" && event["task"] == "write/2");
    writing.kill();
    let studio = Studio::start(&bench);
    let listed = studio.caller.get("/v1/books").is(200).json();
    assert_eq!(listed["books"][0]["holds"], json!(["operator"]), "nobody has agreed to the cost here");
    bench.run(&["write", "book.md", "--out", "out"]).exits(75).tells(&["a studio works on the books of this folder"]);
    bench.run(&["studio"]).exits(75).tells(&["another studio"]);
    let id = listed["books"][0]["id"].as_str().unwrap().to_owned();
    paused.resume(2);
    studio.caller.post(&format!("/v1/books/{id}/lift"), &Value::Null).is(200);
    studio.caller.book_is(&id, "done");
    studio.stop();
    bench.write(&[]).exits(0);
    bench.holds(&three_chapters());
}

#[test]
fn an_approval_on_the_command_line_reaches_a_studio() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({"no_plan": false, "review": true}));
    let held = |reply: &crate::support::Reply| reply.json()["holds"] == json!(["review"]);
    studio.caller.waits(&format!("/v1/books/{id}"), held);
    bench.run(&["approve", &id]).exits(0);
    studio.caller.book_is(&id, "done");
    studio.stop();
}

#[test]
fn a_studio_is_refused_where_other_machines_would_reach_it() {
    let bench = bench();
    let open = bench.set("BINDERY_API__ADDRESS", "0.0.0.0:0");
    open.run(&["studio"]).exits(64).tells(&["asks for no key", "api.address"]);
}
