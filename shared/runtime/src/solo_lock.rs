//! The lock that lets a crash suspect work alone in its process, and all other tasks beside one another.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// A process's lock for work. All lanes of the process share one.
#[derive(Clone, Debug, Default)]
pub struct SoloLock(Arc<RwLock<()>>);

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(crate) enum SoloLockGuard {
    /// Held beside other tasks.
    Shared { _guard: OwnedRwLockReadGuard<()> },
    /// Held by a task that works alone.
    Alone { _guard: OwnedRwLockWriteGuard<()> },
}

impl SoloLock {
    /// Waits for the lock. A task that waits to be alone goes before all that come later, so that it is not starved.
    pub(crate) async fn acquire(&self, alone: bool) -> SoloLockGuard {
        let lock = Arc::clone(&self.0);
        if alone {
            SoloLockGuard::Alone { _guard: lock.write_owned().await }
        } else {
            SoloLockGuard::Shared { _guard: lock.read_owned().await }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn a_task_that_must_be_alone_waits_for_all_others_and_goes_before_later_ones() {
        let lock = SoloLock::default();
        let (one, other) = (lock.acquire(false).await, lock.acquire(false).await);
        let mut alone = Box::pin(lock.acquire(true));
        assert!(alone.as_mut().now_or_never().is_none());
        let mut later = Box::pin(lock.acquire(false));
        assert!(later.as_mut().now_or_never().is_none());
        drop((one, other));
        let alone = alone.await;
        assert!(later.as_mut().now_or_never().is_none());
        drop(alone);
        later.await;
    }
}
