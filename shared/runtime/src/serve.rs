//! One delivery from claim to settlement.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Answer, Checkpoint, Command, Grant, Operated, Operation, Parking, Released, Standing, Task};
use bindery_model::Allowance;
use bindery_protocol::task::{TaskMessage, Undecodable};
use bindery_queue::{Delivery, Verdict};
use bindery_store::Store;
use tokio::{task::JoinHandle, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Handler, Outcome, Ports, Settings, Stops,
    checkpoint::Checkpointer,
    publish::Marker,
    solo_lock::Place,
    work::{Work, patiently},
};
use crate::{
    crash_point,
    subject::{Subject, within},
};

/// How long a task that needs a newer program is kept from going round between older ones.
const PAUSE: Duration = Duration::from_secs(2);

/// How long a delivery waits for a crash suspect that goes before it. Then it goes back, so that another process may
/// take it.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How often it goes round: for an hour at least, which an upgrade may take. A newer program that comes later finds the
/// task owed in the ledger, and publishes it anew.
const ROUNDS: u32 = 1_800;

/// How a task's message came.
#[derive(Clone)]
struct Came {
    at: Instant,
    /// How often it had gone back behind the others.
    behind: u32,
    /// Whether it came through the queue for crash suspects.
    solo: bool,
    subject: Arc<Subject>,
}

pub(super) struct Server {
    ports: Ports,
    settings: Settings,
    handler: Arc<dyn Handler>,
    stops: Stops,
    marker: Marker,
    claims: AtomicU64,
}

impl Server {
    /// Makes a server of one lane. What it does beside a delivery runs on the tracker.
    pub(super) fn new(
        ports: Ports,
        settings: Settings,
        handler: Arc<dyn Handler>,
        (stops, tracker): (Stops, TaskTracker),
    ) -> Self {
        let marker = Marker { store: ports.store.clone(), tracker, stops: stops.clone() };
        Self { ports, settings, handler, stops, marker, claims: AtomicU64::new(0) }
    }

    pub(super) async fn serve(self: Arc<Self>, delivery: Delivery, solo: bool) {
        let (at, behind) = (Instant::now(), delivery.message.times_behind());
        let verdict = match TaskMessage::decode(&delivery.message.body) {
            Ok(message) => {
                let (book, task) = (message.book.clone(), message.task);
                let subject = Arc::new(Subject { book, task: Some(task), place: delivery.trace_parent });
                let came = Came { at, behind, solo, subject: subject.clone() };
                let verdict = within(subject, self.clone().take(message, came)).await;
                crash_point(format_args!("before_ack_of_{task}"));
                verdict
            }
            Err(newer @ Undecodable::Newer(_)) => self.leave(&newer.to_string(), behind).await,
            Err(unreadable) => Verdict::DeadLetter { reason: unreadable.to_string() },
        };
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "a delivery could not be settled; it will come again");
        }
    }

    /// Claims a task once there is a place for it: a crash suspect's is with nothing beside it.
    async fn take(self: Arc<Self>, message: TaskMessage, came: Came) -> Verdict {
        let solo = came.solo && self.suspected(&message).await;
        // What runs longer than a delivery may be held is put aside, once it has kept a part.
        let patience = if solo { self.settings.hold.unwrap_or(Duration::MAX) } else { PATIENCE };
        let place = tokio::time::timeout(patience, self.settings.solo_lock.enter(solo));
        match self.stops.shutdown.run_until_cancelled(place).await {
            Some(Ok(place)) => self.claim(message, Came { solo, ..came }, place).await,
            Some(Err(_)) => Verdict::MoveToBack,
            None => Verdict::Requeue,
        }
    }

    /// Returns whether a task is still to be tried alone: its message may be older than what has become of it.
    async fn suspected(&self, message: &TaskMessage) -> bool {
        let tasks = patiently(&self.stops.shutdown, || self.ports.store.tasks(&message.book)).await;
        let owed = |task: &Task| task.standing == Standing::Released && task.lease.is_none() && task.lapses > 0;
        tasks.is_some_and(|tasks| tasks.iter().any(|task| task.id == message.task && owed(task)))
    }

    async fn claim(self: Arc<Self>, message: TaskMessage, came: Came, place: Place) -> Verdict {
        let age = self.claims.fetch_add(1, Ordering::Relaxed);
        let claim = format!("{}/{age}/{:016x}", self.settings.worker, fastrand::u64(..));
        let command = Command::Claim { worker: self.settings.worker.clone(), claim, solo: came.solo };
        let (book, task) = (&message.book, message.task);
        self.handler.expect(&self.ports.store, &message).await;
        let claimed = patiently(&self.stops.shutdown, || self.ports.store.step(book, task, command.clone())).await;
        match claimed {
            Some(Answer::Go(grant)) => self.work(*grant, age, &came).await,
            Some(Answer::Done { unpublished: owed } | Answer::GivenUp { released: owed }) => {
                self.publish(book, owed).await
            }
            Some(Answer::Solo(released)) => self.publish(book, vec![released]).await,
            Some(Answer::Newer { version }) => {
                drop(place);
                self.leave(&format!("its book's record has version {version}"), came.behind).await
            }
            Some(_) => Verdict::Ack,
            None => Verdict::Requeue,
        }
    }

    /// Leaves a task to a newer program: its message goes back behind the others, and nothing is said to the ledger. Where
    /// none comes it is a dead letter in the end.
    async fn leave(&self, reason: &str, behind: u32) -> Verdict {
        if behind >= ROUNDS {
            let reason = format!("no newer program came to take it, {ROUNDS} times: {reason}");
            return Verdict::DeadLetter { reason };
        }
        tracing::info!(reason, "a task is left to a newer program");
        tokio::select! {
            () = self.stops.shutdown.cancelled() => {}
            () = tokio::time::sleep(PAUSE) => {}
        }
        Verdict::MoveToBack
    }

    /// Does the work under a lease that is renewed beside it, and says what became of it.
    async fn work(self: Arc<Self>, grant: Grant, age: u64, came: &Came) -> Verdict {
        let stop = CancellationToken::new();
        let lease = (grant.book.id.clone(), grant.task.id, grant.fence);
        let (store, live) = (self.ports.store.clone(), self.ports.live.clone());
        let renewing = renew(store.clone(), lease.clone(), self.settings.renew, stop.clone());
        let renewing = tokio::spawn(within(came.subject.clone(), renewing));
        let checkpointer = Arc::new(Checkpointer::new(store.clone(), lease, stop.clone(), self.stops.silence.clone()));
        let keeping = checkpointer.begin(came.subject.clone());
        let allowance = Arc::new(Allowance::new(grant.allowance));
        let work = Arc::new(Work::new(
            grant,
            (allowance, age),
            (store, live),
            (checkpointer.clone(), self.ports.wrap_writing.clone()),
            stop,
        ));
        let handler = self.handler.clone();
        let run = {
            let work = work.clone();
            tokio::spawn(within(came.subject.clone(), async move { handler.handle(&work).await }))
        };
        let outcome = self.watch(run, &work, self.outstayed(came.at, &checkpointer.progressed)).await;
        work.live.ended(work.task());
        // The work's own statements must still be made when it was told to stop: they settle its money.
        let verdict = self.conclude(&work, outcome, (&checkpointer, keeping.end().await)).await;
        renewing.abort();
        verdict
    }

    /// Waits for the handler, or breaks it off when the lease is over, the drain's grace has passed, or the delivery was
    /// held for long enough.
    pub(super) async fn watch(
        &self,
        mut run: JoinHandle<Outcome>,
        work: &Work,
        outstayed: impl Future<Output = ()>,
    ) -> Option<Outcome> {
        let broken_off = tokio::select! {
            done = &mut run => return done.inspect_err(|panic| tracing::error!(%panic, "a task's work crashed")).ok(),
            () = work.stop.cancelled() => Outcome::Stopped,
            () = self.stops.drain.cancelled() => Outcome::Park { wait: Duration::ZERO, reason: Parking::Drain },
            () = outstayed => Outcome::Park { wait: Duration::ZERO, reason: Parking::Held },
        };
        run.abort();
        // Its destructors settle what broken calls cost, so they run before that is asked. Work that ended in this very
        // moment has its outcome.
        Some(run.await.unwrap_or(broken_off))
    }

    /// Waits until the delivery was held for long enough and the lease has brought a part: work that is broken off before
    /// its first part is kept would begin anew for ever.
    async fn outstayed(&self, delivered: Instant, progressed: &CancellationToken) {
        let Some(hold) = self.settings.hold else { return std::future::pending().await };
        tokio::time::sleep_until(delivered + hold).await;
        progressed.cancelled().await;
    }

    /// Says what became of the work. Parts that are not kept yet go with the result, or are kept before anything else is
    /// said.
    async fn conclude(
        &self,
        work: &Work,
        outcome: Option<Outcome>,
        (checkpointer, parts): (&Checkpointer, Vec<Checkpoint>),
    ) -> Verdict {
        let (book, task, fence, spent) = (&work.grant.book.id, work.task(), work.grant.fence, work.spent());
        let edition = work.grant.task.edition;
        let parts = match outcome {
            Some(Outcome::Done(_)) => parts,
            _ => {
                if !parts.is_empty() {
                    checkpointer.keep(parts).await;
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
            // A crash says nothing: the lease runs out, and the ledger counts it.
            None => return Verdict::Ack,
        };
        if matches!(command, Command::Commit { .. }) {
            crash_point(format_args!("before_commit_of_{task}"));
        }
        // Finished work waits for the store for as long as the process may live.
        let said = patiently(&self.stops.silence, || self.ports.store.step(book, task, command.clone())).await;
        if matches!(said, Some(Answer::Committed { .. })) {
            crash_point(format_args!("after_commit_of_{task}"));
        }
        match said {
            Some(Answer::Committed { released } | Answer::GivenUp { released }) => self.publish(book, released).await,
            _ => Verdict::Ack,
        }
    }

    async fn reopen(&self, book: &BookId, fence: u64, chapters: Vec<u32>) -> Verdict {
        tracing::warn!(?chapters, "stored texts are missing or wrong; their chapters are written again");
        let operation = Operation::Reopen { fence, chapters };
        let operated = patiently(&self.stops.silence, || self.ports.store.operate(book, operation.clone())).await;
        match operated.flatten() {
            Some(Operated::Done { released }) => self.publish(book, released).await,
            _ => Verdict::Ack,
        }
    }

    async fn publish(&self, book: &BookId, released: Vec<Released>) -> Verdict {
        self.marker.publish(&*self.ports.queue, book, &released).await;
        Verdict::Ack
    }
}

/// Renews a lease until told to stop, or until the ledger says that it is over.
pub(super) async fn renew(
    store: Arc<dyn Store>,
    (book, task, fence): (BookId, TaskId, u64),
    every: Duration,
    stop: CancellationToken,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        match store.step(&book, task, Command::Renew { fence }).await {
            Ok(Answer::Keep) => {}
            Ok(over) => {
                tracing::info!(?over, "work stops");
                return stop.cancel();
            }
            Err(error) => tracing::warn!(%error, "a lease could not be renewed; trying again"),
        }
    }
}
