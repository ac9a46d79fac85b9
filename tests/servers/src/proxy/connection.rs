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

/// How much is read at once, and how many of those wait for one direction before the sender is slowed down.
const CHUNK: usize = 16 * 1024;
const WAITING: usize = 64;

/// How long a write may block before it is asked whether its connection still lives.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Something that was read, and when it may go on. Nothing read is the end of the stream, an error is a reset.
type Chunk = (Instant, io::Result<Vec<u8>>);

/// A client and what the proxy has connected it to.
pub(super) struct Connection {
    client: TcpStream,
    target: TcpStream,
}

impl Connection {
    /// Connects a client to a port; resets the client where that fails.
    pub(super) fn to(port: u16, client: TcpStream) -> Option<Self> {
        let connect = || {
            let target = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
            for end in [&client, &target] {
                end.set_nodelay(true)?;
                end.set_write_timeout(Some(LOOK_AGAIN))?;
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

    /// Carries both directions until both have ended or the connection is reset.
    pub(super) fn carry(&self, network: &Network, id: usize) {
        thread::scope(|scope| {
            scope.spawn(|| pass_on(&self.client, &self.target, network, id));
            scope.spawn(|| pass_on(&self.target, &self.client, network, id));
        });
    }

    /// Wakes up what reads from either end, and has both reset when they are closed.
    pub(super) fn abandon(&self) {
        for end in [&self.client, &self.target] {
            reset_when_closed(end);
            // This direction alone sends nothing to the other side, which shall see a reset and no end before it.
            let _already_closed = end.shutdown(Shutdown::Read);
        }
    }
}

/// Has the other side see a reset instead of an orderly end.
fn reset_when_closed(end: &TcpStream) {
    // A socket that is no longer connected has nothing to reset.
    let _not_connected = SockRef::from(end).set_linger(Some(Duration::ZERO));
}

fn pass_on(from: &TcpStream, to: &TcpStream, network: &Network, id: usize) {
    thread::scope(|scope| {
        let (send, chunks) = sync_channel(WAITING);
        scope.spawn(move || read(from, network, &send));
        write(to, network, id, chunks);
    });
}

/// Reads until the end, as fast as the chunks are taken.
fn read(mut from: &TcpStream, network: &Network, chunks: &SyncSender<Chunk>) {
    loop {
        let mut bytes = vec![0; CHUNK];
        let read = from.read(&mut bytes).map(|count| {
            bytes.truncate(count);
            bytes
        });
        let last = !matches!(&read, Ok(bytes) if !bytes.is_empty());
        if chunks.send((network.due(), read)).is_err() || last {
            return;
        }
    }
}

/// Writes what was read when the network lets it through.
fn write(to: &TcpStream, network: &Network, id: usize, chunks: Receiver<Chunk>) {
    for (due, read) in chunks {
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

/// Writes bytes as far as they may pass, and resets all connections after the last that may.
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
