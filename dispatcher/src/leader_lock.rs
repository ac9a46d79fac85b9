//! Posts: what one process at a time does for all books.

use std::time::Duration;

use bindery_runtime::Ports;
use bindery_store::StoreError;

/// How long a post is held without being asked for again: the longest that nobody does its work after its holder died.
const TERM: Duration = Duration::from_secs(5);

/// Takes a post, or keeps it; false while another process holds it.
pub(crate) async fn take(ports: &Ports, post: &str, holder: &str) -> Result<bool, StoreError> {
    ports.store.lead(post, holder, TERM).await
}
