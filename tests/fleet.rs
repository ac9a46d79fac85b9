//! Does a fleet of processes on a real broker and a real store write whole books?

mod book_events;
mod commands;
mod crash_points;
mod drain;
mod limits;
mod logs;
mod managed;
mod outages;
mod poison;
mod pressure;
mod scaling;
mod secrets;
mod suspects;
mod tenants;
mod watching;

use crate::support::{Fleet, Ordered, Outline, brisk, six_chapters, three_chapters};

#[test]
fn processes_that_share_a_broker_and_a_store_write_a_submitted_book() {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "worker", "assembler"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let said = fleet.submit("tides", &["--wait", "--out", "out"]);
    let id = said.lines().next().unwrap().to_owned();
    let ledger = fleet.finishes(&Ordered { id, outline });
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
}

#[test]
fn a_worker_needs_no_disk() {
    let mut fleet = Fleet::new().serving(&["dispatcher", "assembler"]);
    let nowhere = fleet.path("a file");
    std::fs::write(&nowhere, "").unwrap();
    let nowhere = nowhere.join("data").display().to_string();
    let worker = fleet.serve_with(&["worker"], &[("BINDERY_DATA__DIR", &nowhere)]);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    fleet.keep(worker);
}

#[test]
fn a_process_logs_settings_of_the_store_that_put_books_at_risk() {
    let mut fleet = Fleet::new();
    fleet.redis.cli(&["CONFIG", "SET", "save", ""]);
    fleet.redis.cli(&["CONFIG", "SET", "appendonly", "no"]);
    let mut worker = fleet.start(&["serve", "worker"]);
    for said in ["it keeps nothing on disk, so a restart loses all books", "Serving as worker"] {
        worker.says(said);
    }
    fleet.keep(worker);
}

#[test]
fn a_book_that_is_submitted_again_is_the_same_book() {
    let fleet = Fleet::new().serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = Ordered { id: fleet.submit("tides", &["--id", "one"]), outline };
    fleet.finishes(&book);
    let calls = fleet.model.stats().calls;
    assert_eq!(fleet.submit("tides", &["--id", "one"]), book.id);
    let told = fleet.run(&["status", "one"]).exits(0).stdout;
    assert!(told.contains(&book.id), "a book is found by the name that it was submitted under: {told}");
    let listed = fleet.run(&["books"]).exits(0).stdout;
    assert!(listed.contains(&format!("{}  bindery ", book.id)), "its tenant is missing in {listed}");
    assert_ne!(fleet.submit("tides", &["--id", "another", "--review"]), book.id);
    fleet.finishes(&book);
    assert_eq!(fleet.model.stats().calls, calls, "the book was written twice");
}

#[test]
fn another_outline_under_a_used_name_is_rejected_and_the_book_stays_as_it_is() {
    let fleet = Fleet::new().serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = Ordered { id: fleet.submit("tides", &["--id", "one"]), outline };
    fleet.outline("moons", &Outline::of(&["Moons"]));
    let rejected = fleet.run(&["submit", "moons.md", "--no-plan", "--id", "one"]).exits(64);
    assert_eq!(rejected.stdout, "");
    assert!(rejected.stderr.contains("the request id names another book already"), "{}", rejected.stderr);
    fleet.finishes(&book);
}

#[test]
fn several_books_at_once_are_all_whole_and_are_not_mixed() {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "worker", "assembler"]);
    let outlines = ["Staffs", "Moons", "Machines", "Ropes"].map(|first| Outline::of(&[first, "Bells", "Charts"]));
    for book in outlines.map(|outline| fleet.order(outline)) {
        fleet.finishes(&book);
    }
}

#[test]
fn a_submission_above_the_limit_of_open_books_waits_until_a_book_is_done() {
    let (fleet, paused) = Fleet::held_back([1]);
    let fleet = fleet.with([("BINDERY_SERVE__MAX_OPEN_BOOKS", "1")]);
    let mut fleet = fleet.serving(&["worker", "assembler"]);
    let mut dispatcher = fleet.serve(&["dispatcher"]);
    let first = fleet.order(three_chapters());
    let outline = Outline::of(&["Bells", "Charts"]);
    let mut submitting = fleet.submits(&outline, &["--no-plan"]);
    let full = dispatcher.says("no submission is taken in until books have finished");
    assert!(full.contains("1 books are open"), "{full}");
    fleet.queues("submissions", 1);
    assert!(!submitting.has_ended(), "it was answered while too many books were open");
    assert_eq!(fleet.run(&["--json", "books"]).exits(0).values().len(), 1);
    paused.resume_all();
    let first = fleet.finishes(&first);
    let id = submitting.end().exits(0).stdout.trim().to_owned();
    let second = fleet.finishes(&Ordered { id, outline });
    let (done, taken) = (first.book("settled_at").as_u64(), second.book("accepted_at").as_u64());
    assert!(done.is_some() && done <= taken, "the first was done at {done:?}, the second taken in at {taken:?}");
    fleet.keep(dispatcher);
}

#[test]
fn finished_parts_of_a_killed_worker_are_not_written_again() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "assembler"]);
    fleet.expects_heals(&["lease_lapsed"]);
    let doomed = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("half of the calls", |stats| stats.calls >= 9);
    doomed.kill();
    let kept = fleet.kept(&book);
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book);
    kept.left_alone(&fleet.model);
}

#[test]
fn a_worker_that_wakes_after_its_leases_have_ended_writes_nothing_twice() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "assembler"]);
    fleet.expects_heals(&["lease_lapsed"]);
    let mut sleeper = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    sleeper.freeze();
    fleet.keep_serving(&["worker"]);
    let ledger = fleet.finishes(&book);
    sleeper.thaw();
    sleeper.says("work stops");
    sleeper.terminate();
    sleeper.end().exits(0);
    let after = fleet.finishes(&book);
    assert_eq!(after.book("binding"), ledger.book("binding"), "the book changed after its former worker woke");
    assert_eq!(after.book("edition"), 1);
}

#[test]
fn a_fleet_writes_a_book_after_its_approval_and_rewrites_a_chapter_of_it() {
    let fleet = Fleet::new().serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let id = fleet.submit("tides", &["--review"]);
    fleet.run(&["watch", &id]).exits(3);
    assert_eq!(fleet.model.stats().calls, 0, "it was written before its plan was approved");
    fleet.run(&["approve", &id]).exits(0);
    let book = Ordered { id, outline };
    fleet.finishes(&book);
    fleet.run(&["rewrite", &book.id, "--chapter", "2", "--note", "Begin with the harbour.", "--yes"]).exits(0);
    let after = fleet.finishes(&book);
    let editions = [1, 2, 3].map(|chapter| after.chapter(chapter)["result"]["edition"].as_u64().unwrap());
    assert_eq!((after.book("edition").as_u64(), editions), (Some(2), [1, 2, 1]));
}

#[test]
fn a_submission_is_answered_once_its_book_is_on_disk_and_its_plan_does_not_wait_for_that() {
    let fleet = Fleet::new().with([("BINDERY_SERVE__WAIT_FOR_DISK", "true")]).serving(&["all"]);
    fleet.outline("tides", &three_chapters());
    let begun = std::time::Instant::now();
    let submitted = fleet.run(&["submit", "tides.md", "--no-plan"]).exits(0);
    let answered = begun.elapsed();
    assert!(fleet.model.stats().calls > 0, "the chapters waited for the disk");
    let flushed = fleet.redis.cli(&["INFO", "commandstats"]).contains("cmdstat_waitaof");
    assert!(flushed || answered >= std::time::Duration::from_secs(2), "it was answered after {answered:?}");
    fleet.finishes(&Ordered { id: submitted.stdout.trim().to_owned(), outline: three_chapters() });
}

#[test]
fn operators_can_hold_lift_cancel_and_ask_why() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    let (book, other) = (fleet.order(three_chapters()), fleet.order(three_chapters()).id);
    let id = book.id.as_str();
    fleet.run(&["hold", id]).exits(0);
    let why = fleet.run(&["why", id]).exits(0).stdout;
    assert!(why.contains(&format!("bindery hold {id} --lift")), "{why}");
    fleet.run(&["watch", id]).exits(3);
    fleet.run(&["cancel", &other]).exits(0);
    fleet.run(&["cancel", &other]).exits(64).tells(&["was cancelled already; nothing was done"]);
    fleet.run(&["rewrite", &other, "--chapter", "1"]).exits(64).tells(&["is cancelled", "another --id"]);
    let told = fleet.run(&["status", &other]).exits(0).stdout;
    assert!(told.contains("under another --id") && !told.contains("bindery write"), "{told}");
    fleet.run(&["watch", &other]).exits(1);
    for roles in [["worker"], ["assembler"]] {
        fleet.keep_serving(&roles);
    }
    fleet.run(&["hold", id, "--lift"]).exits(0);
    fleet.finishes(&book);
    fleet.run(&["cancel", id]).exits(64);
    assert!(fleet.run(&["why", id]).exits(0).stdout.contains("waits for nothing"));
}
