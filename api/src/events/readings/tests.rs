use bindery_ledger::{
    Operation,
    sample::{RULES, request},
};
use bindery_store::{Access, Clock};

use super::*;

async fn numbers(readings: &Readings, store: &dyn Store, book: &BookId, last: Option<u64>) -> Vec<u64> {
    let events = readings.behind(store, book, 0, last).await.unwrap();
    events.iter().map(|event| event.seq).collect()
}

#[tokio::test]
async fn listeners_share_a_reading_until_the_reader_has_seen_a_newer_event() {
    let folder = tempfile::tempdir().unwrap();
    let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let store = bindery_store::connect(&access, RULES, Clock::Own).await.unwrap();
    let (request, readings) = (request("tides", 2), Readings::default());
    store.accept(&request, None).await.unwrap();
    let book = request.book_id();
    let [first] = store.last_events(std::slice::from_ref(&book)).await.unwrap().try_into().unwrap();
    let all = |last: u64| (1..=last).collect::<Vec<_>>();
    assert_eq!(numbers(&readings, &*store, &book, Some(first)).await, all(first));
    store.operate(&book, Operation::Hold).await.unwrap();
    assert_eq!(numbers(&readings, &*store, &book, Some(first)).await, all(first), "the store was read again");
    assert_eq!(numbers(&readings, &*store, &book, None).await, all(first + 1), "nobody has looked yet");
    assert_eq!(numbers(&readings, &*store, &book, Some(first + 1)).await, all(first + 1));
    let behind = readings.behind(&*store, &book, first, Some(first + 1)).await.unwrap();
    assert_eq!(behind.iter().map(|event| event.seq).collect::<Vec<_>>(), [first + 1]);
    readings.keep(|_| false);
    assert!(readings.of.lock().unwrap().is_empty());
}
