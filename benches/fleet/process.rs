//! Processes of the program, started as an operator starts them.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;

use crate::servers::Servers;

/// Starts processes of one private fleet, with its settings and a folder for its files.
pub(crate) struct Launcher {
    folder: TempDir,
    settings: Vec<(String, String)>,
}

/// The resident memory of a process in bytes.
pub(crate) struct Memory {
    pub(crate) now: u64,
    pub(crate) peak: u64,
}

/// A running process; dropped, it is killed.
pub(crate) struct Process {
    child: Child,
    /// What it said until it served.
    said: String,
    /// When it was started.
    pub(crate) begun: Instant,
}

impl Launcher {
    /// Makes a launcher of a fleet on these servers, whose model calls go to this URL.
    pub(crate) fn new(servers: &Servers, model: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data").to_string_lossy().into_owned();
        let settings = [
            ("BINDERY_PROVIDERS__STAND-IN__BASE_URL", model.to_owned()),
            ("BINDERY_QUEUE__URL", servers.amqp.clone()),
            ("BINDERY_STORE__URL", servers.redis.url()),
            ("BINDERY_DATA__DIR", data),
            ("HOME", folder.path().to_string_lossy().into_owned()),
        ];
        Ok(Self { settings: settings.map(|(name, value)| (name.to_owned(), value)).into(), folder })
    }

    /// Changes a setting, named as an environment variable.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_string()));
        self
    }

    /// Starts a process with a role, and waits until it serves.
    pub(crate) fn start(&self, role: &str) -> Result<Process> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.env_clear().envs(self.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.folder.path()).args(["serve", role]);
        let begun = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut process = Process { child, said: String::new(), begun };
        // It says that it serves, and then logs. A process whose log is not read blocks when the pipe is full.
        let mut said = BufReader::new(process.child.stderr.take().context("its errors are a pipe")?);
        let mut line = String::new();
        while !line.starts_with("Serving") {
            line.clear();
            ensure!(said.read_line(&mut line)? > 0, "{role} ended before it served");
            process.said += &line;
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Ok(process)
    }

    /// Makes a key for the tenant of the benchmarks.
    pub(crate) fn key(&self) -> Result<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.env_clear().envs(self.settings.iter().map(|(name, value)| (name, value)));
        let made = command.current_dir(self.folder.path()).args(["keys", "add", "--tenant", "bench"]).output()?;
        ensure!(made.status.success(), "no key was made: {}", String::from_utf8_lossy(&made.stderr));
        Ok(String::from_utf8(made.stdout)?.trim().to_owned())
    }
}

impl Process {
    /// Returns its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the address at which it serves the API.
    pub(crate) fn api(&self) -> Result<SocketAddr> {
        let address = self.said.split("The API is at http://").nth(1).and_then(|rest| rest.split_whitespace().next());
        Ok(address.context("it serves no API")?.trim_end_matches('.').parse()?)
    }

    /// Asks it to stop with SIGTERM, as an init system does.
    pub(crate) fn terminate(&self) -> Result<()> {
        Ok(kill(Pid::from_raw(i32::try_from(self.id())?), Signal::SIGTERM)?)
    }

    /// Waits for its end. An exit code other than 0 is an error.
    pub(crate) fn ended(mut self) -> Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "a process ended with {status}");
        Ok(())
    }

    /// Returns its resident memory.
    pub(crate) fn memory(&self) -> Result<Memory> {
        let status = fs::read_to_string(Path::new("/proc").join(self.child.id().to_string()).join("status"))?;
        let read = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse::<u64>().ok());
            kilobytes.map(|kilobytes| kilobytes * 1024).with_context(|| format!("the kernel shows no {name}"))
        };
        Ok(Memory { now: read("VmRSS:")?, peak: read("VmHWM:")? })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Looks again and again until there is something to return. It is an error when that takes longer than `longest_wait`.
pub(crate) async fn until<T>(
    what: &str,
    longest_wait: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if begun.elapsed() > longest_wait {
            bail!("{what} did not come about within {longest_wait:?}");
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
