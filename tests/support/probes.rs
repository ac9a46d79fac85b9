//! The metrics and probes of a process.

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

/// The longest wait for a change, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

/// What a process answered to a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// The metrics and probes of a process.
pub(crate) struct Probes {
    address: SocketAddr,
}

impl Probes {
    /// Reads the address from the line in which the process names it.
    pub(crate) fn at(line: &str) -> Self {
        let (_, address) = line.rsplit_once("http://").expect("the line names an address");
        Self { address: address.trim_end_matches('.').parse().unwrap() }
    }

    /// Returns their address.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests a path.
    pub(crate) fn get(&self, path: &str) -> Answer {
        let mut connection = TcpStream::connect(self.address).unwrap();
        write!(connection, "GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("the answer is HTTP");
        Answer { status: head.split(' ').nth(1).unwrap().parse().unwrap(), body: body.to_owned() }
    }

    /// Returns all samples by their names and labels as written.
    pub(crate) fn samples(&self) -> BTreeMap<String, f64> {
        let Answer { status, body } = self.get("/metrics");
        assert_eq!(status, 200);
        let samples = body.lines().filter(|line| !line.starts_with('#'));
        samples
            .map(|line| line.rsplit_once(' ').unwrap())
            .map(|(name, n)| (name.to_owned(), n.parse().unwrap()))
            .collect()
    }

    /// Returns the sum of the samples of a metric whose labels contain all of these words.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        let whole = |sample: &str| sample.split('{').next() == Some(name);
        let fits = |sample: &str| labels.iter().all(|label| sample.contains(label));
        self.samples().iter().filter(|(sample, _)| whole(sample) && fits(sample)).map(|(_, n)| n).sum()
    }

    /// Waits until a sum has this value.
    pub(crate) fn reaches(&self, name: &str, labels: &[&str], wanted: f64) {
        let until = Instant::now() + TIMEOUT;
        while self.sum(name, labels) != wanted {
            assert!(Instant::now() < until, "{name} with {labels:?} is {} and not {wanted}", self.sum(name, labels));
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits until a path is answered with this status, and returns the body of that answer.
    pub(crate) fn turns(&self, path: &str, status: u16) -> String {
        let until = Instant::now() + TIMEOUT;
        loop {
            let answer = self.get(path);
            if answer.status == status {
                return answer.body;
            }
            assert!(Instant::now() < until, "{path} is not answered with {status}: {answer:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
