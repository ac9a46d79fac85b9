//! Who may not see or do what, however it is asked.

use serde_json::json;

use super::{Studio, bench, fleet::Served, order, ordered};

#[test]
fn a_tenant_sees_and_changes_its_own_books_alone() {
    let served = Served::start();
    let press = served.keyed(&["--tenant", "press", "--scopes", "read,write,approve,operate"]);
    let rival = served.keyed(&["--tenant", "rival", "--scopes", "read,write,approve,operate"]);
    let mut changes = rival.listen("/v1/changes", None);
    let id = ordered(&press, "tides", &json!({}));
    press.book_is(&id, "done");
    assert_eq!(rival.get("/v1/books").is(200).json()["books"], json!([]));
    assert_eq!(rival.get("/v1/books?tenant=press").is(200).json()["books"], json!([]));
    // The same name of another tenant is another book.
    let own = ordered(&rival, "tides", &json!({}));
    assert_ne!(own, id);
    rival.book_is(&own, "done");
    assert_eq!(changes.next().unwrap().data["id"], own.as_str(), "no change of another tenant's book was heard");
    press.get(&format!("/v1/books/{own}")).is(404);
    // An operator sees both, and orders none.
    let operator = served.keyed(&["--all-tenants", "--scopes", "read,write,operate"]);
    assert_eq!(operator.get("/v1/books").is(200).json()["books"].as_array().unwrap().len(), 2);
    assert_eq!(operator.get("/v1/books?tenant=press").is(200).json()["books"][0]["id"], id.as_str());
    operator.post("/v1/books", &order(&json!({}))).is(403);
}

#[test]
fn a_tenant_sees_and_changes_its_own_webhooks_alone() {
    let served = Served::start();
    let press = served.keyed(&["--tenant", "press"]);
    let rival = served.keyed(&["--tenant", "rival"]);
    let webhook = json!({"url": "https://books.example.com/hook"});
    let added = press.post("/v1/webhooks", &webhook).is(201);
    let path = added.headers["location"].clone();
    assert!(press.get(&path).is(200).json().get("secret").is_none());
    assert_eq!(rival.get("/v1/webhooks").is(200).json(), json!([]));
    for (method, path) in [
        ("GET", path.clone()),
        ("DELETE", path.clone()),
        ("GET", format!("{path}/dead")),
        ("POST", format!("{path}/rotate")),
        ("POST", format!("{path}/resend")),
    ] {
        rival.send(method, &path, &[], b"").is(404);
    }
    let reader = served.keyed(&["--tenant", "press", "--scopes", "read"]);
    reader.get(&path).is(200);
    reader.post("/v1/webhooks", &webhook).is(403);
    reader.post(&format!("{path}/rotate"), &json!({})).is(403);
    let operator = served.keyed(&["--all-tenants", "--scopes", "read,write"]);
    assert_eq!(operator.get("/v1/webhooks").is(200).json().as_array().unwrap().len(), 1);
    operator.post("/v1/webhooks", &webhook).is(403);
    press.send("DELETE", &path, &[], b"").is(204);
}

#[test]
fn a_key_is_shown_once_and_made_only_for_a_proper_tenant() {
    let served = Served::start();
    served.keyed(&["--tenant", "press"]).get("/v1/books").is(200);
    let kept = served.fleet.run(&["--json", "keys", "list"]).exits(0).stdout;
    assert!(kept.contains("press") && !kept.contains("bindery_"), "a list holds no key: {kept}");
    served.fleet.run(&["keys", "revoke", "nobody"]).exits(64).tells(&["bindery keys list"]);
    served.fleet.run(&["keys", "add", "--tenant", "a\nb"]).exits(64);
    served.fleet.run(&["keys", "add"]).exits(2);
}

#[test]
fn a_key_ends_when_it_should() {
    let served = Served::start();
    let brief = served.keyed(&["--tenant", "press", "--expires", "1ms"]);
    brief.waits("/v1/books", |reply| reply.status == 401);
    served.fleet.run(&["keys", "add", "--tenant", "press", "--expires", "soon"]).exits(2);
}

#[test]
fn a_key_that_asks_too_often_is_told_when_to_come_back() {
    let bench = bench();
    let studio = Studio::start(&bench);
    for _ in 0..50 {
        studio.caller.get("/v1/books").is(200);
    }
    studio.stop();
    let mut fleet = crate::support::Fleet::new();
    fleet.set("BINDERY_API__REQUESTS_PER_MINUTE", "3");
    fleet.set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    let mut api = fleet.start(&["serve", "api"]);
    let caller = crate::support::Caller::at(&api.says("The API is at"));
    api.says("Serving");
    fleet.keep(api);
    let made = fleet.run(&["keys", "add", "--tenant", "press"]).exits(0);
    let press = caller.with_key(made.stdout.trim());
    for _ in 0..3 {
        press.get("/v1/books").is(200);
    }
    let last = press.get("/v1/books").is(429);
    assert!(last.headers["retry-after"].parse::<u32>().unwrap() <= 21, "{last:?}");
}

#[test]
fn no_page_of_a_stranger_reaches_a_studio() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let own = caller.url();
    caller.send("GET", "/v1/books", &[("Host", "evil.example")], b"").is(403);
    caller.send("GET", "/v1/books", &[("Host", "127.0.0.1.evil.example:80")], b"").is(403);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost.evil.example"] {
        let reply = caller.post_with("/v1/books", &[("Origin", origin)], &order(&json!({}))).is(403);
        assert!(!reply.headers.contains_key("access-control-allow-origin"), "{origin}");
    }
    let simple = [("Origin", own.as_str()), ("Content-Type", "text/plain")];
    caller.send("POST", "/v1/books", &simple, order(&json!({})).to_string().as_bytes()).is(415);
    caller.send("GET", "/v1/books", &[("Origin", own.as_str())], b"").is(200);
    studio.stop();
}

#[test]
fn only_the_listed_origins_get_an_answer_that_their_pages_may_read() {
    let bench = bench().set("BINDERY_API__ORIGINS", "https://books.example.com");
    let studio = Studio::start(&bench);
    let asked = |origin: &str| {
        let headers = [("Origin", origin), ("Access-Control-Request-Method", "POST")];
        studio.caller.send("OPTIONS", "/v1/books", &headers, b"").headers.get("access-control-allow-origin").cloned()
    };
    assert_eq!(asked("https://books.example.com").as_deref(), Some("https://books.example.com"));
    assert_eq!(asked("https://evil.example"), None);
    let headers = [("Origin", "https://books.example.com"), ("Access-Control-Request-Method", "GET")];
    let allowed =
        studio.caller.send("OPTIONS", "/v1/books", &headers, b"").headers["access-control-allow-headers"].clone();
    for header in ["authorization", "if-match", "if-none-match", "if-range", "range", "last-event-id"] {
        assert!(allowed.split(',').any(|one| one.trim() == header), "{header} is missing in {allowed}");
    }
    studio.stop();
}

#[test]
fn strange_paths_headers_and_bodies_get_a_problem_and_reach_nothing() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({}));
    caller.book_is(&id, "done");
    for path in [
        "/v1/books/..%2f..%2fetc%2fpasswd",
        "/v1/books/%00",
        "/v1/books/%ff",
        "/v1/books/}bindery:{index}",
        "/v1/books/0123456789abcdef0123456Z",
        "/v1/../../etc/passwd",
        "//etc/passwd",
    ] {
        caller.get(path).is(404);
    }
    for format in ["..%2f..%2fbindery.db", "md%00", "%2e%2e", "md%0d%0aX-Evil:%201"] {
        caller.get(&format!("/v1/books/{id}/files/{format}")).is(404);
    }
    caller.get(&format!("/v1/books/{id}/chapters/-1")).is(404);
    caller.get(&format!("/v1/books/{id}/chapters/99999999999999999999")).is(404);
    let long = format!("/v1/books/{}", "a".repeat(20_000));
    assert!([404, 414].contains(&caller.get(&long).status));
    let evil = order(&json!({"request_id": "a\r\nX-Evil: 1"}));
    caller.post("/v1/books", &evil).is(422);
    let named = caller.post_with("/v1/books", &[("Idempotency-Key", &"x".repeat(300))], &order(&json!({}))).is(422);
    assert!(named.json()["errors"][0].as_str().unwrap().starts_with("request_id:"));
    let titled = json!({"outline": {"markdown": "# A \"B\"\\r\\nX-Evil: 1\n\n## One\n\n- a point\n"}, "no_plan": true});
    let other = caller.post("/v1/books", &titled).is(202).json()["id"].as_str().unwrap().to_owned();
    caller.book_is(&other, "done");
    let file = caller.get(&format!("/v1/books/{other}/files/html")).is(200);
    assert!(!file.headers.contains_key("x-evil"));
    assert_eq!(file.headers["cross-origin-resource-policy"], "same-origin");
    assert!(
        file.headers["content-disposition"].starts_with("attachment")
            && file.headers["content-security-policy"].contains("sandbox")
    );
    studio.stop();
}

#[test]
fn a_body_that_is_too_large_or_nested_too_deeply_is_refused() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let large = order(&json!({"request_id": "x".repeat(1_100_000)}));
    studio.caller.post("/v1/books", &large).is(413);
    let deep = format!("{{\"outline\": {{\"json\": {}{}}}}}", "[".repeat(100_000), "]".repeat(100_000));
    let headers = [("Content-Type", "application/json")];
    studio.caller.send("POST", "/v1/books", &headers, deep.as_bytes()).is(422);
    assert_eq!(studio.caller.get("/v1/books").is(200).json()["books"], json!([]), "the studio lives on");
    studio.stop();
}

#[test]
fn a_stream_ends_when_the_key_of_its_listener_is_revoked() {
    let served = Served::start();
    let (press, other) =
        (served.keyed(&["--tenant", "press", "--note", "press"]), served.keyed(&["--tenant", "rival"]));
    let id = ordered(&press, "tides", &json!({"review": true}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    let streams = [format!("/v1/books/{id}/events"), "/v1/events".to_owned(), "/v1/changes".to_owned()];
    let mut open = streams.clone().map(|path| press.listen(&path, None));
    let mut kept = other.listen("/v1/events", None);
    let keys = served.fleet.run(&["--json", "keys", "list"]).exits(0).values();
    let key = keys.iter().find(|key| key["note"] == "press").unwrap();
    served.fleet.run(&["keys", "revoke", key["id"].as_str().unwrap()]).exits(0);
    for stream in &mut open {
        while stream.next().is_some() {}
    }
    let another = ordered(&other, "bells", &json!({}));
    assert_eq!(kept.next().unwrap().data["book"], another.as_str(), "the stream of a key that counts goes on");
    for path in streams {
        press.get(&path).is(401);
    }
    other.book_is(&another, "done");
}
