//! The API of a fleet, for callers with keys.

use serde_json::json;

use super::{order, ordered};
use crate::support::{Caller, Fleet, Ordered, Probes, Route, Running, three_chapters};

/// Any free port.
pub(super) const ADDRESS: (&str, &str) = ("BINDERY_API__ADDRESS", "127.0.0.1:0");

/// A fleet that serves the API.
pub(crate) struct Served {
    pub(crate) fleet: Fleet,
    pub(crate) caller: Caller,
}

impl Served {
    /// Starts a fleet with an API.
    pub(crate) fn start() -> Self {
        let mut fleet = Fleet::new();
        fleet.keep_serving(&["all"]);
        Self::of(fleet)
    }

    /// Starts a fleet with an API that tells of itself.
    pub(crate) fn start_watched() -> (Self, Probes) {
        let mut fleet = Fleet::new();
        fleet.keep_serving(&["all"]);
        Self::beside(fleet)
    }

    /// Starts an API that tells of itself beside the processes of a fleet.
    pub(crate) fn beside(fleet: Fleet) -> (Self, Probes) {
        let (api, probes) = fleet.start_watched(&["api"], &[ADDRESS]);
        (Self::on(fleet, api), probes)
    }

    /// Starts an API beside the processes of a fleet.
    pub(crate) fn of(mut fleet: Fleet) -> Self {
        let (name, value) = ADDRESS;
        fleet.set(name, value);
        let api = fleet.start(&["serve", "api"]);
        Self::on(fleet, api)
    }

    pub(super) fn on(mut fleet: Fleet, mut api: Running) -> Self {
        let caller = Caller::at(&api.says("The API is at"));
        api.says("Serving");
        fleet.keep(api);
        Self { fleet, caller }
    }

    /// Makes a key, and returns a caller with it.
    pub(crate) fn keyed(&self, arguments: &[&str]) -> Caller {
        let made = self.fleet.run(&[&["keys", "add"], arguments].concat()).exits(0);
        self.caller.with_key(made.stdout.trim())
    }
}

#[test]
fn a_fleet_writes_the_book_that_the_holder_of_a_key_orders() {
    let served = Served::start();
    let press = served.keyed(&["--tenant", "press"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    let heard = press.listen(&format!("/v1/books/{id}/events"), None).until("done");
    assert_eq!(heard.iter().filter(|heard| heard.data["kind"] == "chapter_done").count(), 3);
    let book = press.book_is(&id, "done");
    assert_eq!((&book["tenant"], &book["progress"]["chapters_done"]), (&json!("press"), &json!(3)));
    let file = press.get(&format!("/v1/books/{id}/files/md")).is(200);
    assert!(String::from_utf8_lossy(&file.body).contains("The Keeper of Tides"));
    served.fleet.finishes(&Ordered { id, outline: three_chapters() });
}

#[test]
fn an_order_is_received_while_no_dispatcher_runs_and_accepted_once_one_does() {
    let mut served = Served::of(Fleet::new());
    let press = served.keyed(&["--tenant", "press"]);
    let ids: Vec<String> = (0..16).map(|_| ordered(&press, "tides", &json!({}))).collect();
    press.get(&format!("/v1/books/{}", ids[0])).is(404);
    served.fleet.keep_serving(&["all"]);
    press.waits(&format!("/v1/books/{}", ids[0]), |reply| reply.status == 200);
    press.book_is(&ids[0], "done");
    assert_eq!(press.get("/v1/books").json()["books"].as_array().unwrap().len(), 1, "nothing is accepted twice");
    press.post_with("/v1/books", &[("Idempotency-Key", "tides")], &order(&json!({"words": 700}))).is(409);
}

#[test]
fn an_operator_of_all_tenants_sees_the_fleet_and_sends_dead_letters_again_and_nobody_else_does() {
    let served = Served::start();
    let press = served.keyed(&["--tenant", "press", "--scopes", "read,write,approve,operate"]);
    let operator = served.keyed(&["--all-tenants", "--scopes", "read,operate"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    press.book_is(&id, "done");
    let held = ordered(&press, "held", &json!({"no_plan": false, "review": true}));
    press
        .waits(&format!("/v1/books/{held}"), |reply| reply.status == 200 && reply.json()["holds"] == json!(["review"]));
    served.fleet.publish(Route::SUBMISSION, b"not JSON at all");
    served.fleet.queues("dead", 1);
    let fleet = operator.get("/v1/fleet").is(200).json();
    let pace: Vec<u64> =
        fleet["chapters_per_minute"].as_array().unwrap().iter().flat_map(|each| each.as_u64()).collect();
    assert_eq!((pace.len(), pace.iter().sum()), (60, 3), "{fleet}");
    assert_eq!((&fleet["open"], &fleet["held"], &fleet["stuck"][0]["id"]), (&json!(1), &json!(1), &json!(held)));
    assert!(fleet["stuck"][0]["reasons"].to_string().contains("Its plan waits for a review"), "{fleet}");
    let lane =
        |name: &str| fleet["lanes"].as_array().unwrap().iter().find(|lane| lane["name"] == name).cloned().unwrap();
    assert_eq!((&lane("dead")["messages"], &lane("chapters")["messages"]), (&json!(1), &json!(0)));
    let letters = operator.get("/v1/fleet/dead-letters").is(200).json();
    assert_eq!((&letters["letters"][0]["id"], &letters["left"]), (&json!("by-hand"), &json!(0)), "{letters}");
    assert_eq!(letters["letters"][0]["lane"], "submissions");
    operator.post("/v1/fleet/dead-letters/redrive", &json!({"id": "another"})).is(404);
    let sent = operator.post("/v1/fleet/dead-letters/redrive", &json!({"id": "by-hand"})).is(200).json();
    assert_eq!((&sent[0]["id"], &sent[0]["sent_to"]), (&json!("by-hand"), &json!("submissions")), "{sent}");
    // No dispatcher can read it the second time either.
    served.fleet.queues("dead", 1);
    let reader = served.keyed(&["--all-tenants", "--scopes", "read"]);
    for stranger in [press, reader] {
        stranger.get("/v1/fleet").is(403);
        stranger.get("/v1/fleet/dead-letters").is(403);
        stranger.post("/v1/fleet/dead-letters/redrive", &json!({})).is(403);
    }
    assert_eq!(served.fleet.queued("dead"), 1);
    served.fleet.run(&["dead", "purge", "--yes"]).exits(0);
}
