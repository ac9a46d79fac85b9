//! Sending notices: each delivery of the lane is one attempt.

use std::{sync::Arc, time::Duration};

use bindery_domain::{Backoff, Lane, Moment};
use bindery_protocol::notice::NoticeMessage;
use bindery_queue::{Delivery, Verdict};
use bindery_runtime::{Ports, consume_until_stopped, crash_point, retry_until_stopped};
use bindery_store::{Disabled, Notice, Webhook, WebhookChange};
use bindery_webhook::{Call, SecretFlaw, SendError, Sender, signature};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    Settings,
    pace::{Pace, Permit},
};

/// How many deliveries a process holds at once. Most of them wait for an answer.
const SLOTS: u16 = 256;

/// The longest wait between two attempts.
const MAX_WAIT: Duration = Duration::from_secs(2 * 3_600);

/// Sends notices.
pub(super) struct Courier {
    ports: Ports,
    sender: Arc<dyn Sender>,
    settings: Settings,
    pace: Pace,
}

/// What becomes of a notice. `None` stands for a stop of the process before the store has heard of it.
type Served = Option<()>;

impl Courier {
    pub(super) fn new(ports: Ports, sender: Arc<dyn Sender>, settings: Settings) -> Self {
        Self { ports, sender, settings, pace: Pace::default() }
    }

    /// Sends notices until `stop`.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        while let Some(mut consumer) = consume_until_stopped(&*self.ports.queue, Lane::Webhooks, SLOTS, &stop).await {
            while let Some(Some(delivery)) = stop.run_until_cancelled(consumer.next()).await {
                let (courier, stop) = (self.clone(), stop.clone());
                tracker.spawn(async move { courier.serve(delivery, &stop).await });
            }
        }
        tracker.close();
        tracker.wait().await;
    }

    async fn serve(&self, delivery: Delivery, stop: &CancellationToken) {
        let verdict = match NoticeMessage::decode(&delivery.message.body) {
            Ok(message) if self.attempt(&message.notice, stop).await.is_some() => Verdict::Ack,
            Ok(_) => Verdict::Requeue,
            Err(error) => Verdict::DeadLetter { reason: error.to_string() },
        };
        crash_point("before_ack_of_notice");
        if let Err(error) = delivery.settle(verdict).await {
            tracing::warn!(%error, "the message of a notice could not be settled; it will come again");
        }
    }

    /// Sends a notice, unless there is nothing to send or it must wait.
    pub(super) async fn attempt(&self, id: &str, stop: &CancellationToken) -> Served {
        let store = self.ports.store.webhooks();
        // A notice that is not there has been taken.
        let Some(notice) = retry_until_stopped(stop, || store.notice(id)).await? else { return Some(()) };
        let now = bindery_store::now();
        if let Some(dead_at) = notice.dead_at {
            let is_kept = now.since(dead_at) < self.settings.keep_dead;
            return if is_kept { Some(()) } else { self.remove(&notice, stop).await };
        }
        let webhook = retry_until_stopped(stop, || store.webhook(&notice.webhook)).await?;
        let Some(webhook) = webhook else { return self.remove(&notice, stop).await };
        if let Some(Disabled { reason, .. }) = &webhook.disabled {
            return self.bury(notice, format!("the webhook is disabled: {reason}"), stop).await;
        }
        if now.since(notice.begun_at) >= self.settings.give_up_after {
            let failure = notice.failure.clone();
            return self.bury(notice, failure, stop).await;
        }
        match self.pace.enter(&webhook.id) {
            Ok(permit) => self.send(notice, &webhook, permit, stop).await,
            Err(wait) => self.park(&notice, wait, stop).await,
        }
    }

    async fn send(&self, notice: Notice, webhook: &Webhook, permit: Permit<'_>, stop: &CancellationToken) -> Served {
        let sent = match call(&notice, webhook, bindery_store::now()) {
            Ok(call) => stop.run_until_cancelled(self.sender.send(&call)).await,
            Err(flaw) => Some(Err(SendError::Forbidden(flaw.to_string()))),
        };
        let error = match sent {
            // Whether it was taken is not known. It is sent again at once by another process, or by the next one.
            None => return self.ports.store.webhooks().replace_notice(&notice, Duration::ZERO).await.ok().map(drop),
            Some(Ok(())) => {
                permit.succeeded();
                crash_point("after_notice");
                return self.remove(&notice, stop).await;
            }
            Some(Err(error)) => error,
        };
        let wait = self.wait(notice.attempts, &error);
        permit.failed(wait);
        tracing::info!(webhook = webhook.id, tenant = webhook.tenant, notice = notice.id, %error, "a notice was not taken");
        if error == SendError::Gone {
            let disabled = Disabled { at: bindery_store::now(), reason: error.to_string() };
            let (store, change) = (self.ports.store.webhooks(), WebhookChange::Disable(disabled));
            retry_until_stopped(stop, || store.change_webhook(&webhook.id, &change)).await?;
        }
        let left = self.settings.give_up_after.saturating_sub(bindery_store::now().since(notice.begun_at));
        let (attempts, failure) = (notice.attempts.saturating_add(1), error.to_string());
        let notice = Notice { attempts, failure: failure.clone(), ..notice };
        if error == SendError::Gone || left.is_zero() {
            return self.bury(notice, failure, stop).await;
        }
        self.park(&notice, wait.min(left), stop).await
    }

    /// Returns how long a notice waits after one more failure.
    fn wait(&self, attempts: u32, error: &SendError) -> Duration {
        let backoff = Backoff { base: self.settings.retry_after, cap: MAX_WAIT };
        let longest = backoff.ceiling(attempts.saturating_add(1));
        let wait = longest.mul_f64(0.5 + fastrand::f64() / 2.0);
        match error {
            SendError::Refused { retry_after: Some(asked), .. } => wait.max(*asked),
            _ => wait,
        }
    }

    async fn park(&self, notice: &Notice, wait: Duration, stop: &CancellationToken) -> Served {
        let store = self.ports.store.webhooks();
        retry_until_stopped(stop, || store.replace_notice(notice, wait)).await.map(drop)
    }

    async fn remove(&self, notice: &Notice, stop: &CancellationToken) -> Served {
        let store = self.ports.store.webhooks();
        retry_until_stopped(stop, || store.remove_notice(notice)).await.map(drop)
    }

    /// Gives a notice up.
    async fn bury(&self, notice: Notice, failure: String, stop: &CancellationToken) -> Served {
        let (webhook, attempts) = (&notice.webhook, notice.attempts);
        tracing::warn!(webhook, notice = notice.id, book.id = %notice.book, attempts, failure, "a notice was given up");
        let notice = Notice { failure, dead_at: Some(bindery_store::now()), ..notice };
        self.park(&notice, self.settings.keep_dead, stop).await
    }
}

/// Signs a notice.
fn call(notice: &Notice, webhook: &Webhook, now: Moment) -> Result<Call, SecretFlaw> {
    let timestamp = now.0 / 1_000;
    let signed =
        webhook.secrets_at(now).into_iter().map(|secret| signature(secret, &notice.id, timestamp, &notice.body));
    let signatures = signed.collect::<Result<Vec<_>, _>>()?.join(" ");
    Ok(Call { url: webhook.url.clone(), id: notice.id.clone(), timestamp, body: notice.body.clone(), signatures })
}
