//! What a store promises about many books: which are open, how much is missing, and that a deleted one is gone.

use futures_util::future;

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

/// The limit of open books holds under parallel accepts of several processes.
pub async fn the_limit_of_open_books_holds_under_parallel_accepts_of_several_processes(bench: &Bench) {
    const LIMIT: u64 = 5;

    let rules = Rules { max_open_books: Some(LIMIT), ..RULES };
    let stores = future::join_all((0..4).map(|_| bench.again_with(rules))).await;
    let requests: Vec<Request> = (0..16).map(|number| request(&format!("book {number}"), 1)).collect();
    let accept = |(number, request): (usize, _)| stores[number % stores.len()].accept(request, None);
    let answers = future::try_join_all(requests.iter().enumerate().map(accept)).await.unwrap();
    let (taken, refused): (Vec<_>, Vec<_>) =
        requests.iter().zip(&answers).partition(|(_, answer)| matches!(answer, Accepted::New(_)));
    assert_eq!(taken.len() as u64, LIMIT);
    assert!(refused.iter().all(|(_, answer)| **answer == Accepted::Full), "{answers:?}");
    assert_eq!(stores[0].load().await.unwrap().open_books, LIMIT);
    assert_eq!(stores[0].books().await.unwrap().len() as u64, LIMIT, "a refused book was stored");
    // What is open already needs no room.
    let (known, waiting) = (taken[0].0, refused[0].0);
    assert!(matches!(stores[1].accept(known, None).await.unwrap(), Accepted::Exists(_)));
    let other = request(&known.request_id, 2);
    assert_eq!(stores[1].accept(&other, None).await.unwrap(), Accepted::Conflict);
    stores[2].operate(&known.book_id(), Operation::Cancel).await.unwrap();
    assert!(matches!(stores[3].accept(waiting, None).await.unwrap(), Accepted::New(_)));
    assert_eq!(stores[3].accept(refused[1].0, None).await.unwrap(), Accepted::Full);
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
