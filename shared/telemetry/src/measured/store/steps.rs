//! What the ledger answers to this process's commands.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Answer, Checkpoint, Command, Fence, Parking};

use super::leases::{LeaseId, Leases};
use crate::{
    Metrics,
    labels::{claim_answer, task_kind},
};

/// Counts what becomes of tasks, and of the leases that this process holds on them.
pub(super) struct StepMetrics {
    metrics: Arc<Metrics>,
    leases: Mutex<Leases>,
}

impl StepMetrics {
    pub(super) fn new(metrics: Arc<Metrics>) -> Self {
        Self { metrics, leases: Mutex::default() }
    }

    /// Counts the answer to a command.
    pub(super) fn count(&self, book: &BookId, task: TaskId, command: &Command, answer: &Answer) {
        let lease = |fence: &Fence| LeaseId { book: book.clone(), task, fence: fence.clone() };
        match (command, answer) {
            (Command::Claim { .. }, _) => self.count_claim(book, task, answer),
            (Command::Renew { .. }, Answer::Keep) => {}
            (Command::Checkpoint { fence, parts }, Answer::Saved) => self.count_parts(&lease(fence), parts),
            (Command::Commit { fence, parts, .. }, Answer::Committed { .. }) => {
                self.count_parts(&lease(fence), parts);
                self.end_lease(&lease(fence), "committed");
                self.count_chapter(task, "done");
            }
            (Command::Commit { fence, .. }, Answer::Duplicate) => self.end_lease(&lease(fence), "duplicate"),
            (Command::Park { fence, reason, .. }, Answer::Parked) => {
                let end = if matches!(reason, Parking::Drain) { "drained" } else { "parked" };
                self.end_lease(&lease(fence), end);
            }
            (Command::GiveUp { fence, .. }, Answer::GivenUp { .. }) => {
                self.end_lease(&lease(fence), "given_up");
                self.count_chapter(task, "dead");
            }
            (
                Command::Renew { fence }
                | Command::Checkpoint { fence, .. }
                | Command::Commit { fence, .. }
                | Command::Park { fence, .. }
                | Command::GiveUp { fence, .. },
                _,
            ) => self.end_lease(&lease(fence), "lost"),
            // The holder of its last lease is gone and could not give it up.
            (Command::Serve { .. }, Answer::GivenUp { .. }) => self.count_chapter(task, "dead"),
            (Command::Serve { .. }, Answer::Publish { heal: Some(reason), .. }) => {
                self.metrics.heals.with_label_values(&[reason]).inc();
            }
            (Command::Serve { .. } | Command::Published, _) => {}
        }
    }

    fn count_claim(&self, book: &BookId, task: TaskId, answer: &Answer) {
        let kind = task_kind(task);
        self.metrics.claims.with_label_values(&[kind, claim_answer(answer)]).inc();
        let Answer::Go(grant) = answer else { return };
        let finished = grant.task.parts.values().filter(|part| part.finished()).count();
        self.metrics.parts_reused.with_label_values(&[kind]).inc_by(finished as u64);
        let lease = LeaseId { book: book.clone(), task, fence: grant.fence.clone() };
        if self.leases().begin(lease, &grant.task.parts) {
            self.metrics.leases_held.with_label_values(&[kind]).inc();
        }
    }

    fn count_parts(&self, lease: &LeaseId, parts: &[Checkpoint]) {
        let (kind, metrics) = (task_kind(lease.task), &self.metrics);
        for Checkpoint { number, part, again, .. } in parts {
            let added = self.leases().checkpoint(lease, *number, part);
            if let Some(reason) = again {
                // A label value appears only once there is something to count.
                if added.tries > 0 {
                    metrics.tries_failed.with_label_values(&[kind, reason]).inc_by(added.tries.into());
                }
                if added.rewrites > 0 {
                    metrics.rewrites.with_label_values(&[kind, reason]).inc_by(added.rewrites.into());
                }
            }
            metrics.parts_kept.with_label_values(&[kind]).inc_by(added.finished.into());
            let spent = if again.is_some() { "again" } else { "once" };
            metrics.part_seconds.with_label_values(&[kind, spent]).inc_by(added.elapsed.as_secs_f64());
        }
    }

    fn end_lease(&self, lease: &LeaseId, end: &str) {
        let kind = task_kind(lease.task);
        let Some(since) = self.leases().end(lease) else { return };
        self.metrics.leases.with_label_values(&[kind, end]).inc();
        self.metrics.leases_held.with_label_values(&[kind]).dec();
        self.metrics.lease_seconds.with_label_values(&[kind]).observe(since.elapsed().as_secs_f64());
    }

    fn count_chapter(&self, task: TaskId, outcome: &str) {
        if task.chapter().is_some() {
            self.metrics.chapters.with_label_values(&[outcome]).inc();
        }
    }

    fn leases(&self) -> MutexGuard<'_, Leases> {
        self.leases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
