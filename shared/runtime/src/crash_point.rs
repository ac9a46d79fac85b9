//! Named points at which a test kills a real process as `kill -9` does. A test can so crash a process between any two
//! steps without a race. A build without debug assertions contains none of this.

/// Kills this process at once, with all its threads, if the environment variable `CRASH_POINT` names this point. No
/// destructor runs, and no connection is closed in good order.
#[cfg(all(debug_assertions, unix))]
#[expect(clippy::disallowed_methods, reason = "no setting: it is for tests, which start the program as a process")]
pub fn crash_point(name: impl std::fmt::Display) {
    use std::{os::unix::process::CommandExt as _, process::Command, sync::LazyLock};

    static ARMED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("CRASH_POINT").ok());
    if ARMED.as_ref().is_some_and(|armed| *armed == name.to_string()) {
        // `exec` ends all threads in one step. The shell that replaces them then kills its own process.
        let error = Command::new("/bin/sh").args(["-c", "kill -s KILL $$"]).exec();
        panic!("a crash point could not end the process: {error}");
    }
}

/// Does nothing.
#[cfg(not(all(debug_assertions, unix)))]
#[inline]
pub fn crash_point(_name: impl std::fmt::Display) {}
