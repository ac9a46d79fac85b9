//! Consuming a lane, whatever happens to the connection meanwhile.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::Lane;
use futures_util::StreamExt;
use lapin::{
    Channel,
    options::{BasicConsumeOptions, BasicNackOptions, BasicQosOptions},
};
use tokio::{runtime::Handle, time::Instant};

use super::{
    super::{Consumer, Delivery, QueueError},
    connection::{BrokerError, RETRY_BACKOFF, SupervisedConnection},
    properties, provenance,
    publish::Publisher,
    settle::Unsettled,
    short_string, topology,
};

/// How long a consumer gets no delivery before it checks whether its queue still serves it. A queue may be deleted
/// under its consumers and declared anew at once. Then the broker tells the consumers nothing, still lists them, and
/// delivers nothing more (RabbitMQ 3.10, quorum queues).
const STALL_CHECK_AFTER: Duration = Duration::from_secs(5);

/// A lane's consumer, which is started again whenever it ends.
pub(super) struct LaneConsumer {
    connection: Arc<SupervisedConnection>,
    publisher: Arc<Publisher>,
    lane: Lane,
    prefetch: u16,
    /// Each unsettled delivery holds a clone, so the count of references tells whether there is one.
    unsettled: Arc<()>,
    running: Option<Running>,
    /// How often in a row it has ended soon after its start, or could not be started.
    failures: u32,
}

/// What the broker knows as a consumer.
struct Running {
    channel: Channel,
    deliveries: lapin::Consumer,
    started: Instant,
}

impl LaneConsumer {
    pub(super) async fn start(
        connection: Arc<SupervisedConnection>,
        publisher: Arc<Publisher>,
        lane: Lane,
        prefetch: u16,
    ) -> Result<Self, QueueError> {
        let unsettled = Arc::default();
        let mut consumer = Self { connection, publisher, lane, prefetch, unsettled, running: None, failures: 0 };
        consumer.running = Some(consumer.run().await?);
        Ok(consumer)
    }

    async fn run(&self) -> Result<Running, QueueError> {
        let run = async {
            let channel = self.connection.channel().await?;
            topology::declare(&channel).await?;
            channel.basic_qos(self.prefetch, BasicQosOptions::default()).await?;
            let queue = topology::queue_name(self.lane);
            let deliveries = short_string::consume(&channel, queue, BasicConsumeOptions::default()).await?;
            Ok(Running { channel, deliveries, started: Instant::now() })
        };
        self.connection.with_timeout(run).await
    }

    /// Starts the ended consumer again, however long that takes.
    async fn restart(&mut self) -> Running {
        loop {
            tokio::time::sleep(RETRY_BACKOFF.delay(self.failures, &mut fastrand::Rng::new())).await;
            match self.run().await {
                Ok(running) => {
                    tracing::info!(lane = %self.lane, "the lane is consumed again");
                    return running;
                }
                Err(error) => {
                    tracing::debug!(lane = %self.lane, %error, "the lane is still not consumed");
                    self.failures = self.failures.saturating_add(1);
                }
            }
        }
    }

    /// Returns whether the queue has stopped serving this consumer: it lists no consumer, or messages wait although this
    /// one has nothing to work on. Without an answer it returns false, since the connection's supervisor notices that.
    async fn is_stalled(&self, channel: &Channel) -> bool {
        let inspected = topology::inspect(channel, self.lane);
        let Ok(queue) = self.connection.with_timeout(inspected).await else { return false };
        let is_idle = Arc::strong_count(&self.unsettled) == 1;
        queue.consumer_count() == 0 || (is_idle && queue.message_count() > 0)
    }

    /// Drops what has ended, to be started again.
    fn stop(&mut self, cause: &str) {
        let ran_long = self.running.take().is_some_and(|running| running.started.elapsed() > RETRY_BACKOFF.cap);
        self.failures = if ran_long { 1 } else { self.failures.saturating_add(1) };
        // A lost connection is logged once by its supervisor, and not again for each lane.
        if self.connection.is_connected() {
            tracing::warn!(lane = %self.lane, cause, "the lane's consumer has ended; it is started again");
        }
    }

    fn delivery(&self, delivered: lapin::message::Delivery, channel: Channel) -> Delivery {
        let message = properties::to_message(&delivered.properties, delivered.data);
        let message = provenance::trusted(self.lane, message, &delivered.properties, self.connection.user());
        let settle = Box::new(Unsettled {
            acker: Some(delivered.acker),
            channel,
            message: message.clone(),
            lane: self.lane,
            connection: self.connection.clone(),
            publisher: self.publisher.clone(),
            runtime: Handle::current(),
            _counted: self.unsettled.clone(),
        });
        Delivery { message, redelivered: delivered.redelivered, trace_parent: None, settle }
    }
}

#[async_trait]
impl Consumer for LaneConsumer {
    async fn next(&mut self) -> Option<Delivery> {
        loop {
            if self.running.is_none() {
                self.running = Some(self.restart().await);
            }
            let running = self.running.as_mut()?;
            let channel = running.channel.clone();
            let received = tokio::time::timeout(STALL_CHECK_AFTER, running.deliveries.next()).await;
            match received {
                Ok(Some(Ok(delivered))) => return Some(self.delivery(delivered, channel)),
                Ok(Some(Err(error))) => self.stop(&error.to_string()),
                Ok(None) => self.stop("the broker cancelled it"),
                Err(_) if self.is_stalled(&channel).await => self.stop("its queue no longer serves it"),
                Err(_) => {}
            }
        }
    }
}

impl Drop for LaneConsumer {
    /// Cancels the consumer at the broker, and requeues the deliveries that nobody has taken.
    fn drop(&mut self) {
        let Some(Running { channel, mut deliveries, .. }) = self.running.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        let connection = self.connection.clone();
        runtime.spawn(async move {
            let cancel = async {
                short_string::cancel(&channel, &deliveries).await?;
                while let Some(delivery) = deliveries.next().await.transpose()? {
                    delivery.acker.nack(BasicNackOptions { requeue: true, multiple: false }).await?;
                }
                Ok::<_, BrokerError>(())
            };
            if let Err(error) = connection.with_timeout(cancel).await {
                tracing::debug!(%error, "a consumer could not be cancelled; its deliveries come again when its channel ends");
            }
        });
    }
}
