//! A book in the time of its slowest section, at the pace of a hosted model.

use std::time::Duration;

use anyhow::Result;

use crate::{
    program::Desk,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

const EXAMPLE: &str = include_str!("../../docs/examples/bread-at-home.md");

const PROMISE: Duration = Duration::from_secs(75);

const SEQUENTIAL: Duration = Duration::from_secs(8 * 60);

/// Binds the example of 10 chapters of 3,000 words.
pub(crate) fn run() -> Result<Vec<Verdict>> {
    heading(
        "Ten chapters of 3,000 words at 80 tokens a second",
        "`docs/examples/bread-at-home.md`, with half a second to the first token and 80 tokens a second in each call, \
         drawn with the spread of a hosted model. The yardstick is not waited for: it is the sum of the recorded times \
         of the same run's calls, which is what one call after another would have taken.",
    );
    let stand_in = StandIn::start(&["--first-token", "0.5", "--tokens-per-second", "80"])?;
    let run = Desk::new(EXAMPLE, stand_in.url())?.write(&[])?.whole()?;
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
