//! Is somebody who signs in on a page known by a cookie that no script reads, and does nobody else act in that name?

use serde_json::{Value, json};

use super::{Served, fleet::ADDRESS, order, ordered};
use crate::support::{Caller, Fleet, Reply};

/// Signs in as the page of a server does. Returns the answer and the cookie that a browser sends from then on.
fn sign_in(caller: &Caller, origin: &str, key: &str) -> (Reply, String) {
    let reply = caller.post_with("/v1/session", &[("Origin", origin)], &json!({"key": key})).is(200);
    let cookie = reply.headers["set-cookie"].split(';').next().unwrap().to_owned();
    (reply, cookie)
}

/// Makes a key, and returns its id and its text.
fn key(served: &Served, arguments: &[&str]) -> (String, String) {
    let made = served.fleet.run(&[&["keys", "add"], arguments].concat()).exits(0).stdout.trim().to_owned();
    (made.split('_').nth(1).unwrap().to_owned(), made)
}

#[test]
fn a_session_lasts_until_it_is_ended_or_its_key_is_revoked() {
    let served = Served::start();
    let (caller, own) = (&served.caller, served.caller.url());
    let (id, text) = key(&served, &["--tenant", "press"]);
    caller.get("/v1/session").is(401);
    caller.post("/v1/session", &json!({"key": "bindery_0123456789ab_00"})).is(401);
    let (reply, cookie) = sign_in(caller, &own, &text);
    assert_eq!(reply.headers["set-cookie"], format!("bindery={text}; Path=/; HttpOnly; SameSite=Strict"));
    assert_eq!((&reply.json()["tenant"], &reply.json()["signed_in"]), (&json!("press"), &json!(true)));
    let signed_in = [("Cookie", cookie.as_str()), ("Origin", own.as_str())];
    let book = caller.post_with("/v1/books", &signed_in, &order(&json!({}))).is(202).json()["id"].clone();
    served.keyed(&["--tenant", "press"]).book_is(book.as_str().unwrap(), "done");
    let listed = caller.send("GET", "/v1/books", &signed_in[..1], b"").is(200).json();
    assert_eq!(listed["books"][0]["id"], book);
    let ended = caller.send("DELETE", "/v1/session", &signed_in, b"").is(204);
    assert_eq!(ended.headers["set-cookie"], "bindery=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    caller.send("GET", "/v1/session", &signed_in[..1], b"").is(200);
    served.fleet.run(&["keys", "revoke", &id]).exits(0);
    caller.send("GET", "/v1/books", &signed_in[..1], b"").is(401);
}

#[test]
fn no_page_of_a_stranger_acts_for_somebody_who_is_signed_in() {
    let served = Served::start();
    let (caller, own) = (&served.caller, served.caller.url());
    let host = own.strip_prefix("http://").unwrap();
    let (_, text) = key(&served, &["--tenant", "press", "--scopes", "read,write,operate"]);
    let (_, cookie) = sign_in(caller, &own, &text);
    let id = ordered(&caller.with_key(&text), "tides", &json!({"review": true}));
    caller.with_key(&text).waits(&format!("/v1/books/{id}"), |reply| reply.json()["holds"] == json!(["review"]));
    let hold = format!("/v1/books/{id}/hold");
    let strangers = [
        "https://evil.example",
        "null",
        "http://127.0.0.1:1",
        &format!("{own}.evil.example"),
        &own.replace("http", "https"),
    ];
    for origin in strangers {
        caller.send("POST", &hold, &[("Cookie", &cookie), ("Origin", origin)], b"").is(403);
        caller.send("DELETE", "/v1/session", &[("Cookie", &cookie), ("Origin", origin)], b"").is(403);
    }
    caller.send("POST", &hold, &[("Cookie", &cookie)], b"").is(403);
    for origin in &strangers[..4] {
        caller.post_with("/v1/session", &[("Origin", origin)], &json!({"key": text})).is(403);
    }
    let book = caller.with_key(&text).get(&format!("/v1/books/{id}")).is(200).json();
    assert_eq!(book["holds"], json!(["review"]), "a stranger has held the book");
    // A page that was fetched by TLS gets the cookie that is sent by TLS alone.
    let (reply, cookie) = sign_in(caller, &format!("https://{host}"), &text);
    assert!(
        reply.headers["set-cookie"].starts_with("__Host-bindery=") && reply.headers["set-cookie"].ends_with("; Secure")
    );
    caller.send("POST", &hold, &[("Cookie", &cookie), ("Origin", &own)], b"").is(403);
    caller.send("POST", &hold, &[("Cookie", &cookie), ("Origin", &format!("https://{host}"))], b"").is(200);
    caller.send("DELETE", &format!("/v1/books/{id}"), &[("Authorization", &format!("Bearer {text}"))], b"").is(204);
}

#[test]
fn a_proxy_names_the_key_of_a_caller_and_nobody_else_does() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    let header = ("BINDERY_API__TRUSTED_HEADER", "x-bindery-key");
    let (api, _) = fleet.start_watched(&["api"], &[ADDRESS, header, ("BINDERY_API__TRUSTED_PROXIES", "127.0.0.0/8")]);
    let (far, _) = fleet.start_watched(&["api"], &[ADDRESS, header, ("BINDERY_API__TRUSTED_PROXIES", "10.0.0.0/8")]);
    let mut far = far;
    let elsewhere = Caller::at(&far.says("The API is at"));
    let mut served = Served::on(fleet, api);
    served.fleet.keep(far);
    let (caller, own) = (&served.caller, served.caller.url());
    let (id, _) = key(&served, &["--tenant", "press"]);
    let named = [("X-Bindery-Key", id.as_str())];
    let session = caller.send("GET", "/v1/session", &named, b"").is(200).json();
    assert_eq!((&session["tenant"], &session["signed_in"]), (&json!("press"), &json!(false)));
    caller.send("GET", "/v1/books", &[("X-Bindery-Key", "0123456789ab")], b"").is(401);
    elsewhere.send("GET", "/v1/books", &named, b"").is(401);
    // The session at the proxy is sent by the browser, whichever page asks.
    let evil = [named[0], ("Origin", "https://evil.example")];
    caller.post_with("/v1/books", &evil, &order(&json!({}))).is(403);
    caller.post_with("/v1/books", &named, &order(&json!({}))).is(403);
    let book = caller.post_with("/v1/books", &[named[0], ("Origin", &own)], &order(&json!({}))).is(202).json();
    served.keyed(&["--tenant", "press"]).book_is(book["id"].as_str().unwrap(), "done");
    served.fleet.run(&["keys", "revoke", &id]).exits(0);
    assert_eq!(caller.send("GET", "/v1/books", &named, b"").is(401).json()["errors"], Value::Null);
}
