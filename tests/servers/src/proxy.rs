//! A TCP proxy that does to connections what networks do.

mod connection;
mod network;

use std::{
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread::{self, JoinHandle},
    time::Duration,
};

use self::{connection::Connection, network::Network};
use crate::port::Port;

/// A proxy in front of one port of this machine. It passes everything until it is told otherwise, and resets what it
/// carries when it is dropped.
pub struct Proxy {
    port: Port,
    target: u16,
    network: Arc<Network>,
    /// The thread that accepts connections; none while they are refused.
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl Proxy {
    /// Starts a proxy to a port of this machine.
    #[must_use]
    pub fn start(target: u16) -> Self {
        let proxy = Self { port: Port::claim(), target, network: Arc::default(), accepting: Mutex::default() };
        proxy.accept();
        proxy
    }

    /// Returns the port to connect to instead of the target's.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns how many connections were ever accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.network.accepted()
    }

    /// Passes everything at once again. What a blackhole held back goes on, as lost packets are sent again.
    pub fn pass(&self) {
        self.network.pass();
        self.accept();
    }

    /// Resets all connections and refuses new ones, until [`Self::pass`].
    pub fn cut(&self) {
        self.refuse();
        self.network.reset_all();
        self.network.wait_until_idle();
    }

    /// Lets nothing through, either way: connections stay, new ones are accepted, and nobody ever answers.
    pub fn blackhole(&self) {
        self.network.blackhole();
    }

    /// Passes everything so much later, each way.
    pub fn delay(&self, delay: Duration) {
        self.network.delay(delay);
    }

    /// Resets all connections once so many more bytes have passed, both ways counted together, and then passes
    /// everything again.
    pub fn cut_after(&self, bytes: usize) {
        self.network.cut_after(bytes);
    }

    fn accept(&self) {
        let mut accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        if accepting.is_none() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port())).expect("a claimed port is free");
            let (network, target) = (Arc::clone(&self.network), self.target);
            network.open();
            *accepting = Some(thread::spawn(move || accept(&network, &listener, target)));
        }
    }

    fn refuse(&self) {
        let mut accepting = self.accepting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = accepting.take() {
            self.network.close();
            // The thread sits in `accept` until one more connection comes.
            let _woken = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port()));
            thread.join().expect("accepting does not panic");
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.cut();
    }
}

/// Connects whoever comes to the target. Where that is down, the client sees its connection reset.
fn accept(network: &Arc<Network>, listener: &TcpListener, target: u16) {
    while let Ok((client, _)) = listener.accept() {
        if network.is_closed() {
            return;
        }
        if let Some(connection) = Connection::to(target, client) {
            let (id, connection) = network.add(connection);
            let network = Arc::clone(network);
            thread::spawn(move || {
                connection.carry(&network, id);
                network.ended(id, connection);
            });
        }
    }
}
