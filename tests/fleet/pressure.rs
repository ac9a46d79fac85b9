//! Is a fleet that takes nothing in for now healthy, and does it lose nothing however long that lasts?

use bindery_stand_in::PausedChapters;

use crate::support::{Fleet, Ordered, Outline, Running, three_chapters};

/// More often than the broker delivers a message before it gives it up.
const RESTARTS: usize = 25;

/// Returns a fleet in which one book is open and no other has room, with submissions that wait.
fn full(waiting: usize) -> (Fleet, Ordered, PausedChapters, Vec<Running>) {
    let (fleet, paused) = Fleet::held_back([1]);
    let fleet = fleet.with([("BINDERY_SERVE__MAX_OPEN_BOOKS", "1")]).serving(&["worker", "assembler"]);
    let dispatcher = fleet.serve(&["dispatcher"]);
    let first = fleet.order(three_chapters());
    dispatcher.kill();
    let submit = |number: usize| fleet.submits(&Outline::of(&["Bells"]), &["--no-plan", "--id", &number.to_string()]);
    let submitting = (0..waiting).map(submit).collect();
    fleet.queues("submissions", waiting as u64);
    (fleet, first, paused, submitting)
}

#[test]
fn a_dispatcher_without_room_is_ready_and_holds_no_submission_however_often_it_is_restarted() {
    let (mut fleet, first, paused, submitting) = full(2);
    fleet.allows_heals();
    for _ in 0..RESTARTS {
        let mut dispatcher = fleet.serve(&["dispatcher"]);
        dispatcher.says("no submission is taken in until books have finished");
        fleet.wait_until("nothing is held", || fleet.lane("submissions").ready == 2);
        dispatcher.kill();
    }
    let (dispatcher, probes) = fleet.serve_watched(&["dispatcher"]);
    probes.turns("/readyz", 200);
    assert_eq!(probes.get("/healthz").status, 200);
    fleet.wait_until("nothing is held", || fleet.lane("submissions").ready == 2);
    assert_eq!(fleet.queued("dead"), 0, "a submission was given up while there was no room for it");
    fleet.keep(dispatcher);
    paused.resume_all();
    fleet.finishes(&first);
    fleet.wait_until("all books are done", || {
        let books = fleet.run(&["--json", "books"]).exits(0).values();
        books.len() == 3 && books.iter().all(|book| book["state"] == "done")
    });
    drop(submitting);
}

#[test]
fn two_dispatchers_together_do_not_pass_the_limit_of_open_books_and_lose_no_submission() {
    const SUBMISSIONS: usize = 8;
    const LIMIT: usize = 2;
    let (fleet, paused) = Fleet::held_back([1]);
    let limit = LIMIT.to_string();
    let mut fleet = fleet.with([("BINDERY_SERVE__MAX_OPEN_BOOKS", limit.as_str())]).serving(&["worker", "assembler"]);
    let submit = |number: usize| fleet.submits(&Outline::of(&["Bells"]), &["--no-plan", "--id", &number.to_string()]);
    let submitting: Vec<Running> = (0..SUBMISSIONS).map(submit).collect();
    fleet.queues("submissions", SUBMISSIONS as u64);
    let mut dispatchers = [(); 2].map(|()| fleet.start(&["serve", "dispatcher"]));
    for dispatcher in &mut dispatchers {
        dispatcher.says("no submission is taken in until books have finished");
    }
    fleet.wait_until("nothing is held", || fleet.lane("submissions").ready == (SUBMISSIONS - LIMIT) as u64);
    let books = |fleet: &Fleet| fleet.run(&["--json", "books"]).exits(0).values();
    assert_eq!(books(&fleet).len(), LIMIT);
    assert_eq!(fleet.queued("dead"), 0, "a submission was given up while there was no room for it");
    dispatchers.into_iter().for_each(|dispatcher| fleet.keep(dispatcher));
    paused.resume_all();
    fleet.wait_until("all books are done", || {
        let books = books(&fleet);
        books.len() == SUBMISSIONS && books.iter().all(|book| book["state"] == "done")
    });
    drop(submitting);
}
