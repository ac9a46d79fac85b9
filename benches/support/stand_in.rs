//! The stand-in in a process of its own, so that its processor time and memory do not count as Bindery's.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use anyhow::{Context as _, Result};
use serde_json::Value;

/// A running stand-in; dropped, it is stopped.
pub(crate) struct StandIn {
    /// Its process.
    pub(crate) child: Child,
    url: String,
}

impl StandIn {
    /// Starts `bindery stand-in` on a free port and waits until it says where it listens.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(["--json", "stand-in", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut said = String::new();
        let stdout = child.stdout.take().context("its output is a pipe")?;
        let mut stand_in = Self { child, url: String::new() };
        BufReader::new(stdout).read_line(&mut said)?;
        let said: Value = serde_json::from_str(&said).context("the stand-in did not say where it listens")?;
        stand_in.url = said["base_url"].as_str().context("it says its address")?.to_owned();
        Ok(stand_in)
    }

    /// Returns the base URL of its OpenAI dialect.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks it what it has served so far.
    pub(crate) fn stats(&self) -> Result<Value> {
        let address = self.url.trim_start_matches("http://").trim_end_matches("/v1");
        let mut stream = TcpStream::connect(address)?;
        write!(stream, "GET /stand-in/stats HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
        let mut response = String::new();
        stream.read_to_string(&mut response)?;
        let (_, body) = response.split_once("\r\n\r\n").context("the stand-in answered no HTTP")?;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
