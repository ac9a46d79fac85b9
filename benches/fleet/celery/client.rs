//! The program that submits books to a Celery worker, in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};

use super::{Bound, worker::Worker};

/// A running client; dropped, it is killed.
pub(super) struct Client {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Starts a client of this worker.
    pub(super) fn start(worker: &Worker) -> Result<Self> {
        let mut child = worker.python("client.py").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let orders = child.stdin.take().context("its input is a pipe")?;
        let answers = BufReader::new(child.stdout.take().context("its output is a pipe")?);
        Ok(Self { child, orders, answers })
    }

    /// Has these books written, each given by its chapters' sleeps, and waits until all are bound.
    pub(super) fn order(&mut self, books: &[Vec<Duration>]) -> Result<Bound> {
        let seconds: Vec<Vec<f64>> =
            books.iter().map(|sleeps| sleeps.iter().map(Duration::as_secs_f64).collect()).collect();
        writeln!(self.orders, "{}", serde_json::to_string(&seconds)?)?;
        let mut answer = String::new();
        ensure!(self.answers.read_line(&mut answer)? > 0, "Celery's client failed; it has said why");
        Ok(serde_json::from_str(&answer)?)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
