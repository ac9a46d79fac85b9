//! What a store promises about many books: which are open, how much is missing, and that a deleted one is gone.

use super::*;

/// Missing chapters are counted over several books.
pub async fn missing_chapters_are_counted_over_several_books(bench: &Bench) {
    let book = bench.planned(4).await;
    let other = request("another", 3);
    bench.store.accept(&other, None).await.unwrap();
    let both = [book.clone(), other.book_id()];
    assert_eq!(bench.store.missing(&both).await.unwrap(), 7);
    bench.commit(&book, TaskId::Write(1), chapter("one")).await;
    assert_eq!(bench.store.missing(&both).await.unwrap(), 6);
    assert_eq!(bench.store.missing(&both[..1]).await.unwrap(), 3);
    assert_eq!(bench.store.missing(&[]).await.unwrap(), 0);
}

/// Books are open until they are settled.
pub async fn books_are_open_until_they_are_settled(bench: &Bench) {
    let book = bench.planned(1).await;
    assert_eq!(bench.store.load().await.unwrap().open_books, 1);
    let open = bench.store.open_books().await.unwrap();
    assert_eq!(open, [bench.store.book(&book).await.unwrap().unwrap()]);
    bench.store.operate(&book, Operation::Cancel).await.unwrap();
    assert_eq!(bench.store.load().await.unwrap().open_books, 0);
    assert!(bench.store.open_books().await.unwrap().is_empty());
}

/// A deleted book is gone with all that belonged to it.
pub async fn a_deleted_book_is_gone_with_all_that_belonged_to_it(bench: &Bench) {
    let book = bench.planned(1).await;
    assert!(bench.store.delete(&book).await.unwrap());
    assert!(!bench.store.delete(&book).await.unwrap());
    assert_eq!(bench.store.book(&book).await.unwrap(), None);
    assert!(bench.store.tasks(&book).await.unwrap().is_empty());
    assert!(bench.store.events(&book, 0, 10).await.unwrap().is_empty());
    assert_eq!(bench.step(&book, TaskId::Plan, probe()).await, Answer::Closed);
}
