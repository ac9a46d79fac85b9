//! `bindery health` asks a process of a fleet whether it is ready. Containers need it, because the image holds no other
//! program that could ask.

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::ExitCode,
    time::Duration,
};

use bindery_config::Config;

use crate::exit::Failure;

/// The longest time to connect, and the longest wait for more of the answer.
const IO_TIMEOUT: Duration = Duration::from_secs(3);

/// The most bytes that are read of an answer. No answer is longer.
const LONGEST: u64 = 64 * 1024;

/// Runs the command. It succeeds if the process at the address answers that it is ready.
pub(crate) fn run(config: Result<Config, Failure>, address: Option<SocketAddr>) -> Result<ExitCode, Failure> {
    let address = match address {
        Some(address) => address,
        None => configured(&config?)?,
    };
    let unanswered = |error| Failure::unavailable(format!("{address} does not answer: {error}"));
    let answer = ask(address).map_err(unanswered)?;
    match verdict(&answer) {
        Verdict::Ready => Ok(ExitCode::SUCCESS),
        Verdict::NotReady(why) => Err(Failure::unavailable(format!("{address} is not ready: {why}"))),
    }
}

/// Returns the address at which a process with the same settings answers on this machine.
fn configured(config: &Config) -> Result<SocketAddr, Failure> {
    let mut address = config.serve.admin.ok_or_else(|| {
        Failure::usage("the settings name no `serve.admin`, so that no process answers; set it, or name an address")
    })?;
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    Ok(address)
}

fn ask(address: SocketAddr) -> io::Result<String> {
    let mut connection = TcpStream::connect_timeout(&address, IO_TIMEOUT)?;
    connection.set_read_timeout(Some(IO_TIMEOUT))?;
    connection.set_write_timeout(Some(IO_TIMEOUT))?;
    // An answer to HTTP/1.0 is never chunked, and ends when the connection ends.
    write!(connection, "GET /readyz HTTP/1.0\r\nHost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    connection.take(LONGEST).read_to_string(&mut answer)?;
    Ok(answer)
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict<'a> {
    Ready,
    NotReady(&'a str),
}

fn verdict(answer: &str) -> Verdict<'_> {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.starts_with("HTTP/1.") && status.split(' ').nth(1) == Some("200") {
        return Verdict::Ready;
    }
    Verdict::NotReady(if body.trim().is_empty() { status } else { body.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_status_200_is_ready() {
        assert_eq!(verdict("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"), Verdict::Ready);
        assert_eq!(
            verdict("HTTP/1.1 503 Service Unavailable\r\n\r\nthe broker does not answer\n"),
            Verdict::NotReady("the broker does not answer")
        );
        assert_eq!(verdict("HTTP/1.0 404 Not Found\r\n\r\n"), Verdict::NotReady("HTTP/1.0 404 Not Found"));
        assert_eq!(verdict("SSH-2.0 200"), Verdict::NotReady("SSH-2.0 200"));
        assert_eq!(verdict(""), Verdict::NotReady(""));
    }
}
