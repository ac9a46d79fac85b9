//! Starting a server so that it ends with the test, even a test that is killed.

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

/// Longer than any server takes to start or to stop on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// One server process, its private folder, and the small process that ends both with this one.
pub struct Guardian {
    name: &'static str,
    folder: PathBuf,
    process: Mutex<Process>,
}

struct Process {
    child: Child,
    /// Taken when the guardian is told to end.
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// Returns a new private folder. The guardian that gets it removes it.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = tempfile::Builder::new().prefix(&format!("bindery-{name}-")).tempdir();
    folder.expect("a temporary folder can be made").keep()
}

impl Guardian {
    /// Takes charge of a folder and of the command that will be started in it. The command sees its own environment
    /// alone, so that what a person has set for servers of their own changes nothing here.
    pub(crate) fn new(name: &'static str, folder: PathBuf, command: &Command) -> Self {
        let mut guardian = Command::new("/bin/sh");
        guardian.args(["-c", SCRIPT, "guardian"]).arg(&folder);
        guardian.arg(command.get_program()).args(command.get_args());
        guardian.env_clear().env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        guardian.env("HOME", &folder).env("LANG", "C.UTF-8");
        guardian.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
        // In a process group of its own, it outlives the Ctrl-C that ends the test, and cleans up.
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
        assert!(!self.runs(), "{} runs already", self.name);
        self.order("start");
        self.wait_until("answer", answers);
    }

    /// Kills the server with SIGKILL, and waits until it is gone.
    #[track_caller]
    pub(crate) fn kill(&self) {
        self.order("KILL");
        self.wait_for_the_end();
    }

    /// Asks the server to stop with SIGTERM, and waits until it is gone.
    #[track_caller]
    pub(crate) fn stop(&self) {
        self.order("TERM");
        self.wait_for_the_end();
    }

    /// Stops the server in the middle of what it does, with SIGSTOP: connections stay and nothing answers.
    #[track_caller]
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen server go on, with SIGCONT.
    #[track_caller]
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Sends a signal by its name without `SIG`.
    #[track_caller]
    fn signal(&self, name: &str) {
        self.order(name).unwrap_or_else(|| panic!("{} does not run; its log says\n{}", self.name, self.log()));
    }

    /// Returns the process id of the server; none when it does not run.
    #[must_use]
    pub fn id(&self) -> Option<u32> {
        self.order("look")
    }

    fn runs(&self) -> bool {
        self.id().is_some()
    }

    /// Waits until something is so. A server that ends before fails the test with its log.
    #[track_caller]
    pub(crate) fn wait_until(&self, what: &str, mut so: impl FnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !so() {
            assert!(self.runs(), "{} ended before it could {what}; its log says\n{}", self.name, self.log());
            assert!(Instant::now() < deadline, "{} does not {what}; its log says\n{}", self.name, self.log());
            thread::sleep(LOOK_AGAIN);
        }
    }

    #[track_caller]
    fn wait_for_the_end(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.runs() {
            assert!(Instant::now() < deadline, "{} does not end; its log says\n{}", self.name, self.log());
            thread::sleep(LOOK_AGAIN);
        }
    }

    fn log(&self) -> String {
        let log = fs::read(self.folder.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    fn order(&self, order: &str) -> Option<u32> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        let orders = process.orders.as_mut().expect("the orders end with the guardian");
        writeln!(orders, "{order}").expect("the guardian reads until its end");
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
        // Nothing is left to be done about a guardian that cannot be waited for.
        let _ended = process.child.wait();
    }
}

/// Returns the path of a program, or panics with the line that installs it.
#[track_caller]
pub(crate) fn installed(program: &str, package: &str) -> PathBuf {
    let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/opt/homebrew/bin"];
    folders
        .iter()
        .map(|folder| Path::new(folder).join(OsStr::new(program)))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is not installed; type: sudo apt-get install {package}"))
}
