//! A private RabbitMQ.

mod home;
mod management;

use std::{
    path::PathBuf,
    process::Command,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

pub use self::management::QueueState;
use self::management::{Management, NotCountedYet, PASSWORD, USER};
use crate::{
    certificates::Certificates,
    guardian::{Guardian, folder, installed},
    port::Port,
};

/// The share of the machine's memory from which on the alarm is raised, unless a test raises it.
const WATERMARK: &str = "0.4";

/// A RabbitMQ broker of its own with the management plugin. It ends with this value, at the latest with the process.
///
/// Where a vhost is asked for, its URL is as good as its name.
pub struct Rabbit {
    guardian: Guardian,
    ports: Ports,
    certificates: Option<Certificates>,
    vhosts: AtomicU32,
}

/// The ports of one broker.
struct Ports {
    amqp: Port,
    management: Port,
    /// Where Erlang's own tools reach it. They are told, so that no port mapper has to run.
    erlang: Port,
}

impl Rabbit {
    /// Returns the broker that the tests of this process share, started when it is first asked for. A test that kills
    /// its broker, or does to all of it what others would notice, starts its own.
    #[must_use]
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Rabbit> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a broker and waits until it serves.
    #[must_use]
    #[track_caller]
    pub fn start() -> Self {
        Self::run(folder("rabbitmq"), None)
    }

    /// Starts a broker that speaks TLS alone, and with nobody who has no certificate of [`Self::certificates`].
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let folder = folder("rabbitmq");
        let certificates = Certificates::make(&folder);
        Self::run(folder, Some(certificates))
    }

    #[track_caller]
    fn run(folder: PathBuf, certificates: Option<Certificates>) -> Self {
        let ports = Ports { amqp: Port::claim(), management: Port::claim(), erlang: Port::claim() };
        let command = home::command(&folder, &ports, certificates.as_ref());
        let guardian = Guardian::new("RabbitMQ", folder, &command);
        let rabbit = Self { guardian, ports, certificates, vhosts: AtomicU32::new(1) };
        rabbit.start_again();
        rabbit
    }

    /// Makes a fresh vhost, so that tests do not meet, and returns `amqp://USER:PASSWORD@127.0.0.1:PORT/VHOST`,
    /// `amqps` with TLS.
    #[must_use]
    #[track_caller]
    pub fn vhost(&self) -> String {
        let name = format!("vhost-{}", self.vhosts.fetch_add(1, Ordering::Relaxed));
        self.management().make_vhost(&name);
        let scheme = if self.certificates.is_some() { "amqps" } else { "amqp" };
        format!("{scheme}://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port())
    }

    /// Makes a user who may do everything in a vhost, and returns the vhost's URL as theirs.
    #[must_use]
    #[track_caller]
    pub fn user(&self, vhost: &str, name: &str, password: &str) -> String {
        self.management().make_user(last(vhost), name, password);
        vhost.replace(&format!("{USER}:{PASSWORD}@"), &format!("{name}:{password}@"))
    }

    /// Leaves a user no more in a vhost than these patterns allow: what may be configured, written and read.
    #[track_caller]
    pub fn permit(&self, vhost: &str, user: &str, [configure, write, read]: [&str; 3]) {
        self.management().permit(last(vhost), user, [configure, write, read]);
    }

    /// Lets a user write to and read from a topic exchange under routing keys of these patterns alone.
    #[track_caller]
    pub fn permit_topics(&self, vhost: &str, user: &str, exchange: &str, [write, read]: [&str; 2]) {
        self.management().permit_topics(last(vhost), user, exchange, [write, read]);
    }

    /// Returns the port for AMQP, which stays its own while it is down.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.ports.amqp.number()
    }

    /// Returns `http://USER:PASSWORD@127.0.0.1:PORT`, below which the management API is `/api`.
    #[must_use]
    pub fn management_url(&self) -> String {
        format!("http://{USER}:{PASSWORD}@127.0.0.1:{}", self.ports.management.number())
    }

    /// Returns the certificates of a broker that speaks TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Kills it with SIGKILL, and waits until it is gone.
    ///
    /// A broker writes the names of its quorum queues to disk every half second, messages at once. One that is killed
    /// in between forgets a new queue with all confirmed messages in it and never serves it again. Since tests declare
    /// their queues a moment before, the names are written first.
    #[track_caller]
    pub fn kill(&self) {
        // One that is frozen or has ended cannot write.
        let _cannot = self.call("dets sync [ra_directory_reverse]");
        self.guardian.kill();
    }

    /// Stops it with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub fn stop(&self) {
        self.guardian.stop();
    }

    /// Starts it again on the same ports with the data it has, and waits until it serves.
    #[track_caller]
    pub fn start_again(&self) {
        self.guardian.start(|| self.management().says_that_it_serves(self.port()));
    }

    /// Returns its process.
    #[must_use]
    pub fn process(&self) -> &Guardian {
        &self.guardian
    }

    /// Raises or ends the alarm about memory. While it is on, the broker reads from no connection that has published.
    #[track_caller]
    pub fn alarm(&self, on: bool) {
        let watermark = if on { "0" } else { WATERMARK };
        let answer = self.call(&format!("vm_memory_monitor set_vm_memory_high_watermark [{watermark}]"));
        assert_eq!(answer, "ok", "the watermark could not be set");
        self.guardian.wait_until("change the alarm", || self.management().has_alarms() == on);
    }

    /// Returns what is in a queue; none where there is no such queue.
    #[must_use]
    #[track_caller]
    pub fn queue(&self, vhost: &str, name: &str) -> Option<QueueState> {
        let mut state = None;
        self.guardian.wait_until("count a queue", || match self.management().queue(last(vhost), name) {
            Ok(counted) => {
                state = counted;
                true
            }
            Err(NotCountedYet) => false,
        });
        state
    }

    /// Returns how many messages each consumer of a queue may hold, once it has any.
    #[must_use]
    #[track_caller]
    pub fn prefetches(&self, vhost: &str, name: &str) -> Vec<u64> {
        let mut prefetches = Vec::new();
        self.guardian.wait_until("list a queue's consumers", || {
            prefetches = self.management().prefetches(last(vhost), name);
            !prefetches.is_empty()
        });
        prefetches
    }

    /// Deletes a queue with all that is in it.
    #[track_caller]
    pub fn delete_queue(&self, vhost: &str, name: &str) {
        self.management().delete_queue(last(vhost), name);
    }

    /// Removes what is ready in a queue.
    #[track_caller]
    pub fn purge(&self, vhost: &str, name: &str) {
        self.management().purge(last(vhost), name);
    }

    /// Returns the names of the connections to a vhost.
    #[must_use]
    #[track_caller]
    pub fn connections(&self, vhost: &str) -> Vec<String> {
        self.management().connections(last(vhost))
    }

    /// Has the broker close all connections to a vhost, as an operator would, and returns how many there were.
    #[track_caller]
    pub fn close_connections(&self, vhost: &str) -> usize {
        let connections = self.connections(vhost);
        for name in &connections {
            self.guardian.wait_until("close a connection", || {
                self.management().close_connection(name) || !self.connections(vhost).contains(name)
            });
        }
        connections.len()
    }

    /// Calls a function in the broker, and returns what it answers.
    #[track_caller]
    fn call(&self, function: &str) -> String {
        let mut erl_call = Command::new(installed("erl_call", "erlang-base"));
        // The cookie that lets it in is in the broker's home.
        erl_call.env("HOME", self.guardian.folder());
        erl_call.args(["-address", &format!("localhost:{}", self.ports.erlang.number())]);
        erl_call.args(["-timeout", "2", "-a", function]);
        let output = erl_call.output().expect("erl_call can be started");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    fn management(&self) -> Management {
        Management { port: self.ports.management.number() }
    }
}

/// Returns the name of a vhost, also from its URL.
fn last(vhost: &str) -> &str {
    vhost.rsplit('/').next().unwrap_or(vhost)
}
