//! Are listeners told of what becomes of a book that does not come out?

use std::collections::BTreeSet;

use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Fleet, News, three_chapters};

fn events(told: &[News]) -> Vec<&str> {
    told.iter().map(|news| news.event.as_str()).collect()
}

#[test]
fn listeners_are_told_which_chapter_failed_and_why_the_book_did() {
    let second = Match { chapter: Some(2), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(second, Fault::Empty));
    let fleet = Fleet::with_faults(faults).with([("BINDERY_LEDGER__TRIES", "1")]).serving(&["all"]);
    fleet.listen();
    let book = fleet.order(three_chapters());
    let told = fleet.hears("failed");
    let mut sorted = events(&told);
    assert_eq!((sorted[0], sorted[1], *sorted.last().unwrap()), ("accepted", "planned", "failed"));
    sorted.sort_unstable();
    assert_eq!(sorted, ["accepted", "chapter_done", "chapter_done", "chapter_failed", "failed", "planned"]);
    let failed = told.iter().find(|news| news.event == "chapter_failed").unwrap();
    assert_eq!(failed.told["data"]["chapter"], 2, "{failed:?}");
    for news in told.iter().filter(|news| news.event.ends_with("failed")) {
        assert!(!news.told["data"]["detail"].as_str().unwrap().is_empty(), "{news:?}");
        assert_eq!(news.told["data"]["book"], *book.id, "{news:?}");
    }
}

#[test]
fn listeners_are_told_that_a_book_stands_still_and_that_it_was_called_off_and_no_two_news_have_one_id() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    fleet.listen();
    fleet.outline("tides", &three_chapters());
    let book = fleet.submit("tides", &[]);
    fleet.run(&["hold", &book]).exits(0);
    fleet.run(&["cancel", &book]).exits(0);
    let mut told = fleet.hears("cancelled");
    assert_eq!(events(&told), ["accepted", "planned", "held", "cancelled"]);
    // The same name again, once the book is deleted, is another book with the same id.
    fleet.run(&["delete", &book, "--yes"]).exits(0);
    assert_eq!(fleet.submit("tides", &[]), book);
    fleet.run(&["cancel", &book]).exits(0);
    told.extend(fleet.hears("cancelled"));
    assert_eq!(told.len(), 7);
    let ids: BTreeSet<&str> = told.iter().map(|news| news.told["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), told.len(), "{told:#?}");
    fleet.keep_serving(&["worker"]);
}
