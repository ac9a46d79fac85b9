//! Parts on their way to the store, beside the work that goes on.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Answer, Checkpoint, Command};
use bindery_store::Store;
use tokio::{
    sync::{self, Notify},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::work::patiently;
use crate::{
    crash_point,
    subject::{Subject, within},
};

/// How long a part waits for others to be kept with, and for the result that it completes, unless it is waited for. A
/// crash meanwhile costs the part, whose call took hundreds of times as long.
const TOGETHER: Duration = Duration::from_millis(20);

/// Keeps the parts of one lease.
pub(super) struct Checkpointer {
    store: Arc<dyn Store>,
    lease: (BookId, TaskId, u64),
    /// Done once the ledger says that the lease is over.
    pub(super) over: CancellationToken,
    /// Done once a part's text is kept.
    pub(super) progressed: CancellationToken,
    /// Nothing more is said to a store that does not answer.
    silence: CancellationToken,
    /// What was handed in and is not known to be kept.
    waiting: Mutex<Vec<Checkpoint>>,
    handed_in: Notify,
    /// Whoever has it keeps what waits, so that parts are kept in the order in which they were handed in.
    turn: sync::Mutex<()>,
}

/// A checkpointer at work.
pub(super) struct RunningCheckpointer {
    checkpointer: Arc<Checkpointer>,
    ended: CancellationToken,
    running: JoinHandle<()>,
}

impl Checkpointer {
    /// Makes a checkpointer for a lease.
    pub(super) fn new(
        store: Arc<dyn Store>,
        lease: (BookId, TaskId, u64),
        over: CancellationToken,
        silence: CancellationToken,
    ) -> Self {
        let (waiting, handed_in, turn) = (Mutex::default(), Notify::new(), sync::Mutex::new(()));
        Self { store, lease, over, progressed: CancellationToken::new(), silence, waiting, handed_in, turn }
    }

    /// Hands a part in: it is kept soon, or with the result.
    pub(super) fn add(&self, part: Checkpoint) {
        self.waiting().push(part);
        self.handed_in.notify_one();
    }

    /// Waits until what was handed in is kept; for ever where it cannot be, and the work is broken off.
    pub(super) async fn kept(&self) {
        self.keep_waiting().await;
        if self.over.is_cancelled() {
            std::future::pending::<()>().await;
        }
    }

    /// Has it keep also what nobody waits for.
    pub(super) fn begin(self: &Arc<Self>, subject: Arc<Subject>) -> RunningCheckpointer {
        let (checkpointer, ended) = (self.clone(), CancellationToken::new());
        let run = {
            let ended = ended.clone();
            async move { checkpointer.run(&ended).await }
        };
        RunningCheckpointer { checkpointer: self.clone(), ended, running: tokio::spawn(within(subject, run)) }
    }

    async fn run(&self, ended: &CancellationToken) {
        let gathered = async || {
            self.handed_in.notified().await;
            tokio::time::sleep(TOGETHER).await;
        };
        while ended.run_until_cancelled(gathered()).await.is_some() {
            self.keep_waiting().await;
        }
    }

    async fn keep_waiting(&self) {
        let _turn = self.turn.lock().await;
        // Whoever waits for it may be broken off meanwhile: until it is kept it stays where it is.
        let waiting = self.waiting().clone();
        if !waiting.is_empty() {
            let count = waiting.len();
            self.keep(waiting).await;
            self.waiting().drain(..count);
        }
    }

    /// Keeps parts, or finds that the lease is over; repeated until the store answers.
    pub(super) async fn keep(&self, parts: Vec<Checkpoint>) {
        let texts: Vec<u16> = parts.iter().filter(|kept| kept.text.is_some()).map(|kept| kept.number).collect();
        let (book, task, fence) = &self.lease;
        let command = Command::Checkpoint { fence: *fence, parts };
        let said = patiently(&self.silence, || self.store.step(book, *task, command.clone())).await;
        if said != Some(Answer::Saved) {
            return self.over.cancel();
        }
        if !texts.is_empty() {
            self.progressed.cancel();
        }
        texts.iter().for_each(|number| crash_point(format_args!("after_part_{number}_of_{task}")));
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Checkpoint>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RunningCheckpointer {
    /// Ends it once the work has ended; returns what is still to be kept, with the outcome or before it.
    pub(super) async fn end(self) -> Vec<Checkpoint> {
        self.ended.cancel();
        self.running.await.expect("keeping does not panic");
        std::mem::take(&mut self.checkpointer.waiting())
    }
}
