//! The alerts about the HTTP API, on a real fleet whose store is silent for a while.

use std::{
    fs, iter,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use bindery_test_servers::{Prometheus, Target};

use super::hastened;
use crate::support::{Caller, Fleet, Probes};

/// How many callers ask at once.
const CALLERS: usize = 8;

/// Callers that ask again as soon as they are answered, until this is dropped.
struct Callers {
    stopping: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Callers {
    fn start(caller: &Caller) -> Self {
        let stopping = Arc::<AtomicBool>::default();
        let threads = iter::repeat_with(|| {
            let (caller, stopping) = (caller.clone(), stopping.clone());
            thread::spawn(move || {
                while !stopping.load(Ordering::Relaxed) {
                    caller.get("/v1/books");
                }
            })
        });
        Self { threads: threads.take(CALLERS).collect(), stopping: stopping.clone() }
    }
}

impl Drop for Callers {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            thread.join().unwrap();
        }
    }
}

#[test]
fn alerts_about_the_api_fire_when_it_fails_is_slow_is_overrun_or_is_gone() {
    let mut fleet = Fleet::new().with([("BINDERY_API__REQUESTS_PER_MINUTE", "1000000")]);
    let (dispatcher, of_dispatcher) = fleet.serve_watched(&["dispatcher"]);
    // Requests to a silent store must end within the few seconds over which a hastened rule looks.
    let settings = [("BINDERY_API__ADDRESS", "127.0.0.1:0"), ("BINDERY_STORE__TIMEOUT", "2s")];
    let (mut api, of_api) = fleet.start_watched(&["api"], &settings);
    let caller = Caller::at(&api.says("The API is at"));
    let key = fleet.run(&["keys", "add", "--tenant", "press"]).exits(0).stdout;
    let caller = caller.with_key(key.trim());
    let rules = fleet.path("rules.yml");
    fs::write(&rules, hastened()).unwrap();
    let targets = [("dispatcher", &of_dispatcher), ("api", &of_api)];
    let target = |(role, probes): (_, &Probes)| Target {
        role,
        namespace: "production",
        cell: "",
        port: probes.address().port(),
    };
    let prometheus = Prometheus::start(&targets.map(target), &rules);
    let fires = |alert: &str| prometheus.waits_for(alert, |seen| seen.firing().iter().any(|one| one == alert));
    let all_end = || prometheus.waits_for("the alerts to end", |seen| seen.firing().is_empty());

    let callers = Callers::start(&caller);
    prometheus.waits_for("callers that are served", |seen| {
        let served = "sum(rate(bindery_api_requests_total{status=\"2xx\"}[5s])) > 1";
        seen.query(served).as_array().is_some_and(|found| !found.is_empty())
    });
    assert_eq!(prometheus.firing(), [""; 0], "an API that serves its callers raises nothing");
    fleet.redis.process().freeze();
    fires("BinderyApiErrors");
    fires("BinderyApiSlow");
    fleet.redis.process().thaw();
    all_end();
    drop(callers);

    let listeners: Vec<_> = (0..4).map(|_| caller.listen("/v1/events", None)).collect();
    fires("BinderyApiStreams");
    assert_eq!(prometheus.firing(), ["BinderyApiStreams"]);
    drop(listeners);
    all_end();

    api.terminate();
    api.end().exits(0);
    fires("BinderyNoApi");
    assert_eq!(prometheus.firing(), ["BinderyNoApi"]);
    fleet.keep(dispatcher);
}
