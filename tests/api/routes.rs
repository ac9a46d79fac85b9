//! Every route of the OpenAPI document is asked for by callers who may not. A new route is asked for as well.

use serde_json::{Value, json};

use super::{Served, ordered};
use crate::support::{Caller, Reply};

/// A route of the document.
struct Route {
    /// The method and the path, as the document names them.
    name: String,
    method: String,
    /// The path with a value for each of its variables.
    address: String,
    /// The scope that a key needs; `None` where it needs none.
    scope: Option<String>,
    /// Whether it asks for no key at all.
    is_open: bool,
    /// Whether it answers with a stream, which has no end.
    is_stream: bool,
}

impl Route {
    /// Returns whether the path names a book or a webhook, which belongs to somebody.
    fn names_a_thing(&self) -> bool {
        self.name.contains("{id}")
    }

    fn asked_by(&self, caller: &Caller) -> Reply {
        let (headers, body): (&[_], &[u8]) = match self.method.as_str() {
            "GET" | "DELETE" => (&[], b""),
            _ => (&[("Content-Type", "application/json")], b"{}"),
        };
        caller.send(&self.method, &self.address, headers, body)
    }
}

/// What the variables of a path name.
struct Named {
    book: String,
    webhook: String,
    version: String,
}

/// Returns a value for a variable of a path.
fn value(path: &str, name: &str, named: &Named) -> String {
    match name {
        "id" if path.starts_with("/v1/webhooks/") => named.webhook.clone(),
        "id" => named.book.clone(),
        "number" => "1".to_owned(),
        "version" => named.version.clone(),
        "format" => "md".to_owned(),
        "sha256" => "0".repeat(64),
        other => panic!("{path} has a variable that this test does not know: give {other} a value here"),
    }
}

/// Returns all routes, with what is named in their paths.
fn routes(caller: &Caller, named: &Named) -> Vec<Route> {
    let document = caller.get("/v1/openapi.json").is(200).json();
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let filled = path.split('/').map(|part| match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => value(path, name, named),
            None => part.to_owned(),
        });
        let address = filled.collect::<Vec<_>>().join("/");
        for (method, operation) in operations.as_object().unwrap() {
            routes.push(Route {
                name: format!("{method} {path}"),
                method: method.to_uppercase(),
                address: address.clone(),
                scope: operation["description"].as_str().unwrap().split('`').nth(1).map(str::to_owned),
                is_open: operation["security"] == json!([]),
                is_stream: operation.pointer("/responses/200/content/text~1event-stream").is_some(),
            });
        }
    }
    assert!(routes.iter().filter(|route| route.names_a_thing()).count() >= 25, "the document has lost its routes");
    routes
}

/// Checks that every route that asks for a key refuses a caller.
#[track_caller]
fn serve_no_route(routes: &[Route], caller: &Caller) {
    for route in routes.iter().filter(|route| !route.is_open) {
        let reply = route.asked_by(caller);
        assert_eq!(reply.status, 401, "{} is served", route.name);
        assert_eq!(reply.is(401).headers["www-authenticate"], "Bearer");
    }
}

/// Makes a book with two versions of its first chapter, and a webhook.
fn things_of(owner: &Caller) -> Named {
    let webhook = json!({"url": "https://books.example.com/hook", "events": ["cancelled"]});
    let webhook = owner.post("/v1/webhooks", &webhook).is(201).json()["id"].as_str().unwrap().to_owned();
    let book = ordered(owner, "tides", &json!({}));
    owner.book_is(&book, "done");
    let chapter = format!("/v1/books/{book}/chapters/1");
    let text = json!({"text": "Every word of it by hand.\n"}).to_string();
    owner.send("PUT", &format!("{chapter}/text"), &[("Content-Type", "application/json")], text.as_bytes()).is(200);
    owner.book_is(&book, "done");
    let versions = owner.get(&format!("{chapter}/versions")).is(200).json();
    Named { book, webhook, version: versions[0]["version"].as_str().unwrap().to_owned() }
}

#[test]
fn no_route_leads_to_what_another_tenant_has() {
    let served = Served::start();
    let all = "read,write,approve,operate";
    let press = served.keyed(&["--tenant", "press", "--scopes", all]);
    let rival = served.keyed(&["--tenant", "rival", "--scopes", all]);
    let named = things_of(&press);
    let Named { book, webhook, .. } = &named;
    let seen = |path: &str| press.get(path).is(200).json();
    let paths = [format!("/v1/books/{book}"), format!("/v1/books/{book}/chapters/1"), "/v1/webhooks".to_owned()];
    let before: Vec<Value> = paths.iter().map(|path| seen(path)).collect();
    for route in routes(&press, &named) {
        let (is_read, name) = (route.method == "GET" && !route.is_stream, &route.name);
        if route.names_a_thing() {
            assert_eq!(route.asked_by(&rival).is(404).json()["status"], 404, "{name}");
            assert!(!is_read || route.asked_by(&press).status == 200, "{name} leads to nothing, even for its owner");
        } else if is_read {
            let answer = route.asked_by(&rival);
            // What is about the whole fleet is for operators of all tenants alone.
            assert!([200, 403].contains(&answer.status), "{name}: {}", answer.status);
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(!said.contains(book) && !said.contains(webhook), "{name}: {said}");
        }
    }
    assert_eq!(rival.post("/v1/books/actions?tenant=press", &json!({"action": "delete"})).is(200).json()["count"], 0);
    assert_eq!(before, paths.iter().map(|path| seen(path)).collect::<Vec<_>>(), "a stranger has changed something");
}

#[test]
fn no_route_is_served_without_a_key_that_counts() {
    let served = Served::start();
    let brief = served.keyed(&["--tenant", "press", "--expires", "1ms"]);
    let press = served.keyed(&["--tenant", "press", "--note", "to be revoked"]);
    let named = things_of(&press);
    let routes = routes(&press, &named);
    let keys = served.fleet.run(&["--json", "keys", "list"]).exits(0).values();
    let key = keys.iter().find(|key| key["note"] == "to be revoked").unwrap();
    let revoked = served.fleet.run(&["keys", "revoke", key["id"].as_str().unwrap()]).exits(0);
    assert!(revoked.stderr.contains("a key was revoked"), "the change stands in the log: {}", revoked.stderr);
    brief.waits("/v1/books", |reply| reply.status == 401);
    let unknown = served.caller.with_key("bindery_0123456789ab_00");
    for caller in [&served.caller, &unknown, &served.caller.with_key("no key at all"), &press, &brief] {
        serve_no_route(&routes, caller);
    }
    let other = served.keyed(&["--tenant", "press"]);
    other.get(&format!("/v1/books/{}", named.book)).is(200);
}

#[test]
fn no_route_is_served_to_a_key_without_its_scope() {
    let served = Served::start();
    let named =
        Named { book: "0123456789abcdef01234567".into(), webhook: "wh_0123456789abcdef".into(), version: "1.0".into() };
    let routes = routes(&served.caller, &named);
    let scopes = ["read", "write", "approve", "operate"];
    for scope in scopes {
        let others = scopes.iter().filter(|other| **other != scope).copied().collect::<Vec<_>>().join(",");
        let lacking = served.keyed(&["--tenant", "press", "--scopes", &others]);
        for route in routes.iter().filter(|route| route.scope.as_deref() == Some(scope)) {
            let refused = route.asked_by(&lacking);
            assert_eq!(refused.status, 403, "{}", route.name);
            assert!(refused.is(403).json()["detail"].as_str().unwrap().contains(scope));
        }
    }
    let asked: Vec<&str> = routes.iter().filter_map(|route| route.scope.as_deref()).collect();
    assert!(scopes.iter().all(|scope| asked.contains(scope)), "{asked:?}");
}
