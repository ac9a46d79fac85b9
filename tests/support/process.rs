//! A run of a program, which a test can start, watch, interrupt, kill, and wait for.

use std::{
    io::{BufRead as _, BufReader, Read},
    os::unix::process::ExitStatusExt as _,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The longest time of a run, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(180);

/// The time that a process has to end when it is asked to, however long it has run before.
const STOPPING: Duration = Duration::from_secs(60);

/// A run that has not been waited for.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    stdout: String,
    errors: Receiver<String>,
    stderr: String,
    deadline: Instant,
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; `None` where a signal killed it.
    pub(crate) code: Option<i32>,
    /// The signal that killed it; `None` where it exited.
    pub(crate) signal: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (lines, errors) = (read(child.stdout.take().unwrap()), read(child.stderr.take().unwrap()));
        let deadline = Instant::now() + TIMEOUT;
        Self { child, lines, stdout: String::new(), errors, stderr: String::new(), deadline }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Waits for the first event of a `--json` run that is as wanted.
    pub(crate) fn event(&mut self, mut wanted: impl FnMut(&Value) -> bool) -> Value {
        while let Some(line) = self.line() {
            let event = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{line} is not JSON: {error}"));
            if wanted(&event) {
                return event;
            }
        }
        panic!("the run ended without the event that was waited for; it said\n{}", self.stdout)
    }

    /// Waits until the run has printed this many lines. Returns false if it ends before.
    pub(crate) fn shows(&mut self, lines: usize) -> bool {
        (0..lines).all(|_| self.line().is_some())
    }

    /// Waits for a line on stderr with these words, and returns the line.
    pub(crate) fn says(&mut self, words: &str) -> String {
        while let Some(line) = self.error() {
            if line.contains(words) {
                return line;
            }
        }
        panic!("the run ended without saying {words:?}; it said\n{}", self.stderr)
    }

    /// Returns the next line of stdout; `None` at the end.
    fn line(&mut self) -> Option<String> {
        let next = self.lines.recv_timeout(self.deadline.saturating_duration_since(Instant::now()));
        let line = self.in_time(next);
        line.inspect(|line| add(&mut self.stdout, line))
    }

    /// Returns the next line of stderr; `None` at the end.
    fn error(&mut self) -> Option<String> {
        let next = self.errors.recv_timeout(self.deadline.saturating_duration_since(Instant::now()));
        let line = self.in_time(next);
        line.inspect(|line| add(&mut self.stderr, line))
    }

    fn in_time(&mut self, next: Result<String, RecvTimeoutError>) -> Option<String> {
        if next == Err(RecvTimeoutError::Timeout) {
            self.child.kill().unwrap();
            panic!("the run did not end within {TIMEOUT:?}; it said\n{}\n{}", self.stdout, self.stderr);
        }
        next.ok()
    }

    /// Sends SIGINT, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends SIGTERM, with which systems ask a process to end.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Freezes the process with SIGSTOP.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    /// Lets a frozen process continue, with SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let sent =
            Command::new("sh").args(["-c", "kill -s \"$0\" \"$1\"", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "SIG{name} could not be sent");
    }

    /// Sends SIGKILL and waits until the process is gone.
    pub(crate) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.end()
    }

    /// Waits until a crash point has killed it.
    #[track_caller]
    pub(crate) fn dies(self) -> Ended {
        let ended = self.end();
        assert_eq!(ended.signal, Some(9), "it was not killed; it said\n{}", ended.stderr);
        ended
    }

    /// Waits until the process ends by itself.
    pub(crate) fn end(mut self) -> Ended {
        // A process that served for longer than any other run may still need a moment to stop.
        self.deadline = self.deadline.max(Instant::now() + STOPPING);
        while self.line().is_some() {}
        while self.error().is_some() {}
        let status = self.child.wait().unwrap();
        let (stdout, stderr) = (std::mem::take(&mut self.stdout), std::mem::take(&mut self.stderr));
        Ended { code: status.code(), signal: status.signal(), stdout, stderr }
    }
}

impl Drop for Running {
    /// Kills the process, so that a failed test leaves none behind.
    fn drop(&mut self) {
        // Killing a process that has ended fails, which does not matter.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
        if std::thread::panicking() {
            // A second panic would end all tests.
            while let Ok(line) = self.errors.recv_timeout(Duration::from_secs(1)) {
                add(&mut self.stderr, &line);
            }
            eprintln!("--- process {} said\n{}", self.child.id(), self.stderr);
        }
    }
}

/// Reads lines as they come, until there are no more.
fn read(from: impl Read + Send + 'static) -> Receiver<String> {
    let (said, lines) = channel();
    std::thread::spawn(move || {
        // Reading stops at a line that is not UTF-8, and the test fails because the line is missing.
        BufReader::new(from).lines().map_while(Result::ok).try_for_each(|line| said.send(line))
    });
    lines
}

fn add(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

impl Ended {
    /// Checks the exit code, and returns the run.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "the run said\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Checks that stderr contains all of these words, and returns the run.
    #[track_caller]
    pub(crate) fn tells(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is missing in\n{}", self.stderr);
        }
        self
    }

    /// Returns the reason of each heal of its sweeper.
    pub(crate) fn healed(&self) -> impl Iterator<Item = String> {
        let healed = self.stderr.lines().filter(|line| line.contains("healed"));
        healed.map(|line| line.split("reason=\"").nth(1).unwrap().split('"').next().unwrap().to_owned())
    }

    /// Returns the JSON values on stdout.
    pub(crate) fn values(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
