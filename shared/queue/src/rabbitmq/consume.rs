//! Consuming a lane, whatever happens to the connection meanwhile.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::Lane;
use futures_util::StreamExt;
use lapin::{
    Channel, Queue,
    options::{BasicCancelOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions},
    types::FieldTable,
};
use tokio::{runtime::Handle, time::Instant};

use super::{
    super::{Consumer, Delivery, QueueError},
    link::{Fault, Link, RETRY},
    properties,
    publish::Publisher,
    settle::Unsettled,
    topology,
};

/// How long a consumer hears nothing before it asks whether it is still served: a broker whose queue was deleted under its
/// consumers and declared anew at once tells them nothing, lists them still, and delivers nothing more (RabbitMQ 3.10,
/// quorum queues).
const SILENCE: Duration = Duration::from_secs(5);

/// A lane's consumer, which is started again whenever it ends.
pub(super) struct Subscription {
    link: Arc<Link>,
    publisher: Arc<Publisher>,
    lane: Lane,
    prefetch: u16,
    /// Held by each delivery that is not settled.
    unsettled: Arc<()>,
    running: Option<Running>,
    /// How often it has ended in a row, soon after it was started.
    failures: u32,
}

struct Running {
    channel: Channel,
    deliveries: lapin::Consumer,
    since: Instant,
}

impl Subscription {
    pub(super) async fn start(
        link: Arc<Link>,
        publisher: Arc<Publisher>,
        (lane, prefetch): (Lane, u16),
    ) -> Result<Self, QueueError> {
        let unsettled = Arc::default();
        let mut subscription = Self { link, publisher, lane, prefetch, unsettled, running: None, failures: 0 };
        subscription.running = Some(subscription.run().await?);
        Ok(subscription)
    }

    async fn run(&self) -> Result<Running, QueueError> {
        let run = async {
            let channel = self.link.channel().await?;
            topology::declare(&channel).await?;
            channel.basic_qos(self.prefetch, BasicQosOptions::default()).await?;
            let (queue, options) = (topology::queue(self.lane).into(), BasicConsumeOptions::default());
            let deliveries = channel.basic_consume(queue, "".into(), options, FieldTable::default()).await?;
            Ok::<_, Fault>(Running { channel, deliveries, since: Instant::now() })
        };
        self.link.within(run).await
    }

    /// Starts again what has ended, however long that takes.
    async fn run_again(&mut self) -> Running {
        loop {
            tokio::time::sleep(RETRY.delay(self.failures, &mut fastrand::Rng::new())).await;
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

    /// Asks whether the queue still serves this consumer: it knows one, and none of its messages waits for one that has
    /// none to work on. True where nobody answers, since that is another's to notice.
    async fn is_served(&self, channel: &Channel) -> bool {
        let asked = async { Ok::<_, Fault>(topology::look(channel, self.lane).await?) };
        let idle = Arc::strong_count(&self.unsettled) == 1;
        let served = |queue: &Queue| queue.consumer_count() > 0 && !(idle && queue.message_count() > 0);
        self.link.within(asked).await.map_or(true, |queue| served(&queue))
    }

    fn ended(&mut self, since: Instant, cause: &str) {
        self.running = None;
        self.failures = if since.elapsed() > RETRY.cap { 1 } else { self.failures.saturating_add(1) };
        // A lost connection has been told of once, and not by each of its lanes.
        if self.link.is_up() {
            tracing::warn!(lane = %self.lane, cause, "the lane's consumer was ended; it is started again");
        }
    }
}

#[async_trait]
impl Consumer for Subscription {
    async fn next(&mut self) -> Option<Delivery> {
        loop {
            if self.running.is_none() {
                self.running = Some(self.run_again().await);
            }
            let Running { channel, deliveries, since } = self.running.as_mut()?;
            let (since, channel) = (*since, channel.clone());
            let Ok(delivery) = tokio::time::timeout(SILENCE, deliveries.next()).await else {
                if !self.is_served(&channel).await {
                    self.ended(since, "its queue serves it no more");
                }
                continue;
            };
            match delivery {
                Some(Ok(delivery)) => {
                    let message = properties::message(&delivery.properties, delivery.data);
                    let message = if self.lane == Lane::Dead { properties::letter(message) } else { message };
                    let (lane, held) = (self.lane, self.unsettled.clone());
                    let links = (self.link.clone(), self.publisher.clone());
                    let unsettled = Unsettled::new((delivery.acker, channel), message.clone(), (lane, held), links);
                    return Some(Delivery {
                        message,
                        redelivered: delivery.redelivered,
                        place: None,
                        settle: Box::new(unsettled),
                    });
                }
                Some(Err(error)) => self.ended(since, &error.to_string()),
                None => self.ended(since, "the broker cancelled it"),
            }
        }
    }
}

impl Drop for Subscription {
    /// Has the broker send no more, and returns what it had sent that nobody has taken.
    fn drop(&mut self) {
        let (Some(Running { channel, mut deliveries, .. }), Ok(runtime)) = (self.running.take(), Handle::try_current())
        else {
            return;
        };
        let link = self.link.clone();
        runtime.spawn(async move {
            let hand_back = async {
                channel.basic_cancel(deliveries.tag(), BasicCancelOptions::default()).await?;
                while let Some(delivery) = deliveries.next().await.transpose()? {
                    delivery.acker.nack(BasicNackOptions { requeue: true, multiple: false }).await?;
                }
                Ok::<_, Fault>(())
            };
            if let Err(error) = link.within(hand_back).await {
                tracing::debug!(%error, "a consumer could not be cancelled; what it held comes again with its channel's end");
            }
        });
    }
}
