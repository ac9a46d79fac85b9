//! Larger stacks for a process that receives messages from strangers.
//!
//! The AMQP client reads nested headers by recursion, on a thread of its own. Only an environment variable sets the size of
//! that thread's stack, and it is read when the first thread starts. So the program starts once more with the variable set.

/// The variable that sets the stacks of threads whose creator sets none.
const VARIABLE: &str = "RUST_MIN_STACK";

/// The bytes of a stack, of which only what is used takes memory. With it, the client can read the deepest headers that a
/// frame of 128 KiB holds.
const BYTES: &str = "67108864";

/// Starts the program again in this process, with larger stacks, unless the environment sets their size. If that fails, the
/// process goes on with the stacks that it has.
#[cfg(unix)]
pub(crate) fn enlarge() {
    use std::os::unix::process::CommandExt as _;

    if crate::environment::is_set(VARIABLE) {
        return;
    }
    let mut arguments = std::env::args_os();
    let (name, Ok(program)) = (arguments.next(), std::env::current_exe()) else { return };
    let mut again = std::process::Command::new(program);
    if let Some(name) = name {
        again.arg0(name);
    }
    let _failed = again.args(arguments).env(VARIABLE, BYTES).exec();
}

/// Does nothing: elsewhere a process cannot be replaced by another.
#[cfg(not(unix))]
pub(crate) fn enlarge() {}
