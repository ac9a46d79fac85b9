//! The decision between continuing the book of an earlier run and replacing it. It changes nothing, because the user
//! first sees what will be paid for or lost.

use bindery_ledger::{Book, Order, State};

use super::changes;
use crate::{app::is_rehearsal, cli::WriteArgs, exit::Failure};

/// A book that an earlier run left.
pub(super) struct Stored<'a> {
    pub(super) book: &'a Book,
    /// The order with which the book was begun.
    pub(super) order: Order,
}

/// What the run does with a stored book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// Continue the stored book with this order.
    GoOn(Box<Order>),
    /// Write this order from the beginning, in place of the stored book.
    Replace(Box<Order>),
}

/// Decides between the stored book of an outline and a new order.
pub(super) fn decide(stored: Stored<'_>, new: Order, arguments: &WriteArgs) -> Result<Decision, Failure> {
    let Stored { book, order } = stored;
    let rehearsed = is_rehearsal(&book.models()) && !is_rehearsal(&new.models());
    if arguments.anew || rehearsed || book.state == State::Cancelled {
        return Ok(Decision::Replace(Box::new(new)));
    }
    if arguments.go_on || new.has_text_of(&order) {
        return Ok(Decision::GoOn(Box::new(order)));
    }
    Err(Failure::choice(changes::explain(book, &order, &new)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use bindery_domain::{Micros, Moment, StageModels, UnknownFields};
    use bindery_ledger::{AuditMode, GapPolicy, PlanMode, Request, Rules, Terms, accept};
    use bindery_outline::{Chapter, Outline};
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, Command};

    fn order(model: &str) -> Order {
        let chapters = vec![Chapter { title: "One".into(), ..Chapter::default() }];
        Order {
            outline: Outline { title: "T".into(), chapters, ..Outline::default() },
            topic: None,
            model: model.into(),
            stages: StageModels::default(),
            chapter_length: 100,
            section_length: 50,
            plan: PlanMode::Compiled,
            date: "2026-01-01".into(),
        }
    }

    fn book(order: Order) -> Book {
        let second = std::time::Duration::from_secs(1);
        let rules = Rules {
            lease: second,
            publish_grace: second,
            lost_after: second,
            solo_after: 3,
            retention: None,
            max_open_books: None,
        };
        let terms = Terms {
            window: 1,
            gaps: GapPolicy::Fail,
            audit: AuditMode::Off,
            best_of: 1,
            checks: None,
            webhook: None,
            budget: None,
            plan_estimate: Micros::ZERO,
            deadline_ms: 1,
            review: false,
            formats: Vec::new(),
            metadata: None,
            cover: None,
            pictures: Vec::new(),
            tags: BTreeSet::new(),
            unknown: UnknownFields::default(),
        };
        let request =
            Request { tenant: "t".into(), request_id: "r".into(), order, terms, trace: None, former_id: false };
        accept(&rules, Moment(1), &request, None, None).1.book.unwrap()
    }

    fn arguments(flags: &[&str]) -> WriteArgs {
        let line = ["bindery", "write", "outline.md"].iter().chain(flags);
        let Command::Write(arguments) = Cli::parse_from(line).command else { panic!("it is `write`") };
        *arguments
    }

    #[test]
    fn a_finished_book_is_replaced_only_with_the_option_anew() {
        let (paid, mut finished) = (order("openai:gpt"), book(order("openai:gpt")));
        finished.state = State::Done;
        let decided =
            decide(Stored { book: &finished, order: paid.clone() }, paid.clone(), &arguments(&["--anew"])).unwrap();
        assert_eq!(decided, Decision::Replace(Box::new(paid.clone())));
        let decided = decide(Stored { book: &finished, order: paid.clone() }, paid.clone(), &arguments(&[])).unwrap();
        assert_eq!(decided, Decision::GoOn(Box::new(paid)));
    }

    #[test]
    fn a_changed_order_needs_a_choice_and_continuing_takes_the_stored_order() {
        let (stored, new) = (order("openai:gpt"), order("anthropic:claude"));
        let begun = book(stored.clone());
        assert!(decide(Stored { book: &begun, order: stored.clone() }, new.clone(), &arguments(&[])).is_err());
        let decided = decide(Stored { book: &begun, order: stored.clone() }, new, &arguments(&["--continue"])).unwrap();
        assert_eq!(decided, Decision::GoOn(Box::new(stored)));
    }

    #[test]
    fn a_rehearsal_is_replaced_by_a_real_run() {
        let (stored, new) = (order("stand-in:prose"), order("openai:gpt"));
        let decided =
            decide(Stored { book: &book(stored.clone()), order: stored }, new.clone(), &arguments(&[])).unwrap();
        assert_eq!(decided, Decision::Replace(Box::new(new)));
    }
}
