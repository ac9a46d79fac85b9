use std::sync::Arc;

use bindery_domain::Moment;
use bindery_ledger::Rules;
use bindery_store::Clock;

use super::*;
use crate::damaged::{Damaged, request};

#[tokio::test]
async fn a_book_that_cannot_be_read_does_not_block_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let second = Duration::from_secs(1);
    let grace = Duration::ZERO;
    let rules = Rules { lease: second, publish_grace: grace, lost_after: second, solo_after: 3, retention: None };
    let url = format!("sqlite:{}", folder.path().join("books.db").display());
    let sound =
        bindery_store::connect(&bindery_store::Access::new(&url), rules, Clock::Given(Arc::new(|| Moment(1_000))))
            .await
            .unwrap();
    for id in ["one", "other"] {
        sound.accept(&request(id), None).await.unwrap();
    }
    let due = sound.due(&Scope::All, 10).await.unwrap();
    // The damaged book is the one that is due first.
    let store = Arc::new(Damaged { store: sound, book: due.items[0].book.clone() });
    let ports = Ports::new(store, bindery_queue::connect(&bindery_queue::Access::new("local:")).await.unwrap());
    // The damaged book is due first, so a sweep of one due time reaches no other.
    assert_eq!(sweep(&ports, &Scope::All, 1).await.unwrap().unserved, 1);
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 0);
    sweep(&ports, &Scope::All, 1 + 1).await.unwrap();
    assert_eq!(ports.queue.depth(Lane::Plans).await.unwrap(), 1);
}
