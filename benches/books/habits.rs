//! How many books survive imperfect models, each of which has one habit.

use anyhow::Result;
use bindery_stand_in::Fault;

use crate::{
    batch::{self, Tally},
    small_book::SmallBook,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// Faults of models and servers that are habits of some.
const FAULTS: [&str; 3] = ["wrong_json", "truncated_stop", "error_event"];

/// The share of the calls that show the habit.
const SHARE: f64 = 0.1;

/// A flaw that the audit finds, so that calls for repairs are among those that can show the habit.
const FLAW: &str = "invents_source=0.1";

/// Books that are written at once.
const AT_ONCE: usize = 16;

/// The least share of the books that must be bound.
const BOUND: f64 = 0.99;

/// How many calls a book may take, for each call of a run without habits.
const CALLS: f64 = 1.25;

/// Writes so many books with each habit.
pub(crate) fn run(books: usize) -> Result<Vec<Verdict>> {
    heading(
        "Imperfect models",
        "Books of four chapters are written, each by a process of its own, from a stand-in that shows one habit of \
         small models or of their servers at 10 % of the calls that can show it. Some sections have a flaw that the audit \
         has repaired, so that repairs are among these calls. A bound book is read again: every \
         chapter must be there once and in order, and nothing of the habit may have come into it. The measure for \
         the calls is a run without habits.",
    );
    let clean = write(FLAW, 0, books)?;
    let clean_calls = per_book(&clean, books);
    let mut table = Table::new(&[
        "habit",
        "calls with it or the flaw",
        "books",
        "bound",
        "wrong or with a leak",
        "calls a book",
        "of a clean run",
        "seconds",
    ]);
    let (mut lost, mut wrong, mut costly) = (Vec::new(), Vec::new(), Vec::new());
    let mut add = |habit: &str, tally: &Tally| {
        let calls = per_book(tally, books);
        table.row(&[
            &habit,
            &tally.faulty,
            &books,
            &tally.whole,
            &tally.wrong.len(),
            &format!("{calls:.1}"),
            &format!("{:.2}", calls / clean_calls),
            &tally.wall.as_secs(),
        ]);
        if (tally.whole as f64) < BOUND * books as f64 {
            lost.push(format!("{habit} {} of {books}", tally.whole));
        }
        if let Some(first) = tally.wrong.first() {
            wrong.push(format!("{habit} {}, as {first}", tally.wrong.len()));
        }
        if calls > CALLS * clean_calls {
            costly.push(format!("{habit} {:.2}", calls / clean_calls));
        }
    };
    add("none", &clean);
    let habits: Vec<Fault> = Fault::habits().collect();
    for (seed, habit) in (1..).zip(habits.iter().map(Fault::name).chain(FAULTS)) {
        add(habit, &write(&format!("{habit}={SHARE},{FLAW}"), seed, books)?);
    }
    table.print();
    let verdict = |promise: &str, missed: &[String]| {
        let found =
            if missed.is_empty() { "with every habit".to_owned() } else { format!("not with {}", missed.join("; ")) };
        Verdict::new(promise, found, missed.is_empty())
    };
    Ok(vec![
        verdict("at least 99 % of the books are bound", &lost),
        verdict("no book is wrong, and none holds anything of a habit", &wrong),
        verdict("a book takes at most 1.25 times the calls of a clean run", &costly),
    ])
}

fn write(faults: &str, seed: u64, books: usize) -> Result<Tally> {
    let stand_in = StandIn::start(&["--instant", "--faults", faults, "--seed", &seed.to_string()])?;
    batch::write(&stand_in, books, AT_ONCE, SmallBook::seeded)
}

fn per_book(tally: &Tally, books: usize) -> f64 {
    tally.calls as f64 / books as f64
}
