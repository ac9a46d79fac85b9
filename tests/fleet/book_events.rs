//! Do listeners learn what becomes of a book that is not completed?

use std::collections::BTreeSet;

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{BookEvent, Fleet, three_chapters};

fn names(events: &[BookEvent]) -> Vec<&str> {
    events.iter().map(|event| event.name.as_str()).collect()
}

#[test]
fn book_events_say_which_chapter_failed_and_why_the_book_failed() {
    let second = Match { chapter: Some(2), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(second, Fault::Empty));
    let fleet = Fleet::with_faults(faults).with([("BINDERY_LEDGER__TRIES", "1")]).serving(&["all"]);
    fleet.listen();
    let book = fleet.order(three_chapters());
    let events = fleet.hears("failed");
    let mut sorted = names(&events);
    assert_eq!((sorted[0], sorted[1], *sorted.last().unwrap()), ("accepted", "planned", "failed"));
    sorted.sort_unstable();
    assert_eq!(sorted, ["accepted", "chapter_done", "chapter_done", "chapter_failed", "failed", "planned"]);
    let failed = events.iter().find(|event| event.name == "chapter_failed").unwrap();
    assert_eq!(failed.body["data"]["chapter"], 2, "{failed:?}");
    for event in events.iter().filter(|event| event.name.ends_with("failed")) {
        assert!(!event.body["data"]["detail"].as_str().unwrap().is_empty(), "{event:?}");
        assert_eq!(event.body["data"]["book"], *book.id, "{event:?}");
    }
}

#[test]
fn book_events_say_that_a_book_is_held_and_cancelled_and_each_has_an_id_of_its_own() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    fleet.listen();
    fleet.outline("tides", &three_chapters());
    let book = fleet.submit("tides", &[]);
    fleet.run(&["hold", &book]).exits(0);
    fleet.run(&["cancel", &book]).exits(0);
    let mut events = fleet.hears("cancelled");
    assert_eq!(names(&events), ["accepted", "planned", "held", "cancelled"]);
    // The same name again, once the book is deleted, is another book with the same id.
    fleet.run(&["delete", &book, "--yes"]).exits(0);
    assert_eq!(fleet.submit("tides", &[]), book);
    fleet.run(&["cancel", &book]).exits(0);
    events.extend(fleet.hears("cancelled"));
    assert_eq!(events.len(), 7);
    let ids: BTreeSet<&str> = events.iter().map(|event| event.body["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), events.len(), "{events:#?}");
    fleet.keep_serving(&["worker"]);
}
