//! Who is at work in this process: any task beside any other, but one that may bring its process down alone.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// A process's room for work. All lanes of the process share one.
#[derive(Clone, Debug, Default)]
pub struct SoloLock(Arc<RwLock<()>>);

/// A place in the room, until it is dropped.
#[derive(Debug)]
pub(super) enum Place {
    /// Beside others.
    Shared { _guard: OwnedRwLockReadGuard<()> },
    /// With nobody else.
    Alone { _guard: OwnedRwLockWriteGuard<()> },
}

impl SoloLock {
    /// Waits for a place. Who waits to be alone goes before all that come later, so that its turn comes.
    pub(super) async fn enter(&self, alone: bool) -> Place {
        let room = Arc::clone(&self.0);
        if alone {
            Place::Alone { _guard: room.write_owned().await }
        } else {
            Place::Shared { _guard: room.read_owned().await }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn who_must_be_alone_waits_for_all_and_lets_none_in_before() {
        let room = SoloLock::default();
        let (one, other) = (room.enter(false).await, room.enter(false).await);
        let mut alone = Box::pin(room.enter(true));
        assert!(alone.as_mut().now_or_never().is_none());
        let mut later = Box::pin(room.enter(false));
        assert!(later.as_mut().now_or_never().is_none());
        drop((one, other));
        let alone = alone.await;
        assert!(later.as_mut().now_or_never().is_none());
        drop(alone);
        later.await;
    }
}
