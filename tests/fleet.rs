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
fn another_outline_under_a_name_that_is_taken_is_rejected_and_the_book_is_left_alone() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &["--id", "one"]);
    fleet.outline("moons", &Outline::of(&["Moons"]));
    let rejected = fleet.run(&["submit", "moons.md", "--no-plan", "--id", "one"]).exits(64);
    assert_eq!(rejected.stdout, "");
    assert!(rejected.stderr.contains("the request id names another book already"), "{}", rejected.stderr);
    fleet.finishes(&book, &outline);
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

#[test]
fn a_worker_that_is_asked_to_stop_hands_its_chapters_back_uncharged() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let leaving = fleet.serve(&["worker"]);
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    leaving.interrupt();
    leaving.end().exits(0);
    fleet.keep_serving(&["worker"]);
    let ledger = fleet.finishes(&book, &outline);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls, "a finished part was called again");
    let lapses = ledger.tasks().iter().map(|task| task["lapses"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(lapses, 0);
}

#[test]
fn a_worker_that_is_frozen_past_its_leases_and_wakes_doubles_nothing() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let sleeper = fleet.serve(&["worker"]);
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    sleeper.freeze();
    fleet.keep_serving(&["worker"]);
    let ledger = fleet.finishes(&book, &outline);
    sleeper.thaw();
    sleeper.interrupt();
    sleeper.end().exits(0);
    let after = fleet.finishes(&book, &outline);
    assert_eq!(after.book("binding"), ledger.book("binding"), "the book changed when its former worker woke");
    assert_eq!(after.book("edition"), 1);
}

#[test]
fn a_store_that_is_killed_and_comes_back_costs_no_book() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.redis.kill();
    fleet.redis.start_again();
    fleet.finishes(&book, &outline);
}

#[test]
fn a_store_that_is_full_for_a_while_can_be_read_and_costs_no_book() {
    let mut fleet = Fleet::new();
    for roles in [["dispatcher"], ["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1"]);
    let why = fleet.run(&["why", &book]).exits(0).stdout;
    assert!(why.contains("The book is"), "{why}");
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "0"]);
    fleet.finishes(&book, &outline);
}

#[test]
fn a_broker_that_is_killed_and_comes_back_costs_no_book() {
    let mut fleet = Fleet::with_own_broker();
    for roles in [["dispatcher"], ["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    let outline = Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"]);
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    fleet.broker.kill();
    fleet.broker.start_again();
    fleet.finishes(&book, &outline);
}

#[test]
fn what_nobody_can_read_is_told_with_its_reason_and_leaves_the_rest_alone() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["all"]);
    fleet.publish("bindery.submit", "book.submit", b"not JSON at all");
    fleet.queues("dead", 1);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("is no submission"), "{listed}");
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    fleet.finishes(&book, &outline);
    let shown = fleet.run(&["dead", "show", "by-hand"]).exits(0);
    assert_eq!(shown.stdout.trim(), "not JSON at all");
    fleet.run(&["dead", "redrive", "by-hand"]).exits(0);
    fleet.queues("dead", 1);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    fleet.queues("dead", 0);
}

#[test]
fn operators_hold_lift_cancel_and_ask_why() {
    let mut fleet = Fleet::new();
    fleet.keep_serving(&["dispatcher"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let (book, other) = (fleet.submit("tides", &["--id", "one"]), fleet.submit("tides", &["--id", "other"]));
    fleet.run(&["hold", &book]).exits(0);
    let why = fleet.run(&["why", &book]).exits(0).stdout;
    assert!(why.contains(&format!("bindery hold {book} --lift")), "{why}");
    fleet.run(&["watch", &book]).exits(3);
    fleet.run(&["cancel", &other]).exits(0);
    fleet.run(&["cancel", &other]).exits(0);
    fleet.run(&["watch", &other]).exits(1);
    for roles in [["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    fleet.run(&["hold", &book, "--lift"]).exits(0);
    fleet.finishes(&book, &outline);
    fleet.run(&["cancel", &book]).exits(64);
    assert!(fleet.run(&["why", &book]).exits(0).stdout.contains("waits for nothing"));
}
