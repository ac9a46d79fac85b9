//! A client of the API: it keeps its connection, reads answers, and hears events.

use std::{net::SocketAddr, time::Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// A connection to the API.
pub(crate) struct Connection {
    stream: BufReader<TcpStream>,
    key: String,
}

/// An answer of the API.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// An event, when it was heard.
pub(crate) struct Heard {
    pub(crate) number: u64,
    pub(crate) at: Instant,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr, key: &str) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), key: key.to_owned() })
    }

    /// Posts a body under an idempotency key.
    pub(crate) async fn post(&mut self, path: &str, name: &str, body: &str) -> Result<Answer> {
        let headers =
            format!("Idempotency-Key: {name}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        self.ask("POST", path, &headers, body).await?;
        let (status, length) = self.head().await?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await?;
        Ok(Answer { status, body })
    }

    /// Begins to hear the events of a path.
    pub(crate) async fn listen(&mut self, path: &str) -> Result<()> {
        self.ask("GET", path, "", "").await?;
        let (status, _) = self.head().await?;
        ensure!(status == 200, "the stream was refused with {status}");
        Ok(())
    }

    /// Waits for the next event.
    pub(crate) async fn heard(&mut self) -> Result<Heard> {
        let mut line = Vec::new();
        loop {
            line.clear();
            ensure!(self.stream.read_until(b'\n', &mut line).await? > 0, "the stream has ended");
            let at = Instant::now();
            if let Some(number) = number(&line) {
                return Ok(Heard { number, at });
            }
        }
    }

    async fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> Result<()> {
        let key = &self.key;
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n{headers}\r\n{body}"
        );
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    /// Reads the head of an answer, and returns its status and the length of its body.
    async fn head(&mut self) -> Result<(u16, usize)> {
        let (mut line, mut status, mut length) = (String::new(), None, 0);
        loop {
            line.clear();
            ensure!(self.stream.read_line(&mut line).await? > 0, "the server has closed the connection");
            let text = line.trim().to_ascii_lowercase();
            if text.is_empty() {
                return Ok((status.context("the answer is not HTTP")?, length));
            }
            if let Some(given) = text.strip_prefix("content-length: ") {
                length = given.parse()?;
            } else if status.is_none() {
                status = Some(text.split(' ').nth(1).context("the answer has no status")?.parse()?);
            }
        }
    }
}

/// Returns the number of the event in a line of a stream; `None` where the line holds none.
fn number(line: &[u8]) -> Option<u64> {
    let data = std::str::from_utf8(line.strip_prefix(b"data: ")?).ok()?;
    let rest = data.split("\"number\":").nth(1)?;
    rest.split(',').next()?.parse().ok()
}
