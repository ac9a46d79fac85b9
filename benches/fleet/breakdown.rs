//! What a book's time was spent on, the calls of its slowest chapter left out.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use bindery_domain::TaskId;

use crate::{
    canned_model::CallTime,
    overhead::millis,
    percentile::percentile,
    table::Table,
    timed_ports::{StoreCall, StoreCallKind},
};

/// The stages of a book, in order.
const STAGES: [&str; 12] = [
    "submission: accepted by the store",
    "from accepted to the chapter's claim: published, delivered",
    "the chapter's claim",
    "from the claim to the first call",
    "between the calls: the brief is kept",
    "from the last answer to the commit: checked, joined",
    "the chapter's commit",
    "from there to the binding's claim: published, delivered; other chapters",
    "the binding's claim",
    "the texts are read",
    "from the texts to the commit: rendered, stored",
    "the binding's commit, the book's end",
];

/// The time of each stage of one book.
pub(crate) struct Breakdown {
    /// How long the calls of the slowest chapter took.
    pub(crate) slowest_calls: Duration,
    stages: [Duration; STAGES.len()],
}

/// What was seen of one book.
pub(crate) struct Observed<'a> {
    pub(crate) submitted: Instant,
    pub(crate) accepted: Instant,
    pub(crate) bound: Instant,
    /// By chapter.
    pub(crate) calls: &'a HashMap<u32, Vec<CallTime>>,
    pub(crate) store_calls: &'a [StoreCall],
}

impl Breakdown {
    /// Follows a book through its slowest chapter. Returns nothing where a step of it was not seen.
    pub(crate) fn of(observed: &Observed<'_>) -> Option<Self> {
        let (chapter, calls) = observed.calls.iter().max_by_key(|(_, calls)| total(calls))?;
        let call = |kind, task| {
            let found = |call: &&StoreCall| call.kind == kind && call.task == task;
            observed.store_calls.iter().rev().find(found).copied()
        };
        let (first, last) = (calls.first()?, calls.last()?);
        let (write, bind) = (TaskId::Write(*chapter), TaskId::Bind);
        let (claim, commit) = (call(StoreCallKind::Claim, write)?, call(StoreCallKind::Commit, write)?);
        let (bind_claim, texts) = (call(StoreCallKind::Claim, bind)?, call(StoreCallKind::Texts, bind)?);
        let bind_commit = call(StoreCallKind::Commit, bind)?;
        let stages = [
            observed.accepted - observed.submitted,
            claim.made - observed.accepted,
            claim.answered - claim.made,
            first.made - claim.answered,
            (last.made - first.made).saturating_sub(total(calls) - last.elapsed()),
            commit.made - last.answered,
            commit.answered - commit.made,
            bind_claim.made - commit.answered,
            bind_claim.answered - bind_claim.made,
            texts.answered.saturating_duration_since(bind_claim.answered),
            bind_commit.made - texts.answered,
            observed.bound - bind_commit.made,
        ];
        Some(Self { slowest_calls: total(calls), stages })
    }
}

/// Returns how long these calls took together.
pub(crate) fn total(calls: &[CallTime]) -> Duration {
    calls.iter().map(|call| call.elapsed()).sum()
}

/// Prints the percentiles of each stage.
pub(crate) fn print(breakdowns: &[Breakdown]) {
    let mut table = Table::new(&["Bindery's overhead, by the chapter with the slowest calls", "p50", "p99"]);
    for (nth, stage) in STAGES.iter().enumerate() {
        let times: Vec<Duration> = breakdowns.iter().map(|breakdown| breakdown.stages[nth]).collect();
        table.row(&[stage, &millis(percentile(&times, 0.5)), &millis(percentile(&times, 0.99))]);
    }
    table.print();
}
