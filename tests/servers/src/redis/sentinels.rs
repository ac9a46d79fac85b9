//! A private Redis under Sentinel.

use std::{fs, path::PathBuf, process::Command, sync::Arc};

use super::{Access, Redis, certified, server, tls};
use crate::{certificates::Certificates, guardian::folder, port::Port};

/// The name under which the sentinels know the master.
const NAME: &str = "bindery";

/// A master, its replica, and three sentinels. They end with this value, at the latest with the process.
pub struct Sentinels {
    servers: [Redis; 2],
    sentinels: [Redis; 3],
}

impl Sentinels {
    /// Starts all five servers and waits until they can survive the loss of the master.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::run(folder("redis"), None)
    }

    /// Starts all five servers so that they speak only TLS, with certificates of [`Self::certificates`].
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let (home, certificates) = certified();
        Self::run(home, Some(&certificates))
    }

    #[track_caller]
    fn run(home: PathBuf, certificates: Option<&Arc<Certificates>>) -> Self {
        let master = Redis::run_in(home, certificates, &[]);
        let follow = ["--replicaof", "127.0.0.1", &master.port().to_string()];
        let replica = Redis::run_in(folder("redis"), certificates, &follow);
        let sentinels = [(); 3].map(|()| sentinel(master.port(), certificates));
        let all = Self { servers: [master, replica], sentinels };
        all.wait_until_whole();
        all
    }

    /// Returns `redis+sentinel://127.0.0.1:PORT,127.0.0.1:PORT,127.0.0.1:PORT/NAME`: the sentinels, and the name under
    /// which they know the master; with TLS `rediss+sentinel://...`.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses = self.sentinels.each_ref().map(Redis::address);
        format!("{}+sentinel://{}/{NAME}", self.servers[0].scheme(), addresses.join(","))
    }

    /// Returns the certificates; `None` without TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.servers[0].certificates()
    }

    /// Returns the replica of the master.
    #[must_use]
    #[track_caller]
    pub fn replica(&self) -> &Redis {
        let master = self.master().port();
        self.servers.iter().find(|server| server.port() != master).expect("the replica is one of the two")
    }

    /// Returns the server that the sentinels call the master.
    #[must_use]
    #[track_caller]
    pub fn master(&self) -> &Redis {
        let port = master_port(&self.sentinels[0]);
        self.servers.iter().find(|server| server.port() == port).expect("the master is one of the two")
    }

    /// Kills the master, waits until the sentinels have promoted the replica, and starts the old master again, which
    /// becomes a replica of the new one.
    #[track_caller]
    pub fn fail_over(&self) {
        self.wait_until_whole();
        let killed = self.master();
        killed.kill();
        for sentinel in &self.sentinels {
            sentinel.guardian.wait_until("name another master", || master_port(sentinel) != killed.port());
        }
        let promoted = self.master();
        promoted.guardian.wait_until("become the master", || has_field(promoted, "role", "master"));
        killed.start_again();
    }

    #[track_caller]
    fn wait_until_whole(&self) {
        let master = self.master();
        for server in self.servers.iter().filter(|server| server.port() != master.port()) {
            server.guardian.wait_until("follow the master", || has_field(server, "master_link_status", "up"));
        }
        for sentinel in &self.sentinels {
            sentinel.guardian.wait_until("find the others", || {
                let master = sentinel.cli(&["SENTINEL", "MASTER", NAME]);
                // The name of each field is one line, and its value is the next.
                let fields: Vec<_> = master.lines().collect();
                let has = |name, value| fields.windows(2).any(|pair| pair == [name, value]);
                has("flags", "master") && has("num-slaves", "1") && has("num-other-sentinels", "2")
            });
        }
    }
}

fn has_field(server: &Redis, field: &str, value: &str) -> bool {
    server.replication(field).as_deref() == Some(value)
}

#[track_caller]
fn master_port(sentinel: &Redis) -> u16 {
    let address = sentinel.cli(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]);
    let port = address.lines().nth(1).and_then(|port| port.trim().parse().ok());
    port.unwrap_or_else(|| panic!("the sentinel names no master: {address:?}"))
}

#[track_caller]
fn sentinel(master: u16, certificates: Option<&Arc<Certificates>>) -> Redis {
    let (port, folder) = (Port::claim(), folder("sentinel"));
    let listens = match certificates {
        None => format!("port {}\n", port.number()),
        Some(certificates) => {
            tls(certificates, port.number()).map(|(name, value)| format!("{name} {value}\n")).concat()
        }
    };
    // A sentinel writes what it learns into its settings, so they must be a file.
    let settings = format!(
        "bind 127.0.0.1\n{listens}sentinel monitor {NAME} 127.0.0.1 {master} 2\n\
         sentinel down-after-milliseconds {NAME} 1000\nsentinel failover-timeout {NAME} 5000\n"
    );
    fs::write(folder.join("sentinel.conf"), settings).expect("a private folder can be written");
    let mut command = Command::new(server().get_program());
    command.arg(folder.join("sentinel.conf")).arg("--sentinel");
    let access = certificates.map_or(Access::Open, |shared| Access::Tls(Arc::clone(shared)));
    Redis::run(folder, &command, port, access)
}
