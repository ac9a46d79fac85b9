//! Which keys count, for requests that stay open: a stream ends when the key of its caller is revoked or at its end.

use std::{collections::HashSet, sync::Arc, time::Duration};

use bindery_commands::Caller;
use bindery_store::Store;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::service::Access;

/// The pause between two looks at the keys.
const LOOK: Duration = Duration::from_secs(1);

/// Knows which keys count while streams are open. All streams of a process share its look at the keys.
#[derive(Default)]
pub(crate) struct KeyWatch {
    /// The ids of the keys that count, as they were seen last.
    counting: watch::Sender<Arc<HashSet<String>>>,
}

impl KeyWatch {
    /// Looks at the keys until the process stops, while streams are open.
    pub(crate) async fn run(&self, store: &dyn Store, stopping: &CancellationToken) {
        while stopping.run_until_cancelled(tokio::time::sleep(LOOK)).await.is_some() {
            if self.counting.receiver_count() == 0 {
                continue;
            }
            match store.keys().await {
                Ok(keys) => {
                    let now = bindery_store::now();
                    let counting = keys.into_iter().filter(|key| key.counts_at(now)).map(|key| key.id).collect();
                    self.counting.send_replace(Arc::new(counting));
                }
                Err(error) => tracing::debug!(%error, "the keys could not be read; they are read again"),
            }
        }
    }

    /// Waits until the key of a caller no longer counts.
    pub(crate) fn ended(&self, access: &Access, caller: &Caller) -> impl Future<Output = ()> + Send + use<> {
        let key = matches!(access, Access::Keys).then(|| (caller.name.clone(), self.counting.subscribe()));
        async move {
            let Some((id, mut counting)) = key else { return std::future::pending().await };
            // The first look may have begun before the key was made. The sender lives as long as the service.
            let mut looked = counting.changed().await;
            while looked.is_ok() {
                looked = counting.changed().await;
                if !counting.borrow_and_update().contains(&id) {
                    return;
                }
            }
        }
    }
}
