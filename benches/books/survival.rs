//! How many books survive faults, against a writer that has no second tries.

use std::sync::Arc;

use anyhow::Result;
use tokio::{runtime::Runtime, sync::Semaphore, task::JoinSet};

use crate::{
    bare_writer::BareWriter,
    batch::{self, SILENCE, Tally},
    fault_mix::{FaultMix, GATE_ONLY, VISIBLE},
    second_calls::SecondCalls,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// Books that are written at once: so many that some work while others stall.
const AT_ONCE: usize = 32;

/// The calls of the one-try writer, which writes each chapter by one call.
const CALLS: u32 = 10;

/// The standard errors by which a share may be below the predicted one. Chance alone does not go further.
const ERRORS: f64 = 4.0;

/// Writes the books under both mixes of faults, at both shares.
pub(crate) fn run(books: usize) -> Result<Vec<Verdict>> {
    heading(
        "Survival",
        "Seeded books of 45 to 51 parts are written, each by a process of its own, from a stand-in that fails this \
         share of all calls. The faults are those that the protocol shows (refusals; broken, silent and cut streams) \
         or those that only the text shows (empty, unfinished, talking about itself, broken JSON). A bound book is \
         read again: every chapter and section must be there once, in order and finished. The yardstick is a \
         sequential writer that makes 10 calls a book and tries each once; it really runs. The prediction is chance \
         alone. Every part has five tries, and a text that reaches its token limit takes a second call, which fails as \
         often as the first. How many texts do is measured beforehand, without faults. Three failures in a row without \
         a word from the server count as its outage: the program waits, and charges no part. The prediction leaves \
         that out, so more books may be whole. A book has more calls than parts, by its repeated tries and its second \
         calls.",
    );
    let second_calls = SecondCalls::measure()?;
    let mut table = Table::new(&[
        "faults",
        "of the calls",
        "books",
        "whole",
        "predicted",
        "wrong, partial or doubled",
        "calls a book",
        "seconds",
        "one-try writer: whole",
        "predicted ",
    ]);
    let mut verdicts = Vec::new();
    for (mix, share) in [(&VISIBLE, 0.05), (&GATE_ONLY, 0.05), (&VISIBLE, 0.3), (&GATE_ONLY, 0.3)] {
        let stand_in = StandIn::start(&["--instant", "--faults", &mix.rates(share)])?;
        let tally = batch::write(&stand_in, books, AT_ONCE, batch::book)?;
        let sequential = one_try(mix, share, books)?;
        let predicted = mix.whole(share, &second_calls, (0..books).map(batch::book));
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let of_books = |count: usize| percent(count as f64 / books as f64);
        table.row(&[
            &mix.name,
            &percent(tally.faulty as f64 / tally.calls as f64),
            &books,
            &of_books(tally.whole),
            &percent(predicted),
            &tally.wrong.len(),
            &format!("{:.1}", tally.calls as f64 / books as f64),
            &tally.wall.as_secs(),
            &of_books(sequential),
            &percent((1.0 - share).powf(f64::from(CALLS))),
        ]);
        verdicts.extend(judge(mix, share, books, &tally, predicted));
    }
    table.print();
    Ok(verdicts)
}

fn judge(mix: &FaultMix, share: f64, books: usize, tally: &Tally, predicted: f64) -> Vec<Verdict> {
    let what = format!("{:.0} % faults {}", share * 100.0, mix.name);
    let wrong = tally.wrong.first().map_or("none".to_owned(), |first| format!("{}, as {first}", tally.wrong.len()));
    let mut verdicts =
        vec![Verdict::new(format!("{what}: no book is wrong, partial or doubled"), wrong, tally.wrong.is_empty())];
    if share <= 0.05 {
        let lost = books - tally.whole;
        verdicts.push(Verdict::new(format!("{what}: no book is lost"), format!("{lost} of {books} lost"), lost == 0));
    } else {
        let error = (predicted * (1.0 - predicted) / books as f64).sqrt();
        let off = (tally.whole as f64 / books as f64 - predicted) / error;
        verdicts.push(Verdict::new(
            format!("{what}: at least as many books are whole as chance predicts"),
            format!("{off:+.1} standard errors off"),
            off > -ERRORS,
        ));
    }
    verdicts
}

/// The same writer on a stand-in that fails and on one that does not.
#[derive(Clone)]
struct OneTryWriters {
    failing: BareWriter,
    sound: BareWriter,
}

/// Writes books by one call after another, each tried once. Returns how many are whole. A text is sound where it is the
/// one that a stand-in without faults writes.
fn one_try(mix: &FaultMix, share: f64, books: usize) -> Result<usize> {
    let failing = StandIn::start(&["--instant", "--faults", &mix.rates(share)])?;
    let sound = StandIn::start(&["--instant"])?;
    let writers = OneTryWriters {
        failing: BareWriter::connect(failing.url(), SILENCE)?,
        sound: BareWriter::connect(sound.url(), SILENCE)?,
    };
    Runtime::new()?.block_on(async {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for book in 0..books {
            let (writers, slots) = (writers.clone(), slots.clone());
            tasks.spawn(async move {
                let _slot = slots.acquire_owned().await;
                writers.is_whole(book).await
            });
        }
        let mut whole = 0;
        while let Some(written) = tasks.join_next().await {
            whole += usize::from(written??);
        }
        Ok(whole)
    })
}

impl OneTryWriters {
    /// Writes a book. Returns whether all its texts are sound.
    async fn is_whole(&self, book: usize) -> Result<bool> {
        let title = format!("Sequential {book}");
        for chapter in 1..=CALLS {
            let Ok(text) = self.failing.write(&title, chapter, 200).await else { return Ok(false) };
            let expected = self.sound.write(&title, chapter, 200).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
            if text != expected {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
