//! Do books outlive whatever befalls the broker, the store, and the network to them?

use std::time::Duration;

use bindery_test_servers::Proxy;

use crate::support::{Fleet, ModelServer, Ordered, Probes, Running, brisk, six_chapters, three_chapters};

/// Settings under which what is not answered is given up soon, and what is not published is looked after soon.
fn impatient() -> [(&'static str, &'static str); 3] {
    [("BINDERY_STORE__TIMEOUT", "2s"), ("BINDERY_QUEUE__TIMEOUT", "4s"), ("BINDERY_LEDGER__PUBLISH_GRACE", "2s")]
}

#[test]
fn a_store_that_is_killed_and_comes_back_costs_no_book() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "worker", "assembler"]);
    fleet.allows_heals();
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.redis.kill();
    fleet.redis.start_again();
    fleet.finishes(&book);
}

#[test]
fn a_store_that_is_full_for_a_while_can_be_read_and_costs_no_book() {
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

/// Waits until a process has asked the store in vain so often.
fn asks_in_vain(fleet: &Fleet, probes: &Probes, times: f64) {
    fleet.wait_until("it has asked the store in vain often enough", || {
        probes.sum("bindery_store_errors_total", &[]) >= times
    });
}

/// Lets a worker write the first of three chapters, takes the store away, and gives it back once the worker has asked for
/// it in vain a few times with a finished text in hand.
fn keeps_its_texts(gone: impl FnOnce(&Fleet, &Proxy), back: impl FnOnce(&Fleet, &Proxy)) {
    let (fleet, paused) = Fleet::held_back([1]);
    // Two calls at once are one slot, so that two chapters wait.
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
    assert_eq!(fleet.model.stats().calls, 1, "it called on without a store to keep the texts");
    let lane = fleet.lane("chapters");
    assert_eq!((lane.ready, lane.unacked), (2, 1), "it took more than it has room for, or let go of what it has");
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
fn a_worker_whose_store_answers_no_more_keeps_its_finished_texts_and_takes_no_new_work() {
    keeps_its_texts(|_, proxy| proxy.blackhole(), |_, proxy| proxy.pass());
}

#[test]
fn a_worker_whose_store_stalls_keeps_its_finished_texts_and_takes_no_new_work() {
    // The sweeper stands on the same store.
    keeps_its_texts(|fleet, _| fleet.redis.process().freeze(), |fleet, _| fleet.redis.process().thaw());
}

#[test]
fn messages_wait_unsettled_with_a_worker_that_cannot_ask_the_store_for_them() {
    let mut fleet = Fleet::new().with(impatient()).with([("BINDERY_MODEL__CALLS", "4")]);
    fleet = fleet.serving(&["dispatcher", "assembler"]);
    let proxy = Proxy::start(fleet.redis.port());
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let (worker, probes) = fleet.serve_watched_with(&["worker"], &[("BINDERY_STORE__URL", &url)]);
    proxy.cut();
    let book = fleet.order(six_chapters());
    // Far more often than the broker would deliver a message before it gives it up, if each were handed back at once.
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

/// Returns a fleet whose processes are all behind a proxy to the broker.
fn behind_a_proxy() -> (Fleet, Proxy) {
    let mut fleet = Fleet::new().with(impatient());
    fleet.allows_heals();
    let proxy = Proxy::start(fleet.broker.port());
    let (port, through) = (format!(":{}/", fleet.broker.port()), format!(":{}/", proxy.port()));
    // Silence is noticed after two heartbeats.
    let url = format!("{}?heartbeat=1", fleet.vhost.replace(&port, &through));
    (fleet.with([("BINDERY_QUEUE__URL", url.as_str())]), proxy)
}

/// Lets something befall the network to the broker in the middle of a book, which is seen through once it is over.
fn survives_the_network(befalls: impl FnOnce(&Proxy, &mut Running)) {
    let (fleet, proxy) = behind_a_proxy();
    let mut fleet = fleet.serving(&["dispatcher", "assembler"]);
    let mut worker = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    befalls(&proxy, &mut worker);
    proxy.pass();
    fleet.finishes(&book);
    fleet.keep(worker);
}

#[test]
fn a_broker_whose_connections_are_cut_costs_no_book() {
    survives_the_network(|proxy, worker| {
        proxy.cut();
        worker.says("the connection to the broker is lost");
    });
}

#[test]
fn a_broker_that_nothing_comes_from_any_more_costs_no_book() {
    survives_the_network(|proxy, worker| {
        proxy.blackhole();
        worker.says("the connection to the broker is lost");
    });
}

#[test]
fn a_broker_behind_a_slow_network_costs_no_book() {
    const LATER: Duration = Duration::from_millis(200);
    let (fleet, proxy) = behind_a_proxy();
    // Whoever connects asks the broker a dozen things one after the other, which takes longer than the impatient wait.
    let mut fleet = fleet.with([("BINDERY_QUEUE__TIMEOUT", "30s")]).serving(&["dispatcher", "assembler"]);
    proxy.delay(LATER);
    fleet.keep_serving(&["worker"]);
    // Commands go straight to the broker: that each of them connects slowly would show nothing more.
    let straight = fleet.vhost.clone();
    fleet.set("BINDERY_QUEUE__URL", &straight);
    let book = fleet.order(six_chapters());
    let ledger = fleet.finishes(&book);
    let [accepted, settled] = ["accepted_at", "settled_at"].map(|when| ledger.book(when).as_u64().unwrap());
    let took = Duration::from_millis(settled - accepted);
    // The chapters go to the broker and on to the worker, and so does the binding to the assembler.
    assert!(took >= 4 * LATER, "nothing was slow: the book took {took:?}");
}

#[test]
fn a_store_behind_a_slow_network_costs_no_book() {
    let fleet = Fleet::new();
    let proxy = Proxy::start(fleet.redis.port());
    proxy.delay(Duration::from_millis(50));
    let url = format!("redis://127.0.0.1:{}", proxy.port());
    let fleet = fleet.with([("BINDERY_STORE__URL", url.as_str())]).serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
}

#[test]
fn a_broker_that_is_killed_and_comes_back_costs_no_book() {
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
fn a_broker_that_is_short_of_memory_delays_a_book_and_costs_none_of_it() {
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
    // What was sent while nobody read it may arrive yet, or it is sent again.
    fleet.allows_heals();
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
    fleet.keep(worker);
}

#[test]
fn a_queue_that_is_deleted_under_its_consumers_costs_no_book() {
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

/// Returns the variables that set a process's clock ahead or back, as `+5h` or `-3h`. Time still passes as it does.
fn clock(ahead: &str) -> [(String, String); 3] {
    let libraries =
        ["x86_64", "aarch64"].map(|machine| format!("/usr/lib/{machine}-linux-gnu/faketime/libfaketime.so.1"));
    let library = libraries.into_iter().find(|library| std::path::Path::new(library).exists());
    let library = library.expect("faketime is not installed; type: sudo apt-get install faketime");
    [("LD_PRELOAD", library.as_str()), ("FAKETIME", ahead), ("DONT_FAKE_MONOTONIC", "1")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

#[test]
fn processes_whose_clocks_disagree_by_hours_write_a_book_as_if_they_did_not() {
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
