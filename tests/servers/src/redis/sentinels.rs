//! A private Redis under Sentinel.

use std::{fs, process::Command};

use super::{Access, Redis, server};
use crate::{guardian::folder, port::Port};

/// The name under which the sentinels know the master.
const NAME: &str = "bindery";

/// A master, a replica, and three sentinels that watch them. They end with this value, at the latest with the process.
pub struct Sentinels {
    servers: [Redis; 2],
    sentinels: [Redis; 3],
}

impl Sentinels {
    /// Starts all five and waits until they can stand the loss of the master.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        let master = Redis::start();
        let replica = Redis::start_with(&["--replicaof", "127.0.0.1", &master.port().to_string()]);
        let sentinels = [(); 3].map(|()| sentinel(master.port()));
        let all = Self { servers: [master, replica], sentinels };
        all.wait_until_whole();
        all
    }

    /// Returns `redis+sentinel://127.0.0.1:PORT,127.0.0.1:PORT,127.0.0.1:PORT/NAME` with the sentinels, and the name
    /// under which they know the master.
    #[must_use]
    pub fn url(&self) -> String {
        let addresses = self.sentinels.each_ref().map(Redis::address);
        format!("redis+sentinel://{}/{NAME}", addresses.join(","))
    }

    /// Returns the server that the sentinels call the master.
    #[must_use]
    #[track_caller]
    pub fn master(&self) -> &Redis {
        let port = master_port(&self.sentinels[0]);
        self.servers.iter().find(|server| server.port() == port).expect("the master is one of the two")
    }

    /// Kills the master, waits until the sentinels have put the replica in its place, and starts it again, as that
    /// one's replica.
    #[track_caller]
    pub fn fail_over(&self) {
        self.wait_until_whole();
        let killed = self.master();
        killed.kill();
        for sentinel in &self.sentinels {
            sentinel.guardian.wait_until("name another master", || master_port(sentinel) != killed.port());
        }
        let promoted = self.master();
        promoted.guardian.wait_until("become the master", || is(promoted, "role", "master"));
        killed.start_again();
    }

    #[track_caller]
    fn wait_until_whole(&self) {
        let master = self.master();
        for server in self.servers.iter().filter(|server| server.port() != master.port()) {
            server.guardian.wait_until("follow the master", || is(server, "master_link_status", "up"));
        }
        for sentinel in &self.sentinels {
            sentinel.guardian.wait_until("find the others", || {
                let told = sentinel.cli(&["SENTINEL", "MASTER", NAME]);
                // Each field's name is a line, its value the next.
                let fields: Vec<_> = told.lines().collect();
                let has = |name, value| fields.windows(2).any(|pair| pair == [name, value]);
                has("flags", "master") && has("num-slaves", "1") && has("num-other-sentinels", "2")
            });
        }
    }
}

fn is(server: &Redis, field: &str, value: &str) -> bool {
    server.replication(field).as_deref() == Some(value)
}

#[track_caller]
fn master_port(sentinel: &Redis) -> u16 {
    let address = sentinel.cli(&["SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME]);
    let port = address.lines().nth(1).and_then(|port| port.trim().parse().ok());
    port.unwrap_or_else(|| panic!("the sentinel names no master but {address:?}"))
}

#[track_caller]
fn sentinel(master: u16) -> Redis {
    let (port, folder) = (Port::claim(), folder("sentinel"));
    // It keeps what it learns among its settings, which is why they are a file.
    let settings = format!(
        "bind 127.0.0.1\nport {}\nsentinel monitor {NAME} 127.0.0.1 {master} 2\n\
         sentinel down-after-milliseconds {NAME} 1000\nsentinel failover-timeout {NAME} 5000\n",
        port.number()
    );
    fs::write(folder.join("sentinel.conf"), settings).expect("a private folder can be written");
    let mut command = Command::new(server().get_program());
    command.arg(folder.join("sentinel.conf")).arg("--sentinel");
    Redis::run(folder, &command, port, Access::Open)
}
