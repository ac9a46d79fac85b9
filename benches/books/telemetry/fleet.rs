//! A fleet whose worker is measured.

use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, ensure};
use bindery_test_servers::{Rabbit, Redis};
use nix::{
    sys::{
        resource::UsageWho,
        signal::{Signal, kill},
    },
    unistd::Pid,
};
use tempfile::TempDir;

use crate::{stand_in::StandIn, usage};

/// A running dispatcher and assembler, and what a worker of theirs needs.
pub(super) struct Fleet {
    folder: TempDir,
    settings: Vec<(&'static str, String)>,
    _others: Vec<Process>,
    _store: Redis,
}

impl Fleet {
    /// Starts a fleet whose workers make so many calls at once. Its books have traces, which go to this collector.
    pub(super) fn start(broker: &Rabbit, model: &StandIn, calls: usize, collector: &str) -> Result<Self> {
        let (folder, store) = (tempfile::tempdir()?, Redis::start());
        let settings = vec![
            ("HOME", folder.path().display().to_string()),
            ("BINDERY_PROVIDERS__STAND_IN__BASE_URL", model.url().to_owned()),
            ("BINDERY_MODEL__CALLS", calls.to_string()),
            ("BINDERY_QUEUE__URL", broker.vhost()),
            ("BINDERY_STORE__URL", store.url()),
            ("BINDERY_DATA__DIR", folder.path().join("data").display().to_string()),
        ];
        let mut fleet = Self { folder, settings, _others: Vec::new(), _store: store };
        for role in ["dispatcher", "assembler"] {
            // A book has a trace whether its worker sends spans or not.
            let served = fleet.serve(role, &[("BINDERY_TRACE__OTLP_ENDPOINT", collector)])?;
            fleet._others.push(served.process);
        }
        Ok(fleet)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.env_clear().envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Starts a process with a role, and waits until it serves.
    fn serve(&self, role: &str, settings: &[(&str, &str)]) -> Result<Served> {
        let log = self.folder.path().join(format!("{role}.log"));
        let mut command = self.command(&["serve", role]);
        command.envs(settings.iter().copied()).stderr(File::create(&log)?).stdout(Stdio::null());
        let process = Process(command.spawn()?);
        let said = until(|| Ok(Some(fs::read_to_string(&log)?).filter(|said| said.contains("Serving"))))?;
        let metrics = said.lines().find_map(|line| line.strip_prefix("Metrics and probes are at http://"));
        Ok(Served { process, metrics: metrics.map(|address| address.trim_end_matches('.').to_owned()) })
    }

    /// Starts a worker that serves metrics, sends every span to the collector and logs as JSON.
    pub(super) fn watched_worker(&self, collector: &str) -> Result<Watched> {
        let on = [
            ("BINDERY_SERVE__ADMIN", "127.0.0.1:0"),
            ("BINDERY_TRACE__OTLP_ENDPOINT", collector),
            ("BINDERY_LOG__FORMAT", "json"),
        ];
        let Served { process, metrics } = self.serve("worker", &on)?;
        Ok(Watched { worker: process, metrics: metrics.context("the worker serves no metrics")? })
    }

    /// Starts a worker that serves no metrics, sends no spans and logs nothing.
    pub(super) fn unwatched_worker(&self) -> Result<Process> {
        let Served { process, metrics } = self.serve("worker", &[("BINDERY_LOG__FILTER", "off")])?;
        ensure!(metrics.is_none(), "the worker is watched");
        Ok(process)
    }

    /// Submits a book. The returned process ends when the book is bound.
    pub(super) fn submit(&self, id: &str, outline: &Path) -> Result<Process> {
        let mut submit = self.command(&["submit", "--no-plan", "--model", "stand-in:prose", "--wait", "--id", id]);
        Ok(Process(submit.arg(outline).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?))
    }
}

/// Asks again and again until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    for _ in 0..3_000 {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    anyhow::bail!("it took longer than half a minute")
}

/// A process that serves, and the address of its metrics where it has one.
struct Served {
    process: Process,
    metrics: Option<String>,
}

/// A worker, and the address of its metrics.
pub(super) struct Watched {
    pub(super) worker: Process,
    pub(super) metrics: String,
}

/// A process that is killed when it is dropped.
pub(super) struct Process(Child);

impl Process {
    /// Returns whether it has ended. An exit code other than 0 is an error.
    pub(super) fn ended(&mut self) -> Result<bool> {
        let status = self.0.try_wait()?;
        ensure!(status.is_none_or(|status| status.success()), "a process failed: {status:?}");
        Ok(status.is_some())
    }

    /// Stops it, and returns its processor time from its start to its end. No other process may be waited for
    /// meanwhile.
    pub(super) fn stop(mut self) -> Result<Duration> {
        let before = usage::processor_time(UsageWho::RUSAGE_CHILDREN)?;
        kill(Pid::from_raw(i32::try_from(self.0.id())?), Signal::SIGTERM)?;
        let status = self.0.wait()?;
        ensure!(status.success(), "the worker ended with {status}");
        Ok(usage::processor_time(UsageWho::RUSAGE_CHILDREN)? - before)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
