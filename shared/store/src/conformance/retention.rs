//! Tests of how texts leave a store.

use bindery_domain::TaskId;
use bindery_ledger::{Binding, Book, Hold, Operated, Operation, Output, TaskRef, Texts};

use super::{Bench, RULES, chapter};
use crate::{Scope, Unpublished};

/// Texts leave a book page by page after its retention and its record stays.
pub async fn texts_leave_a_book_page_by_page_after_its_retention_and_its_record_stays(bench: &Bench) {
    let book = bench.planned(2).await;
    for number in [1, 2] {
        bench.commit(&book, TaskId::Write(number), chapter(&format!("text {number}"))).await;
    }
    bench.commit(&book, TaskId::Bind, Output::Binding(Binding::default())).await;
    let (record, tasks) = (bench.store.book(&book).await.unwrap().unwrap(), bench.store.tasks(&book).await.unwrap());
    assert!(!bench.store.remove_texts(&book, 100).await.unwrap(), "it is not time");
    let seq = bench.store.events(&book, 0, 100).await.unwrap().len() as u64;
    bench.store.mark_events_published(&book, seq).await.unwrap();
    bench.pass(RULES.retention.unwrap());
    let due = bench.store.due(&Scope::All, 10).await.unwrap().items;
    assert_eq!(due, [TaskRef { book: book.clone(), task: None }]);
    assert_eq!(bench.store.operate(&book, Operation::Expire).await.unwrap(), Some(Operated::Leaving));
    // The texts are the context, the two chapters and the binding.
    for left in [false, true] {
        assert_eq!(bench.store.due(&Scope::All, 10).await.unwrap().items, due, "it stays due until all have left");
        assert_eq!(bench.store.remove_texts(&book, 3).await.unwrap(), left);
    }
    bench.store.operate(&book, Operation::TextsRemoved).await.unwrap();
    assert!(bench.store.due(&Scope::All, 10).await.unwrap().items.is_empty());
    for result in tasks.iter().filter_map(|task| task.result.as_ref()) {
        assert_eq!(bench.store.text(&book, &result.digest).await.unwrap(), None);
    }
    assert!(bench.store.events(&book, 0, 100).await.unwrap().is_empty());
    assert_eq!(bench.store.book(&book).await.unwrap(), Some(Book { texts: Texts::Left, ..record }));
    assert_eq!(bench.store.tasks(&book).await.unwrap(), tasks);
    assert!(bench.store.request(&book).await.unwrap().is_some());
}

/// Unpublished events stay when the texts leave and the numbers go on.
pub async fn unpublished_events_stay_when_the_texts_leave_and_the_numbers_go_on(bench: &Bench) {
    let book = bench.planned(1).await;
    bench.store.operate(&book, Operation::Hold).await.unwrap();
    bench.store.operate(&book, Operation::Cancel).await.unwrap();
    let events = bench.store.events(&book, 0, 100).await.unwrap();
    let last = events.last().unwrap().seq;
    bench.store.mark_events_published(&book, last - 1).await.unwrap();
    bench.pass(RULES.retention.unwrap());
    bench.store.operate(&book, Operation::Expire).await.unwrap();
    assert!(bench.store.remove_texts(&book, 100).await.unwrap());
    assert_eq!(bench.store.events(&book, 0, 100).await.unwrap(), events[events.len() - 1..]);
    assert_eq!(
        bench.store.unpublished_events(10).await.unwrap(),
        [Unpublished { book: book.clone(), published: last - 1 }]
    );
    bench.store.mark_events_published(&book, last).await.unwrap();
    assert!(bench.store.remove_texts(&book, 100).await.unwrap());
    assert!(bench.store.events(&book, 0, 100).await.unwrap().is_empty());
    bench.store.operate(&book, Operation::Lift(Hold::Operator)).await.unwrap();
    let seqs: Vec<u64> = bench.store.events(&book, 0, 10).await.unwrap().iter().map(|event| event.seq).collect();
    assert_eq!(seqs, [last + 1]);
}

/// A book made again under its old name keeps its texts.
pub async fn a_book_made_again_under_its_old_name_keeps_its_texts(bench: &Bench) {
    let book = bench.planned(1).await;
    bench.store.operate(&book, Operation::Cancel).await.unwrap();
    bench.pass(RULES.retention.unwrap());
    bench.store.operate(&book, Operation::Expire).await.unwrap();
    bench.store.delete(&book).await.unwrap();
    assert_eq!(bench.planned(1).await, book);
    assert!(!bench.store.remove_texts(&book, 100).await.unwrap());
    let context = bench.store.book(&book).await.unwrap().unwrap().context.unwrap();
    assert!(bench.store.text(&book, &context).await.unwrap().is_some());
}
