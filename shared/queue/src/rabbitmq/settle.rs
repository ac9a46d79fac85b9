//! Settling a delivery, at the latest when it is dropped.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_domain::Lane;
use bindery_protocol::Message;
use lapin::{
    Acker, Channel,
    options::{BasicAckOptions, BasicNackOptions},
};
use tokio::runtime::Handle;

use super::{
    super::{QueueError, Settle, Verdict},
    link::{Fault, Link},
    publish::Publisher,
};

/// A delivery's way back into its queue.
pub(super) struct Unsettled {
    acker: Option<Acker>,
    /// The channel lives until the last of its deliveries is settled, also when its consumer is gone.
    channel: Channel,
    message: Message,
    lane: Lane,
    link: Arc<Link>,
    publisher: Arc<Publisher>,
    runtime: Handle,
    /// Tells the consumer that it is not idle.
    _held: Arc<()>,
}

impl Unsettled {
    pub(super) fn new(
        (acker, channel): (Acker, Channel),
        message: Message,
        (lane, held): (Lane, Arc<()>),
        (link, publisher): (Arc<Link>, Arc<Publisher>),
    ) -> Self {
        Self { acker: Some(acker), channel, message, lane, link, publisher, runtime: Handle::current(), _held: held }
    }
}

#[async_trait]
impl Settle for Unsettled {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let requeue = match verdict {
            Verdict::Ack => false,
            Verdict::Return => true,
            Verdict::Behind => {
                let message = std::mem::take(&mut self.message).behind();
                // Where this fails, dropping the delivery returns it.
                self.publisher.publish(&self.lane.into(), &message).await?;
                false
            }
            Verdict::DeadLetter { reason } => {
                tracing::warn!(message.id = %self.message.id, reason, "a message went to the dead letters");
                let letter = std::mem::take(&mut self.message).dead_letter(self.lane, &reason);
                // Where this fails, dropping the delivery returns it.
                self.publisher.publish(&Lane::Dead.into(), &letter).await?;
                false
            }
        };
        if let Some(acker) = self.acker.take() {
            settle(acker, requeue, &self.link).await;
        }
        Ok(())
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(acker) = self.acker.take() {
            let (channel, link) = (self.channel.clone(), self.link.clone());
            self.runtime.spawn(async move {
                settle(acker, true, &link).await;
                drop(channel);
            });
        }
    }
}

/// Settles a delivery. That its channel has ended is nobody's error: the message comes again, and the ledger does not
/// mind.
async fn settle(acker: Acker, requeue: bool, link: &Link) {
    let settle = async {
        let settled = if requeue {
            acker.nack(BasicNackOptions { requeue: true, multiple: false }).await?
        } else {
            acker.ack(BasicAckOptions::default()).await?
        };
        if settled { Ok(()) } else { Err(Fault::Refused("its channel has ended".to_owned())) }
    };
    if let Err(error) = link.within(settle).await {
        tracing::debug!(%error, "a delivery was not settled; it comes again");
    }
}
