//! The intake: makes books from the submissions of upstream systems. It answers each submission and loses none.
//!
//! A submission is settled once the ledger has accepted it or its sender has been told why not. A rejected submission whose
//! sender cannot be told becomes a dead letter.

mod admission;
mod reading;
mod request;
#[cfg(test)]
pub(crate) mod tests;

use std::{sync::Arc, time::Duration};

use bindery_commands::TenantRoom;
use bindery_config::Config;
use bindery_domain::{BookId, Lane};
use bindery_files::Files;
use bindery_ledger::{Accepted, Request};
use bindery_model::Models;
use bindery_protocol::{
    Message,
    submission::{ACCEPTED, CloudEvent, REJECTED, Receipt, Submission},
    tenant::tenant_flaw,
};
use bindery_queue::{Consumer, Delivery, MessageLimit, Verdict};
use bindery_runtime::{FaultLog, Ports, Sent, consume_until_stopped, crash_point, retry_until_stopped};
use bindery_store::StoreError;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use self::admission::{Admission, LOOK, Pace};
use crate::{
    sender::{answer, tenant},
    submit::{Submitted, submit},
    until_answered::until_answered,
    uploads,
};
#[cfg(any(test, fuzzing))]
pub(crate) use reading::read;

pub use self::{reading::outline, request::request_of};

/// The pause before the store of files is asked again after it has failed.
const FILES_PAUSE: Duration = Duration::from_secs(1);

/// The files that submissions name cannot be read or stored.
static FILES_FAULT: FaultLog = FaultLog::new(
    "the files that submissions name cannot be read or stored; trying again",
    "the files that submissions name are read and stored again",
);

/// Accepts and rejects submissions.
pub struct Intake {
    ports: Ports,
    files: Arc<dyn Files>,
    models: Arc<Models>,
    settings: Config,
    tenants: TenantRoom,
}

/// What becomes of a submission.
struct Decision {
    verdict: Verdict,
    /// The published tasks of its book, which are still to be marked.
    sent: Option<Sent>,
}

impl Decision {
    fn without_tasks(verdict: Verdict) -> Self {
        Self { verdict, sent: None }
    }
}

impl Intake {
    /// Makes an intake whose books get the terms of these settings and may use these models.
    pub fn new(ports: Ports, files: Arc<dyn Files>, models: Arc<Models>, settings: Config) -> Self {
        let tenants = TenantRoom::new(open_books_per_tenant(&settings));
        Self { ports, files, models, settings, tenants }
    }

    /// Consumes submissions until `shutdown` while there is room for their books, and finishes those under way.
    ///
    /// Nothing is consumed while there is no room. A submission that this process held in vain would be requeued
    /// whenever the process ends. The broker makes a message that is requeued too often a dead letter.
    pub async fn run(self, shutdown: CancellationToken) {
        shutdown.run_until_cancelled(self.check_message_limit()).await;
        let limit = u64::from(self.settings.serve.max_open_books);
        let mut admission = Admission::new(self.ports.store.clone(), limit);
        let (intake, tracker) = (Arc::new(self), TaskTracker::new());
        while let Some(pace) = shutdown.run_until_cancelled(admission.wait(&tracker)).await {
            intake.take_in(&mut admission, pace, &tracker, &shutdown).await;
        }
        tracker.close();
        tracker.wait().await;
    }

    /// Tells an operator whose broker would hand on messages of any size, or would not take every submission.
    async fn check_message_limit(&self) {
        let limit = match self.ports.queue.message_limit().await {
            Ok(limit) => limit,
            Err(error) => {
                tracing::warn!(%error, "the broker's limit for the size of messages is not known");
                return;
            }
        };
        match (limit, limit.fault()) {
            (_, None) => {}
            // A managed broker may keep its limit. Submissions that are too large are then refused here.
            (MessageLimit::TooHigh, Some(fault)) => {
                tracing::warn!(fault, "the broker's limit for the size of messages is too high")
            }
            (_, Some(fault)) => tracing::error!(fault, "the broker's limit for the size of messages is wrong"),
        }
    }

    /// Consumes submissions for as long as there is room for them at this pace.
    async fn take_in(
        self: &Arc<Self>,
        admission: &mut Admission,
        pace: Pace,
        tracker: &TaskTracker,
        stop: &CancellationToken,
    ) {
        let queue = &*self.ports.queue;
        let Some(mut consumer) = consume_until_stopped(queue, Lane::Submissions, pace.prefetch(), stop).await else {
            return;
        };
        loop {
            let next = stop.run_until_cancelled(next_while_room(&mut *consumer, admission, pace, tracker));
            let Some(Some(delivery)) = next.await else { return };
            admission.taken();
            let (intake, stop) = (self.clone(), stop.clone());
            tracker.spawn(async move { intake.serve(delivery, &stop).await });
        }
    }

    async fn serve(&self, delivery: Delivery, shutdown: &CancellationToken) {
        let Decision { verdict, sent } = self.decide(&delivery.message, shutdown).await;
        crash_point("before_ack_of_submission");
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "a submission could not be settled; it will come again");
        }
        if let Some(sent) = sent {
            sent.mark_later(&*self.ports.store, shutdown, shutdown).await;
        }
    }

    /// Accepts or rejects a submission.
    async fn decide(&self, message: &Message, shutdown: &CancellationToken) -> Decision {
        let submission = match Submission::decode(&message.body) {
            Ok(submission) => submission,
            Err(invalid) => {
                let mut errors = invalid.flaws();
                let readable = invalid.readable.iter();
                errors.extend(readable.flat_map(|rest| reading::errors(&self.settings, &self.models, rest)));
                errors.extend(
                    tenant(&self.settings, message)
                        .map_or_else(|unknown| Some(unknown.to_string()), |tenant| tenant_flaw(&tenant)),
                );
                return self.reject(message, invalid.request_id.as_deref(), None, errors).await;
            }
        };
        let read = until_answered(shutdown, || self.request(message, &submission)).await;
        match read {
            Some(Ok(Ok(request))) => self.accept_or_refuse(message, request, &submission, shutdown).await,
            Some(Ok(Err(errors))) => self.reject(message, Some(&submission.request_id), None, errors).await,
            Some(Err(damaged)) => {
                self.reject(message, Some(&submission.request_id), None, vec![damaged.to_string()]).await
            }
            None => Decision::without_tasks(Verdict::Requeue),
        }
    }

    /// Accepts a request, unless its tenant has as many open books as it may have. Such a submission does not wait: it would keep those
    /// of other tenants waiting.
    async fn accept_or_refuse(
        &self,
        message: &Message,
        request: Request,
        submission: &Submission,
        shutdown: &CancellationToken,
    ) -> Decision {
        let name = Some(submission.request_id.as_str());
        match until_answered(shutdown, || self.tenants.refusal(&*self.ports.store, &request)).await {
            Some(Ok(None)) => self.adopt_and_accept(message, request, submission, shutdown).await,
            Some(Ok(Some(refusal))) => self.reject(message, name, None, vec![refusal]).await,
            Some(Err(damaged)) => self.reject(message, name, None, vec![damaged.to_string()]).await,
            None => Decision::without_tasks(Verdict::Requeue),
        }
    }

    /// Makes the files that a submission names files of its book, and accepts its request.
    async fn adopt_and_accept(
        &self,
        message: &Message,
        mut request: Request,
        submission: &Submission,
        shutdown: &CancellationToken,
    ) -> Decision {
        let mut fault = FILES_FAULT.caller();
        loop {
            match uploads::adopt(&*self.files, &mut request, submission).await {
                Ok(Ok(())) => {
                    fault.ended();
                    return self.accept(message, &request, shutdown).await;
                }
                Ok(Err(errors)) => return self.reject(message, Some(&submission.request_id), None, errors).await,
                Err(error) => fault.failed(&error),
            }
            if shutdown.run_until_cancelled(tokio::time::sleep(FILES_PAUSE)).await.is_none() {
                return Decision::without_tasks(Verdict::Requeue);
            }
        }
    }

    /// Accepts a request and tells its sender. A book that the store loses before it is on the disk is accepted again.
    async fn accept(&self, message: &Message, request: &Request, shutdown: &CancellationToken) -> Decision {
        loop {
            if let Some(decision) = self.accept_once(message, request, shutdown).await {
                return decision;
            }
            let (tenant, request_id) = (&request.tenant, &request.request_id);
            tracing::warn!(tenant, request_id, "the store has lost a book that it had accepted; it is accepted again");
        }
    }

    /// Accepts a request and tells its sender; returns `None` where the store has lost the book before that.
    async fn accept_once(
        &self,
        message: &Message,
        request: &Request,
        shutdown: &CancellationToken,
    ) -> Option<Decision> {
        let handed_back = Some(Decision::without_tasks(Verdict::Requeue));
        let book = request.book_id();
        let name = Some(request.request_id.as_str());
        let submitted = until_answered(shutdown, || submit(&self.ports, &self.models, request)).await;
        let Submitted { accepted, sent } = match submitted {
            Some(Ok(submitted)) => submitted,
            Some(Err(damaged)) => {
                return Some(self.reject(message, name, Some(&book), vec![damaged.to_string()]).await);
            }
            None => return handed_back,
        };
        let receipt = match accepted {
            Accepted::New(_) => {
                self.tenants.taken(&request.tenant);
                Receipt::accepted(&request.request_id, book.clone())
            }
            Accepted::Exists(_) => {
                let stored = retry_until_stopped(shutdown, || self.ports.store.book(&book)).await;
                let Some(stored) = stored else { return handed_back };
                let deleted = || Receipt { repeated: true, ..Receipt::accepted(&request.request_id, book.clone()) };
                stored.as_ref().map_or_else(deleted, Receipt::repeated)
            }
            Accepted::Conflict => {
                let error = "the request id names another book already; send this one under an id of its own";
                return Some(self.reject(message, name, Some(&book), vec![error.to_owned()]).await);
            }
            // Another dispatcher has taken the last place. The submission waits with the others, and nothing counts it as
            // handed back.
            Accepted::Full => return Some(Decision::without_tasks(Verdict::MoveToBack)),
        };
        let mut sent = Some(sent);
        if self.settings.serve.wait_for_disk {
            // The answer says that the book is accepted, so it waits until a crash of the store can no longer undo that. The
            // published tasks are marked meanwhile: they would count as unpublished before the wait is over.
            let synced = retry_until_stopped(shutdown, || self.ports.store.sync(&book));
            let marked = async {
                if let Some(sent) = sent.take() {
                    sent.mark_later(&*self.ports.store, shutdown, shutdown).await;
                }
            };
            match tokio::join!(synced, marked) {
                (None, ()) => return handed_back,
                (Some(None), ()) => return None,
                (Some(Some(_)), ()) => {}
            }
        }
        self.answer(message, ACCEPTED, receipt).await;
        Some(Decision { verdict: Verdict::Ack, sent })
    }

    /// Rejects a submission and tells its sender. `book` is the book that has its name already.
    async fn reject(
        &self,
        message: &Message,
        request_id: Option<&str>,
        book: Option<&BookId>,
        errors: Vec<String>,
    ) -> Decision {
        let receipt = Receipt::rejected(request_id, &errors);
        let reason = receipt.errors.join("; ");
        let tenant = message.sender().or(self.settings.serve.tenant.as_deref());
        let book = book.map(BookId::as_str);
        tracing::warn!(tenant, request_id = receipt.request_id, book, reason, "a submission was rejected");
        let answered = self.answer(message, REJECTED, receipt).await;
        Decision::without_tasks(if answered { Verdict::Ack } else { Verdict::DeadLetter { reason } })
    }

    /// Answers a submission whose sender awaits an answer. Returns whether an answer was sent.
    async fn answer(&self, message: &Message, kind: &str, receipt: Receipt) -> bool {
        let event = CloudEvent::new(kind, format!("{}:receipt", message.id), receipt);
        answer(&*self.ports.queue, &self.settings, message, &event).await
    }

    /// Makes the request that a submission means. The inner error holds all faults of the submission.
    async fn request(
        &self,
        message: &Message,
        submission: &Submission,
    ) -> Result<Result<Request, Vec<String>>, StoreError> {
        let tenant = match tenant(&self.settings, message) {
            Ok(tenant) => tenant,
            Err(unknown) => {
                let others = reading::errors(&self.settings, &self.models, submission);
                return Ok(Err(std::iter::once(unknown.to_string()).chain(others).collect()));
            }
        };
        let read = request_of(&*self.ports.store, &self.settings, &self.models, tenant, submission).await?;
        Ok(read.map(|request| Request { trace: message.trace_parent().or(request.trace), ..request }))
    }
}

/// Returns how many open books a tenant may have; `None` where it may have all of them.
pub fn open_books_per_tenant(settings: &Config) -> Option<u32> {
    let (one, all) = (settings.serve.max_open_books_per_tenant, settings.serve.max_open_books);
    (one < all).then_some(one)
}

/// Returns the faults of a submission of which not all could be read.
pub fn faults(settings: &Config, models: &Models, readable: &Submission) -> Vec<String> {
    reading::errors(settings, models, readable)
}

/// Waits for the next submission. Returns `None` once there is no room at this pace. The next one would be accepted beside
/// those under way, which the store does not count yet.
async fn next_while_room(
    consumer: &mut dyn Consumer,
    admission: &mut Admission,
    pace: Pace,
    under_way: &TaskTracker,
) -> Option<Delivery> {
    let next = consumer.next();
    tokio::pin!(next);
    while admission.look(under_way.len()).await == Some(pace) {
        // Waiting for a delivery is not begun anew: a consumer may be about to connect again.
        if let Ok(delivery) = tokio::time::timeout(LOOK, &mut next).await {
            return delivery;
        }
    }
    None
}
