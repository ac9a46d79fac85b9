//! Can a book be ordered, looked at, changed and fetched over HTTP, on one machine and on a fleet, by its owner alone?

mod bulk;
mod changes;
mod events;
mod fleet;
mod kills;
mod rights;
mod routes;
mod schemathesis;
mod security;
mod session;
mod studio;
mod texts;
mod wire;

pub(crate) use self::{fleet::Served, texts::slow_model};
use serde_json::{Value, json};

use crate::support::{Bench, Caller, Running, three_chapters};

/// A studio that runs.
pub(crate) struct Studio {
    running: Option<Running>,
    pub(crate) caller: Caller,
}

impl Studio {
    /// Starts a studio in the folder of a bench.
    pub(crate) fn start(bench: &Bench) -> Self {
        let mut running = bench.start(&["studio"]);
        let caller = Caller::at(&running.says("The studio is at"));
        Self { running: Some(running), caller }
    }

    /// Asks the studio to stop, and waits until it has.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        let running = self.running.take().unwrap();
        running.interrupt();
        running.end().exits(0);
    }

    /// Kills the studio.
    fn kill(mut self) {
        self.running.take().unwrap().kill();
    }
}

pub(crate) fn bench() -> Bench {
    Bench::new().set("BINDERY_API__ADDRESS", "127.0.0.1:0")
}

/// An order for a book of three chapters, with these settings.
pub(crate) fn order(settings: &Value) -> Value {
    let mut order = json!({"outline": {"markdown": three_chapters().text()}, "no_plan": true});
    for (name, value) in settings.as_object().unwrap() {
        order[name] = value.clone();
    }
    order
}

/// Orders a book under a name, and returns its id.
#[track_caller]
pub(crate) fn ordered(caller: &Caller, name: &str, settings: &Value) -> String {
    let reply = caller.post_with("/v1/books", &[("Idempotency-Key", name)], &order(settings)).is(202);
    reply.json()["id"].as_str().unwrap().to_owned()
}
