//! Does `bindery health` report what a process answers about its readiness?

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener},
    thread,
};

use bindery_test_servers::Proxy;

use crate::support::{Bench, Ended, Fleet, ModelServer, brisk, three_chapters};

/// What a run of `bindery health` asked, and how it ended.
struct Asked {
    /// The first line of its request.
    request: String,
    ended: Ended,
}

/// Runs `bindery health` against a server that answers one request with these words.
fn asked(answer: &'static str) -> Asked {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut request = BufReader::new(connection.try_clone().unwrap());
        let mut first = String::new();
        request.read_line(&mut first).unwrap();
        // An answer before the whole request is read would reset the connection.
        request.lines().map_while(Result::ok).find(String::is_empty);
        connection.write_all(answer.as_bytes()).unwrap();
        first
    });
    Asked { ended: health(address), request: server.join().unwrap() }
}

fn health(address: SocketAddr) -> Ended {
    Bench::new().run(&["health", &address.to_string()])
}

#[test]
fn a_ready_process_is_healthy() {
    let Asked { ended, request } = asked("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nready");
    ended.exits(0);
    assert_eq!(request, "GET /readyz HTTP/1.0\r\n");
}

#[test]
fn a_process_that_is_not_ready_is_unhealthy_and_its_reason_is_printed() {
    let Asked { ended, .. } = asked("HTTP/1.1 503 Service Unavailable\r\n\r\nthe store does not answer\n");
    let stderr = ended.exits(69).stderr;
    assert!(stderr.ends_with("is not ready: the store does not answer\n"), "{stderr}");
}

#[test]
fn an_address_without_an_answer_is_unhealthy() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stderr = health(free).exits(69).stderr;
    assert!(stderr.contains("does not answer"), "{stderr}");
}

#[test]
fn a_worker_is_unhealthy_while_its_store_is_silent() {
    let fleet = Fleet::new();
    let (_worker, probes) = fleet.serve_watched(&["worker"]);
    let health = || fleet.run(&["health", &probes.address().to_string()]);
    probes.turns("/readyz", 200);
    health().exits(0);
    fleet.redis.process().freeze();
    probes.turns("/readyz", 503);
    health().exits(69).tells(&["is not ready", "store"]);
    fleet.redis.process().thaw();
    probes.turns("/readyz", 200);
    health().exits(0);
}

#[test]
fn a_worker_is_unhealthy_while_its_broker_is_silent() {
    let fleet = Fleet::new();
    let proxy = Proxy::start(fleet.broker.port());
    let [to_it, through] = [fleet.broker.port(), proxy.port()].map(|port| format!(":{port}/"));
    let url = fleet.vhost.replace(&to_it, &through);
    let fleet = fleet.with([("BINDERY_QUEUE__URL", url.as_str())]);
    let (_worker, probes) = fleet.serve_watched(&["worker"]);
    let health = || fleet.run(&["health", &probes.address().to_string()]);
    probes.turns("/readyz", 200);
    proxy.blackhole();
    probes.turns("/readyz", 503);
    health().exits(69).tells(&["is not ready", "broker"]);
    proxy.pass();
    probes.turns("/readyz", 200);
    health().exits(0);
}

/// Returns proxies to a store and to a broker, and the fleet behind them, which must go first.
fn behind_proxies() -> (Proxy, Proxy, Fleet) {
    let fleet = Fleet::new();
    let (store, broker) = (Proxy::start(fleet.redis.port()), Proxy::start(fleet.broker.port()));
    let [to_it, through] = [fleet.broker.port(), broker.port()].map(|port| format!(":{port}/"));
    let queue = fleet.vhost.replace(&to_it, &through);
    let store_url = format!("redis://127.0.0.1:{}", store.port());
    let fleet = fleet.with([("BINDERY_QUEUE__URL", queue.as_str()), ("BINDERY_STORE__URL", store_url.as_str())]);
    (store, broker, fleet)
}

#[test]
fn a_process_that_starts_before_its_store_and_its_broker_waits_for_both_and_says_so() {
    let (store, broker, fleet) = behind_proxies();
    store.cut();
    broker.cut();
    let address = [("BINDERY_API__ADDRESS", "127.0.0.1:0")];
    let mut processes: Vec<_> =
        ["dispatcher", "worker", "assembler", "api"].map(|role| fleet.start_watched(&[role], &address)).into();
    for (process, probes) in &mut processes {
        process.says("is not there yet; this process waits for it");
        let body = probes.turns("/readyz", 503);
        assert!(body.contains("waits for the"), "{body}");
        assert_eq!(probes.get("/healthz").status, 200);
    }
    let both = |body: &str| body.contains("the store") && body.contains("the broker");
    fleet.wait_until("each names both", || processes.iter().all(|(_, probes)| both(&probes.get("/readyz").body)));
    store.pass();
    broker.pass();
    for (process, probes) in &mut processes {
        process.says("Serving");
        probes.turns("/readyz", 200);
    }
}

#[test]
fn a_process_that_waits_for_its_store_stops_when_it_is_asked_to() {
    let (store, _broker, fleet) = behind_proxies();
    store.cut();
    let (mut process, _) = fleet.start_watched(&["worker"], &[]);
    process.says("the store is not there yet");
    process.terminate();
    process.end().exits(0);
    store.pass();
}

#[test]
fn a_process_whose_store_and_broker_refuse_writes_is_alive_and_not_ready_and_names_both() {
    let fleet = Fleet::with_own_broker(ModelServer::start(ModelServer::settings()));
    let (_dispatcher, probes) = fleet.serve_watched(&["dispatcher"]);
    probes.turns("/readyz", 200);
    probes.reaches("bindery_connected", &["store"], 1.0);
    probes.reaches("bindery_connected", &["broker"], 1.0);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let body = probes.turns("/readyz", 503);
    assert!(body.contains("the store takes no writes") && body.contains("OOM"), "{body}");
    assert!(!body.contains("broker"), "{body}");
    probes.reaches("bindery_connected", &["store"], 0.0);
    assert_eq!(probes.sum("bindery_connected", &["broker"]), 1.0);
    fleet.broker.alarm(true);
    fleet.wait_until("both are named", || {
        let body = probes.get("/readyz").body;
        body.contains("the store takes no writes") && body.contains("the broker takes no messages")
    });
    assert_eq!(probes.get("/healthz").status, 200);
    let doctor = fleet.run_with(&["doctor"], &[("BINDERY_QUEUE__TIMEOUT", "4s")]).exits(1).stdout;
    for bad in ["BAD store", "OOM", "BAD queue"] {
        assert!(doctor.contains(bad), "{bad:?} is missing in\n{doctor}");
    }
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    fleet.broker.alarm(false);
    probes.turns("/readyz", 200);
}

#[test]
fn a_store_that_cannot_write_its_snapshot_is_named_with_the_cause_and_all_goes_on_once_it_can() {
    let (fleet, paused) = Fleet::held_back([1]);
    let mut fleet = fleet.with(brisk());
    fleet.allows_heals();
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1gb"]);
    let (process, probes) = fleet.serve_watched(&["all"]);
    probes.reaches("bindery_connected", &["store"], 1.0);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    fleet.redis.fail_snapshots(true);
    let body = probes.turns("/readyz", 503);
    assert!(body.contains("the store takes no writes") && body.contains("MISCONF"), "{body}");
    probes.reaches("bindery_connected", &["store"], 0.0);
    assert_eq!(probes.get("/healthz").status, 200);
    let doctor = fleet.run(&["doctor"]).exits(1).stdout;
    for named in ["BAD store", "takes no writes", "MISCONF", "rdb_last_bgsave_status:err"] {
        assert!(doctor.contains(named), "{named:?} is missing in\n{doctor}");
    }
    fleet.redis.fail_snapshots(false);
    probes.turns("/readyz", 200);
    probes.reaches("bindery_connected", &["store"], 1.0);
    paused.resume_all();
    fleet.finishes(&book);
    fleet.keep(process);
}

#[test]
fn without_an_address_the_settings_say_where_to_ask() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let everywhere = Bench::new().set("BINDERY_SERVE__ADMIN", &format!("0.0.0.0:{free}"));
    let stderr = everywhere.run(&["health"]).exits(69).stderr;
    assert!(stderr.contains(&format!("127.0.0.1:{free} does not answer")), "{stderr}");
    let stderr = Bench::new().run(&["health"]).exits(64).stderr;
    assert!(stderr.contains("serve.admin"), "{stderr}");
}
