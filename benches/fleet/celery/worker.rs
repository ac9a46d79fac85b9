//! A Celery worker in processes of its own, which end with the benchmark.

use std::{
    fs,
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result};

use super::{IN_FLIGHT, Pool, install};
use crate::{process::until, servers::Servers};

const GUARD: &str = include_str!("guard.sh");

/// Longer than 64 processes need to start on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// A running worker; dropped, it is killed with all processes of its pool.
pub(super) struct Worker {
    python: PathBuf,
    settings: [(&'static str, String); 7],
    folder: PathBuf,
    /// Kills the worker when its stdin is closed.
    guard: Child,
}

impl Worker {
    /// Starts a worker in a vhost of its own, and waits until it serves.
    pub(super) async fn start(servers: &Servers, pool: Pool, text: &str) -> Result<Self> {
        let python = install::python()?;
        // Its guard removes the folder.
        let folder = tempfile::Builder::new().prefix("bindery-celery-").tempdir()?.keep();
        fs::write(folder.join("text"), text)?;
        let settings = [
            ("BENCH_BROKER", Servers::vhost()),
            ("BENCH_STORE", servers.redis.url()),
            ("BENCH_FOLDER", folder.display().to_string()),
            ("BENCH_TEXT", folder.join("text").display().to_string()),
            ("HOME", folder.display().to_string()),
            ("PYTHONPATH", programs().display().to_string()),
            // The programs are in the repository, which keeps no compiled ones.
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        let mut guard = Command::new("/bin/sh");
        guard.args(["-c", GUARD, "guard"]).arg(&folder).arg(&python).args(arguments(pool));
        guard.envs(settings.iter().map(|(name, value)| (name, value))).current_dir(&folder);
        // In a process group of its own the guard outlives the Ctrl-C that ends the benchmark, and cleans up.
        guard.process_group(0).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let worker = Self { python, settings, guard: guard.spawn().context("/bin/sh could not be started")?, folder };
        let ready = worker.folder.join("ready");
        let name = format!("a Celery worker with {}", pool.name());
        let serves = until(&name, TIMEOUT, || Ok(ready.exists().then_some(()))).await;
        serves.with_context(|| format!("its log says\n{}", worker.log()))?;
        Ok(worker)
    }

    /// Returns the command that runs a program of the same folder with the worker's settings.
    pub(super) fn python(&self, program: &str) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(programs().join(program)).current_dir(&self.folder);
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Drop for Worker {
    /// Ends the worker and waits until its folder is gone.
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

/// Returns the folder of the Python programs.
fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/fleet/celery")
}

fn arguments(pool: Pool) -> Vec<String> {
    let arguments = format!(
        "-m celery --app tasks worker --pool {} --concurrency {} --prefetch-multiplier {} --loglevel WARNING \
         --without-gossip --without-mingle --without-heartbeat",
        pool.kind,
        pool.tasks,
        IN_FLIGHT.div_ceil(pool.tasks)
    );
    arguments.split(' ').map(str::to_owned).collect()
}
