//! Is a request that is broken, too large or too slow refused, and does it harm no other?

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    Studio, bench,
    fleet::{ADDRESS, Served},
    ordered,
};
use crate::support::Fleet;

/// Sends bytes as they stand, and returns all that is answered until the connection is closed.
fn answered(studio: &Studio, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(studio.caller.url().trim_start_matches("http://")).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The server may answer before it has read everything.
    let _ = connection.write_all(bytes);
    let mut answer = Vec::new();
    let _ = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_with_two_lengths_is_refused() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let smuggled = "GET /v1/books HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let begun = "POST /v1/books HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    for (lengths, body) in [
        ("Content-Length: 2\r\nContent-Length: 40", "{}"),
        ("Content-Length: 5\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        ("Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
        ("Transfer-Encoding: xchunked\r\nContent-Length: 2", "{}"),
        ("Transfer-Encoding: chunked, identity\r\nContent-Length: 2", "{}"),
    ] {
        let answer = answered(&studio, format!("{begun}{lengths}\r\n\r\n{body}{smuggled}").as_bytes());
        assert!(answer.starts_with("HTTP/1.1 4"), "{lengths}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{lengths}: what follows was taken for a request: {answer}");
    }
    assert_eq!(studio.caller.get("/v1/books").is(200).json()["next"], Value::Null);
    studio.stop();
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let many: String = (0..500).map(|number| format!("X-Many-{number}: a\r\n")).collect();
    for head in [many, format!("X-Long: {}\r\n", "a".repeat(2_000_000))] {
        let answer = answered(&studio, format!("GET /v1/books HTTP/1.1\r\nHost: localhost\r\n{head}\r\n").as_bytes());
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{}", &answer[..answer.len().min(200)]);
    }
    studio.caller.get("/v1/books").is(200);
    studio.stop();
}

#[test]
fn a_body_that_comes_too_slowly_is_not_waited_for() {
    let bench = bench().set("BINDERY_API__BODY_TIME", "300ms");
    let studio = Studio::start(&bench);
    let head = "POST /v1/books HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"";
    let answer = answered(&studio, head.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("send it faster"), "{answer}");
    studio.caller.get("/v1/books").is(200);
    studio.stop();
}

#[test]
fn a_client_that_sends_its_request_too_slowly_is_cut_off_and_others_are_served() {
    let bench = bench().set("BINDERY_API__HEAD_TIME", "300ms");
    let studio = Studio::start(&bench);
    let host = studio.caller.url().strip_prefix("http://").unwrap().to_owned();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(&host).unwrap()).collect();
    for (number, stream) in slow.iter_mut().enumerate() {
        // Some send nothing at all, and some begin a request that they do not end.
        let begun = "GET /v1/books HTTP/1.1\r\nHost: localhost\r\nX-Slow: a";
        stream.write_all(&begun.as_bytes()[..begun.len() * (number % 2)]).unwrap();
    }
    studio.caller.get("/v1/books").is(200);
    for mut stream in slow {
        stream.set_read_timeout(Some(std::time::Duration::from_secs(60))).unwrap();
        let mut told = Vec::new();
        stream.read_to_end(&mut told).expect("the server does not close the connection");
        assert!(!String::from_utf8_lossy(&told).contains(" 200 "), "half a request was answered");
    }
    studio.stop();
}

#[test]
fn the_place_in_another_tenants_events_leads_nowhere() {
    let served = Served::start();
    let (press, rival) = (served.keyed(&["--tenant", "press"]), served.keyed(&["--tenant", "rival"]));
    let mut all = press.listen("/v1/events", None);
    let id = ordered(&press, "tides", &json!({}));
    let heard = all.until("done");
    let own = ordered(&rival, "bells", &json!({}));
    rival.book_is(&own, "done");
    // The rival goes on behind the first event of the other tenant, which was heard before all of its own.
    for place in [heard[0].id.as_str(), &format!("0.0~{id}.0"), "0.0"] {
        let events = rival.listen("/v1/events", Some(place)).until("done");
        assert!(events.iter().all(|heard| heard.data["book"] == own.as_str()), "{place}: {events:?}");
    }
    let path = format!("/v1/books/{id}/events");
    rival.send("GET", &path, &[("Last-Event-ID", &heard[0].id)], b"").is(404);
}

#[test]
fn a_key_opens_only_so_many_streams() {
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_API__STREAMS_PER_KEY", "2");
    let served = Served::of(fleet);
    let (press, rival) = (served.keyed(&["--tenant", "press"]), served.keyed(&["--tenant", "rival"]));
    let _open = [press.listen("/v1/events", None), press.listen("/v1/changes", None)];
    let refused = press.get("/v1/events").is(429).json();
    assert!(refused["detail"].as_str().unwrap().contains("2 streams open"), "{refused}");
    drop(rival.listen("/v1/events", None));
    press.get("/v1/books").is(200);
}

#[test]
fn an_api_takes_more_listeners_than_files_are_allowed_at_first() {
    let fleet = Fleet::new();
    // A process may raise the limit as far as the system allows.
    fs::write(fleet.path("limited"), "ulimit -Sn 100 && exec \"$@\"\n").unwrap();
    let arguments = ["limited", env!("CARGO_BIN_EXE_bindery"), "serve", "api"];
    let api = fleet.start_by(Path::new("/bin/sh"), &arguments, &[ADDRESS]);
    let served = Served::on(fleet, api);
    let press = served.keyed(&["--tenant", "press"]);
    let open: Vec<_> = (0..150).map(|_| press.listen("/v1/events", None)).collect();
    press.get("/v1/books").is(200);
    drop(open);
}

#[test]
fn a_tenant_orders_no_further_book_while_it_has_all_that_it_may_have() {
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_SERVE__MAX_OPEN_BOOKS_PER_TENANT", "1");
    fleet.keep_serving(&["all"]);
    let served = Served::of(fleet);
    let (press, rival) = (served.keyed(&["--tenant", "press"]), served.keyed(&["--tenant", "rival"]));
    let first = ordered(&press, "tides", &json!({"no_plan": false, "review": true}));
    press.waits(&format!("/v1/books/{first}"), |reply| reply.status == 200);
    let another = super::order(&json!({}));
    let refused = press.post_with("/v1/books", &[("Idempotency-Key", "bells")], &another).is(409).json();
    assert!(refused["detail"].as_str().unwrap().starts_with("you have 1 open book"), "{refused}");
    ordered(&press, "tides", &json!({"no_plan": false, "review": true}));
    let own = ordered(&rival, "bells", &json!({}));
    rival.book_is(&own, "done");
    press.send("DELETE", &format!("/v1/books/{first}"), &[], b"").is(204);
}
