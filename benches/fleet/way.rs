//! A book's way: what its time went to, its slowest chain of calls left out.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use bindery_domain::TaskId;

use crate::{
    canned::Chain,
    overhead::millis,
    spread::percentile,
    steps::{Mark, What},
    table::Table,
};

/// The legs of a way, in order.
const LEGS: [&str; 11] = [
    "from accepted to the chapter's claim: published, delivered",
    "its claim",
    "from the claim to its first call",
    "between its calls: the brief is kept",
    "from its last answer to its commit: checked, joined",
    "its commit",
    "from there to the binding's claim: published, delivered; other chapters",
    "the binding's claim",
    "its texts",
    "from the texts to its commit: rendered, stored",
    "its commit, the book's end",
];

/// How one book went.
pub(crate) struct Way {
    /// The calls of the chapter whose calls took longest.
    pub(crate) chain: Duration,
    legs: [Duration; LEGS.len()],
}

impl Way {
    /// Follows a book by the calls of its chapters and what was asked of the store; none where something is missing.
    pub(crate) fn of(accepted: Instant, end: Instant, calls: &HashMap<u32, Chain>, marks: &[Mark]) -> Option<Self> {
        let length = |chain: &Chain| chain.iter().map(|(begun, answered)| *answered - *begun).sum::<Duration>();
        let (chapter, chain) = calls.iter().max_by_key(|(_, chain)| length(chain))?;
        let mark = |what, task| marks.iter().rev().find(|mark| mark.what == what && mark.task == task);
        let (first, last) = (chain.first()?, chain.last()?);
        let [claim, commit] = [What::Claim, What::Commit].map(|what| mark(what, TaskId::Write(*chapter)));
        let [bind, texts, done] = [What::Claim, What::Texts, What::Commit].map(|what| mark(what, TaskId::Bind));
        let ((claim, commit), (bind, texts, done)) = ((claim?, commit?), (bind?, texts?, done?));
        let between = last.0 - first.0;
        let legs = [
            claim.asked - accepted,
            claim.answered - claim.asked,
            first.0 - claim.answered,
            between.saturating_sub(length(chain) - (last.1 - last.0)),
            commit.asked - last.1,
            commit.answered - commit.asked,
            bind.asked - commit.answered,
            bind.answered - bind.asked,
            texts.answered.saturating_duration_since(bind.answered),
            done.asked - texts.answered,
            end - done.asked,
        ];
        Some(Self { chain: length(chain), legs })
    }
}

/// Prints what the time went to.
pub(crate) fn print(ways: &[Way]) {
    let mut table = Table::new(&["the book's way, by the chapter with the slowest calls", "p50", "p99"]);
    for (nth, leg) in LEGS.iter().enumerate() {
        let times: Vec<Duration> = ways.iter().map(|way| way.legs[nth]).collect();
        table.row(&[leg, &millis(percentile(&times, 0.5)), &millis(percentile(&times, 0.99))]);
    }
    table.print();
}
