//! A private Redis.

mod cluster;
mod sentinels;
mod snapshot;
mod snapshot_faults;

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::Arc,
};

pub use self::{
    cluster::{Holders, RedisCluster},
    sentinels::Sentinels,
    snapshot::Snapshot,
};
use crate::{
    certificates::Certificates,
    guardian::{Guardian, folder, installed},
    port::Port,
};

/// A private Redis server with the settings that a fleet should use: an append-only file that is synced every second, and
/// no eviction. It ends with this value, at the latest with the process.
pub struct Redis {
    guardian: Guardian,
    port: Port,
    access: Access,
}

/// How clients connect and log in.
enum Access {
    Open,
    User { name: String, password: String },
    Tls(Arc<Certificates>),
}

impl Redis {
    /// Starts a server and waits until it answers.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts a server with additional settings in the form of its command line: `&["--maxmemory", "64mb"]`.
    #[must_use]
    #[track_caller]
    pub fn start_with(settings: &[&str]) -> Self {
        Self::run_in(folder("redis"), None, settings)
    }

    /// Starts a server with one user, who may do everything. Nobody else is admitted.
    #[must_use]
    #[track_caller]
    pub fn start_with_user(name: &str, password: &str) -> Self {
        let port = Port::claim();
        let mut command = server();
        command.args(["--port", &port.number().to_string()]);
        command.args(["--user", "default", "off"]);
        command.args(["--user", name, "on", &format!(">{password}"), "~*", "&*", "+@all"]);
        let access = Access::User { name: name.to_owned(), password: password.to_owned() };
        Self::run(folder("redis"), &command, port, access)
    }

    /// Starts a server that speaks only TLS, with a certificate of [`Self::certificates`]. Clients need none.
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let (home, certificates) = certified();
        Self::run_in(home, Some(&certificates), &[])
    }

    /// Starts a server in a folder. Servers that speak TLS may share their certificates.
    #[track_caller]
    fn run_in(folder: PathBuf, certificates: Option<&Arc<Certificates>>, settings: &[&str]) -> Self {
        let (port, mut command) = (Port::claim(), server());
        match certificates {
            None => command.args(["--port", &port.number().to_string()]),
            Some(certificates) => {
                let settings = tls(certificates, port.number());
                command.args(settings.into_iter().flat_map(|(name, value)| [format!("--{name}"), value]))
            }
        };
        command.args(settings);
        Self::run(folder, &command, port, certificates.map_or(Access::Open, |shared| Access::Tls(Arc::clone(shared))))
    }

    #[track_caller]
    fn run(folder: PathBuf, command: &Command, port: Port, access: Access) -> Self {
        let redis = Self { guardian: Guardian::new("Redis", folder, command), port, access };
        redis.start_again();
        redis
    }

    /// Returns `redis://127.0.0.1:PORT`, with the user if there is one; with TLS `rediss://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> String {
        match &self.access {
            Access::Open => format!("redis://{}", self.address()),
            Access::User { name, password } => format!("redis://{name}:{password}@{}", self.address()),
            Access::Tls(_) => format!("rediss://{}", self.address()),
        }
    }

    fn scheme(&self) -> &'static str {
        if self.certificates().is_some() { "rediss" } else { "redis" }
    }

    /// Returns the server's port, which stays claimed while the server is down.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns the certificates; `None` without TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        match &self.access {
            Access::Tls(certificates) => Some(certificates),
            Access::Open | Access::User { .. } => None,
        }
    }

    /// Kills the server with SIGKILL, and waits until it is gone.
    #[track_caller]
    pub fn kill(&self) {
        self.guardian.kill();
    }

    /// Stops the server with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub fn stop(&self) {
        self.guardian.stop();
    }

    /// Starts the server again with the same port and its data, and waits until it answers.
    #[track_caller]
    pub fn start_again(&self) {
        self.guardian.start(|| printed(&self.run_cli(&["PING"])) == "PONG");
    }

    /// Returns the server's process.
    #[must_use]
    pub fn process(&self) -> &Guardian {
        &self.guardian
    }

    /// Runs `redis-cli` and returns what it prints, without the last line break.
    #[track_caller]
    pub fn cli(&self, arguments: &[&str]) -> String {
        let output = self.run_cli(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "redis-cli {arguments:?} failed: {}\n{errors}", printed(&output));
        printed(&output)
    }

    #[track_caller]
    fn run_cli(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(installed("redis-cli", "redis-tools"));
        command.env_remove("REDISCLI_AUTH").args(["-p", &self.port().to_string()]);
        match &self.access {
            Access::Open => {}
            Access::User { name, password } => {
                command.args(["--no-auth-warning", "--user", name, "--pass", password]);
            }
            Access::Tls(certificates) => {
                command.arg("--tls").arg("--cacert").arg(&certificates.authority);
            }
        }
        command.args(arguments).output().expect("redis-cli can be started")
    }

    /// Returns one field of `INFO replication`.
    #[track_caller]
    fn replication(&self, field: &str) -> Option<String> {
        let info = self.cli(&["INFO", "replication"]);
        info.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':').map(|value| value.trim().to_owned()))
    }

    fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port())
    }
}

/// Returns the command that starts a server, without its port.
#[track_caller]
fn server() -> Command {
    let mut command = Command::new(installed("redis-server", "redis-server"));
    command.args(["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--appendfsync", "everysec"]);
    command.args(["--maxmemory-policy", "noeviction"]);
    // A new replica is served at once, instead of waiting for others to join it.
    command.args(["--repl-diskless-sync-delay", "0"]);
    command
}

/// Returns the folder of a new server, and certificates in it, which are removed with that server.
fn certified() -> (PathBuf, Arc<Certificates>) {
    let home = folder("redis");
    let certificates = Arc::new(Certificates::make(&home));
    (home, certificates)
}

/// Returns the settings of a server that speaks only TLS, with its replicas too.
fn tls(certificates: &Certificates, port: u16) -> [(&'static str, String); 9] {
    let path = |path: &Path| path.display().to_string();
    [
        ("port", "0".to_owned()),
        ("tls-port", port.to_string()),
        ("tls-auth-clients", "no".to_owned()),
        ("tls-replication", "yes".to_owned()),
        ("tls-cert-file", path(&certificates.server)),
        ("tls-key-file", path(&certificates.server_key)),
        // Nodes of a cluster ask each other for a certificate, even if clients need none.
        ("tls-client-cert-file", path(&certificates.client)),
        ("tls-client-key-file", path(&certificates.client_key)),
        ("tls-ca-cert-file", path(&certificates.authority)),
    ]
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}
