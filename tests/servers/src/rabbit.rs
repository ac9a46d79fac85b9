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

/// The share of the machine's memory above which the broker raises its alarm.
const MEMORY_WATERMARK: &str = "0.4";

/// A private RabbitMQ broker with the management plugin. It ends with this value, at the latest with the process.
///
/// Methods that take a vhost accept its name or its URL.
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
    /// The port for Erlang's own tools. They are given it, so that no port mapper has to run.
    erlang: Port,
}

impl Rabbit {
    /// Returns the broker that the tests of this process share; the first call starts it. A test that kills its broker,
    /// or disturbs more than its own vhost, starts a broker of its own.
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
        Self::run(folder("rabbitmq"), None, home::Statistics::Collected)
    }

    /// Starts a broker whose management API answers without statistics, as that of a managed broker may.
    #[must_use]
    #[track_caller]
    pub fn start_without_statistics() -> Self {
        Self::run(folder("rabbitmq"), None, home::Statistics::SwitchedOff)
    }

    /// Starts a broker that speaks only TLS, and only with clients that have a certificate of [`Self::certificates`].
    #[must_use]
    #[track_caller]
    pub fn start_tls() -> Self {
        let folder = folder("rabbitmq");
        let certificates = Certificates::make(&folder);
        Self::run(folder, Some(certificates), home::Statistics::Collected)
    }

    #[track_caller]
    fn run(folder: PathBuf, certificates: Option<Certificates>, statistics: home::Statistics) -> Self {
        let ports = Ports { amqp: Port::claim(), management: Port::claim(), erlang: Port::claim() };
        let command = home::command(&folder, &ports, certificates.as_ref(), statistics);
        let guardian = Guardian::new("RabbitMQ", folder, &command);
        let rabbit = Self { guardian, ports, certificates, vhosts: AtomicU32::new(1) };
        rabbit.start_again();
        rabbit
    }

    /// Makes a new vhost, so that tests do not disturb each other, and returns its URL:
    /// `amqp://USER:PASSWORD@127.0.0.1:PORT/VHOST`, `amqps` with TLS.
    #[must_use]
    #[track_caller]
    pub fn vhost(&self) -> String {
        let name = format!("vhost-{}", self.vhosts.fetch_add(1, Ordering::Relaxed));
        self.management().make_vhost(&name);
        let scheme = if self.certificates.is_some() { "amqps" } else { "amqp" };
        format!("{scheme}://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port())
    }

    /// Makes a user who may do everything in a vhost, and returns the vhost's URL with this user.
    #[must_use]
    #[track_caller]
    pub fn user(&self, vhost: &str, name: &str, password: &str) -> String {
        self.management().make_user(vhost_name(vhost), name, password);
        vhost.replace(&format!("{USER}:{PASSWORD}@"), &format!("{name}:{password}@"))
    }

    /// Limits a user in a vhost to what these patterns allow to configure, to write and to read.
    #[track_caller]
    pub fn permit(&self, vhost: &str, user: &str, [configure, write, read]: [&str; 3]) {
        self.management().permit(vhost_name(vhost), user, [configure, write, read]);
    }

    /// Lets a user write to and read from a topic exchange only under routing keys that match these patterns.
    #[track_caller]
    pub fn permit_topics(&self, vhost: &str, user: &str, exchange: &str, [write, read]: [&str; 2]) {
        self.management().permit_topics(vhost_name(vhost), user, exchange, [write, read]);
    }

    /// Returns the port for AMQP, which stays claimed while the broker is down.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.ports.amqp.number()
    }

    /// Returns `http://USER:PASSWORD@127.0.0.1:PORT`; the management API is at `/api` there.
    #[must_use]
    pub fn management_url(&self) -> String {
        format!("http://{USER}:{PASSWORD}@127.0.0.1:{}", self.ports.management.number())
    }

    /// Returns the certificates; `None` without TLS.
    #[must_use]
    pub fn certificates(&self) -> Option<&Certificates> {
        self.certificates.as_ref()
    }

    /// Kills the broker with SIGKILL, and waits until it is gone.
    ///
    /// A broker writes messages to disk at once, but the names of its quorum queues only every half second. When it is
    /// killed in between, it forgets a new queue with all confirmed messages in it. Tests declare their queues a moment
    /// before, so the names are written first.
    #[track_caller]
    pub fn kill(&self) {
        // A broker that is frozen or has ended cannot write.
        let _cannot = self.call("dets sync [ra_directory_reverse]");
        self.guardian.kill();
    }

    /// Stops the broker with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub fn stop(&self) {
        self.guardian.stop();
    }

    /// Starts the broker again with the same ports and its data, and waits until it serves.
    #[track_caller]
    pub fn start_again(&self) {
        self.guardian.start(|| self.management().is_listening(self.port()));
    }

    /// Returns the broker's process.
    #[must_use]
    pub fn process(&self) -> &Guardian {
        &self.guardian
    }

    /// Raises or ends the memory alarm. While it is on, the broker reads from no connection that has published.
    #[track_caller]
    pub fn alarm(&self, on: bool) {
        let watermark = if on { "0" } else { MEMORY_WATERMARK };
        let answer = self.call(&format!("vm_memory_monitor set_vm_memory_high_watermark [{watermark}]"));
        assert_eq!(answer, "ok", "the watermark could not be set");
        self.guardian.wait_until("change the alarm", || self.management().has_alarms() == on);
    }

    /// Has the broker refuse messages of more bytes, on channels that are opened from now on.
    #[track_caller]
    pub fn limit_messages(&self, bytes: usize) {
        // RabbitMQ 4 reads the limit from its settings once, and keeps it as a term of its own.
        for place in ["application set_env [rabbit, ", "persistent_term put ["] {
            let answer = self.call(&format!("{place}max_message_size, {bytes}]"));
            assert_eq!(answer, "ok", "the limit could not be set");
        }
    }

    /// Returns the state of a queue; `None` where there is no such queue.
    #[must_use]
    #[track_caller]
    pub fn queue(&self, vhost: &str, name: &str) -> Option<QueueState> {
        let mut state = None;
        self.guardian.wait_until("count a queue", || match self.management().queue(vhost_name(vhost), name) {
            Ok(counted) => {
                state = counted;
                true
            }
            Err(NotCountedYet) => false,
        });
        state
    }

    /// Waits until a queue has consumers, and returns the prefetch of each.
    #[must_use]
    #[track_caller]
    pub fn prefetches(&self, vhost: &str, name: &str) -> Vec<u64> {
        let mut prefetches = Vec::new();
        self.guardian.wait_until("list a queue's consumers", || {
            prefetches = self.management().prefetches(vhost_name(vhost), name);
            !prefetches.is_empty()
        });
        prefetches
    }

    /// Deletes a queue with its messages.
    #[track_caller]
    pub fn delete_queue(&self, vhost: &str, name: &str) {
        self.management().delete_queue(vhost_name(vhost), name);
    }

    /// Removes the ready messages of a queue.
    #[track_caller]
    pub fn purge(&self, vhost: &str, name: &str) {
        self.management().purge(vhost_name(vhost), name);
    }

    /// Returns the names of the connections to a vhost.
    #[must_use]
    #[track_caller]
    pub fn connections(&self, vhost: &str) -> Vec<String> {
        self.management().connections(vhost_name(vhost))
    }

    /// Closes all connections to a vhost at the broker, as an operator would, and returns how many there were.
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

    /// Calls an Erlang function in the broker, and returns its result.
    #[track_caller]
    fn call(&self, function: &str) -> String {
        let mut erl_call = Command::new(installed("erl_call", "erlang-base"));
        // The cookie that admits it is in the broker's home.
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

/// Returns the name of a vhost, given its name or its URL.
fn vhost_name(vhost: &str) -> &str {
    vhost.rsplit('/').next().unwrap_or(vhost)
}
