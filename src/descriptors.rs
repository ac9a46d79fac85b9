//! Room for connections: each takes a file descriptor, and a process may have only so many.

use crate::exit::Failure;

/// Descriptors that a process needs beside its calls and its connections to the store: those of the broker, of the
/// runtime, of files, and of lookups.
const OTHERS: u64 = 64;

/// Raises the limit as far as this process may. Returns what it is then; none where the platform has none.
#[cfg(unix)]
fn raise() -> Option<u64> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    if soft < hard && setrlimit(Resource::RLIMIT_NOFILE, hard, hard).is_err() {
        return Some(soft);
    }
    Some(hard)
}

#[cfg(not(unix))]
fn raise() -> Option<u64> {
    None
}

/// Makes sure that so many connections can be open at once, or says what to type.
pub(crate) fn provide(connections: u64) -> Result<(), Failure> {
    let (needed, allowed) = (connections + OTHERS, raise().unwrap_or(u64::MAX));
    if needed <= allowed {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{connections} connections at once need {needed} open files and this process may have {allowed}; type \
         `ulimit -Hn {needed}` as root before it is started (systemd: `LimitNOFILE={needed}`), or set model.calls lower"
    )))
}

/// Makes room for as many connections as this process may have.
pub(crate) fn provide_most() {
    raise();
}
