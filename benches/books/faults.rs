//! Every kind of fault alone, at 5 and at 30 % of all calls.

use std::{io::Write as _, thread};

use anyhow::Result;
use tempfile::NamedTempFile;

use crate::{
    batch::{self, Tally},
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// The kinds of fault that hit single calls. `drip` is left out, because it fails nothing and takes minutes.
const BY_RATE: [&str; 16] = [
    "rate_limited",
    "rate_limited_retry_after:1",
    "server_error",
    "overloaded",
    "hang",
    "stall",
    "reset",
    "cut",
    "length:0.5",
    "error_event",
    "empty",
    "meta_talk",
    "truncated_stop",
    "wrong_json",
    "refused",
    "skip_point",
];

/// The kinds of fault that hit the account: each makes the program pause the provider for a minute, so once a book is
/// enough.
const ONCE: [&str; 2] = ["bad_key", "out_of_money"];

/// Books that are written at once.
const AT_ONCE: usize = 16;

/// Writes so many books under each kind of fault.
pub(crate) fn run(books: usize) -> Result<Vec<Verdict>> {
    heading(
        "Faults one by one",
        "The same books as under \"Survival\", with one kind of fault at a time. At 5 % no book may be lost. At 30 % \
         some books are lost after five failed tries of a part, and say so. A kind that is marked \"once\" hits as \
         many calls as there are books.",
    );
    let mut table =
        Table::new(&["fault", "of the calls", "books", "whole", "failed", "wrong", "calls a book", "seconds"]);
    let mut verdicts = Vec::new();
    let mut add = |name: &str, share: &str, tally: &Tally| {
        let calls = format!("{:.1}", tally.calls as f64 / books as f64);
        table.row(&[
            &name,
            &share,
            &books,
            &tally.whole,
            &tally.failed,
            &tally.wrong.len(),
            &calls,
            &tally.wall.as_secs(),
        ]);
        let lost = if share == "30 %" { 0 } else { tally.failed };
        if lost + tally.wrong.len() > 0 {
            let first = tally.wrong.first().map_or(String::new(), |first| format!(", as {first}"));
            let found = format!("{lost} lost, {} wrong{first}", tally.wrong.len());
            verdicts.push(Verdict::new(format!("{name}, {share}: no book is lost or wrong"), found, false));
        }
    };
    thread::scope(|scope| {
        // These books wait a minute for the provider, so they are written beside the others.
        let waiting = ONCE.map(|kind| (kind, scope.spawn(move || once(kind, books))));
        add("none", "0 %", &by_rate("", 0, books)?);
        for (seed, kind) in (1..).zip(BY_RATE) {
            add(kind, "5 %", &by_rate(&format!("{kind}=0.05"), seed, books)?);
            add(kind, "30 %", &by_rate(&format!("{kind}=0.3"), seed, books)?);
        }
        for (kind, written) in waiting {
            add(kind, "once", &written.join().expect("a writer returns its errors")?);
        }
        anyhow::Ok(())
    })?;
    table.print();
    if verdicts.is_empty() {
        verdicts.push(Verdict::new("no book is wrong, and none is lost at 5 %", "none", true));
    }
    Ok(verdicts)
}

/// Writes books under faults that are drawn from this seed. Kinds of the same seed would fail the same calls.
fn by_rate(faults: &str, seed: u64, books: usize) -> Result<Tally> {
    let stand_in = StandIn::start(&["--instant", "--faults", faults, "--seed", &seed.to_string()])?;
    batch::write(&stand_in, books, AT_ONCE, batch::book)
}

fn once(kind: &str, books: usize) -> Result<Tally> {
    let mut script = NamedTempFile::new()?;
    writeln!(script, "{}", serde_json::json!({"fault": kind, "times": books}))?;
    let script = script.path().to_string_lossy().into_owned();
    let stand_in = StandIn::start(&["--instant", "--script", &script])?;
    batch::write(&stand_in, books, books, batch::book)
}
