//! Is a webhook told of each event at least once, under one id, and never at an address that it may not have?

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    api::{Studio, bench, ordered},
    guides::{javascript_of, program_of},
    support::{Bench, Caller, Endpoint, Fleet, Notified, Ordered, Running, three_chapters},
};

/// The settings with which a webhook of this machine is called, and soon again.
const OPEN: [(&str, &str); 3] = [
    ("BINDERY_WEBHOOKS__ALLOW_HTTP", "true"),
    ("BINDERY_WEBHOOKS__ALLOW_PRIVATE", "true"),
    ("BINDERY_WEBHOOKS__RETRY_AFTER", "1s"),
];

fn open_bench() -> Bench {
    OPEN.into_iter().fold(bench(), |bench, (name, value)| bench.set(name, value))
}

fn added(caller: &Caller, webhook: &Value) -> (String, String) {
    let added = caller.post("/v1/webhooks", webhook).is(201).json();
    let text = |name: &str| added[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

#[test]
fn a_webhook_that_fails_first_is_told_again_under_the_same_id() {
    let (bench, endpoint) = (open_bench(), Endpoint::start(1));
    let studio = Studio::start(&bench);
    let (id, secret) = added(&studio.caller, &json!({"url": endpoint.url, "events": ["chapter_done", "completed"]}));
    let book = ordered(&studio.caller, "tides", &json!({}));
    endpoint.takes("completed", 1);
    let told = endpoint.takes("chapter_done", 3);
    let refused = told.iter().find(|notice| !notice.taken).unwrap();
    let again: Vec<_> = told.iter().filter(|notice| notice.id == refused.id).collect();
    assert!(again.len() == 2 && again[1].taken && again[0].body == again[1].body, "{again:?}");
    told.iter().for_each(|notice| notice.is_signed_with(&secret));
    let ids: BTreeSet<_> = told.iter().map(|notice| &notice.id).collect();
    assert_eq!((told.len(), ids.len()), (5, 4), "four events, one of them twice");
    let completed = told.iter().find(|notice| notice.event() == "completed").unwrap().json();
    assert_eq!((&completed["data"]["book"], &completed["data"]["request_id"]), (&json!(book), &json!("tides")));
    let listed = studio.caller.get("/v1/webhooks").is(200).json();
    assert!(listed[0]["id"] == id && listed[0].get("secret").is_none(), "{listed}");

    // Another book is signed with both secrets, until the former one has no more time.
    let path = format!("/v1/webhooks/{id}");
    let rotated = studio.caller.post(&format!("{path}/rotate"), &json!({})).is(200).json();
    ordered(&studio.caller, "other", &json!({}));
    let told = endpoint.takes("completed", 2);
    let last = told.iter().rfind(|notice| notice.event() == "completed").unwrap();
    last.is_signed_with(&secret);
    last.is_signed_with(rotated["secret"].as_str().unwrap());
    studio.caller.send("DELETE", &path, &[], b"").is(204);
    studio.caller.get(&path).is(404);
    studio.stop();
}

#[test]
fn a_notice_that_nobody_takes_is_dead_and_can_be_sent_again() {
    let bench = open_bench().set("BINDERY_WEBHOOKS__GIVE_UP_AFTER", "1s");
    let endpoint = Endpoint::start(usize::MAX);
    let studio = Studio::start(&bench);
    let (id, _) = added(&studio.caller, &json!({"url": endpoint.url, "events": ["completed"]}));
    let book = ordered(&studio.caller, "tides", &json!({}));
    let path = format!("/v1/webhooks/{id}");
    let dead = studio.caller.waits(&format!("{path}/dead"), |reply| reply.json() != json!([])).json();
    assert_eq!((&dead[0]["book"], &dead[0]["event"]), (&json!(book), &json!("completed")));
    assert_eq!(dead[0]["failure"], "it answered with the status 503");
    let listed = bench.run(&["webhooks", "dead", "--json"]).exits(0).values();
    assert_eq!((&listed[0]["id"], &listed[0]["webhook"]), (&dead[0]["id"], &json!(id)));
    endpoint.recovers();
    let resent = studio.caller.post(&format!("{path}/resend"), &json!({})).is(200).json();
    assert_eq!(resent, json!({"notices": 1}));
    let told = endpoint.takes("completed", 1);
    assert!(told.iter().all(|notice| notice.id == dead[0]["id"].as_str().unwrap()), "{told:?}");
    bench.run(&["webhooks", "resend", &id, "--notice", "msg_1"]).exits(64).tells(&["no dead notice"]);
    studio.stop();
}

#[test]
fn a_webhook_for_named_books_is_told_of_no_other() {
    let (bench, endpoint) = (open_bench(), Endpoint::start(0));
    let studio = Studio::start(&bench);
    let (id, _) = added(&studio.caller, &json!({"url": endpoint.url, "events": ["completed"], "named_only": true}));
    let other = ordered(&studio.caller, "other", &json!({}));
    studio.caller.book_is(&other, "done");
    let named = ordered(&studio.caller, "named", &json!({"webhook": id}));
    let told = endpoint.takes("completed", 1);
    assert_eq!(told.iter().map(|notice| notice.json()["data"]["book"].clone()).collect::<Vec<_>>(), [json!(named)]);
    studio.stop();
}

#[test]
fn a_webhook_leads_to_no_server_within_the_network() {
    let bench = bench().set("BINDERY_WEBHOOKS__GIVE_UP_AFTER", "1s").set("BINDERY_WEBHOOKS__RETRY_AFTER", "1s");
    let endpoint = Endpoint::start(0);
    let studio = Studio::start(&bench);
    for url in [
        endpoint.url.clone(),
        endpoint.named("https", "127.0.0.1"),
        endpoint.named("https", "2130706433"),
        endpoint.named("https", "[::ffff:127.0.0.1]"),
        "https://169.254.169.254/latest/meta-data".to_owned(),
        "https://ada:pw@books.example.com".to_owned(),
        "file:///etc/passwd".to_owned(),
    ] {
        let reply = studio.caller.post("/v1/webhooks", &json!({"url": url})).is(422).json();
        assert!(reply["errors"][0].as_str().unwrap().starts_with("url: "), "{url}: {reply}");
    }
    // What a name leads to is known only when it is called.
    let url = endpoint.named("https", "localhost");
    let (id, _) = added(&studio.caller, &json!({"url": url, "events": ["completed"]}));
    ordered(&studio.caller, "tides", &json!({}));
    let dead = studio.caller.waits(&format!("/v1/webhooks/{id}/dead"), |reply| reply.json() != json!([])).json();
    assert!(dead[0]["failure"].as_str().unwrap().contains("no public address"), "{dead}");
    assert!(endpoint.told().is_empty());
    studio.stop();
}

/// Kills the only dispatcher of a fleet at a crash point, and checks what a webhook is told.
fn survives_the_death_of_the_dispatcher(crash_point: &str) {
    let mut fleet = Fleet::new().with(OPEN);
    fleet.allows_heals();
    for role in ["worker", "assembler"] {
        fleet.keep_serving(&[role]);
    }
    let endpoint = Endpoint::start(0);
    let secret = fleet.run(&["webhooks", "add", &endpoint.url, "--events", "chapter_done,completed"]).exits(0).stdout;
    let doomed = fleet.doomed("dispatcher", crash_point);
    let id = fleet.submits(&three_chapters(), &["--no-plan"]).end().exits(0).stdout.trim().to_owned();
    doomed.dies();
    fleet.keep_serving(&["dispatcher"]);
    fleet.finishes(&Ordered { id, outline: three_chapters() });
    endpoint.takes("chapter_done", 3);
    let told = endpoint.takes("completed", 1);
    let mut ids = BTreeMap::<String, BTreeSet<&str>>::new();
    for notice in &told {
        notice.is_signed_with(secret.trim());
        let about = format!("{} {}", notice.event(), notice.json()["data"]["chapter"]);
        ids.entry(about).or_default().insert(&notice.id);
    }
    assert_eq!(ids.len(), 4, "{ids:?}");
    assert!(ids.values().all(|ids| ids.len() == 1), "an event that comes twice has the same id: {ids:?}");
}

#[test]
fn a_dispatcher_dies_between_storing_a_notice_and_publishing_its_message() {
    survives_the_death_of_the_dispatcher("between_notice_and_message");
}

#[test]
fn a_dispatcher_dies_between_publishing_a_notice_and_marking_its_event() {
    survives_the_death_of_the_dispatcher("before_events_are_marked");
}

#[test]
fn a_dispatcher_dies_between_sending_a_notice_and_noting_that_it_was_taken() {
    survives_the_death_of_the_dispatcher("after_notice");
}

#[test]
fn a_dispatcher_dies_between_noting_that_a_notice_was_taken_and_acknowledging_its_message() {
    survives_the_death_of_the_dispatcher("before_ack_of_notice");
}

/// Has a receiver of the guide verify a notice, as it came and with another body.
fn verifies(mut command: Command, notice: &Notified, secret: &str) {
    let mut receiver = Running::start({
        command.env("BINDERY_WEBHOOK_SECRET", secret).env("PORT", "0");
        command
    });
    let caller = Caller::at(&receiver.says("listening at"));
    let signatures = notice.signatures.join(" ");
    let timestamp = notice.timestamp.to_string();
    let send = |timestamp: &str, body: &str| {
        let headers = [
            ("webhook-id", notice.id.as_str()),
            ("webhook-timestamp", timestamp),
            ("webhook-signature", signatures.as_str()),
        ];
        caller.send("POST", "/", &headers, body.as_bytes()).status
    };
    assert_eq!(send(&timestamp, &notice.body), 204);
    assert_eq!(send(&timestamp, &notice.body.replace("tides", "tidies")), 401, "the body is another");
    assert_eq!(send(&(notice.timestamp - 600).to_string(), &notice.body), 401, "it is too old");
    let told = receiver.says("bindery.book.completed.v1");
    assert!(told.contains("The Keeper of Tides"), "{told}");
    receiver.kill();
}

#[test]
fn the_receivers_of_the_guide_verify_notices() {
    let (bench, endpoint) = (open_bench(), Endpoint::start(0));
    let studio = Studio::start(&bench);
    let (_, secret) = added(&studio.caller, &json!({"url": endpoint.url, "events": ["completed"]}));
    ordered(&studio.caller, "tides", &json!({}));
    let notice = endpoint.takes("completed", 1).remove(0);
    studio.stop();
    let python = bench.file("receiver.py", program_of("webhooks.md", "python"));
    let mut command = Command::new("python3");
    command.arg(python);
    verifies(command, &notice, &secret);
    let path = bench.path("receiver.mjs");
    fs::write(&path, javascript_of("webhooks.md")).unwrap();
    let mut command = Command::new("node");
    command.arg(path);
    verifies(command, &notice, &secret);
}
