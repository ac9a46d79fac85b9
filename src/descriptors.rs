//! The limit of open files. Each connection takes a file descriptor, and the system limits how many a process can have.

use crate::exit::Failure;

/// The descriptors that a process needs for other things than calls and the store: the broker, the runtime, files, and
/// name lookups.
const OTHERS: u64 = 64;

/// Raises the limit as far as the system allows, and returns it; `None` where the platform has no limit.
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

/// Makes sure that this many connections can be open at once. The failure says what to type.
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

/// Raises the limit as far as the system allows.
pub(crate) fn provide_most() {
    raise();
}
