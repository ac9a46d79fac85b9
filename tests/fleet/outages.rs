//! Are books finished in spite of outages of the broker, the store, and the network to them?

use std::time::Duration;

use bindery_test_servers::Proxy;

use crate::support::{Fleet, ModelServer, Ordered, Probes, Running, brisk, six_chapters, three_chapters};

/// Returns settings with short timeouts, and with a short time until an unpublished task is published again.
fn impatient() -> [(&'static str, &'static str); 3] {
    [("BINDERY_STORE__TIMEOUT", "2s"), ("BINDERY_QUEUE__TIMEOUT", "4s"), ("BINDERY_LEDGER__PUBLISH_GRACE", "2s")]
}

#[test]
fn a_book_is_finished_after_the_store_is_killed_and_restarted() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "worker", "assembler"]);
    fleet.allows_heals();
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.redis.kill();
    fleet.redis.start_again();
    fleet.finishes(&book);
}

#[test]
fn a_full_store_can_be_read_and_a_book_is_finished_when_it_has_room_again() {
    let (fleet, paused) = Fleet::held_back([1]);
    let mut fleet = fleet.with(brisk()).serving(&["dispatcher", "assembler"]);
    fleet.allows_heals();
    let mut worker = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first call", |stats| stats.calls >= 1);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    paused.resume_all();
    let refused = worker.says("the store failed; trying again");
    assert!(refused.contains("OOM"), "{refused}");
    let why = fleet.run(&["why", &book.id]).exits(0).stdout;
    assert!(why.contains("The book is"), "{why}");
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    fleet.finishes(&book);
    fleet.keep(worker);
}

#[test]
fn a_lease_that_is_renewed_over_a_slow_network_does_not_lapse() {
    // A renewal takes two round trips, and may wait for two of another command of the book. A busy machine needs as much again.
    const LEASE: Duration = Duration::from_secs(9);
    const EACH_WAY: Duration = Duration::from_millis(300);
    let (fleet, paused) = Fleet::held_back([1]);
    let lease = format!("{}s", LEASE.as_secs());
    let timers = [("BINDERY_LEDGER__LEASE", lease.as_str()), ("BINDERY_LEDGER__RENEW", "500ms")];
    let mut fleet = fleet.with(timers).serving(&["dispatcher", "assembler"]);
    let proxy = Proxy::start(fleet.redis.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let worker = fleet.serve_with(&["worker"], &[("BINDERY_STORE__URL", &url)]);
    proxy.delay(EACH_WAY);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    let lease = || fleet.ledger(&book.id).chapter(1)["lease"].clone();
    let first = lease();
    let until = |lease: &serde_json::Value| lease["until"].as_u64().expect("the chapter has a lease");
    let renewed = until(&first) + 2_000 * LEASE.as_secs();
    fleet.wait_until("its lease was renewed for twice its length", || until(&lease()) >= renewed);
    assert_eq!(lease()["fence"], first["fence"], "the lease lapsed and was given anew");
    proxy.pass();
    paused.resume_all();
    // The sweeper has healed nothing, as the fleet checks at its end.
    fleet.finishes(&book);
    fleet.keep(worker);
}

/// Waits until a process has asked the store in vain so often.
fn asks_in_vain(fleet: &Fleet, probes: &Probes, times: f64) {
    fleet.wait_until("it has asked the store in vain often enough", || {
        probes.sum("bindery_store_errors_total", &[]) >= times
    });
}

/// Takes the store away while a worker writes the first of three chapters. Gives it back after the worker has failed to
/// save a finished text a few times.
fn keeps_its_texts(gone: impl FnOnce(&Fleet, &Proxy), back: impl FnOnce(&Fleet, &Proxy)) {
    let (fleet, paused) = Fleet::held_back([1]);
    // A worker with two calls at once has one slot, so two chapters wait.
    let mut fleet = fleet.with(impatient()).with([("BINDERY_MODEL__CALLS", "2")]).serving(&["dispatcher", "assembler"]);
    let proxy = Proxy::start(fleet.redis.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let (worker, probes) = fleet.serve_watched_with(&["worker"], &[("BINDERY_STORE__URL", &url)]);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    fleet.queues("chapters", 3);
    let published = |fleet: &Fleet| (1..=3).all(|chapter| fleet.ledger(&book.id).chapter(chapter)["published"] == true);
    fleet.wait_until("its chapters are marked as published", || published(&fleet));
    gone(&fleet, &proxy);
    paused.resume_all();
    asks_in_vain(&fleet, &probes, 2.0);
    assert_eq!(fleet.model.stats().calls, 1, "it made a call while no store could keep the text");
    let lane = fleet.lane("chapters");
    assert_eq!((lane.ready, lane.unacked), (2, 1), "it took more than one message, or settled the one that it has");
    back(&fleet, &proxy);
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls, "a finished text was lost");
    fleet.keep(worker);
}

#[test]
fn a_worker_that_cannot_reach_the_store_keeps_its_finished_texts_and_takes_no_new_work() {
    keeps_its_texts(|_, proxy| proxy.cut(), |_, proxy| proxy.pass());
}

#[test]
fn a_worker_whose_store_no_longer_answers_keeps_its_finished_texts_and_takes_no_new_work() {
    keeps_its_texts(|_, proxy| proxy.blackhole(), |_, proxy| proxy.pass());
}

#[test]
fn a_worker_whose_store_stalls_keeps_its_finished_texts_and_takes_no_new_work() {
    // The sweeper uses the same store, so it cannot work either.
    keeps_its_texts(|fleet, _| fleet.redis.process().freeze(), |fleet, _| fleet.redis.process().thaw());
}

#[test]
fn messages_stay_unsettled_at_a_worker_that_cannot_reach_the_store() {
    let mut fleet = Fleet::new().with(impatient()).with([("BINDERY_MODEL__CALLS", "4")]);
    fleet = fleet.serving(&["dispatcher", "assembler"]);
    let proxy = Proxy::start(fleet.redis.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let (worker, probes) = fleet.serve_watched_with(&["worker"], &[("BINDERY_STORE__URL", &url)]);
    proxy.cut();
    let book = fleet.order(six_chapters());
    // If each message were handed back at once, the broker would give it up after far fewer deliveries.
    asks_in_vain(&fleet, &probes, 50.0);
    let lane = fleet.lane("chapters");
    assert_eq!((lane.ready, lane.unacked), (4, 2));
    proxy.pass();
    fleet.finishes(&book);
    worker.terminate();
    let said = worker.end().exits(0).stderr;
    let lines = |words: &str| said.lines().filter(|line| line.contains(words)).count();
    assert_eq!(lines("the store failed; trying again"), 1, "a fault that lasts fills the log:\n{said}");
    assert_eq!(lines("the store answers again"), 1, "{said}");
}

/// Returns a fleet whose processes reach the broker through a proxy.
fn behind_a_proxy() -> (Fleet, Proxy) {
    let mut fleet = Fleet::new().with(impatient());
    fleet.allows_heals();
    let proxy = Proxy::start(fleet.broker.port());
    let (port, through) = (format!(":{}/", fleet.broker.port()), format!(":{}/", proxy.port()));
    // A connection counts as lost after two heartbeats without an answer.
    let url = format!("{}?heartbeat=1", fleet.vhost.replace(&port, &through));
    (fleet.with([("BINDERY_QUEUE__URL", url.as_str())]), proxy)
}

/// Disturbs the network to the broker in the middle of a book, and checks the book after the disturbance.
fn survives_the_network(disturb: impl FnOnce(&Proxy, &mut Running)) {
    let (fleet, proxy) = behind_a_proxy();
    let mut fleet = fleet.serving(&["dispatcher", "assembler"]);
    let mut worker = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    disturb(&proxy, &mut worker);
    proxy.pass();
    fleet.finishes(&book);
    fleet.keep(worker);
}

#[test]
fn a_book_is_finished_after_the_connections_to_the_broker_are_cut() {
    survives_the_network(|proxy, worker| {
        proxy.cut();
        worker.says("the connection to the broker is lost");
    });
}

#[test]
fn a_book_is_finished_after_the_broker_was_silent() {
    survives_the_network(|proxy, worker| {
        proxy.blackhole();
        worker.says("the connection to the broker is lost");
    });
}

#[test]
fn a_book_is_finished_with_a_slow_network_to_the_broker() {
    const LATER: Duration = Duration::from_millis(200);
    let (fleet, proxy) = behind_a_proxy();
    // A new connection makes a dozen requests one after the other, which takes longer than the impatient timeout.
    let mut fleet = fleet.with([("BINDERY_QUEUE__TIMEOUT", "30s")]).serving(&["dispatcher", "assembler"]);
    proxy.delay(LATER);
    fleet.keep_serving(&["worker"]);
    // Commands reach the broker directly. Slow connections of commands would not test anything more.
    let straight = fleet.vhost.clone();
    fleet.set("BINDERY_QUEUE__URL", &straight);
    let book = fleet.order(six_chapters());
    let ledger = fleet.finishes(&book);
    let [accepted, settled] = ["accepted_at", "settled_at"].map(|when| ledger.book(when).as_u64().unwrap());
    let took = Duration::from_millis(settled - accepted);
    // The chapters travel to the broker and to the worker, and the binding to the broker and to the assembler.
    assert!(took >= 4 * LATER, "the network was not slow: the book took {took:?}");
}

#[test]
fn a_book_is_finished_with_a_slow_network_to_the_store() {
    let fleet = Fleet::new();
    let proxy = Proxy::start(fleet.redis.port());
    proxy.delay(Duration::from_millis(50));
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let fleet = fleet.with([("BINDERY_STORE__URL", url.as_str())]).serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
}

#[test]
fn a_book_is_finished_after_the_broker_is_killed_and_restarted() {
    let model = ModelServer::start(ModelServer::settings());
    let mut fleet = Fleet::with_own_broker(model).with(impatient()).serving(&["dispatcher", "worker", "assembler"]);
    fleet.allows_heals();
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.broker.kill();
    fleet.broker.start_again();
    fleet.finishes(&book);
}

#[test]
fn a_broker_without_memory_delays_a_book_and_loses_nothing_of_it() {
    let (model, paused) = ModelServer::held_back([1]);
    let fleet = Fleet::with_own_broker(model).with(impatient()).with([("BINDERY_LEDGER__WINDOW", "1")]);
    let mut fleet = fleet.serving(&["dispatcher", "assembler"]);
    let mut worker = fleet.serve(&["worker"]);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    fleet.broker.alarm(true);
    paused.resume_all();
    worker.says("a released task could not be published");
    fleet.broker.alarm(false);
    // The message that was sent under the alarm may still arrive, or the sweeper sends it again.
    fleet.allows_heals();
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
    fleet.keep(worker);
}

#[test]
fn a_book_is_finished_after_the_queue_of_the_chapters_is_deleted() {
    let (fleet, paused) = Fleet::held_back([1]);
    let fleet = fleet.with([("BINDERY_MODEL__CALLS", "2"), ("BINDERY_LEDGER__LOST_AFTER", "3s")]);
    let mut fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    fleet.broker.delete_queue(&fleet.vhost, "bindery.chapters");
    paused.resume_all();
    fleet.expects_heals(&["message_lost"]);
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
}

/// Returns the variables that set the clock of a process ahead or back, like `+5h` or `-3h`. Its speed stays the same.
fn clock(ahead: &str) -> [(String, String); 3] {
    let libraries =
        ["x86_64", "aarch64"].map(|machine| format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1"));
    let library = libraries.into_iter().find(|library| std::path::Path::new(library).exists());
    let library = library.expect("faketime is not installed; type: sudo apt-get install faketime");
    [("LD_PRELOAD", library.as_str()), ("FAKETIME", ahead), ("DONT_FAKE_MONOTONIC", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

#[test]
fn processes_whose_clocks_disagree_by_hours_write_a_book_without_a_repeated_call() {
    let mut fleet = Fleet::new().with(brisk());
    for (role, ahead) in [("dispatcher", "-3h"), ("worker", "+5h"), ("worker", "-1d"), ("assembler", "+2d")] {
        let clock = clock(ahead);
        let variables: Vec<(&str, &str)> = clock.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let process = fleet.serve_with(&[role], &variables);
        fleet.keep(process);
    }
    let book: Ordered = fleet.order(six_chapters());
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
}
