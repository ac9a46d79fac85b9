//! The store on which the tests of this crate act.

use std::sync::Arc;

use bindery_ledger::sample::RULES;
use bindery_store::{Access, Clock, Store};
use tempfile::TempDir;

/// Opens an empty store, which lasts as long as its folder.
pub(crate) async fn store() -> (Arc<dyn Store>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    (bindery_store::connect(&access, RULES, Clock::Own).await.unwrap(), folder)
}
