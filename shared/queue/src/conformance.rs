//! The conformance suite of the port: one function for each promise that every queue keeps. Each needs a queue whose
//! lanes are empty, and panics if the promise is broken.
//!
//! [`conformance_tests!`](crate::conformance_tests) makes a test of each for one adapter.

#![expect(clippy::unwrap_used, reason = "all of this is part of a test, which clippy cannot tell")]

use std::time::Duration;

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, Message};

use crate::{Consumer, Delivery, Destination, Queue, QueueError, Verdict};

/// Makes a test of every promise, each on a queue of its own.
///
/// The argument is an expression for a future of an `Arc<dyn Queue>`; it is evaluated once for each test. The tests need
/// tokio with the features `macros` and `rt`.
#[macro_export]
macro_rules! conformance_tests {
    ($open:expr) => {
        $crate::conformance_tests! { $open =>
            acknowledged_message_is_gone
            dropped_or_requeued_delivery_comes_again_as_redelivered
            message_moved_to_back_comes_after_waiting_ones_however_often
            no_more_deliveries_than_the_prefetch_are_unsettled
            message_goes_to_one_of_two_consumers
            dead_letter_carries_its_reason_and_its_lane
            lanes_do_not_mix
            message_arrives_with_all_its_properties
            message_arrives_however_long_its_id_is
            topic_without_listeners_is_no_error
            reply_to_an_unknown_queue_is_an_error
            each_asker_gets_the_reply_to_its_own_message
            unanswered_message_stays_in_its_lane
        }
    };
    ($open:expr => $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                $crate::conformance::$promise(&*$open.await).await;
            }
        )*
    };
}

fn message(id: &str) -> Message {
    Message::new(id, format!("{{\"id\":\"{id}\"}}").into_bytes())
}

async fn next(consumer: &mut Box<dyn Consumer>) -> Delivery {
    let delivery = tokio::time::timeout(Duration::from_secs(10), consumer.next()).await;
    delivery.expect("a delivery arrives").expect("the consumer is not cancelled")
}

/// Waits a moment, and returns whether no delivery has come. A slow broker may deliver later, so this can miss a
/// delivery, but never reports one that did not come.
async fn is_silent(consumer: &mut Box<dyn Consumer>) -> bool {
    tokio::time::timeout(Duration::from_millis(500), consumer.next()).await.is_err()
}

/// Waits until this number of messages are ready in a lane; a broker counts them with some delay.
async fn wait_for_depth(queue: &dyn Queue, lane: Lane, expected: u64) {
    let reached = async {
        while queue.depth(lane).await.unwrap() != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), reached).await;
    assert!(waited.is_ok(), "{lane} never had {expected} messages");
}

/// A published message is delivered as it was sent. Once it is acknowledged, it is gone.
pub async fn acknowledged_message_is_gone(queue: &dyn Queue) {
    queue.publish(&Lane::Chapters.into(), message("a")).await.unwrap();
    wait_for_depth(queue, Lane::Chapters, 1).await;
    let mut consumer = queue.consume(Lane::Chapters, 4).await.unwrap();
    let delivery = next(&mut consumer).await;
    assert_eq!(delivery.message, message("a"));
    assert!(!delivery.redelivered);
    delivery.settle(Verdict::Ack).await.unwrap();
    wait_for_depth(queue, Lane::Chapters, 0).await;
    assert!(is_silent(&mut consumer).await);
}

/// A delivery that is dropped unsettled or requeued comes again, and says that it was delivered before.
pub async fn dropped_or_requeued_delivery_comes_again_as_redelivered(queue: &dyn Queue) {
    queue.publish(&Lane::Plans.into(), message("a")).await.unwrap();
    let mut consumer = queue.consume(Lane::Plans, 1).await.unwrap();
    drop(next(&mut consumer).await);
    let second = next(&mut consumer).await;
    assert!(second.redelivered);
    second.settle(Verdict::Requeue).await.unwrap();
    let third = next(&mut consumer).await;
    assert!(third.redelivered);
    third.settle(Verdict::Ack).await.unwrap();
    wait_for_depth(queue, Lane::Plans, 0).await;
}

/// A message that is moved to the back comes after those that wait, and counts how often that was done. No limit
/// applies to it, and a dead letter forgets the count.
pub async fn message_moved_to_back_comes_after_waiting_ones_however_often(queue: &dyn Queue) {
    for id in ["a", "b"] {
        queue.publish(&Lane::Plans.into(), message(id)).await.unwrap();
    }
    let mut consumer = queue.consume(Lane::Plans, 1).await.unwrap();
    // More often than a broker lets a message be requeued.
    for turn in 0..50 {
        let delivery = next(&mut consumer).await;
        assert_eq!(delivery.message.id, if turn % 2 == 0 { "a" } else { "b" });
        assert_eq!(delivery.message.times_behind(), turn / 2);
        assert!(!delivery.redelivered);
        delivery.settle(Verdict::MoveToBack).await.unwrap();
    }
    next(&mut consumer).await.settle(Verdict::Ack).await.unwrap();
    next(&mut consumer).await.settle(Verdict::DeadLetter { reason: "enough".into() }).await.unwrap();
    wait_for_depth(queue, Lane::Plans, 0).await;
    let mut dead = queue.consume(Lane::Dead, 1).await.unwrap();
    let letter = next(&mut dead).await;
    assert_eq!(letter.message.times_behind(), 0);
    letter.settle(Verdict::Ack).await.unwrap();
}

/// A consumer holds at most its prefetch of unsettled deliveries. The next one comes once one of them is settled.
pub async fn no_more_deliveries_than_the_prefetch_are_unsettled(queue: &dyn Queue) {
    for id in ["a", "b", "c"] {
        queue.publish(&Lane::Chapters.into(), message(id)).await.unwrap();
    }
    let mut consumer = queue.consume(Lane::Chapters, 2).await.unwrap();
    let first = next(&mut consumer).await;
    let _second = next(&mut consumer).await;
    assert!(is_silent(&mut consumer).await);
    first.settle(Verdict::Ack).await.unwrap();
    assert_eq!(next(&mut consumer).await.message.id, "c");
}

/// Two consumers of a lane share its messages.
pub async fn message_goes_to_one_of_two_consumers(queue: &dyn Queue) {
    let mut first = queue.consume(Lane::Chapters, 1).await.unwrap();
    let mut second = queue.consume(Lane::Chapters, 1).await.unwrap();
    queue.publish(&Lane::Chapters.into(), message("a")).await.unwrap();
    queue.publish(&Lane::Chapters.into(), message("b")).await.unwrap();
    let (one, other) = tokio::join!(next(&mut first), next(&mut second));
    let mut ids = [one.message.id, other.message.id];
    ids.sort();
    assert_eq!(ids, ["a", "b"]);
}

/// A dead letter keeps its body and carries in its headers why it is one and where it came from.
pub async fn dead_letter_carries_its_reason_and_its_lane(queue: &dyn Queue) {
    queue.publish(&Lane::Bindings.into(), message("a")).await.unwrap();
    let mut consumer = queue.consume(Lane::Bindings, 1).await.unwrap();
    let delivery = next(&mut consumer).await;
    delivery.settle(Verdict::DeadLetter { reason: "no task".to_owned() }).await.unwrap();
    wait_for_depth(queue, Lane::Bindings, 0).await;
    let mut dead = queue.consume(Lane::Dead, 1).await.unwrap();
    let letter = next(&mut dead).await.message;
    assert_eq!(letter.id, "a");
    assert_eq!(letter.body, message("a").body);
    assert_eq!(letter.headers[DEAD_REASON], "no task");
    assert_eq!(letter.headers[DEAD_LANE], "bindings");
}

/// A consumer gets messages of its own lane alone.
pub async fn lanes_do_not_mix(queue: &dyn Queue) {
    queue.publish(&Lane::Plans.into(), message("plan")).await.unwrap();
    let mut chapters = queue.consume(Lane::Chapters, 1).await.unwrap();
    assert!(is_silent(&mut chapters).await);
    wait_for_depth(queue, Lane::Plans, 1).await;
}

/// The content type, the headers and what a reply needs arrive as they were sent.
pub async fn message_arrives_with_all_its_properties(queue: &dyn Queue) {
    let sent = Message {
        content_type: "application/cloudevents+json".to_owned(),
        headers: [("traceparent".to_owned(), "00-1-2-01".to_owned())].into(),
        reply_to: Some("answers".to_owned()),
        correlation_id: Some("7".to_owned()),
        ..message("a")
    };
    queue.publish(&Lane::Submissions.into(), sent.clone()).await.unwrap();
    let mut consumer = queue.consume(Lane::Submissions, 1).await.unwrap();
    assert_eq!(next(&mut consumer).await.message, sent);
}

/// An id of any length is carried. It may be abbreviated, but it stays the same when the message is published again.
pub async fn message_arrives_however_long_its_id_is(queue: &dyn Queue) {
    let id = "🪢".repeat(200);
    for _ in 0..2 {
        queue.publish(&Lane::Submissions.into(), message(&id)).await.unwrap();
    }
    let mut consumer = queue.consume(Lane::Submissions, 2).await.unwrap();
    let (first, second) = (next(&mut consumer).await.message, next(&mut consumer).await.message);
    assert_eq!(first.body, message(&id).body);
    assert_eq!((first.id.is_empty(), &first.id), (false, &second.id));
}

/// A message to a topic counts as published even if nobody listens.
pub async fn topic_without_listeners_is_no_error(queue: &dyn Queue) {
    queue.publish(&Destination::Topic("book.done".to_owned()), message("a")).await.unwrap();
    queue.probe().await.unwrap();
}

/// Whoever replies to a queue that does not exist learns it, and the queue works on.
pub async fn reply_to_an_unknown_queue_is_an_error(queue: &dyn Queue) {
    let published = queue.publish(&Destination::Reply("gone".to_owned()), message("a")).await;
    assert!(matches!(published, Err(QueueError::Unconfirmed(_))), "{published:?}");
    queue.probe().await.unwrap();
}

/// Replies find the call that asked, in whatever order they come.
pub async fn each_asker_gets_the_reply_to_its_own_message(queue: &dyn Queue) {
    let mut consumer = queue.consume(Lane::Submissions, 2).await.unwrap();
    let reply_in_reverse = async {
        let deliveries = [next(&mut consumer).await, next(&mut consumer).await];
        for delivery in deliveries.into_iter().rev() {
            let to = Destination::Reply(delivery.message.reply_to.clone().expect("a reply is awaited"));
            let reply = message(&format!("to {}", delivery.message.id));
            queue.publish(&to, reply).await.unwrap();
            delivery.settle(Verdict::Ack).await.unwrap();
        }
    };
    let ask = |id| queue.ask(Lane::Submissions, message(id), Duration::from_secs(10));
    let (first, second, ()) = tokio::join!(ask("a"), ask("b"), reply_in_reverse);
    assert_eq!(first.unwrap().id, "to a");
    assert_eq!(second.unwrap().id, "to b");
}

/// A message whose asker has given up is still delivered, and replying to it is no error.
pub async fn unanswered_message_stays_in_its_lane(queue: &dyn Queue) {
    let timeout = Duration::from_millis(200);
    let error = queue.ask(Lane::Submissions, message("a"), timeout).await.unwrap_err();
    assert!(matches!(error, QueueError::Unanswered(waited) if waited == timeout), "{error}");
    let mut consumer = queue.consume(Lane::Submissions, 1).await.unwrap();
    let delivery = next(&mut consumer).await;
    let to = Destination::Reply(delivery.message.reply_to.clone().expect("a reply was awaited"));
    queue.publish(&to, message("too late")).await.unwrap();
    delivery.settle(Verdict::Ack).await.unwrap();
}
