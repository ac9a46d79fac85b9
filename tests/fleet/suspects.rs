//! Is a chapter given up that crashes its workers, and do other chapters lose nothing?

use crate::support::{FinishedParts, Fleet, brisk, three_chapters};

#[test]
fn a_chapter_that_crashes_its_worker_again_and_again_is_tried_alone_and_then_given_up() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "assembler"]);
    fleet.expects_heals(&["lease_lapsed"]);
    let book = fleet.order(three_chapters());
    let given_up = |fleet: &Fleet| fleet.ledger(&book.id).standing(2) == "dead";
    let (mut deaths, mut kept): (u32, Vec<FinishedParts>) = (0, Vec::new());
    while !given_up(&fleet) {
        let mut worker = fleet.doomed("worker", "during_call_of_write/2");
        fleet.wait_until("the worker dies, or its chapter is given up", || worker.has_ended() || given_up(&fleet));
        if worker.has_ended() {
            worker.dies();
            deaths += 1;
            kept.push(fleet.kept(&book));
        } else {
            worker.terminate();
            worker.end().exits(0);
        }
    }
    // Four deaths count. Of two that follow each other at once, only one does, and a busy machine lets some come later.
    assert!((5..=7).contains(&deaths), "{deaths} workers died");
    fleet.run(&["watch", &book.id]).exits(1);
    let ledger = fleet.ledger(&book.id);
    assert_eq!([1, 2, 3].map(|chapter| ledger.standing(chapter)), ["done", "dead", "done"]);
    let reason = ledger.chapter(2)["reason"].as_str().unwrap();
    assert!(reason.contains("4 times in a row, the last time working on it alone"), "{reason}");
    fleet.keep_serving(&["worker"]);
    fleet.run(&["redrive", &book.id]).exits(0);
    fleet.finishes(&book);
    assert!(kept.last().unwrap().len() > 1, "the other chapters had finished nothing");
    kept.iter().for_each(|kept| kept.left_alone(&fleet.model));
}
