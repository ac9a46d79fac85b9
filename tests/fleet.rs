//! Does a fleet of processes on a real broker and a real store write the same book?

use crate::support::{Fleet, Outline, three_chapters};

#[test]
fn a_submitted_book_comes_out_whole_from_processes_that_share_a_broker_and_a_store() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["worker"], ["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &["--wait", "--out", "out"]);
    let book = book.lines().next().unwrap();
    let ledger = fleet.finishes(book, &outline);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
}

#[test]
fn a_book_that_is_submitted_again_is_the_same_book() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &["--id", "one"]);
    fleet.finishes(&book, &outline);
    let calls = fleet.model.stats().calls;
    assert_eq!(fleet.submit("tides", &["--id", "one"]), book);
    assert_ne!(fleet.submit("tides", &["--id", "another", "--review"]), book);
    fleet.finishes(&book, &outline);
    assert_eq!(fleet.model.stats().calls, calls, "the book was written twice");
}

#[test]
fn several_books_at_once_are_all_whole_and_none_is_mixed_with_another() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["worker"], ["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let outlines = ["Staffs", "Moons", "Machines", "Ropes"].map(|first| Outline::of(&[first, "Bells", "Charts"]));
    let books: Vec<String> = outlines
        .iter()
        .enumerate()
        .map(|(number, outline)| {
            let name = format!("book-{number}");
            fleet.outline(&name, outline);
            fleet.submit(&name, &[])
        })
        .collect();
    for (book, outline) in books.iter().zip(&outlines) {
        fleet.finishes(book, outline);
    }
}

#[test]
fn what_is_finished_of_a_killed_worker_is_not_written_again() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let doomed = fleet.serve(&["worker"]);
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("half of the calls", |stats| stats.calls >= 9);
    doomed.kill();
    let kept = fleet.ledger(&book).kept();
    let before = fleet.model.calls();
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book, &outline);
    let after = fleet.model.calls();
    for (chapter, part) in kept.keys().filter(|(_, part)| *part > 0) {
        let section = ("section".to_owned(), Some(*chapter), Some(*part));
        assert_eq!(after.get(&section), before.get(&section), "part {part} of chapter {chapter} was called again");
    }
}
