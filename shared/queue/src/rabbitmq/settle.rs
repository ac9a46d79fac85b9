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
    connection::{BrokerError, SupervisedConnection},
    publish::Publisher,
};

/// A delivery that the broker waits to see settled.
pub(super) struct Unsettled {
    pub(super) acker: Option<Acker>,
    /// The channel lives until the last of its deliveries is settled, even after its consumer is gone.
    pub(super) channel: Channel,
    pub(super) message: Message,
    pub(super) lane: Lane,
    pub(super) connection: Arc<SupervisedConnection>,
    pub(super) publisher: Arc<Publisher>,
    pub(super) runtime: Handle,
    /// Tells the consumer that it is not idle.
    pub(super) _counted: Arc<()>,
}

/// What the broker does with a delivery's message.
#[derive(Clone, Copy)]
enum Disposition {
    Remove,
    Requeue,
}

#[async_trait]
impl Settle for Unsettled {
    async fn settle(mut self: Box<Self>, verdict: Verdict) -> Result<(), QueueError> {
        let disposition = match verdict {
            Verdict::Ack => Disposition::Remove,
            Verdict::Requeue => Disposition::Requeue,
            Verdict::MoveToBack => {
                let message = std::mem::take(&mut self.message).behind();
                // If this fails, the delivery is dropped unsettled and comes again.
                self.publisher.publish(&self.lane.into(), &message).await?;
                Disposition::Remove
            }
            Verdict::DeadLetter { reason } => {
                tracing::warn!(message.id = %self.message.id, reason, "a message went to the dead letters");
                let letter = std::mem::take(&mut self.message).dead_letter(self.lane, &reason);
                // If this fails, the delivery is dropped unsettled and comes again.
                self.publisher.publish(&Lane::Dead.into(), &letter).await?;
                Disposition::Remove
            }
        };
        if let Some(acker) = self.acker.take() {
            acknowledge(acker, disposition, &self.connection).await;
        }
        Ok(())
    }
}

impl Drop for Unsettled {
    fn drop(&mut self) {
        if let Some(acker) = self.acker.take() {
            let (channel, connection) = (self.channel.clone(), self.connection.clone());
            self.runtime.spawn(async move {
                acknowledge(acker, Disposition::Requeue, &connection).await;
                drop(channel);
            });
        }
    }
}

/// Tells the broker what to do with a delivery. If its channel has ended, the message comes again, which the ledger
/// tolerates; so that is no error.
async fn acknowledge(acker: Acker, disposition: Disposition, connection: &SupervisedConnection) {
    let acknowledged = async {
        let done = match disposition {
            Disposition::Remove => acker.ack(BasicAckOptions::default()).await?,
            Disposition::Requeue => acker.nack(BasicNackOptions { requeue: true, multiple: false }).await?,
        };
        if done { Ok(()) } else { Err(BrokerError::ChannelEnded) }
    };
    if let Err(error) = connection.with_timeout(acknowledged).await {
        tracing::debug!(%error, "a delivery was not settled; it comes again");
    }
}
