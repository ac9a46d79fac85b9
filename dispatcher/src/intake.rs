//! Taking submissions in: what upstream systems send becomes books, each answered, none lost.
//!
//! A submission is settled once the ledger has accepted it or its sender was told why not. One that nobody can be told
//! about goes to the dead letters.

mod reading;

use std::{sync::Arc, time::Duration};

use bindery_config::Config;
use bindery_domain::{BookId, Lane};
use bindery_ledger::{Accepted, Request};
use bindery_model::Models;
use bindery_protocol::{
    Message,
    submission::{ACCEPTED, CloudEvent, REJECTED, Receipt, Submission},
};
use bindery_queue::{Consumer, Delivery, Destination, QueueError, Verdict};
use bindery_runtime::{Ports, Sent, crash_point, patiently};
use bindery_store::StoreError;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::submit::submit;
#[cfg(any(test, fuzzing))]
pub(crate) use reading::read;

/// Submissions looked at at once. Accepting is quick, and a slow store is not to be flooded.
const SLOTS: u16 = 16;

/// The share of the store's memory above which nothing more is taken in, so that open books can finish.
const FULL: f64 = 0.8;

/// How often a full store is asked again.
const PAUSE: Duration = Duration::from_secs(2);

/// What the intake stands on.
pub struct Intake {
    ports: Ports,
    models: Arc<Models>,
    settings: Config,
}

impl Intake {
    /// Makes an intake whose books have the terms of these settings and may use these models.
    pub fn new(ports: Ports, models: Arc<Models>, settings: Config) -> Self {
        Self { ports, models, settings }
    }

    /// Takes submissions in until `shutdown`; those being looked at are finished.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), QueueError> {
        let mut consumer = self.ports.queue.consume(Lane::Submissions, SLOTS).await?;
        let (intake, tracker) = (Arc::new(self), TaskTracker::new());
        while let Some(delivery) = intake.next(&mut *consumer, &shutdown).await {
            let (intake, shutdown) = (intake.clone(), shutdown.clone());
            tracker.spawn(async move { intake.serve(delivery, &shutdown).await });
        }
        drop(consumer);
        tracker.close();
        tracker.wait().await;
        Ok(())
    }

    /// Waits for the next submission, and with it until there is room for its book.
    async fn next(&self, consumer: &mut dyn Consumer, shutdown: &CancellationToken) -> Option<Delivery> {
        let next = async {
            let delivery = consumer.next().await?;
            let mut told = false;
            while let Some(reason) = self.full().await {
                if !told {
                    tracing::warn!(reason, "no submission is taken in until books have finished");
                    told = true;
                }
                tokio::time::sleep(PAUSE).await;
            }
            Some(delivery)
        };
        tokio::select! {
            biased;
            () = shutdown.cancelled() => None,
            delivery = next => delivery,
        }
    }

    /// Returns why there is no room for another book, if there is none.
    async fn full(&self) -> Option<String> {
        // A store that does not answer is met again when the book is accepted, and waited for there.
        let load = self.ports.store.load().await.ok()?;
        if load.open_books >= u64::from(self.settings.serve.max_open_books) {
            return Some(format!("{} books are open", load.open_books));
        }
        let used = load.memory.filter(|used| *used > FULL)?;
        Some(format!("the store has used {:.0} % of its memory", used * 100.0))
    }

    async fn serve(&self, delivery: Delivery, shutdown: &CancellationToken) {
        let (verdict, sent) = self.judge(&delivery.message, shutdown).await;
        crash_point("before_ack_of_submission");
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "a submission could not be settled; it will come again");
        }
        if let Some(sent) = sent {
            sent.mark_later(&*self.ports.store, shutdown, shutdown).await;
        }
    }

    /// Accepts or rejects a submission; returns too what was published of its book.
    async fn judge(&self, message: &Message, shutdown: &CancellationToken) -> (Verdict, Option<Sent>) {
        let read = match Submission::decode(&message.body) {
            Ok(submission) => {
                let name = submission.request_id.clone();
                match patiently(shutdown, || self.request(message, &submission)).await {
                    Some(Ok(request)) => Ok(request),
                    Some(Err(errors)) => Err((Some(name), errors)),
                    None => return (Verdict::Requeue, None),
                }
            }
            Err(error) => Err((None, error.all())),
        };
        match read {
            Ok(request) => self.accept(message, &request, shutdown).await,
            Err((name, errors)) => (self.reject(message, name, errors).await, None),
        }
    }

    async fn accept(
        &self,
        message: &Message,
        request: &Request,
        shutdown: &CancellationToken,
    ) -> (Verdict, Option<Sent>) {
        let book = request.book_id();
        let accepted = patiently(shutdown, || submit(&self.ports, &self.models, request)).await;
        let Some((accepted, sent)) = accepted else { return (Verdict::Requeue, None) };
        let repeated = match accepted {
            Accepted::New(_) => false,
            Accepted::Exists(_) => true,
            Accepted::Conflict => {
                let error = "the request id names another book already; send this one under an id of its own";
                let name = Some(request.request_id.clone());
                return (self.reject(message, name, vec![error.to_owned()]).await, None);
            }
        };
        let name = Some(request.request_id.clone());
        let receipt = Receipt { request_id: name, book: Some(book), repeated, errors: Vec::new() };
        self.answer(message, ACCEPTED, receipt).await;
        (Verdict::Ack, Some(sent))
    }

    async fn reject(&self, message: &Message, request_id: Option<String>, errors: Vec<String>) -> Verdict {
        let reason = errors.join("; ");
        tracing::info!(reason, "a submission was rejected");
        let told = self.answer(message, REJECTED, Receipt { request_id, book: None, repeated: false, errors }).await;
        if told { Verdict::Ack } else { Verdict::DeadLetter { reason } }
    }

    /// Answers where an answer is awaited; whether one was sent.
    async fn answer(&self, message: &Message, kind: &str, receipt: Receipt) -> bool {
        let Some(reply_to) = message.reply_to.as_ref() else { return false };
        if !self.may_name(message.user.as_deref(), reply_to) {
            tracing::warn!(queue = reply_to, "a submission's answer is for a queue that its sender may not name");
            return false;
        }
        let event = CloudEvent::new(kind, format!("{}:receipt", message.id), receipt);
        let answer = Message { correlation_id: message.correlation_id.clone(), ..event.message() };
        let sent = self.ports.queue.publish(&Destination::Reply(reply_to.clone()), answer).await;
        sent.inspect_err(|error| tracing::warn!(%error, "a submission could not be answered")).is_ok()
    }

    /// Returns whether a sender may have its answer put into a queue: one that the broker has named, or one that bears its
    /// own name. Where all senders are one tenant, it may be any but the fleet's.
    fn may_name(&self, user: Option<&str>, queue: &str) -> bool {
        let own = user.and_then(|user| queue.strip_prefix(user)).is_some_and(|rest| rest.starts_with('.'));
        let shared = self.settings.serve.tenant.is_some() && !queue.starts_with("bindery.");
        queue.starts_with("amq.") || own || shared
    }

    /// Makes the request that a submission means, or says all that is wrong with it.
    async fn request(
        &self,
        message: &Message,
        submission: &Submission,
    ) -> Result<Result<Request, Vec<String>>, StoreError> {
        let Some(tenant) = message.user.clone().or_else(|| self.settings.serve.tenant.clone()) else {
            let error = "the message names no user that the broker has validated; publish it with `user_id`";
            let others = reading::read(&self.settings, &self.models, (String::new(), None), submission).err();
            return Ok(Err(std::iter::once(error.to_owned()).chain(others.into_iter().flatten()).collect()));
        };
        let id = BookId::of(&tenant, &submission.request_id);
        let stored = self.ports.store.request(&id).await?;
        let trace = message.trace_parent().or(stored.as_ref().and_then(|stored| stored.trace));
        // A book keeps the date it was first asked for, so that asking again is the same order.
        let dated = stored.map(|stored| stored.order.date);
        let read = reading::read(&self.settings, &self.models, (tenant, dated), submission);
        Ok(read.map(|request| Request { trace, ..request }))
    }
}
