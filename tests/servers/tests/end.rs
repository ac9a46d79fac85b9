//! The servers end with the program that started them, however it ends.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{Ipv4Addr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use bindery_test_servers::Redis;

/// Runs the program that starts the servers, and returns it with the ports that it prints.
fn start(folder: &Path) -> (Child, Vec<u16>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bindery-test-servers"));
    let mut program = command.env("TMPDIR", folder).stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(program.stdout.take().unwrap()).lines().take(3);
    let port = |url: String| url.rsplit(':').next()?.split('/').next()?.parse().ok();
    let ports = lines.map(|line| port(line.unwrap()).unwrap()).collect();
    (program, ports)
}

fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[track_caller]
fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "it never came about that {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn servers_end_and_leave_nothing_when_the_program_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let (mut program, ports) = start(folder.path());
    assert_eq!(ports.iter().filter(|&&port| listens(port)).count(), 3, "Redis, the broker and its API listen");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "each server has a folder");
    program.kill().unwrap();
    program.wait().unwrap();
    wait_until("nothing listens", || ports.iter().all(|&port| !listens(port)));
    wait_until("no folder is left", || fs::read_dir(folder.path()).unwrap().next().is_none());
}

#[test]
fn a_server_ends_with_its_value_and_with_a_panic() {
    let redis = Redis::start();
    let port = redis.port();
    drop(redis);
    assert!(!listens(port), "the server outlived its value");
    let panicked = thread::spawn(|| {
        let redis = Redis::start();
        std::panic::panic_any(redis.port());
    });
    let port = panicked.join().unwrap_err().downcast::<u16>().unwrap();
    assert!(!listens(*port), "the server outlived a panic");
}

#[test]
#[should_panic(expected = "Bad directive or wrong number of arguments")]
fn a_failed_start_says_why() {
    let _redis = Redis::start_with(&["--no-such-setting", "1"]);
}
