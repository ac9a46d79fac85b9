//! Named points at which a test has a real process die as by `kill -9`, so that it meets every moment between two
//! steps without racing for it. A build without debug assertions holds nothing of this.

/// Kills this process where the environment variable `CRASH_POINT` names this point: at once and with all its threads,
/// no destructor run, no connection closed in good order.
#[cfg(all(debug_assertions, unix))]
#[expect(clippy::disallowed_methods, reason = "no setting: it is for tests, which start the program as a process")]
pub fn crash_point(name: impl std::fmt::Display) {
    use std::{os::unix::process::CommandExt as _, process::Command, sync::LazyLock};

    static ARMED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("CRASH_POINT").ok());
    if ARMED.as_ref().is_some_and(|armed| *armed == name.to_string()) {
        // Becoming another program ends all threads in one step, and that program gets the signal it sends itself.
        let error = Command::new("/bin/sh").args(["-c", "kill -s KILL $$"]).exec();
        panic!("a crash point could not end the process: {error}");
    }
}

/// Does nothing.
#[cfg(not(all(debug_assertions, unix)))]
#[inline]
pub fn crash_point(_name: impl std::fmt::Display) {}
