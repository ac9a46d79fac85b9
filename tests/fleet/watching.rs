//! Do the commands that wait for a book outlive a restart of the broker and of the store?

use crate::support::{Fleet, ModelServer, three_chapters};

fn times(said: &str, words: &str) -> usize {
    said.lines().filter(|line| line.contains(words)).count()
}

#[test]
fn whoever_waits_for_a_book_waits_on_while_the_store_and_the_broker_are_restarted() {
    let (model, paused) = ModelServer::held_back([1]);
    let mut fleet = Fleet::with_own_broker(model).serving(&["dispatcher", "worker", "assembler"]);
    fleet.allows_heals();
    fleet.outline("book", &three_chapters());
    let mut submitting = fleet.start(&["submit", "book.md", "--no-plan", "--wait"]);
    assert!(submitting.shows(1), "the book has an id once it is accepted");
    let book = fleet.run(&["--json", "books"]).exits(0).values()[0]["id"].as_str().unwrap().to_owned();
    let mut watching = fleet.start(&["watch", &book]);
    assert!(watching.shows(1));
    fleet.redis.kill();
    submitting.says("Waiting for the store");
    watching.says("Waiting for the store");
    fleet.broker.kill();
    fleet.redis.start_again();
    fleet.broker.start_again();
    paused.resume_all();
    let submitted = submitting.end().exits(0);
    assert!(submitted.stdout.contains("book.epub"), "{}", submitted.stdout);
    for said in [submitted.stderr, watching.end().exits(0).stderr] {
        assert_eq!(times(&said, "Waiting for the store"), 1, "{said}");
        assert_eq!(times(&said, "The store answers again."), 1, "{said}");
    }
}

#[test]
fn a_submission_that_is_not_answered_yet_outlives_a_restart_of_the_broker() {
    let mut fleet = Fleet::with_own_broker(ModelServer::start(ModelServer::settings()));
    fleet.allows_heals();
    let mut submitting = fleet.submits(&three_chapters(), &["--no-plan", "--wait"]);
    fleet.queues("submissions", 1);
    fleet.broker.kill();
    submitting.says("Waiting for the broker");
    fleet.broker.start_again();
    let fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    submitting.end().exits(0);
    drop(fleet);
}

#[test]
fn a_watcher_is_shown_the_events_that_take_the_numbers_of_lost_ones() {
    let (model, paused) = ModelServer::held_back([1]);
    let mut fleet = Fleet::with_own_broker(model).serving(&["dispatcher"]);
    fleet.allows_heals();
    let book = fleet.order(three_chapters());
    let mut watching = fleet.start(&["--json", "watch", &book.id]);
    assert!(watching.shows(1));
    let before = fleet.redis.snapshot();
    let worker = fleet.serve(&["worker"]);
    watching.event(|event| event["kind"] == "chapter_done");
    worker.kill();
    fleet.redis.roll_back(&before);
    watching.says("The store went back to an earlier state");
    let fleet = fleet.serving(&["worker", "assembler"]);
    paused.resume_all();
    let shown = watching.end().exits(0).values();
    for event in fleet.run(&["--json", "watch", &book.id]).exits(0).values() {
        assert!(shown.contains(&event), "{event} was not shown");
    }
}
