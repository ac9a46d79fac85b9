//! Does each alert fire on a real Prometheus when a real fleet is in its situation, and is it silent on a healthy fleet?
//!
//! The rules are those that are shipped, but each minute in them is a second. Labels and expressions are the same.

mod api;
mod outages;

use std::{
    collections::BTreeSet,
    fs,
    time::{Duration, Instant},
};

use bindery_stand_in::{Fault, Faults, Match, Rule};
use bindery_test_servers::{Prometheus, Proxy, Target};
use serde_json::Value;

use crate::support::{Fleet, ModelServer, Outline, Probes, Route, Running, brisk, six_chapters, three_chapters};

const RULES: &str = include_str!("../deploy/prometheus/bindery.rules.yml");

/// The alerts about failing work.
const OF_WORK: [&str; 10] = [
    "BinderyBacklogGrowsWhileSlotsIdle",
    "BinderyChaptersGivenUp",
    "BinderyCostPerHour",
    "BinderyDeadLetters",
    "BinderyHeals",
    "BinderyNoDispatcher",
    "BinderyNoProgress",
    "BinderyOldestMissingChapter",
    "BinderyProviderErrors",
    "BinderyRateLimited",
];

/// The alerts about failing servers.
const OF_SERVERS: [&str; 6] = [
    "BinderyBrokerRefusesMessages",
    "BinderyBrokerUnreachable",
    "BinderyStoreErrors",
    "BinderyStoreLostWrites",
    "BinderyStoreMemory",
    "BinderyStoreUnreachable",
];

/// The alerts about the HTTP API.
const OF_API: [&str; 4] = ["BinderyApiErrors", "BinderyApiSlow", "BinderyApiStreams", "BinderyNoApi"];

/// The alerts whose metrics come from a cluster, or from processes that are restarted at the same address. tests/prometheus
/// alone tests them.
const OF_CLUSTERS: [&str; 4] = ["BinderyApiAtLimit", "BinderyRestarts", "BinderyScalerErrors", "BinderyWorkersAtLimit"];

/// The alert about the endpoints of tenants, which are given up after a day. tests/prometheus alone tests it.
const OF_TENANTS: [&str; 1] = ["BinderyWebhooksFail"];

/// How long the fleet is healthy: longer than any hastened rule takes to fire.
const HEALTHY: Duration = Duration::from_secs(32);

/// The longest wait for an alert to fire or to end, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The pause between two checks of the alerts.
const LOOK: Duration = Duration::from_millis(250);

/// Returns the rules with each minute as a second, and with a limit of streams that a test can pass.
fn hastened() -> String {
    let line = |line: &str| match line.trim().strip_prefix("for: ").and_then(|time| time.strip_suffix('m')) {
        Some(minutes) => format!("        for: {minutes}s\n"),
        None => format!("{}\n", line.replace("m]", "s]").replace("> 60 * 60", "> 60").replace("> 1000", "> 3")),
    };
    RULES.lines().map(line).collect()
}

/// The processes of a fleet, one for each role, and a Prometheus that watches them.
struct Watched {
    prometheus: Prometheus,
    dispatcher: Running,
    worker: Running,
    assembler: Running,
    since: Instant,
}

impl Watched {
    /// Starts them under hastened rules. The worker reaches the broker at the address `broker`.
    fn start(fleet: &mut Fleet, broker: &str) -> Self {
        Self::start_with(fleet, broker, &hastened())
    }

    /// Starts them under these rules.
    fn start_with(fleet: &mut Fleet, broker: &str, rules: &str) -> Self {
        let (dispatcher, assembler) = (fleet.serve_watched(&["dispatcher"]), fleet.serve_watched(&["assembler"]));
        let vhost = fleet.vhost.clone();
        fleet.set("BINDERY_QUEUE__URL", broker);
        let worker = fleet.serve_watched(&["worker"]);
        fleet.set("BINDERY_QUEUE__URL", &vhost);
        let file = fleet.path("rules.yml");
        fs::write(&file, rules).unwrap();
        let targets = [("dispatcher", &dispatcher.1), ("worker", &worker.1), ("assembler", &assembler.1)];
        let target = |(role, probes): (_, &Probes)| Target {
            role,
            namespace: "production",
            cell: "",
            port: probes.address().port(),
        };
        let targets = targets.map(target);
        let prometheus = Prometheus::start(&targets, &file);
        let ((dispatcher, _), (worker, _), (assembler, _)) = (dispatcher, worker, assembler);
        Self { prometheus, dispatcher, worker, assembler, since: Instant::now() }
    }

    /// Returns the alerts that have fired since the last situation ended.
    fn fired(&self) -> BTreeSet<String> {
        let seconds = self.since.elapsed().as_secs().max(1);
        let fired = format!("count by (alertname) (count_over_time(ALERTS{{alertstate=\"firing\"}}[{seconds}s]))");
        let fired = self.prometheus.query(&fired);
        let name = |alert: &Value| alert["metric"]["alertname"].as_str().unwrap().to_owned();
        fired.as_array().unwrap().iter().map(name).collect()
    }

    fn has_fired(&self, alerts: &[&str]) -> bool {
        let fired = self.fired();
        alerts.iter().all(|&alert| fired.contains(alert))
    }

    #[track_caller]
    fn fires(&self, alerts: &[&str]) {
        let begun = Instant::now();
        while !self.has_fired(alerts) {
            assert!(begun.elapsed() < TIMEOUT, "{alerts:?} have not fired, but {:?} have", self.fired());
            std::thread::sleep(LOOK);
        }
    }

    /// Waits until no alert fires any more, and checks that only these have fired.
    #[track_caller]
    fn ends(&mut self, alerts: &[&str]) {
        let begun = Instant::now();
        while !self.prometheus.firing().is_empty() {
            assert!(begun.elapsed() < TIMEOUT, "{:?} still fire", self.prometheus.firing());
            std::thread::sleep(LOOK);
        }
        self.has_fired_alone(alerts);
        self.since = Instant::now();
    }

    #[track_caller]
    fn has_fired_alone(&self, alerts: &[&str]) {
        let expected = alerts.iter().map(|&alert| alert.to_owned()).collect();
        assert_eq!(self.fired(), expected);
    }

    /// Hands the processes to the fleet, which ends them.
    fn stay_with(self, fleet: &mut Fleet) {
        [self.dispatcher, self.worker, self.assembler].into_iter().for_each(|process| fleet.keep(process));
    }

    fn figure(&self, query: &str) -> f64 {
        let result = self.prometheus.query(query);
        result.pointer("/0/value/1").and_then(Value::as_str).map_or(0.0, |figure| figure.parse().unwrap())
    }
}

#[test]
fn every_alert_has_a_test_on_a_real_fleet() {
    let alerts = RULES.lines().filter_map(|line| line.trim().strip_prefix("- alert: "));
    let alone = OF_CLUSTERS.into_iter().chain(OF_TENANTS);
    let seen: BTreeSet<&str> = OF_WORK.into_iter().chain(OF_SERVERS).chain(OF_API).chain(alone).collect();
    assert_eq!(alerts.collect::<BTreeSet<_>>(), seen);
    let hastened = hastened();
    let (ranges, waits) = (hastened.matches("s]").count(), hastened.matches("        for: ").count());
    assert_eq!((ranges, waits), (RULES.matches("m]").count(), RULES.matches("        for: ").count()));
    assert!(!hastened.contains("m]") && !hastened.contains("m\n"), "a duration is not hastened: {hastened}");
}

/// Adds two providers to a fleet: one whose filter refuses every answer, and an expensive one.
fn with_providers(fleet: Fleet, bad: &ModelServer) -> Fleet {
    let own = fleet.model.base_url();
    let prices = fleet.path("prices.toml");
    let price = "date = \"2026-01-01\"\n\n[[price]]\nmodel = \"dear:prose\"\ninput = 100.0\noutput = 10000.0\n";
    fs::write(&prices, price).unwrap();
    let prices = prices.to_string_lossy().into_owned();
    fleet.with([
        ("BINDERY_PROVIDERS__BAD__BASE_URL", bad.base_url().as_str()),
        ("BINDERY_PROVIDERS__DEAR__BASE_URL", own.as_str()),
        ("BINDERY_PROVIDERS__DEAR__LOCAL", "false"),
        ("BINDERY_MODEL__PRICES_FILE", prices.as_str()),
    ])
}

#[test]
fn alerts_are_silent_while_books_are_written_and_fire_when_calls_fail_or_are_expensive() {
    let bad = ModelServer::with_faults(Faults::none().with_rule(Rule::always(Fault::Refused)));
    let mut fleet = with_providers(Fleet::new(), &bad).with([("BINDERY_LEDGER__TRIES", "2")]);
    let broker = fleet.vhost.clone();
    let mut watched = Watched::start(&mut fleet, &broker);
    while watched.since.elapsed() < HEALTHY {
        fleet.finishes(&fleet.order(three_chapters()));
    }
    watched.ends(&[]);
    a_provider_fails_and_another_is_expensive(&fleet, &watched);
    watched.stay_with(&mut fleet);
}

#[test]
fn alerts_about_processes_fire_when_processes_are_starved_stopped_or_missing() {
    let seventh = Match { chapter: Some(7), ..Match::default() };
    let fleet = Fleet::with_faults(Faults::none().with_rule(Rule::on(seventh, Fault::Hang).times(1)));
    // Two slots: four calls at once.
    let mut fleet = fleet.with(brisk()).with([("BINDERY_MODEL__CALLS", "4")]);
    fleet.expects_heals(&["lease_lapsed"]);
    let network = Proxy::start(fleet.broker.port());
    let through = fleet.vhost.replace(&format!(":{}/", fleet.broker.port()), &format!(":{}/", network.port()));
    // With this heartbeat the broker does not give up a worker that is stopped for a while.
    let through = format!("{through}?heartbeat=60");
    let mut watched = Watched::start(&mut fleet, &through);
    chapters_pile_up(&fleet, &mut watched, &network);
    a_worker_stops(&fleet, &mut watched);
    watched.dispatcher.terminate();
    watched.fires(&["BinderyNoDispatcher"]);
    watched.has_fired_alone(&["BinderyNoDispatcher"]);
    watched.stay_with(&mut fleet);
}

#[test]
fn alerts_fire_when_a_provider_only_answers_that_its_limit_is_reached() {
    let limited = Rule::always(Fault::RateLimitedRetryAfter { seconds: 2 });
    let mut fleet = Fleet::with_faults(Faults::none().with_rule(limited));
    let broker = fleet.vhost.clone();
    let watched = Watched::start(&mut fleet, &broker);
    let book = fleet.order(three_chapters());
    watched.fires(&["BinderyOldestMissingChapter", "BinderyRateLimited"]);
    assert!(!watched.has_fired(&["BinderyProviderErrors"]), "a limit is no failure of the provider");
    fleet.run(&["cancel", &book.id]).exits(0);
    watched.prometheus.waits_for("the leases to end", |_| watched.figure("sum(bindery_leases_held)") == 0.0);
    watched.stay_with(&mut fleet);
}

fn a_provider_fails_and_another_is_expensive(fleet: &Fleet, watched: &Watched) {
    let alerts = ["BinderyChaptersGivenUp", "BinderyCostPerHour", "BinderyDeadLetters", "BinderyProviderErrors"];
    fleet.publish(Route::SUBMISSION, b"not JSON at all");
    fleet.outline("any", &three_chapters());
    let begun = Instant::now();
    let mut number = 0;
    while !watched.has_fired(&alerts) {
        assert!(begun.elapsed() < TIMEOUT, "not all of {alerts:?} have fired, but {:?} have", watched.fired());
        for model in ["bad:prose", "dear:prose"] {
            number += 1;
            let book = fleet.submit("any", &["--model", model, "--id", &format!("{model}-{number}")]);
            fleet.run(&["watch", &book]);
        }
    }
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    watched.has_fired_alone(&alerts);
}

/// Delays each message to the worker, so that its slots are free while the backlog grows.
fn chapters_pile_up(fleet: &Fleet, watched: &mut Watched, network: &Proxy) {
    let alerts = ["BinderyBacklogGrowsWhileSlotsIdle"];
    let waiting = "max(bindery_queue_messages{lane=\"chapters\"})";
    network.delay(Duration::from_secs(3));
    let (begun, mut books) = (Instant::now(), Vec::new());
    while !watched.has_fired(&alerts) {
        assert!(begun.elapsed() < TIMEOUT, "the backlog is not noticed: {:?}", watched.fired());
        let before = watched.figure(waiting);
        books.push(fleet.order(six_chapters()));
        watched.prometheus.waits_for("the backlog to grow", |_| watched.figure(waiting) > before);
    }
    network.pass();
    for book in &books {
        fleet.finishes(book);
    }
    watched.ends(&alerts);
}

/// Stops the only worker in the middle of a chapter. Its lease ends, and no other worker can write the chapter.
fn a_worker_stops(fleet: &Fleet, watched: &mut Watched) {
    let alerts = ["BinderyHeals", "BinderyNoProgress"];
    let titles = ["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts", "Lamps"];
    let book = fleet.order(Outline::of(&titles));
    fleet.wait_until("the seventh chapter is under way", || is_under_way(fleet, 7));
    watched.worker.freeze();
    let another = fleet.order(six_chapters());
    watched.fires(&alerts);
    watched.worker.thaw();
    fleet.finishes(&book);
    fleet.finishes(&another);
    watched.ends(&alerts);
}

fn is_under_way(fleet: &Fleet, number: u32) -> bool {
    fleet.model.calls().keys().any(|subject| subject.chapter == Some(number))
}

#[test]
fn alerts_about_servers_fire_when_servers_fail_and_end_when_they_are_back() {
    let (model, paused) = ModelServer::held_back([4]);
    let fleet = Fleet::with_own_broker(model);
    // No task counts as unpublished while the broker refuses its message.
    let mut fleet = fleet.with([("BINDERY_QUEUE__TIMEOUT", "5s"), ("BINDERY_LEDGER__PUBLISH_GRACE", "1min")]);
    let vhost = fleet.vhost.clone();
    let mut watched = Watched::start(&mut fleet, &vhost);
    fleet.finishes(&fleet.order(three_chapters()));

    let used = fleet.redis.cli(&["INFO", "memory"]);
    let used: u64 = used.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap();
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", &(used * 100 / 78).to_string()]);
    watched.fires(&["BinderyStoreMemory"]);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    watched.ends(&["BinderyStoreMemory"]);

    // A store that is full refuses all writes.
    let full = ["BinderyStoreErrors", "BinderyStoreMemory", "BinderyStoreUnreachable"];
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    watched.fires(&full);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    watched.ends(&full);

    // The counter of a store that was restored from an earlier state is lower than the one that the dispatcher remembers.
    fleet.redis.cli(&["HSET", "bindery:{index}:heartbeat", "count", "1"]);
    watched.fires(&["BinderyStoreLostWrites"]);
    watched.ends(&["BinderyStoreLostWrites"]);

    let book = fleet.order(Outline::of(&["Staffs", "Moons", "Machines", "Ropes"]));
    fleet.wait_until("the fourth chapter is under way", || is_under_way(&fleet, 4));
    fleet.broker.alarm(true);
    paused.resume_all();
    // Under an alarm, a broker does not answer on connections that publish.
    let both = ["BinderyBrokerRefusesMessages", "BinderyBrokerUnreachable"];
    watched.fires(&both);
    fleet.broker.alarm(false);
    fleet.allows_heals();
    fleet.finishes(&book);
    watched.ends(&both);

    fleet.broker.process().freeze();
    watched.fires(&["BinderyBrokerUnreachable"]);
    fleet.broker.process().thaw();
    watched.ends(&["BinderyBrokerUnreachable"]);

    fleet.redis.process().freeze();
    let silent = ["BinderyStoreErrors", "BinderyStoreUnreachable"];
    watched.fires(&silent);
    fleet.redis.process().thaw();
    watched.ends(&silent);

    watched.stay_with(&mut fleet);
}
