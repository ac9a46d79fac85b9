//! A TCP proxy that simulates network faults.

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

/// A proxy in front of a loopback port. It forwards everything until it is told otherwise, and resets its connections when
/// it is dropped.
pub struct Proxy {
    port: Port,
    target: u16,
    network: Arc<Network>,
    /// The thread that accepts connections; `None` while they are refused.
    accepting: Mutex<Option<JoinHandle<()>>>,
}

impl Proxy {
    /// Starts a proxy to a loopback port.
    #[must_use]
    pub fn start(target: u16) -> Self {
        let proxy = Self { port: Port::claim(), target, network: Arc::default(), accepting: Mutex::default() };
        proxy.accept();
        proxy
    }

    /// Returns the port of the proxy, to connect to instead of the target's.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Returns how many connections were ever accepted.
    #[must_use]
    pub fn accepted(&self) -> usize {
        self.network.accepted()
    }

    /// Forwards everything at once again, including what a blackhole held back, as TCP sends lost packets again.
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

    /// Lets nothing through in either direction. Connections stay open and new ones are accepted, but nobody answers.
    pub fn blackhole(&self) {
        self.network.blackhole();
    }

    /// Forwards everything with this delay, in each direction.
    pub fn delay(&self, delay: Duration) {
        self.network.delay(delay);
    }

    /// Resets all connections once this number of bytes has passed, counting both directions, and then forwards
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
            // The thread blocks in `accept` until another connection comes.
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

/// Connects each client to the target. If the target is down, the client's connection is reset.
fn accept(network: &Arc<Network>, listener: &TcpListener, target: u16) {
    while let Ok((client, _)) = listener.accept() {
        if network.is_closed() {
            return;
        }
        if let Some(connection) = Connection::to(target, client) {
            let (id, connection) = network.add(connection);
            let network = Arc::clone(network);
            thread::spawn(move || {
                connection.forward(&network, id);
                network.remove(id, connection);
            });
        }
    }
}
