//! One delivery from claim to settlement.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bindery_domain::BookId;
use bindery_ledger::{
    Answer, Checkpoint, Command, Fence, Grant, Operated, Operation, Parking, Released, Standing, Task,
};
use bindery_model::Allowance;
use bindery_protocol::task::{TaskMessage, Undecodable};
use bindery_queue::{Delivery, Verdict};
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    Handler, Outcome, Ports, Settings, Work,
    checkpoint::Checkpointer,
    crash_point,
    lease::{HeldLease, renew},
    publish::TaskPublisher,
    retry::retry_until_stopped,
    run::ShutdownSignals,
    solo_lock::SoloLockGuard,
    subject::{Subject, within},
    text_stream::TextStream,
};

/// How long a message that needs a newer program is held before it goes back, so that older programs do not pass it round
/// without a pause.
const NEWER_PROGRAM_PAUSE: Duration = Duration::from_secs(2);

/// How often a message that needs a newer program goes behind the others: for an hour at least, which an upgrade may take.
/// A newer program that comes later finds the task owed in the ledger, and publishes it anew.
const MAX_TIMES_BEHIND: u32 = 1_800;

/// How long a delivery waits for a crash suspect that goes before it. Then it goes back, so that another process may
/// take it.
const SOLO_WAIT: Duration = Duration::from_secs(5 * 60);

/// How a task's message arrived.
#[derive(Clone)]
struct Arrival {
    at: Instant,
    /// How often the message had gone behind the others.
    times_behind: u32,
    /// Whether the task is a crash suspect, which is worked on alone.
    solo: bool,
    subject: Arc<Subject>,
}

pub(crate) struct Server {
    ports: Ports,
    settings: Settings,
    handler: Arc<dyn Handler>,
    signals: ShutdownSignals,
    publisher: TaskPublisher,
    claims: AtomicU64,
}

impl Server {
    /// Makes a server of one lane. Its background tasks run on the tracker.
    pub(crate) fn new(
        ports: Ports,
        settings: Settings,
        handler: Arc<dyn Handler>,
        signals: ShutdownSignals,
        tracker: TaskTracker,
    ) -> Self {
        let (store, queue) = (ports.store.clone(), ports.queue.clone());
        let publisher = TaskPublisher { store, queue, tracker, signals: signals.clone() };
        Self { ports, settings, handler, signals, publisher, claims: AtomicU64::new(0) }
    }

    /// Serves a delivery; `solo` says that it comes from the lane of crash suspects.
    pub(crate) async fn serve(self: Arc<Self>, delivery: Delivery, solo: bool) {
        let (at, times_behind) = (Instant::now(), delivery.message.times_behind());
        let verdict = match TaskMessage::decode(&delivery.message.body) {
            Ok(message) => {
                let (book, task) = (message.book.clone(), message.task);
                let subject = Arc::new(Subject { book, task: Some(task), trace_parent: delivery.trace_parent });
                let arrival = Arrival { at, times_behind, solo, subject: subject.clone() };
                let verdict = within(subject, self.clone().admit(message, arrival)).await;
                crash_point(format_args!("before_ack_of_{task}"));
                verdict
            }
            Err(newer @ Undecodable::Newer(_)) => self.leave_to_newer_program(&newer.to_string(), times_behind).await,
            Err(unreadable) => Verdict::DeadLetter { reason: unreadable.to_string() },
        };
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "a delivery could not be settled; it will come again");
        }
    }

    /// Waits until the task may be worked on in this process, then claims it. A crash suspect waits until it is alone.
    async fn admit(self: Arc<Self>, message: TaskMessage, arrival: Arrival) -> Verdict {
        let solo = arrival.solo && self.suspected(&message).await;
        // No work blocks a crash suspect for longer than the hold: then it is parked, once it has saved a part.
        let longest = if solo { self.settings.hold.unwrap_or(Duration::MAX) } else { SOLO_WAIT };
        let guard = tokio::time::timeout(longest, self.settings.solo_lock.acquire(solo));
        match self.signals.shutdown.run_until_cancelled(guard).await {
            Some(Ok(guard)) => self.claim(message, Arrival { solo, ..arrival }, guard).await,
            Some(Err(_)) => Verdict::MoveToBack,
            None => Verdict::Requeue,
        }
    }

    /// Returns whether a task is still a crash suspect: its message may be older than the task's present state.
    async fn suspected(&self, message: &TaskMessage) -> bool {
        let tasks = retry_until_stopped(&self.signals.shutdown, || self.ports.store.tasks(&message.book)).await;
        let owed = |task: &Task| task.standing == Standing::Released && task.lease.is_none() && task.lapses > 0;
        tasks.is_some_and(|tasks| tasks.iter().any(|task| task.id == message.task && owed(task)))
    }

    async fn claim(self: Arc<Self>, message: TaskMessage, arrival: Arrival, guard: SoloLockGuard) -> Verdict {
        let age = self.claims.fetch_add(1, Ordering::Relaxed);
        let claim = format!("{}/{age}/{:016x}", self.settings.worker, fastrand::u64(..));
        let command = Command::Claim { worker: self.settings.worker.clone(), claim, solo: arrival.solo };
        let (book, task) = (&message.book, message.task);
        self.handler.expect(&self.ports.store, &message).await;
        let step = || self.ports.store.step(book, task, command.clone());
        match retry_until_stopped(&self.signals.shutdown, step).await {
            Some(Answer::Go(grant)) => self.work(*grant, age, &arrival).await,
            Some(Answer::Done { unpublished: released } | Answer::GivenUp { released }) => {
                self.publish(book, released).await
            }
            Some(Answer::Solo(released)) => self.publish(book, vec![released]).await,
            Some(Answer::Newer { version }) => {
                drop(guard);
                let reason = format!("its book's record has version {version}");
                self.leave_to_newer_program(&reason, arrival.times_behind).await
            }
            Some(_) => Verdict::Ack,
            None => Verdict::Requeue,
        }
    }

    /// Puts a message that needs a newer program behind the others, and tells the ledger nothing. If no such program
    /// comes, the message becomes a dead letter in the end.
    async fn leave_to_newer_program(&self, reason: &str, times_behind: u32) -> Verdict {
        if times_behind >= MAX_TIMES_BEHIND {
            let reason = format!("no newer program came to take it, {MAX_TIMES_BEHIND} times: {reason}");
            return Verdict::DeadLetter { reason };
        }
        tracing::info!(reason, "a task is left to a newer program");
        tokio::select! {
            () = self.signals.shutdown.cancelled() => {}
            () = tokio::time::sleep(NEWER_PROGRAM_PAUSE) => {}
        }
        Verdict::MoveToBack
    }

    /// Does the work under a lease that is renewed in the background, and records its outcome.
    async fn work(self: Arc<Self>, grant: Grant, age: u64, arrival: &Arrival) -> Verdict {
        let stop = CancellationToken::new();
        let lease = HeldLease::of(&grant);
        let store = self.ports.store.clone();
        let renewing = renew(store.clone(), lease.clone(), self.settings.renew, stop.clone());
        let renewing = tokio::spawn(within(arrival.subject.clone(), renewing));
        let stop_retrying = self.signals.stop_retrying.clone();
        let checkpointer = Arc::new(Checkpointer::new(store.clone(), lease, stop.clone(), stop_retrying));
        let saving = checkpointer.start(arrival.subject.clone());
        let texts = Arc::new(TextStream::new(store.clone(), &grant));
        let streaming = texts.start();
        let work = Arc::new(Work {
            allowance: Arc::new(Allowance::new(grant.allowance)),
            grant,
            age,
            live: self.ports.live.clone(),
            texts,
            wrap_writing: self.ports.wrap_writing.clone(),
            track_records: self.ports.track_records.clone(),
            store,
            checkpointer: checkpointer.clone(),
            stop,
        });
        let handler = self.handler.clone();
        let run = {
            let work = work.clone();
            tokio::spawn(within(arrival.subject.clone(), async move { handler.handle(&work).await }))
        };
        let held_too_long = self.held_too_long(arrival.at, &checkpointer.text_saved);
        let outcome = self.wait_for_outcome(run, &work, held_too_long).await;
        work.live.task_ended(work.task());
        streaming.stop();
        // The outcome is recorded even when the work was told to stop: that settles the money of its calls.
        let verdict = self.record_outcome(&work, outcome, saving.stop().await).await;
        renewing.abort();
        self.ports.track_records.write_soon(&*self.ports.store).await;
        verdict
    }

    /// Waits for the handler, or breaks it off when the lease is over, the grace is over, or the delivery was held too long.
    /// Returns `None` where the handler panicked.
    pub(crate) async fn wait_for_outcome(
        &self,
        mut run: JoinHandle<Outcome>,
        work: &Work,
        held_too_long: impl Future<Output = ()>,
    ) -> Option<Outcome> {
        let broken_off = tokio::select! {
            done = &mut run => return done.inspect_err(|panic| tracing::error!(%panic, "a task's work crashed")).ok(),
            () = work.stop.cancelled() => Outcome::Stopped,
            () = self.signals.grace_over.cancelled() => Outcome::Park { wait: Duration::ZERO, reason: Parking::Drain },
            () = held_too_long => Outcome::Park { wait: Duration::ZERO, reason: Parking::Held },
        };
        run.abort();
        // The destructors of the handler settle what broken calls cost, so the caller must not ask before they have run.
        // If the work ended in this very moment, its own outcome counts.
        Some(run.await.unwrap_or(broken_off))
    }

    /// Waits until the delivery was held for its longest time and a text was saved under the lease. Work that is broken off
    /// before its first text is saved would begin anew for ever.
    async fn held_too_long(&self, delivered: Instant, text_saved: &CancellationToken) {
        let Some(hold) = self.settings.hold else { return std::future::pending().await };
        tokio::time::sleep_until(delivered + hold).await;
        text_saved.cancelled().await;
    }

    /// Records the outcome of the work in the ledger. Unsaved parts go with a result, or are saved before any other
    /// outcome is recorded.
    async fn record_outcome(&self, work: &Work, outcome: Option<Outcome>, unsaved: Vec<Checkpoint>) -> Verdict {
        let (book, task, spent) = (&work.grant.book.id, work.task(), work.spent());
        let fence = work.grant.fence.clone();
        let edition = work.grant.task.edition;
        let parts = match outcome {
            Some(Outcome::Done(_)) => unsaved,
            _ => {
                if !unsaved.is_empty() {
                    work.checkpointer.save(unsaved).await;
                }
                Vec::new()
            }
        };
        let command = match outcome {
            Some(Outcome::Done(output)) => Command::Commit { fence, edition, parts, output, spent },
            Some(Outcome::Park { wait, reason }) => Command::Park { fence, wait, reason, spent },
            Some(Outcome::GiveUp(reason)) => Command::GiveUp { fence, reason, spent },
            Some(Outcome::Stopped) => Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent },
            Some(Outcome::Reopen(chapters)) => return self.reopen(book, fence, chapters).await,
            // After a panic nothing is recorded: the lease runs out, and the ledger counts that.
            None => return Verdict::Ack,
        };
        if matches!(command, Command::Commit { .. }) {
            crash_point(format_args!("before_commit_of_{task}"));
        }
        // Finished work waits for the store for as long as the process may live.
        let step = || self.ports.store.step(book, task, command.clone());
        let answer = retry_until_stopped(&self.signals.stop_retrying, step).await;
        if matches!(answer, Some(Answer::Committed { .. })) {
            crash_point(format_args!("after_commit_of_{task}"));
        }
        match answer {
            Some(Answer::Committed { released } | Answer::GivenUp { released }) => self.publish(book, released).await,
            _ => Verdict::Ack,
        }
    }

    async fn reopen(&self, book: &BookId, fence: Fence, chapters: Vec<u32>) -> Verdict {
        tracing::warn!(?chapters, "stored texts are missing or wrong; their chapters are written again");
        let operation = Operation::Reopen { fence, chapters };
        let operate = || self.ports.store.operate(book, operation.clone());
        let operated = retry_until_stopped(&self.signals.stop_retrying, operate).await;
        match operated.flatten() {
            Some(Operated::Done { released }) => self.publish(book, released).await,
            _ => Verdict::Ack,
        }
    }

    async fn publish(&self, book: &BookId, released: Vec<Released>) -> Verdict {
        self.publisher.publish(book, &released).await;
        Verdict::Ack
    }
}
