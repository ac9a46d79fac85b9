//! Are the rights that the guide publishes enough for an API, and no more than it needs?

use serde_json::{Value, json};

use super::{Served, fleet::ADDRESS, order, ordered};
use crate::support::{Caller, Fleet, Reply, three_chapters};

const GUIDE: &str = include_str!("../../docs/managed.md");

/// Returns the words of the guide's line that begins with these words.
fn published(beginning: &str) -> &'static str {
    GUIDE.lines().find_map(|line| line.strip_prefix(beginning)).unwrap()
}

/// Returns the patterns that the guide gives to the fleet's user of the broker.
fn patterns() -> [&'static str; 3] {
    let line = published("rabbitmqctl set_permissions -p books bindery ");
    line.split('\'').skip(1).step_by(2).collect::<Vec<_>>().try_into().unwrap()
}

/// Starts a fleet with an API, whose user of the broker and whose user of the store have the published rights alone.
fn limited() -> Served {
    let mut fleet = Fleet::new();
    let broker = fleet.broker.user(&fleet.vhost, "fleet", "hush");
    fleet.broker.permit(&fleet.vhost, "fleet", patterns());
    fleet.set("BINDERY_QUEUE__URL", &broker);
    fleet.keep_serving(&["all"]);
    let rights = published("ACL SETUSER bindery-api on >PASSWORD ").split(' ');
    fleet.redis.cli(&["ACL", "SETUSER", "bindery-api", "on", ">hush"].into_iter().chain(rights).collect::<Vec<_>>());
    let store = fleet.redis.url().replace("redis://", "redis://bindery-api:hush@");
    let (api, _probes) = fleet.start_watched(&["api"], &[ADDRESS, ("BINDERY_STORE__URL", &store)]);
    Served::on(fleet, api)
}

#[test]
fn an_api_with_the_rights_of_the_guide_serves_all_there_is_and_makes_no_key() {
    let served = limited();
    let press = served.keyed(&["--tenant", "press", "--scopes", "read,write,approve,operate"]);
    let id = ordered(&press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    press.listen(&format!("/v1/books/{id}/events"), None).until("done");
    press.book_is(&id, "done");
    for path in ["", "/why", "/plan", "/chapters", "/chapters/1", "/files", "/files/md"] {
        press.get(&format!("/v1/books/{id}{path}")).is(200);
    }
    press.get("/v1/books").is(200);
    drop((press.listen("/v1/events", None), press.listen("/v1/changes", None)));
    press.post("/v1/books?dry_run=true", &order(&json!({}))).is(200);
    let change = |what: &str, body: &Value| press.post(&format!("/v1/books/{id}/{what}"), body);
    change("rewrite", &json!({"chapters": [2]})).is(200);
    press.book_is(&id, "done");
    changes_texts(&press, &id);
    keeps_webhooks(&press);
    let chosen = |order: &Value| press.post("/v1/books/actions?state=done", order).is(200).json();
    assert_eq!(chosen(&json!({"action": "redrive"}))["count"], 0);
    for refused in ["hold", "lift", "cancel", "redrive", "plan/approve"] {
        change(refused, &Value::Null).is(409);
    }
    press.send("DELETE", &format!("/v1/books/{id}"), &[], b"").is(204);
    let held = ordered(&press, "held", &json!({"no_plan": false, "review": true}));
    press
        .waits(&format!("/v1/books/{held}"), |reply| reply.status == 200 && reply.json()["holds"] == json!(["review"]));
    let plan = press.get(&format!("/v1/books/{held}/plan")).is(200).json()["plan"].clone();
    put(&press, &format!("/v1/books/{held}/plan"), &plan).is(200);
    press.post(&format!("/v1/books/{held}/hold"), &Value::Null).is(200);
    press.post(&format!("/v1/books/{held}/lift"), &Value::Null).is(200);
    press.post(&format!("/v1/books/{held}/plan/approve"), &Value::Null).is(200);
    press.book_is(&held, "done");
    let operator = served.keyed(&["--all-tenants", "--scopes", "operate"]);
    assert_eq!(operator.get("/v1/fleet").is(200).json()["open"], 0);
    assert_eq!(operator.get("/v1/fleet/dead-letters").is(200).json()["letters"], json!([]));
    assert_eq!(operator.post("/v1/fleet/dead-letters/redrive", &json!({})).is(200).json(), json!([]));
    let submitted = served.fleet.order(three_chapters());
    served.fleet.finishes(&submitted);
    let refused = served.fleet.redis.cli(&["ACL", "LOG"]);
    let commands: Vec<&str> = objects(&refused);
    assert!(commands.iter().all(|command| *command == "config|get"), "the store refused {commands:?}: {refused}");
    let attempt = |command: &[&str]| {
        let user = ["--no-auth-warning", "--user", "bindery-api", "--pass", "hush"];
        served.fleet.redis.cli(&[&user, command].concat())
    };
    for command in [
        ["HSET", "bindery:{index}:keys", "1", "{}"].as_slice(),
        &["DEL", "bindery:{index}:keys"],
        &["SET", "bindery:post:sweep", "me"],
        &["HSET", "bindery:{index}:heartbeat", "count", "0"],
        &["SET", "bindery:model:any", "0"],
        &["FLUSHALL"],
        &["CONFIG", "SET", "maxmemory", "1"],
    ] {
        assert!(attempt(command).contains("NOPERM"), "{command:?} is allowed");
    }
}

fn put(caller: &Caller, path: &str, body: &Value) -> Reply {
    caller.send("PUT", path, &[("Content-Type", "application/json")], body.to_string().as_bytes())
}

/// Changes the texts of a finished book in each way that there is.
fn changes_texts(press: &Caller, id: &str) {
    let book = format!("/v1/books/{id}");
    let chapter = format!("{book}/chapters/2");
    let first = press.get(&chapter).is(200);
    press.post(&format!("{book}/revise"), &json!({"chapters": [2], "sections": [1], "note": "Say who."})).is(200);
    press.book_is(id, "done");
    let versions = press.get(&format!("{chapter}/versions")).is(200).json();
    let version = versions[1]["version"].as_str().unwrap().to_owned();
    press.get(&format!("{chapter}/versions/{version}")).is(200);
    let present = versions[0]["version"].as_str().unwrap();
    press.get(&format!("{chapter}/versions/{present}/diff?from={version}")).is(200);
    press.post(&format!("{chapter}/restore"), &json!({"version": version})).is(200);
    press.book_is(id, "done");
    assert_eq!(press.get(&chapter).is(200).json()["text"], first.json()["text"]);
    put(press, &format!("{chapter}/text"), &json!({"text": "Every word of it by hand.\n"})).is(200);
    press.book_is(id, "done");
}

/// Adds a webhook, does everything with it that there is, and removes it.
fn keeps_webhooks(press: &Caller) {
    // No book of the test is cancelled, so that nobody is called.
    let order = json!({"url": "https://books.example.com/hook", "events": ["cancelled"]});
    let webhook = press.post("/v1/webhooks", &order).is(201).headers["location"].clone();
    assert_eq!(press.get("/v1/webhooks").is(200).json().as_array().map(Vec::len), Some(1));
    press.get(&webhook).is(200);
    press.post(&format!("{webhook}/rotate"), &Value::Null).is(200);
    assert_eq!(press.get(&format!("{webhook}/dead")).is(200).json(), json!([]));
    assert_eq!(press.post(&format!("{webhook}/resend"), &Value::Null).is(200).json()["notices"], 0);
    press.send("DELETE", &webhook, &[], b"").is(204);
    press.get(&webhook).is(404);
}

/// Returns what the entries of an access log are about.
fn objects(log: &str) -> Vec<&str> {
    let lines: Vec<&str> = log.lines().map(str::trim).collect();
    lines.windows(2).filter(|pair| pair[0].ends_with("object")).map(|pair| pair[1]).collect()
}
