//! A private RabbitMQ.

mod home;
mod management;

use std::{
    io::{Read as _, Write as _},
    net::{Ipv4Addr, TcpStream},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

pub use self::management::QueueState;
use self::management::{Management, PASSWORD, USER};
use crate::{
    guardian::{Guardian, folder},
    port::Port,
};

/// A RabbitMQ broker of its own with the management plugin. It ends with this value, at the latest with the process.
pub struct Rabbit {
    guardian: Guardian,
    ports: Ports,
    vhosts: AtomicU32,
}

/// The ports of one broker.
struct Ports {
    amqp: Port,
    management: Port,
    /// Where `rabbitmqctl` and its like reach it. They are told, so that no port mapper is needed.
    distribution: Port,
}

impl Rabbit {
    /// Returns the broker that the tests of this process share, started when first asked for. A test that kills its
    /// broker, or looks at all of its connections, takes one of its own by [`Rabbit::start`].
    #[track_caller]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Rabbit> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a broker and waits until it serves.
    #[track_caller]
    pub fn start() -> Self {
        let ports = Ports { amqp: Port::claim(), management: Port::claim(), distribution: Port::claim() };
        let folder = folder("rabbitmq");
        let command = home::command(&folder, &ports);
        let rabbit = Self { guardian: Guardian::new("RabbitMQ", folder, &command), ports, vhosts: AtomicU32::new(1) };
        rabbit.start_again();
        rabbit
    }

    /// Makes a fresh vhost, so that tests do not meet, and returns `amqp://user:password@127.0.0.1:PORT/VHOST`.
    #[track_caller]
    pub fn vhost(&self) -> String {
        let name = format!("v{}", self.vhosts.fetch_add(1, Ordering::Relaxed));
        self.management().make_vhost(&name);
        format!("amqp://{USER}:{PASSWORD}@127.0.0.1:{}/{name}", self.port())
    }

    /// Returns the port for AMQP, which stays its own while it is down.
    pub fn port(&self) -> u16 {
        self.ports.amqp.number()
    }

    /// Returns `http://user:password@127.0.0.1:PORT`, below which the management API is `/api`.
    pub fn management_url(&self) -> String {
        format!("http://{USER}:{PASSWORD}@127.0.0.1:{}", self.ports.management.number())
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

    /// Starts it again on the same ports with the data it has, and waits until it serves.
    #[track_caller]
    pub fn start_again(&self) {
        self.guardian.start(|| self.management().answers() && self.greets());
    }

    /// Stops it in the middle of what it does, with SIGSTOP: connections stay and nothing answers.
    #[track_caller]
    pub fn freeze(&self) {
        self.guardian.signal("STOP");
    }

    /// Lets a frozen broker go on, with SIGCONT.
    #[track_caller]
    pub fn thaw(&self) {
        self.guardian.signal("CONT");
    }

    fn management(&self) -> Management {
        Management { port: self.ports.management.number() }
    }

    /// Returns whether the AMQP port answers the protocol's header with its first method frame.
    fn greets(&self) -> bool {
        let greeting = || -> std::io::Result<u8> {
            let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()))?;
            connection.set_read_timeout(Some(Duration::from_secs(5)))?;
            connection.write_all(b"AMQP\0\0\x09\x01")?;
            let mut kind = [0];
            connection.read_exact(&mut kind)?;
            Ok(kind[0])
        };
        greeting().is_ok_and(|kind| kind == 1)
    }
}
