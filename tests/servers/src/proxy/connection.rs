//! One connection through a proxy.

use std::{
    io::{self, ErrorKind, Read as _, Write as _},
    net::{Ipv4Addr, Shutdown, TcpStream},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};

use socket2::SockRef;

use super::network::Network;

/// How many bytes are read at once.
const CHUNK_SIZE: usize = 16 * 1024;

/// How many chunks may wait in one direction before the sender is slowed down.
const MAX_WAITING_CHUNKS: usize = 64;

/// How long a write may block before the proxy checks whether the connection was reset.
const WRITE_TIMEOUT: Duration = Duration::from_millis(20);

/// The result of one read, and when it may be forwarded. An empty one is the end of the stream, an error is a reset.
struct Chunk {
    due: Instant,
    read: io::Result<Vec<u8>>,
}

/// A client and the target that the proxy has connected it to.
pub(super) struct Connection {
    client: TcpStream,
    target: TcpStream,
}

impl Connection {
    /// Connects a client to a port, or resets the client if that fails.
    pub(super) fn to(port: u16, client: TcpStream) -> Option<Self> {
        let connect = || {
            let target = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            for end in [&client, &target] {
                end.set_nodelay(true)?;
                end.set_write_timeout(Some(WRITE_TIMEOUT))?;
            }
            Ok::<_, io::Error>(target)
        };
        match connect() {
            Ok(target) => Some(Self { client, target }),
            Err(_) => {
                reset_when_closed(&client);
                None
            }
        }
    }

    /// Forwards both directions until both have ended or the connection is reset.
    pub(super) fn forward(&self, network: &Network, id: usize) {
        thread::scope(|scope| {
            scope.spawn(|| forward(&self.client, &self.target, network, id));
            scope.spawn(|| forward(&self.target, &self.client, network, id));
        });
    }

    /// Wakes up the threads that read, and has both ends reset when they are closed.
    pub(super) fn reset(&self) {
        for end in [&self.client, &self.target] {
            reset_when_closed(end);
            // Shutting down the reading half sends nothing, so the other side sees a reset without an orderly end before it.
            let _already_closed = end.shutdown(Shutdown::Read);
        }
    }
}

/// Makes the other side see a reset instead of an orderly end.
fn reset_when_closed(end: &TcpStream) {
    // A socket that is no longer connected has nothing to reset.
    let _not_connected = SockRef::from(end).set_linger(Some(Duration::ZERO));
}

fn forward(from: &TcpStream, to: &TcpStream, network: &Network, id: usize) {
    thread::scope(|scope| {
        let (send, chunks) = sync_channel(MAX_WAITING_CHUNKS);
        scope.spawn(move || read(from, network, &send));
        write(to, network, id, chunks);
    });
}

/// Reads until the end of the stream, as fast as the chunks are taken.
fn read(mut from: &TcpStream, network: &Network, chunks: &SyncSender<Chunk>) {
    loop {
        let mut bytes = vec![0; CHUNK_SIZE];
        let read = from.read(&mut bytes).map(|count| {
            bytes.truncate(count);
            bytes
        });
        let last = !matches!(&read, Ok(bytes) if !bytes.is_empty());
        if chunks.send(Chunk { due: network.due(), read }).is_err() || last {
            return;
        }
    }
}

/// Writes each chunk when the network lets it through.
fn write(to: &TcpStream, network: &Network, id: usize, chunks: Receiver<Chunk>) {
    for Chunk { due, read } in chunks {
        if !network.lets_through(id, due) {
            return;
        }
        let written = match read {
            Ok(bytes) if bytes.is_empty() => to.shutdown(Shutdown::Write),
            Ok(bytes) => write_counted(to, network, id, &bytes),
            Err(error) => Err(error),
        };
        if written.is_err() {
            return network.reset(id);
        }
    }
}

/// Writes bytes as far as they may pass, and resets all connections after the last one that may.
fn write_counted(mut to: &TcpStream, network: &Network, id: usize, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() && network.has(id) {
        let may_pass = network.take(bytes.len());
        let mut now = &bytes[..may_pass];
        while !now.is_empty() && network.has(id) {
            match to.write(now) {
                Ok(count) => now = &now[count..],
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
        bytes = &bytes[may_pass..];
        network.reset_when_due();
    }
    Ok(())
}
