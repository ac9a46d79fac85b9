//! A private Redis: a single server, a cluster, and a master with Sentinels.

use std::{
    io::{ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::Command,
    time::Duration,
};

use bindery_test_servers::{Redis, RedisCluster, Sentinels};

#[test]
fn it_keeps_its_data_when_killed_and_when_stopped() {
    let redis = Redis::start();
    assert_eq!(redis.cli(&["SET", "book", "bread"]), "OK");
    redis.stop();
    redis.start_again();
    assert_eq!(redis.cli(&["GET", "book"]), "bread");
    redis.cli(&["APPEND", "book", " at home"]);
    redis.kill();
    redis.start_again();
    assert_eq!(redis.cli(&["GET", "book"]), "bread at home");
}

#[test]
fn it_has_the_settings_of_a_fleet_and_accepts_more() {
    let redis = Redis::start_with(&["--maxmemory", "64mb"]);
    assert_eq!(redis.cli(&["CONFIG", "GET", "maxmemory"]), "maxmemory\n67108864");
    assert_eq!(redis.cli(&["CONFIG", "GET", "maxmemory-policy"]), "maxmemory-policy\nnoeviction");
    assert_eq!(redis.cli(&["CONFIG", "GET", "appendonly"]), "appendonly\nyes");
}

#[test]
fn only_the_user_with_the_password_is_admitted() {
    let redis = Redis::start_with_user("bindery", "press");
    assert_eq!(redis.url(), format!("redis://bindery:press@127.0.0.1:{}", redis.port()));
    assert_eq!(redis.cli(&["ACL", "WHOAMI"]), "bindery");
    assert!(redis.cli(&["AUTH", "bindery", "pres"]).starts_with("WRONGPASS"));
    assert!(redis.cli(&["AUTH", "default", ""]).starts_with("WRONGPASS"));
}

#[test]
fn with_tls_it_presents_a_certificate_of_its_own_authority() {
    let (redis, other) = (Redis::start_tls(), Redis::start_tls());
    assert_eq!(redis.url(), format!("rediss://127.0.0.1:{}", redis.port()));
    assert_eq!(redis.cli(&["SET", "book", "bread"]), "OK");
    let trusting = |server: &Redis| {
        let mut command = Command::new("redis-cli");
        command.args(["-p", &redis.port().to_string(), "--tls", "--cacert"]);
        let output = command.arg(&server.certificates().unwrap().authority).args(["GET", "book"]).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap().trim().to_owned())
    };
    assert_eq!(trusting(&redis), (true, "bread".to_owned()));
    assert_eq!(trusting(&other), (false, String::new()));
}

#[test]
fn a_frozen_server_keeps_its_connections_and_answers_once_it_thaws() {
    let redis = Redis::start();
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, redis.port())).unwrap();
    connection.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    redis.process().freeze();
    connection.write_all(b"PING\r\n").unwrap();
    let mut answer = [0; 7];
    let silence = connection.read(&mut answer).unwrap_err().kind();
    assert!(matches!(silence, ErrorKind::WouldBlock | ErrorKind::TimedOut), "reading ended with {silence}");
    redis.process().thaw();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    connection.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"+PONG\r\n");
}

#[test]
fn a_cluster_serves_its_data_after_a_master_was_killed() {
    let cluster = RedisCluster::start();
    let node = &cluster.nodes()[0];
    for book in 0..20 {
        assert_eq!(node.cli(&["-c", "SET", &format!("book-{book}"), "bread"]), "OK");
    }
    cluster.kill_a_master();
    for node in cluster.nodes() {
        for book in 0..20 {
            assert_eq!(node.cli(&["-c", "GET", &format!("book-{book}")]), "bread");
        }
    }
}

#[test]
fn sentinels_promote_the_replica_of_a_killed_master() {
    let sentinels = Sentinels::start();
    let first = sentinels.master();
    assert_eq!(first.cli(&["SET", "book", "bread"]), "OK");
    // The replica must have the value before the master is killed.
    assert_eq!(first.cli(&["WAIT", "1", "20000"]), "1");
    sentinels.fail_over();
    let second = sentinels.master();
    assert_ne!(first.port(), second.port());
    assert_eq!(second.cli(&["GET", "book"]), "bread");
    assert_eq!(second.cli(&["SET", "book", "butter"]), "OK");
}

#[test]
fn a_rolled_back_server_has_lost_later_writes_and_nothing_else() {
    let redis = Redis::start();
    redis.cli(&["SET", "before", "1"]);
    let then = redis.snapshot();
    redis.cli(&["SET", "after", "1"]);
    redis.roll_back(&then);
    assert_eq!(redis.cli(&["EXISTS", "before"]), "1");
    assert_eq!(redis.cli(&["EXISTS", "after"]), "0");
}
