//! Computing beside streams: milliseconds of checking must not hold up what arrives for others meanwhile.

use std::{sync::LazyLock, thread::available_parallelism};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::Semaphore,
    task::block_in_place,
};

/// As many computations at once as there are processors: more would only take threads.
static PROCESSORS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Bytes of text that are computed with at once. To check so many takes half a millisecond, which holds nothing up; to hand
/// over what else the thread would have done wakes another thread, for which all of it is new.
const AT_ONCE: usize = 20_000;

/// Computes something, while other threads serve what this one would have. A runtime of one thread has no others.
pub async fn compute<T>(work: impl FnOnce() -> T) -> T {
    if Handle::current().runtime_flavor() != RuntimeFlavor::MultiThread {
        return work();
    }
    let _one = PROCESSORS.acquire().await.expect("the semaphore is never closed");
    block_in_place(work)
}

/// Computes something with so many bytes of text: with few of them, at once.
pub async fn compute_with<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes <= AT_ONCE { work() } else { compute(work).await }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn the_only_thread_of_a_runtime_serves_others_while_something_is_computed() {
        let (sender, receiver) = channel();
        tokio::spawn(async move { sender.send("served") });
        assert_eq!(compute_with(AT_ONCE + 1, || receiver.recv()).await, Ok("served"));
    }

    #[tokio::test]
    async fn a_runtime_without_threads_computes_at_once() {
        assert_eq!(compute(|| 2 + 2).await, 4);
    }
}
