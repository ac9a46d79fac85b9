//! A private Redis.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpStream},
    process::Command,
    time::Duration,
};

use crate::{
    guardian::{Guardian, folder, installed},
    port::Port,
};

/// A Redis server of its own, with the persistence the fleet is meant to run with: an append-only file that is synced
/// every second, and no eviction. It ends with this value, at the latest with the process.
pub struct Redis {
    guardian: Guardian,
    port: Port,
}

impl Redis {
    /// Starts a server and waits until it answers.
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with more settings, as on its command line: `&["--maxmemory", "64mb"]`.
    #[track_caller]
    pub fn start_with(settings: &[&str]) -> Self {
        let port = Port::claim();
        let mut command = Command::new(installed("redis-server", "redis-server"));
        command.args(["--bind", "127.0.0.1", "--port", &port.number().to_string(), "--save", ""]);
        command.args(["--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction"]);
        command.args(settings);
        let guardian = Guardian::new("redis", folder("redis"), &command);
        let redis = Self { guardian, port };
        redis.start_again();
        redis
    }

    /// Returns `redis://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port())
    }

    /// Returns the port it listens on, which stays its own while it is down.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Kills it with SIGKILL, and waits until it is gone.
    #[track_caller]
    pub fn kill(&self) {
        self.guardian.kill();
    }

    /// Stops it with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub fn stop(&self) {
        self.guardian.stop();
    }

    /// Starts it again on the same port with the data it has, and waits until it answers.
    #[track_caller]
    pub fn start_again(&self) {
        self.guardian.start(|| self.answers());
    }

    /// Stops it in the middle of what it does, with SIGSTOP: connections stay and nothing answers.
    #[track_caller]
    pub fn freeze(&self) {
        self.guardian.signal("STOP");
    }

    /// Lets a frozen server go on, with SIGCONT.
    #[track_caller]
    pub fn thaw(&self) {
        self.guardian.signal("CONT");
    }

    /// Runs `redis-cli` and returns what it prints, without the last line's end.
    #[track_caller]
    pub fn cli(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(installed("redis-cli", "redis-tools"));
        command.args(["-h", "127.0.0.1", "-p", &self.port().to_string()]).args(arguments);
        let output = command.output().expect("redis-cli can be started");
        let said = String::from_utf8_lossy(&output.stdout).trim_end().to_owned();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "redis-cli {arguments:?} failed: {said}\n{errors}");
        said
    }

    /// Returns whether it has read its data and answers.
    fn answers(&self) -> bool {
        let answer = || -> std::io::Result<String> {
            let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()))?;
            connection.set_read_timeout(Some(Duration::from_secs(5)))?;
            connection.write_all(b"PING\r\n")?;
            let mut line = String::new();
            BufReader::new(connection).read_line(&mut line)?;
            Ok(line)
        };
        // A server that wants a password answers too; one that still reads its data says `-LOADING`.
        answer().is_ok_and(|line| line.starts_with("+PONG") || line.starts_with("-NOAUTH"))
    }
}
