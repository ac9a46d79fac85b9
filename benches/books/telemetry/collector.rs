//! The collector that the workers send their spans to.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use anyhow::{Context as _, Result, ensure};

/// A collector that accepts everything and keeps nothing.
pub(super) struct Collector {
    /// The URL that spans are sent to.
    pub(super) endpoint: String,
    bytes: Arc<AtomicU64>,
}

impl Collector {
    pub(super) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (endpoint, bytes) = (format!("http://{}", listener.local_addr()?), Arc::new(AtomicU64::new(0)));
        let counted = bytes.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let counted = counted.clone();
                std::thread::spawn(move || while take(&stream, &counted).is_ok() {});
            }
        });
        Ok(Self { endpoint, bytes })
    }

    /// Returns how many bytes it has received.
    pub(super) fn received(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}

/// Reads one request of a connection and accepts it.
fn take(mut stream: &TcpStream, bytes: &AtomicU64) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        ensure!(reader.read_line(&mut line)? > 0, "the connection has ended");
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().context("a length is a number")?;
        }
        if line == "\r\n" {
            break;
        }
    }
    std::io::copy(&mut reader.take(length), &mut std::io::sink())?;
    bytes.fetch_add(length, Ordering::Relaxed);
    Ok(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")?)
}
