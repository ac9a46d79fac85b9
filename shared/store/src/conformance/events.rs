//! What a store promises about events, and about the lock of those who publish them.

use super::*;

/// Events are numbered without gaps and read from any number.
pub async fn events_are_numbered_without_gaps_and_read_from_any_number(bench: &Bench) {
    let book = bench.planned(1).await;
    let events = bench.store.events(&book, 0, 100).await.unwrap();
    let kinds: Vec<&str> = events.iter().map(|event| event.what.name()).collect();
    assert_eq!(kinds, ["accepted", "started", "planned"]);
    assert_eq!(events.iter().map(|event| event.seq).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(bench.store.events(&book, 2, 100).await.unwrap(), events[2..]);
    let unknown = BookId::of("nobody", "none");
    assert_eq!(bench.store.last_events(&[unknown, book]).await.unwrap(), [0, 3]);
}

/// A book has unpublished events until the last is published.
pub async fn a_book_has_unpublished_events_until_the_last_is_published(bench: &Bench) {
    let book = bench.planned(1).await;
    assert_eq!(bench.store.unpublished_events(10).await.unwrap(), [Unpublished { book: book.clone(), published: 0 }]);
    bench.store.mark_events_published(&book, 2).await.unwrap();
    bench.store.mark_events_published(&book, 1).await.unwrap();
    assert_eq!(bench.store.unpublished_events(10).await.unwrap(), [Unpublished { book: book.clone(), published: 2 }]);
    bench.store.mark_events_published(&book, 3).await.unwrap();
    assert!(bench.store.unpublished_events(10).await.unwrap().is_empty());
    bench.commit(&book, TaskId::Write(1), chapter("one")).await;
    assert_eq!(bench.store.unpublished_events(10).await.unwrap(), [Unpublished { book, published: 3 }]);
}

/// A leader lock has one holder until its term is over.
pub async fn a_leader_lock_has_one_holder_until_its_term_is_over(bench: &Bench) {
    let term = Duration::from_secs(10);
    let take = |holder: &'static str| bench.store.take_leader_lock("sweeper", holder, term);
    assert!(take("a").await.unwrap());
    assert!(!take("b").await.unwrap());
    bench.pass(Duration::from_secs(9));
    assert!(take("a").await.unwrap(), "its holder may keep it");
    bench.pass(Duration::from_secs(9));
    assert!(!take("b").await.unwrap());
    bench.pass(Duration::from_secs(2));
    assert!(take("b").await.unwrap());
    assert!(!take("a").await.unwrap());
    assert!(bench.store.take_leader_lock("herald", "a", term).await.unwrap(), "it is another lock");
}
