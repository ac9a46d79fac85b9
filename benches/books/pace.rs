//! A book in the time of its slowest section, at the pace of a hosted model.

use std::time::Duration;

use anyhow::Result;

use crate::{
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    write_run::BookFolder,
};

const EXAMPLE: &str = include_str!("../../docs/examples/bread-at-home.md");

/// The most that the book may take.
const PROMISE: Duration = Duration::from_secs(75);

/// The least that its calls must take one after another.
const SEQUENTIAL: Duration = Duration::from_secs(8 * 60);

/// Writes the example of ten chapters of 3,000 words.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Ten chapters of 3,000 words at 80 tokens a second",
        "The book is `docs/examples/bread-at-home.md`. Each call takes half a second to the first token and then has \
         80 tokens a second, both drawn with the spread of a hosted model. The yardstick is one call after another. It \
         is not run: it is the sum of the recorded times of the same run's calls.",
    );
    let stand_in = StandIn::start(&["--first-token", "0.5", "--tokens-per-second", "80"])?;
    let run = BookFolder::new(EXAMPLE, stand_in.url())?.write(&[])?.whole()?;
    let (chain, sequential) = (run.time("/report/slowest_chain")?, run.time("/report/sequential")?);
    let mut table =
        Table::new(&["words", "calls", "whole run", "slowest chain", "one call after another", "times as fast"]);
    table.row(&[
        &run.count("/report/length")?,
        &run.count("/report/calls")?,
        &format!("{:.1} s", run.wall.as_secs_f64()),
        &format!("{:.1} s", chain.as_secs_f64()),
        &format!("{:.0} s", sequential.as_secs_f64()),
        &format!("{:.1}", sequential.as_secs_f64() / run.wall.as_secs_f64()),
    ]);
    table.print();
    let (wall, minutes) = (run.wall.as_secs_f64(), sequential.as_secs_f64() / 60.0);
    Ok(vec![
        Verdict::new("the book is bound in under 75 s", format!("{wall:.1} s"), run.wall < PROMISE),
        Verdict::new(
            "one call after another takes over 8 minutes",
            format!("{minutes:.1} minutes"),
            sequential > SEQUENTIAL,
        ),
    ])
}
