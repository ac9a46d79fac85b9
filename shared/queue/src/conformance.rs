//! What every queue must do. A new adapter is added to [`queues`] and nowhere else.

use std::{sync::Arc, time::Duration};

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, Message};
use bindery_test_servers::Rabbit;

use super::{Access, Consumer, Delivery, Destination, Queue, QueueError, Verdict, connect};

/// The adapters under test, fresh and empty.
async fn queues() -> Vec<Arc<dyn Queue>> {
    let vhost = tokio::task::spawn_blocking(|| Rabbit::shared().vhost()).await.unwrap();
    vec![connect(&Access::new("local:")).await.unwrap(), connect(&Access::new(&vhost)).await.unwrap()]
}

fn message(id: &str) -> Message {
    Message::new(id, format!("{{\"id\":\"{id}\"}}").into_bytes())
}

async fn next(consumer: &mut Box<dyn Consumer>) -> Delivery {
    let waited = tokio::time::timeout(Duration::from_secs(10), consumer.next()).await;
    waited.expect("a delivery arrives").expect("the consumer lives")
}

/// Whether the consumer has nothing to deliver. A broker may always need a little longer than was waited: this can
/// miss a delivery that ought not to be, and never sees one that is not.
async fn silent(consumer: &mut Box<dyn Consumer>) -> bool {
    tokio::time::timeout(Duration::from_millis(500), consumer.next()).await.is_err()
}

/// Waits until a lane has this many messages ready; a broker counts them with some delay.
async fn depth(queue: &Arc<dyn Queue>, lane: Lane, expected: u64) {
    let reached = async {
        while queue.depth(lane).await.unwrap() != expected {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(20), reached).await;
    assert!(waited.is_ok(), "{lane} never had {expected} messages");
}

#[tokio::test]
async fn a_published_message_is_delivered_once_it_is_settled_it_is_gone() {
    for queue in queues().await {
        queue.publish(&Lane::Chapters.into(), message("a")).await.unwrap();
        depth(&queue, Lane::Chapters, 1).await;
        let mut consumer = queue.consume(Lane::Chapters, 4).await.unwrap();
        let delivery = next(&mut consumer).await;
        assert_eq!(delivery.message, message("a"));
        assert!(!delivery.redelivered);
        delivery.settle(Verdict::Ack).await.unwrap();
        depth(&queue, Lane::Chapters, 0).await;
        assert!(silent(&mut consumer).await);
    }
}

#[tokio::test]
async fn a_delivery_dropped_or_returned_comes_again_and_says_so() {
    for queue in queues().await {
        queue.publish(&Lane::Plans.into(), message("a")).await.unwrap();
        let mut consumer = queue.consume(Lane::Plans, 1).await.unwrap();
        drop(next(&mut consumer).await);
        let again = next(&mut consumer).await;
        assert!(again.redelivered);
        again.settle(Verdict::Requeue).await.unwrap();
        let third = next(&mut consumer).await;
        assert!(third.redelivered);
        third.settle(Verdict::Ack).await.unwrap();
        depth(&queue, Lane::Plans, 0).await;
    }
}

#[tokio::test]
async fn a_message_put_behind_comes_after_those_that_wait_however_often_that_was_done() {
    for queue in queues().await {
        for id in ["a", "b"] {
            queue.publish(&Lane::Plans.into(), message(id)).await.unwrap();
        }
        let mut consumer = queue.consume(Lane::Plans, 1).await.unwrap();
        // More often than a broker lets a message come back.
        for turn in 0..50 {
            let delivery = next(&mut consumer).await;
            assert_eq!(delivery.message.id, if turn % 2 == 0 { "a" } else { "b" });
            assert_eq!(delivery.message.times_behind(), turn / 2);
            assert!(!delivery.redelivered);
            delivery.settle(Verdict::MoveToBack).await.unwrap();
        }
        next(&mut consumer).await.settle(Verdict::Ack).await.unwrap();
        next(&mut consumer).await.settle(Verdict::DeadLetter { reason: "enough".into() }).await.unwrap();
        depth(&queue, Lane::Plans, 0).await;
        let mut dead = queue.consume(Lane::Dead, 1).await.unwrap();
        let letter = next(&mut dead).await;
        // Sent again, it may wait as long once more.
        assert_eq!(letter.message.times_behind(), 0);
        letter.settle(Verdict::Ack).await.unwrap();
    }
}

#[tokio::test]
async fn no_more_than_the_prefetch_is_delivered_unsettled() {
    for queue in queues().await {
        for id in ["a", "b", "c"] {
            queue.publish(&Lane::Chapters.into(), message(id)).await.unwrap();
        }
        let mut consumer = queue.consume(Lane::Chapters, 2).await.unwrap();
        let first = next(&mut consumer).await;
        let _second = next(&mut consumer).await;
        assert!(silent(&mut consumer).await);
        first.settle(Verdict::Ack).await.unwrap();
        assert_eq!(next(&mut consumer).await.message.id, "c");
    }
}

#[tokio::test]
async fn a_lane_shared_by_two_consumers_delivers_each_message_to_one() {
    for queue in queues().await {
        let mut first = queue.consume(Lane::Chapters, 1).await.unwrap();
        let mut second = queue.consume(Lane::Chapters, 1).await.unwrap();
        queue.publish(&Lane::Chapters.into(), message("a")).await.unwrap();
        queue.publish(&Lane::Chapters.into(), message("b")).await.unwrap();
        let (one, other) = tokio::join!(next(&mut first), next(&mut second));
        let mut ids = [one.message.id.clone(), other.message.id.clone()];
        ids.sort();
        assert_eq!(ids, ["a", "b"]);
    }
}

#[tokio::test]
async fn what_nobody_can_read_lies_in_the_dead_letters() {
    for queue in queues().await {
        queue.publish(&Lane::Bindings.into(), message("a")).await.unwrap();
        let mut consumer = queue.consume(Lane::Bindings, 1).await.unwrap();
        let delivery = next(&mut consumer).await;
        delivery.settle(Verdict::DeadLetter { reason: "no task".to_owned() }).await.unwrap();
        depth(&queue, Lane::Bindings, 0).await;
        let mut dead = queue.consume(Lane::Dead, 1).await.unwrap();
        let letter = next(&mut dead).await.message;
        assert_eq!((letter.id.as_str(), &letter.body), ("a", &message("a").body));
        assert_eq!(letter.headers[DEAD_REASON], "no task");
        assert_eq!(letter.headers[DEAD_LANE], "bindings");
    }
}

#[tokio::test]
async fn lanes_do_not_mix() {
    for queue in queues().await {
        queue.publish(&Lane::Plans.into(), message("plan")).await.unwrap();
        let mut chapters = queue.consume(Lane::Chapters, 1).await.unwrap();
        assert!(silent(&mut chapters).await);
        depth(&queue, Lane::Plans, 1).await;
    }
}

#[tokio::test]
async fn a_message_arrives_with_all_that_it_carries() {
    for queue in queues().await {
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
}

#[tokio::test]
async fn a_topic_that_nobody_listens_for_is_no_error_and_an_answer_that_nobody_waits_for_is_one() {
    for queue in queues().await {
        queue.publish(&Destination::Topic("book.done".to_owned()), message("a")).await.unwrap();
        let gone = queue.publish(&Destination::Reply("gone".to_owned()), message("a")).await;
        assert!(matches!(gone, Err(QueueError::Unconfirmed(_))), "{gone:?}");
        queue.probe().await.unwrap();
    }
}

#[tokio::test]
async fn who_asks_gets_the_answer_to_the_own_question() {
    let timeout = Duration::from_secs(10);
    for queue in queues().await {
        let mut consumer = queue.consume(Lane::Submissions, 2).await.unwrap();
        let answering = async {
            let deliveries = [next(&mut consumer).await, next(&mut consumer).await];
            for delivery in deliveries.into_iter().rev() {
                let (to, answer) = (delivery.message.reply_to.clone(), format!("to {}", delivery.message.id));
                queue.publish(&Destination::Reply(to.expect("an answer is awaited")), message(&answer)).await.unwrap();
                delivery.settle(Verdict::Ack).await.unwrap();
            }
        };
        let asking = |id| queue.ask(Lane::Submissions, message(id), timeout);
        let (first, second, ()) = tokio::join!(asking("a"), asking("b"), answering);
        assert_eq!((first.unwrap().id.as_str(), second.unwrap().id.as_str()), ("to a", "to b"));
    }
}

#[tokio::test]
async fn a_question_that_nobody_answers_stays_in_its_lane() {
    for queue in queues().await {
        let timeout = Duration::from_millis(200);
        let error = queue.ask(Lane::Submissions, message("a"), timeout).await.unwrap_err();
        assert!(matches!(error, QueueError::Unanswered(waited) if waited == timeout), "{error}");
        let mut consumer = queue.consume(Lane::Submissions, 1).await.unwrap();
        let delivery = next(&mut consumer).await;
        let to = Destination::Reply(delivery.message.reply_to.clone().expect("an answer was awaited"));
        queue.publish(&to, message("too late")).await.unwrap();
        delivery.settle(Verdict::Ack).await.unwrap();
    }
}

#[tokio::test]
async fn an_unknown_url_is_named_in_the_error() {
    let refused = connect(&Access::new("carrier-pigeon://coo:hush@roof")).await.err().expect("no such queue");
    assert!(refused.to_string().contains("carrier-pigeon://coo:***@roof"));
}
