//! Is every answer as the OpenAPI document says, whatever is asked? Schemathesis makes up the requests.

use std::{fs, process::Command};

use serde_json::json;

use super::{Served, ordered};
use crate::support::{Caller, Fleet, Running};

/// What it checks.
const SETTINGS: &str = include_str!("schemathesis.toml");

/// The most requests of each kind to each operation. `BINDERY_SCHEMATHESIS_EXAMPLES` has another number.
const EXAMPLES: &str = "10";

/// What the requests are made from. `BINDERY_SCHEMATHESIS_SEED` has another seed.
const SEED: &str = "7";

/// Starts it. It sends what it makes up for a document as it is.
const PROGRAM: &str = "
import schemathesis
from schemathesis.cli import schemathesis as run

@schemathesis.serializer('application/vnd.openxmlformats-officedocument.wordprocessingml.document')
def document(context, value):
    return value if isinstance(value, bytes) else str(value).encode('utf-8', 'replace')

run()
";

/// The lanes in which something is left, since nobody writes the books that are ordered.
const LANES: [&str; 5] = ["submissions", "plans", "chapters", "bindings", "webhooks"];

#[test]
fn no_answer_is_other_than_the_document_says() {
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_API__REQUESTS_PER_MINUTE", "1000000");
    let writing = fleet.serve(&["all"]);
    let served = Served::of(fleet);
    let made =
        served.fleet.run(&["keys", "add", "--tenant", "press", "--scopes", "read,write,approve,operate"]).exits(0);
    let key = made.stdout.trim();
    let press = served.caller.with_key(key);
    let books = ["done", "redone", "first to go", "second to go"].map(|name| ordered(&press, name, &json!({})));
    books.iter().for_each(|id| drop(press.book_is(id, "done")));
    let held = ordered(&press, "held", &json!({"no_plan": false, "review": true}));
    press
        .waits(&format!("/v1/books/{held}"), |reply| reply.status == 200 && reply.json()["holds"] == json!(["review"]));
    let webhook = json!({"url": "https://books.example.com/hook", "events": ["cancelled"]});
    let webhooks = ["", ""].map(|_| press.post("/v1/webhooks", &webhook).is(201).json()["id"].clone());
    // From here on, the books change by the requests alone.
    writing.terminate();
    writing.end().exits(0);
    let settings = SETTINGS
        .replace("BOOKS", &json!([books[0], books[1], held]).to_string())
        .replace("CONDEMNED", &json!(books[2..]).to_string())
        .replace("WEBHOOKS", &json!(webhooks).to_string());
    fs::write(served.fleet.path("schemathesis.toml"), settings).unwrap();
    let told = asks(&served, key).end();
    assert_eq!(told.code, Some(0), "{}\n{}", told.stdout, told.stderr);
    assert!(told.stdout.contains(&format!("Tested: {}\n", asked_for(&press))), "{}", told.stdout);
    for lane in LANES {
        served.fleet.broker.purge(&served.fleet.vhost, &format!("bindery.{lane}"));
    }
}

/// Returns how many operations are asked for: all but the streams of events.
fn asked_for(press: &Caller) -> usize {
    let document = press.get("/v1/openapi.json").is(200).json();
    let operations =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    operations.filter(|operation| operation.pointer("/responses/200/content/text~1event-stream").is_none()).count()
}

fn setting(name: &str, default: &str) -> String {
    std::env::var_os(name).map_or_else(|| default.to_owned(), |given| given.to_string_lossy().into_owned())
}

/// Starts Schemathesis.
fn asks(served: &Served, key: &str) -> Running {
    let python = std::env::var_os("BINDERY_PYTHON");
    let mut command = Command::new(python.expect("BINDERY_PYTHON is a Python with schemathesis: run tests/run"));
    // It keeps what it has found in the folder where it runs.
    command.current_dir(served.fleet.path("")).env("HOME", served.fleet.path(""));
    command.args(["-c", PROGRAM]);
    command.args(["--config-file", "schemathesis.toml", "run", "--no-color", "--checks", "all"]);
    command.args(["--generation-database", "none", "--request-timeout", "60", "--header"]);
    command.arg(format!("Authorization: Bearer {key}"));
    command.args(["--max-examples", &setting("BINDERY_SCHEMATHESIS_EXAMPLES", EXAMPLES)]);
    command.args(["--seed", &setting("BINDERY_SCHEMATHESIS_SEED", SEED)]);
    command.args([&format!("{}/v1/openapi.json", served.caller.url()), "--url", &served.caller.url()]);
    Running::start(command)
}
