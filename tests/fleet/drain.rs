//! Does a process that is asked to stop lose nothing, repeat nothing, and exit?

use std::time::{Duration, Instant};

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{FinishedParts, Fleet, Ledger, Outline, Running, brisk, six_chapters, three_chapters};

/// The titles of enough chapters to keep six workers busy.
const TITLES: [&str; 12] =
    ["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts", "Buoys", "Lamps", "Anchors", "Winds", "Knots", "Stars"];

/// Checks that no try was charged and that no lease lapsed.
#[track_caller]
fn uncharged(ledger: &Ledger) {
    for task in ledger.tasks() {
        assert_eq!(task["lapses"], 0, "{task:#}");
        assert!(task["parts"].as_object().unwrap().values().all(|part| part["tries"] == 0), "{task:#}");
    }
}

#[test]
fn a_worker_that_is_asked_to_stop_finishes_what_it_can() {
    let mut fleet = Fleet::new().serving(&["dispatcher", "assembler"]);
    let leaving = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    leaving.terminate();
    leaving.end().exits(0);
    fleet.keep_serving(&["worker"]);
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls, "something was called again");
    uncharged(&ledger);
}

#[test]
fn a_chapter_that_takes_longer_than_the_grace_is_handed_back_and_continues_from_its_finished_parts() {
    let (fleet, paused) = Fleet::held_back([2]);
    let mut fleet = fleet.with([("BINDERY_SERVE__GRACE", "1s")]).serving(&["dispatcher", "assembler"]);
    let leaving = fleet.serve(&["worker"]);
    let book = fleet.order(three_chapters());
    fleet.wait_until("only the second chapter is missing", || {
        let ledger = fleet.ledger(&book.id);
        ledger.standing(1) == "done" && ledger.standing(3) == "done" && !ledger.chapter(2)["lease"].is_null()
    });
    leaving.terminate();
    leaving.end().exits(0);
    let kept = fleet.kept(&book);
    assert!(fleet.ledger(&book.id).chapter(2)["lease"].is_null(), "the worker kept its lease");
    paused.resume_all();
    fleet.keep_serving(&["worker"]);
    uncharged(&fleet.finishes(&book));
    kept.left_alone(&fleet.model);
}

#[test]
fn a_draining_worker_takes_no_new_chapter() {
    let (fleet, paused) = Fleet::held_back([1]);
    // A worker with two calls at once has one slot.
    let mut fleet = fleet.with([("BINDERY_MODEL__CALLS", "2")]).serving(&["dispatcher", "assembler"]);
    let leaving = fleet.serve(&["worker"]);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the call that is held back", |stats| stats.calls >= 1);
    fleet.wait_until("its consumer is listed", || fleet.lane("chapters").consumers == 1);
    leaving.terminate();
    fleet.wait_until("it consumes no more", || fleet.lane("chapters").consumers == 0);
    paused.resume_all();
    leaving.end().exits(0);
    let ledger = fleet.ledger(&book.id);
    assert_eq!([1, 2, 3].map(|chapter| ledger.standing(chapter)), ["done", "released", "released"]);
    assert!([2, 3].iter().all(|chapter| ledger.chapter(*chapter)["fence"] == 0), "it took another chapter");
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book);
}

#[test]
fn a_rolling_restart_of_all_workers_under_load_repeats_no_finished_part_and_charges_no_try() {
    let (fleet, paused) = Fleet::held_back(1..=12);
    // Each worker has two slots, so that all chapters are under way, and the grace is too short for a call.
    let fleet = fleet.with([("BINDERY_SERVE__GRACE", "50ms"), ("BINDERY_MODEL__CALLS", "4")]);
    let mut fleet = fleet.serving(&["dispatcher", "assembler"]);
    let mut workers: Vec<Running> = (0..6).map(|_| fleet.serve(&["worker"])).collect();
    let book = fleet.order(Outline::of(&TITLES));
    let mut kept: Vec<FinishedParts> = Vec::new();
    for chapter in 1..=6 {
        paused.resume(chapter);
        fleet.wait_until("the next chapter is done", || fleet.ledger(&book.id).standing(chapter) == "done");
        let leaving = workers.remove(0);
        leaving.terminate();
        leaving.end().exits(0);
        kept.push(fleet.kept(&book));
        workers.push(fleet.serve(&["worker"]));
    }
    paused.resume_all();
    uncharged(&fleet.finishes(&book));
    kept.iter().for_each(|kept| kept.left_alone(&fleet.model));
    workers.into_iter().for_each(|worker| fleet.keep(worker));
}

#[test]
fn a_second_signal_ends_a_worker_at_once_and_loses_no_finished_part() {
    let (fleet, paused) = Fleet::held_back([2]);
    let mut fleet = fleet.with(brisk()).serving(&["dispatcher", "assembler"]);
    let mut leaving = fleet.serve(&["worker"]);
    let book = fleet.order(three_chapters());
    fleet.wait_until("the other chapters are done", || {
        let ledger = fleet.ledger(&book.id);
        [1, 3].iter().all(|chapter| ledger.standing(*chapter) == "done")
    });
    leaving.terminate();
    leaving.says("Ask again to stop at once");
    leaving.terminate();
    leaving.end().exits(0);
    let kept = fleet.kept(&book);
    paused.resume_all();
    fleet.expects_heals(&["lease_lapsed"]);
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book);
    kept.left_alone(&fleet.model);
}

#[test]
fn a_store_that_never_answers_does_not_keep_a_worker_from_stopping() {
    let (fleet, paused) = Fleet::held_back([1, 2, 3]);
    let settings = [("BINDERY_SERVE__GRACE", "1s"), ("BINDERY_STORE__TIMEOUT", "2s")];
    let mut fleet = fleet.with(brisk()).with(settings).serving(&["dispatcher", "assembler"]);
    let mut leaving = fleet.serve(&["worker"]);
    let book = fleet.order(three_chapters());
    fleet.model.wait_for("the calls that are held back", |stats| stats.calls >= 3);
    fleet.redis.process().freeze();
    paused.resume_all();
    leaving.says("the store failed; trying again");
    let asked = Instant::now();
    leaving.terminate();
    leaving.end().exits(0);
    // A second for the work, five for its last words, and what is then still asked of the store and the broker.
    assert!(asked.elapsed() < Duration::from_secs(30), "it took {:?} to stop", asked.elapsed());
    fleet.redis.process().thaw();
    fleet.expects_heals(&["lease_lapsed"]);
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book);
}

#[test]
fn a_chapter_whose_message_was_held_for_long_goes_on_from_its_finished_parts() {
    let endless = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(endless, Fault::Hang).times(1));
    let fleet = Fleet::with_faults(faults).with([("BINDERY_QUEUE__HOLD", "2s")]);
    let fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    let ledger = fleet.finishes(&book);
    uncharged(&ledger);
    assert_eq!(ledger.chapter(2)["fence"], 2, "no other lease was given");
    let known = ledger.calls().values().sum::<u64>();
    assert_eq!(fleet.model.stats().calls, known + 1, "more than the hanging call was made again");
}
