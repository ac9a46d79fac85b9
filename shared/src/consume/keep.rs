//! Parts on their way to the store, beside the work that goes on.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{
        Notify,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        watch,
    },
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use super::work::patiently;
use crate::{
    book::id::{BookId, TaskId},
    crash_point,
    ledger::{Answer, Command, Kept},
    store::Store,
    telemetry::log::{self, Subject},
};

/// How long a part waits for others to be kept with, and for the result that it completes, unless it is waited for. A
/// crash meanwhile costs the part, whose call took hundreds of times as long.
const TOGETHER: Duration = Duration::from_millis(20);

/// Where the parts of one lease are handed in.
pub(super) struct Parts {
    send: UnboundedSender<Kept>,
    sent: AtomicU64,
    kept: watch::Receiver<u64>,
    hurry: Arc<Notify>,
}

/// Keeps the parts of one lease.
#[derive(Clone)]
pub(super) struct Keeper {
    pub(super) store: Arc<dyn Store>,
    pub(super) lease: (BookId, TaskId, u64),
    /// Done once the ledger says that the lease is over.
    pub(super) over: CancellationToken,
    /// Done once a part's text is kept.
    pub(super) progressed: CancellationToken,
    /// Nothing more is said to a store that does not answer.
    pub(super) silence: CancellationToken,
}

/// A keeper at work.
pub(super) struct Keeping {
    ended: CancellationToken,
    left: JoinHandle<Vec<Kept>>,
}

/// What a keeper at work takes parts from, and tells how many are kept.
struct Inbox {
    parts: UnboundedReceiver<Kept>,
    kept: watch::Sender<u64>,
    hurry: Arc<Notify>,
}

impl Parts {
    /// Hands a part in: it is kept soon, or with the result.
    pub(super) fn keep(&self, part: Kept) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        // Nobody takes it where the work has been broken off.
        let _ = self.send.send(part);
    }

    /// Waits until what was handed in is kept; for ever where it cannot be, and the work is broken off.
    pub(super) async fn kept(&self) {
        let (sent, mut kept) = (self.sent.load(Ordering::Relaxed), self.kept.clone());
        if *kept.borrow() < sent {
            self.hurry.notify_one();
            if kept.wait_for(|kept| *kept >= sent).await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

impl Keeper {
    /// Has it keep what is handed in.
    pub(super) fn begin(self, subject: Arc<Subject>) -> (Parts, Keeping) {
        let ((send, parts), (tell, kept)) = (unbounded_channel(), watch::channel(0));
        let (hurry, ended) = (Arc::new(Notify::new()), CancellationToken::new());
        let inbox = Inbox { parts, kept: tell, hurry: hurry.clone() };
        let left = tokio::spawn(log::within(subject, self.run(inbox, ended.clone())));
        (Parts { send, sent: AtomicU64::new(0), kept, hurry }, Keeping { ended, left })
    }

    async fn run(self, mut inbox: Inbox, ended: CancellationToken) -> Vec<Kept> {
        let mut waiting = Vec::new();
        while ended.run_until_cancelled(inbox.gather(&mut waiting)).await.is_some() {
            let parts = std::mem::take(&mut waiting);
            let count = parts.len() as u64;
            if self.keep(parts).await {
                inbox.kept.send_modify(|kept| *kept += count);
            }
        }
        while let Ok(part) = inbox.parts.try_recv() {
            waiting.push(part);
        }
        waiting
    }

    /// Keeps parts, or finds that the lease is over; repeated until the store answers.
    pub(super) async fn keep(&self, parts: Vec<Kept>) -> bool {
        let texts: Vec<u16> = parts.iter().filter(|kept| kept.text.is_some()).map(|kept| kept.number).collect();
        let (book, task, fence) = &self.lease;
        let command = Command::Checkpoint { fence: *fence, parts };
        let said = patiently(&self.silence, || self.store.step(book, *task, command.clone())).await;
        if said != Some(Answer::Kept) {
            self.over.cancel();
            return false;
        }
        if !texts.is_empty() {
            self.progressed.cancel();
        }
        texts.iter().for_each(|number| crash_point(format_args!("after_part_{number}_of_{task}")));
        true
    }
}

impl Keeping {
    /// Ends it once the work has ended; returns what is still to be kept, with the outcome or before it.
    pub(super) async fn end(self) -> Vec<Kept> {
        self.ended.cancel();
        self.left.await.expect("keeping does not panic")
    }
}

impl Inbox {
    /// Waits for a part, and for those that come soon after it.
    async fn gather(&mut self, waiting: &mut Vec<Kept>) {
        let Some(first) = self.parts.recv().await else { return std::future::pending().await };
        waiting.push(first);
        let more = async {
            while let Some(part) = self.parts.recv().await {
                waiting.push(part);
            }
        };
        tokio::select! {
            () = more => {}
            () = self.hurry.notified() => {}
            () = tokio::time::sleep(TOGETHER) => {}
        }
        while let Ok(part) = self.parts.try_recv() {
            waiting.push(part);
        }
    }
}
