//! Which books survive faults: all of them where a writer without second tries loses two in five.

use std::sync::Arc;

use anyhow::Result;
use tokio::{runtime::Runtime, sync::Semaphore, task::JoinSet};

use crate::{
    bare::Bare,
    campaign::{self, PATIENCE, Tally},
    continued::Continued,
    mix::{GATE_ONLY, Mix, VISIBLE},
    stand_in::StandIn,
    table::{Table, Verdict, heading},
};

/// Books under way at once: enough to fill the waits of those that stall.
const AT_ONCE: usize = 32;

/// Calls of the one-try writer, which writes a chapter by one call.
const CALLS: u32 = 10;

/// How far a share may be below what chance predicts before chance is no excuse, in standard errors.
const ERRORS: f64 = 4.0;

/// Writes the books.
pub(crate) fn run(books: usize) -> Result<Vec<Verdict>> {
    heading(
        "Survival",
        "Seeded books of 45 to 51 parts, each written by a process of its own from a stand-in that fails this share of \
         all calls; the faults are those that the protocol shows (refusals, broken, silent and cut streams) or those \
         that only the text shows (empty, unfinished, talking about itself, broken JSON). A bound book is read again: \
         every chapter and section once, in order, nothing unfinished. The yardstick really runs: a sequential writer \
         that makes 10 calls a book and tries each once. The prediction is chance alone: every part has five tries, and \
         a try whose text meets its token limit takes a second call, which fails as often as the first; how many do is \
         measured without faults beforehand. What is taken for an outage of the server, three failures in a row without \
         a word from it, is waited out and charged to no part; the prediction leaves that out, so more books may be whole. Calls a book are more than its parts by the tries repeated and the texts \
         continued.",
    );
    let continued = Continued::measure()?;
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
        let tally = campaign::write(&stand_in, books, AT_ONCE)?;
        let sequential = one_try(mix, share, books)?;
        let predicted = mix.whole(share, &continued, (0..books).map(campaign::book));
        let percent = |share: f64| format!("{:.1} %", share * 100.0);
        let of_books = |count: usize| percent(count as f64 / books as f64);
        table.row(&[
            &mix.name,
            &percent(tally.befallen as f64 / tally.calls as f64),
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

fn judge(mix: &Mix, share: f64, books: usize, tally: &Tally, predicted: f64) -> Vec<Verdict> {
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

/// Has books written by one call after another, each tried once; returns how many are whole. A text is sound if it is
/// the one that a stand-in without faults writes.
fn one_try(mix: &Mix, share: f64, books: usize) -> Result<usize> {
    let failing = StandIn::start(&["--instant", "--faults", &mix.rates(share)])?;
    let sound = StandIn::start(&["--instant"])?;
    let clients = (Bare::connect(failing.url(), PATIENCE)?, Bare::connect(sound.url(), PATIENCE)?);
    Runtime::new()?.block_on(async {
        let slots = Arc::new(Semaphore::new(AT_ONCE));
        let mut writers = JoinSet::new();
        for book in 0..books {
            let (clients, slots) = (clients.clone(), slots.clone());
            writers.spawn(async move {
                let _slot = slots.acquire_owned().await;
                is_whole(&clients, book).await
            });
        }
        let mut whole = 0;
        while let Some(written) = writers.join_next().await {
            whole += usize::from(written??);
        }
        Ok(whole)
    })
}

async fn is_whole((failing, sound): &(Bare, Bare), book: usize) -> Result<bool> {
    let title = format!("Sequential {book}");
    for chapter in 1..=CALLS {
        let Ok(text) = failing.write(&title, chapter, 200).await else { return Ok(false) };
        let expected = sound.write(&title, chapter, 200).await.map_err(|fault| anyhow::anyhow!("{fault}"))?;
        if text != expected {
            return Ok(false);
        }
    }
    Ok(true)
}
