//! Computing beside streams: milliseconds of checking must not delay the tokens that arrive for other tasks.

use std::{sync::LazyLock, thread::available_parallelism};

use tokio::{
    runtime::{Handle, RuntimeFlavor},
    sync::Semaphore,
    task::block_in_place,
};

/// Permits for computations, one for each processor: more at once would only take threads.
static PROCESSORS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// The most bytes of text that are computed with on the thread itself. Checking them takes half a millisecond, which
/// delays nothing. Handing over the thread's other work wakes another thread, which has none of that work in its caches.
const MAX_INLINE_BYTES: usize = 20_000;

/// Computes something while other threads take over the rest of this thread's work. A runtime of one thread has no others.
pub async fn compute<T>(work: impl FnOnce() -> T) -> T {
    if Handle::current().runtime_flavor() != RuntimeFlavor::MultiThread {
        return work();
    }
    let _one = PROCESSORS.acquire().await.expect("the semaphore is never closed");
    block_in_place(work)
}

/// Computes something with `bytes` bytes of text; a small text is computed with on the thread itself.
pub async fn compute_with<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    if bytes <= MAX_INLINE_BYTES { work() } else { compute(work).await }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn the_only_worker_thread_serves_other_tasks_during_a_computation() {
        let (sender, receiver) = channel();
        tokio::spawn(async move { sender.send("served") });
        assert_eq!(compute_with(MAX_INLINE_BYTES + 1, || receiver.recv()).await, Ok("served"));
    }

    #[tokio::test]
    async fn a_single_threaded_runtime_computes_on_its_own_thread() {
        assert_eq!(compute(|| 2 + 2).await, 4);
    }
}
