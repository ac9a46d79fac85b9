//! Does `bindery why` print what a book waits for, in the words that docs/stuck.md explains?

use std::fs;

use bindery_stand_in::{Fault, Faults, Rule};

use crate::support::{Fleet, ModelServer, six_chapters, three_chapters};

const PAGE: &str = include_str!("../docs/stuck.md");

/// Returns the words of a line without numbers, names of books and processes, and times.
fn words(line: &str) -> Vec<&str> {
    let word = |word: &&str| word.chars().all(char::is_alphabetic) && !["", "h", "min", "s"].contains(word);
    line.split(|c: char| c.is_whitespace() || ".:;,`()".contains(c)).filter(word).collect()
}

/// Waits until `why` prints this reason for a book, and checks that the page shows each line with it.
#[track_caller]
fn says(fleet: &Fleet, book: &str, reason: &str) {
    let mut why = String::new();
    fleet.wait_until(&format!("the reason is {reason:?}"), || {
        why = fleet.run(&["why", book]).exits(0).stdout;
        why.contains(reason)
    });

    for line in why.lines().filter(|line| line.contains(reason)) {
        let shown = PAGE.lines().any(|shown| shown.starts_with("    ") && words(shown) == words(line));
        assert!(shown, "docs/stuck.md does not show {line:?}");
    }
}

/// Returns a running fleet whose model server has this fault in every call.
fn with_fault(fault: Fault) -> Fleet {
    Fleet::with_faults(Faults::none().with_rule(Rule::always(fault))).serving(&["all"])
}

/// Submits a book, checks what it waits for, and cancels it.
fn waits(fleet: &Fleet, reason: &str) {
    let book = fleet.order(three_chapters());
    says(fleet, &book.id, reason);
    fleet.run(&["cancel", &book.id]).exits(0);
    // A chapter that waits in its slot learns of the cancellation when its lease is next renewed.
    fleet.wait_until("no lease is left", || fleet.ledger(&book.id).tasks().iter().all(|task| task["lease"].is_null()));
}

#[test]
fn a_book_says_that_the_providers_account_is_empty() {
    waits(&with_fault(Fault::OutOfMoney), "out of money");
}

#[test]
fn a_book_says_that_its_provider_is_overloaded() {
    waits(&with_fault(Fault::Overloaded), "overloaded (529)");
}

#[test]
fn a_book_says_that_its_provider_limits_the_rate() {
    waits(&with_fault(Fault::RateLimitedRetryAfter { seconds: 40 }), "limits the rate");
}

#[test]
fn a_book_says_that_there_is_no_model_server() {
    // No server listens on the discard port.
    let nobody = [("BINDERY_PROVIDERS__STAND_IN__BASE_URL", "http://127.0.0.1:9/v1")];
    waits(&Fleet::new().with(nobody).serving(&["all"]), "Connection refused");
}

#[test]
fn a_book_says_that_its_budget_is_used_up() {
    let fleet = Fleet::new();
    let prices = fleet.path("prices.toml");
    let price = "date = \"2026-01-01\"\n\n[[price]]\nmodel = \"stand-in:prose\"\ninput = 100.0\noutput = 100.0\n";
    fs::write(&prices, price).unwrap();
    let fleet = fleet.with([("BINDERY_MODEL__PRICES_FILE", prices.to_str().unwrap())]).serving(&["all"]);
    fleet.outline("book", &six_chapters());
    let book = fleet.submit("book", &["--budget", "2"]);
    says(&fleet, &book, "Its budget is used up");
    fleet.run(&["cancel", &book]).exits(0);
}

#[test]
fn a_book_says_that_its_audit_is_not_yet_with_the_broker() {
    let (model, paused) = ModelServer::held_back([3]);
    let fleet = Fleet::with_own_broker(model).with([("BINDERY_QUEUE__TIMEOUT", "2s")]);
    let mut fleet = fleet.serving(&["all"]);
    let book = fleet.order(three_chapters());
    fleet.wait_until("the third chapter is under way", || {
        fleet.model.calls().keys().any(|subject| subject.chapter == Some(3))
    });
    fleet.broker.alarm(true);
    paused.resume_all();
    says(&fleet, &book.id, "not yet with the broker");
    fleet.broker.alarm(false);
    fleet.allows_heals();
    fleet.finishes(&book);
}
