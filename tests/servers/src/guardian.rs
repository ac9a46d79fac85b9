//! Starting a server so that it ends with the test, even if the test is killed.

use std::{
    ffi::OsStr,
    fs,
    io::{BufRead as _, BufReader, Write as _},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

const SCRIPT: &str = include_str!("guardian.sh");

/// How long a server may take to start, to stop or to change. It is longer than any takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(90);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// A server process in its private folder, guarded by a small process that removes both when this process ends.
pub struct Guardian {
    name: &'static str,
    folder: PathBuf,
    process: Mutex<Process>,
}

struct Process {
    child: Child,
    /// `None` once the guardian is to end.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Returns a new private folder, which its guardian will remove.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = tempfile::Builder::new().prefix(&format!("bindery-{name}-")).tempdir();
    folder.expect("a temporary folder can be made").keep()
}

impl Guardian {
    /// Takes charge of a folder and of the command that will be started in it. The command gets only the environment
    /// set on it here, so that a developer's own variables change nothing.
    pub(crate) fn new(name: &'static str, folder: PathBuf, command: &Command) -> Self {
        let mut guardian = Command::new("/bin/sh");
        guardian.args(["-c", SCRIPT, "guardian"]).arg(&folder);
        guardian.arg(command.get_program()).args(command.get_args());
        guardian.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        guardian.env("HOME", &folder).env("LANG", "C.UTF-8");
        guardian.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
        // A process group of its own lets it outlive the Ctrl-C that ends the test, and clean up.
        guardian.current_dir(&folder).process_group(0);
        guardian.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = guardian.spawn().expect("/bin/sh can be started");
        let orders = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        Self { name, folder, process: Mutex::new(Process { child, orders, answers }) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server and waits until it answers.
    #[track_caller]
    pub(crate) fn start(&self, answers: impl FnMut() -> bool) {
        assert!(!self.is_running(), "{} is running already", self.name);
        self.order("start");
        self.wait_until("answer", answers);
    }

    /// Kills the server with SIGKILL, and waits until it is gone.
    #[track_caller]
    pub(crate) fn kill(&self) {
        self.order("KILL");
        self.wait_for_end();
    }

    /// Asks the server to stop with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub(crate) fn stop(&self) {
        self.order("TERM");
        self.wait_for_end();
    }

    /// Freezes the server with SIGSTOP: its connections stay open, and nothing answers.
    #[track_caller]
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen server continue, with SIGCONT.
    #[track_caller]
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Sends a signal, given by its name without `SIG`.
    #[track_caller]
    fn signal(&self, name: &str) {
        self.order(name).unwrap_or_else(|| panic!("{} is not running; its log says\n{}", self.name, self.log()));
    }

    /// Returns the process id of the server; `None` while it does not run.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.order("look")
    }

    fn is_running(&self) -> bool {
        self.id().is_some()
    }

    /// Waits until a condition holds. If the server ends before, the test fails with the server's log.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + TIMEOUT;
        while !holds() {
            assert!(self.is_running(), "{} ended before it could {what}; its log says\n{}", self.name, self.log());
            assert!(Instant::now() < deadline, "{} does not {what}; its log says\n{}", self.name, self.log());
            thread::sleep(POLL_INTERVAL);
        }
    }

    #[track_caller]
    fn wait_for_end(&self) {
        let deadline = Instant::now() + TIMEOUT;
        while self.is_running() {
            assert!(Instant::now() < deadline, "{} does not end; its log says\n{}", self.name, self.log());
            thread::sleep(POLL_INTERVAL);
        }
    }

    fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn order(&self, order: &str) -> Option<u32> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = process.orders.as_mut().expect("the pipe is open until the guardian ends");
        writeln!(orders, "{order}").expect("the guardian reads until the pipe closes");
        let mut answer = String::new();
        process.answers.read_line(&mut answer).expect("the guardian answers every order");
        answer.trim().parse().ok()
    }
}

impl Drop for Guardian {
    /// Ends the server and waits until its folder is gone.
    fn drop(&mut self) {
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        process.orders = None;
        // Nothing can be done about a guardian that cannot be waited for.
        let _ended = process.child.wait();
    }
}

/// Returns the path of a program, or panics with the command that installs it.
#[track_caller]
pub(crate) fn installed(program: &str, package: &str) -> PathBuf {
    let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/opt/homebrew/bin"];
    folders
        .iter()
        .map(|folder| Path::new(folder).join(OsStr::new(program)))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is not installed; type: sudo apt-get install {package}"))
}
