//! Leader locks, for the work that one process at a time does for all books.

use std::time::Duration;

use bindery_runtime::Ports;
use bindery_store::StoreError;

/// How long a lock is held unless its holder takes it again. After a holder's death, this is the longest time in which
/// nobody does the work.
const TERM: Duration = Duration::from_secs(5);

/// Takes a lock, or prolongs it. Returns false while another process holds it.
pub(crate) async fn take(ports: &Ports, name: &str, holder: &str) -> Result<bool, StoreError> {
    ports.store.take_leader_lock(name, holder, TERM).await
}
