//! Faults that only a broker can have. A test that harms more than its own vhost starts a broker of its own.

use std::{path::PathBuf, time::Duration};

use bindery_domain::Lane;
use bindery_protocol::{DEAD_LANE, DEAD_REASON, Message, SENDER};
use bindery_test_servers::{Proxy, Rabbit, Redis};
use futures_util::StreamExt as _;
use lapin::{
    Connection, ConnectionProperties,
    options::{BasicConsumeOptions, BasicPublishOptions, BasicRejectOptions, ConfirmSelectOptions},
    types::AMQPValue,
};

use super::{
    super::{Access, Consumer, Delivery, Destination, MessageLimit, Queue, QueueError, Verdict, connect},
    short_string, topology,
};

/// How long a test waits for what must come.
const TIMEOUT: Duration = Duration::from_secs(60);

fn message(id: &str) -> Message {
    Message::new(id, b"{}".to_vec())
}

async fn next(consumer: &mut Box<dyn Consumer>) -> Delivery {
    let waited = tokio::time::timeout(TIMEOUT, consumer.next()).await;
    waited.expect("a delivery arrives").expect("the consumer is not cancelled")
}

/// Publishes as the fleet does: again and again until the broker confirms.
async fn publish(queue: &dyn Queue, lane: Lane, id: &str) {
    let confirmed = async {
        while queue.publish(&lane.into(), message(id)).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, confirmed).await.expect("the broker confirms in the end");
}

async fn refused(access: &Access) -> QueueError {
    connect(access).await.err().expect("the broker refuses the connection")
}

fn with_short_timeout(url: &str) -> Access {
    Access { timeout: Duration::from_secs(2), ..Access::new(url) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_broker_still_has_confirmed_messages_and_its_consumer_goes_on() {
    let rabbit = Rabbit::start();
    let queue = connect(&with_short_timeout(&rabbit.vhost())).await.unwrap();
    let mut consumer = queue.consume(Lane::Chapters, 2).await.unwrap();
    for id in ["held", "waiting", "behind"] {
        queue.publish(&Lane::Chapters.into(), message(id)).await.unwrap();
    }
    let held = next(&mut consumer).await;
    assert_eq!(held.message.id, "held");
    rabbit.kill();
    let lost = queue.publish(&Lane::Chapters.into(), message("lost")).await.expect_err("the broker is down");
    assert!(!lost.to_string().contains("press"), "{lost}");
    rabbit.start_again();
    // The delivery's channel has ended with the broker, so this settles nothing, which is no error.
    held.settle(Verdict::Ack).await.unwrap();
    let mut seen = Vec::new();
    while ["held", "waiting", "behind"].iter().any(|id| !seen.contains(&(*id).to_owned())) {
        let delivery = next(&mut consumer).await;
        assert!(delivery.redelivered || delivery.message.id != "held");
        seen.push(delivery.message.id.clone());
        delivery.settle(Verdict::Ack).await.unwrap();
    }
    publish(&*queue, Lane::Chapters, "after").await;
    while next(&mut consumer).await.message.id != "after" {}
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_closed_by_an_operator_are_made_again() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    let mut consumer = queue.consume(Lane::Plans, 1).await.unwrap();
    queue.publish(&Lane::Plans.into(), message("a")).await.unwrap();
    let unsettled = next(&mut consumer).await;
    let closed = tokio::time::timeout(TIMEOUT, async {
        // The broker lists a connection only some time after it was made.
        while rabbit.connections(&vhost).len() < 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        rabbit.close_connections(&vhost)
    });
    assert_eq!(closed.await.expect("both connections are listed"), 2);
    let again = next(&mut consumer).await;
    assert_eq!((again.message.id.as_str(), again.redelivered), ("a", true));
    drop(unsettled);
    again.settle(Verdict::Ack).await.unwrap();
    publish(&*queue, Lane::Plans, "b").await;
    assert_eq!(next(&mut consumer).await.message.id, "b");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_deleted_under_its_consumer_is_declared_again_and_consumed() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    let mut consumer = queue.consume(Lane::Bindings, 1).await.unwrap();
    rabbit.delete_queue(&vhost, "bindery.bindings");
    let (delivery, ()) = tokio::join!(next(&mut consumer), publish(&*queue, Lane::Bindings, "a"));
    assert_eq!(delivery.message.id, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_to_a_deleted_queue_fails_once_and_the_queue_is_declared_again() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    rabbit.delete_queue(&vhost, "bindery.solo");
    let unroutable = queue.publish(&Lane::Solo.into(), message("a")).await.expect_err("there is no queue");
    assert!(unroutable.to_string().contains("bindery.solo"), "{unroutable}");
    queue.publish(&Lane::Solo.into(), message("a")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_many_replies_learns_whether_its_own_queue_is_there_and_no_other_message_is_taken_for_returned() {
    let queue = connect(&Access::new(&Rabbit::shared().vhost())).await.unwrap();
    // A lane's queue stands for a client's queue.
    let there = Destination::Reply("bindery.plans".to_owned());
    let gone = Destination::Reply("gone".to_owned());
    let lane = Destination::Lane(Lane::Chapters);
    let publish = |number: usize| {
        let to = match number % 20 {
            0 => &gone,
            10 => &there,
            _ => &lane,
        };
        let message = message(&number.to_string());
        let queue = &queue;
        async move { queue.publish(to, message).await }
    };
    // When all of them shared a channel, some of so many got another's outcome in every second run.
    let outcomes: Vec<_> = futures_util::stream::iter((0..12_000).map(publish)).buffered(128).collect().await;
    for (number, outcome) in outcomes.iter().enumerate() {
        assert_eq!(outcome.is_err(), number % 20 == 0, "message {number}: {outcome:?}");
    }
    for (lane, expected) in [(Lane::Plans, 600), (Lane::Chapters, 10_800)] {
        let all = async {
            while queue.depth(lane).await.unwrap() != expected {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(TIMEOUT, all).await.expect("every message that is not returned is in its queue");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_network_is_noticed_and_the_connections_are_made_again() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let proxy = Proxy::start(rabbit.port());
    let through = vhost.replace(&format!(":{}/", rabbit.port()), &format!(":{}/", proxy.port()));
    let queue = connect(&with_short_timeout(&format!("{through}?heartbeat=1"))).await.unwrap();
    let mut consumer = queue.consume(Lane::Chapters, 1).await.unwrap();
    let before = proxy.accepted();
    proxy.blackhole();
    let reconnected = async {
        // New connections show that the dead ones were given up.
        while proxy.accepted() < before + 2 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, reconnected).await.expect("both connections are made again");
    queue.publish(&Lane::Chapters.into(), message("unheard")).await.expect_err("nothing gets through");
    proxy.cut();
    proxy.pass();
    publish(&*queue, Lane::Chapters, "a").await;
    assert_eq!(next(&mut consumer).await.message.id, "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_under_an_alarm_fails_in_time_and_works_again_afterwards() {
    let rabbit = Rabbit::start();
    let queue = connect(&with_short_timeout(&rabbit.vhost())).await.unwrap();
    let mut consumer = queue.consume(Lane::Chapters, 1).await.unwrap();
    queue.publish(&Lane::Chapters.into(), message("before")).await.unwrap();
    rabbit.alarm(true);
    let blocked =
        queue.publish(&Lane::Chapters.into(), message("during")).await.expect_err("the broker has blocked publishers");
    assert!(matches!(blocked, QueueError::Blocked), "{blocked}");
    // Consuming and settling still work.
    next(&mut consumer).await.settle(Verdict::Ack).await.unwrap();
    rabbit.alarm(false);
    publish(&*queue, Lane::Chapters, "after").await;
    let mut id = String::new();
    while id != "after" {
        let delivery = next(&mut consumer).await;
        id.clone_from(&delivery.message.id);
        delivery.settle(Verdict::Ack).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_connection_says_why_without_the_password() {
    let vhost = Rabbit::shared().vhost();
    let wrong = refused(&Access::new(&vhost.replace(":press@", ":hush@"))).await;
    assert!(matches!(wrong, QueueError::LoginRefused { .. }), "{wrong}");
    let missing = refused(&Access::new(&format!("{vhost}-missing"))).await;
    assert!(matches!(missing, QueueError::VhostRefused { .. }), "{missing}");
    let nobody = refused(&Access::new("amqp://bindery:press@127.0.0.1:1/%2f")).await;
    assert!(matches!(nobody, QueueError::Unreachable { .. }), "{nobody}");
    let malformed = refused(&Access::new("amqp://bindery:press@127.0.0.1:port/")).await;
    assert!(matches!(malformed, QueueError::MalformedUrl(_)), "{malformed}");
    for error in [wrong, missing, nobody, malformed] {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("press") && !shown.contains("hush"), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_to_a_silent_broker_fails_in_time() {
    let proxy = Proxy::start(Rabbit::shared().port());
    proxy.blackhole();
    let silent = refused(&with_short_timeout(&format!("amqp://bindery:press@127.0.0.1:{}/", proxy.port()))).await;
    assert!(silent.to_string().contains("no answer within 2 s"), "{silent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_with_tls_accepts_only_clients_with_a_certificate() {
    let rabbit = Rabbit::start_tls();
    let files = rabbit.certificates().unwrap();
    let file = |path: &PathBuf| Some(path.clone());
    let access = Access {
        ca_file: file(&files.authority),
        cert_file: file(&files.client),
        key_file: file(&files.client_key),
        ..Access::new(&rabbit.vhost())
    };
    let queue = connect(&access).await.unwrap();
    queue.publish(&Lane::Plans.into(), message("a")).await.unwrap();
    refused(&Access { cert_file: None, key_file: None, ..access.clone() }).await;
    let half = refused(&Access { key_file: None, ..access.clone() }).await;
    assert!(matches!(half, QueueError::IncompleteIdentity), "{half}");
    let gone = refused(&Access { ca_file: Some("nowhere.pem".into()), ..access }).await;
    assert!(gone.to_string().contains("nowhere.pem"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_with_tls_is_trusted_only_by_its_own_authority() {
    // Redis starts faster than a second broker, and its authority is just as unknown.
    let (rabbit, other) = (Rabbit::start_tls(), Redis::start_tls());
    let (files, strange) = (rabbit.certificates().unwrap(), other.certificates().unwrap());
    let access = |authority: &PathBuf| Access {
        ca_file: Some(authority.clone()),
        cert_file: Some(files.client.clone()),
        key_file: Some(files.client_key.clone()),
        ..Access::new(&rabbit.vhost())
    };
    connect(&access(&files.authority)).await.unwrap();
    let untrusted = refused(&access(&strange.authority)).await;
    assert!(untrusted.to_string().contains("certificate"), "{untrusted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_outlive_their_consumer_and_prefetched_ones_are_requeued() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    for id in ["taken", "prefetched"] {
        queue.publish(&Lane::Chapters.into(), message(id)).await.unwrap();
    }
    let mut consumer = queue.consume(Lane::Chapters, 2).await.unwrap();
    let taken = next(&mut consumer).await;
    drop(consumer);
    let mut other = queue.consume(Lane::Chapters, 2).await.unwrap();
    let prefetched = next(&mut other).await;
    assert_eq!((prefetched.message.id.as_str(), prefetched.redelivered), ("prefetched", true));
    prefetched.settle(Verdict::Ack).await.unwrap();
    taken.settle(Verdict::Ack).await.unwrap();
    let settled = async {
        while rabbit.queue(&vhost, "bindery.chapters").is_none_or(|queue| (queue.unacked, queue.consumers) != (0, 1)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, settled).await.expect("all deliveries are settled and one consumer is left");
    assert_eq!(queue.depth(Lane::Chapters).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn more_messages_than_may_be_unconfirmed_are_all_confirmed() {
    let queue = connect(&Access::new(&Rabbit::shared().vhost())).await.unwrap();
    let ids: Vec<_> = (0..1000).map(|number| message(&number.to_string())).collect();
    let to = Destination::Lane(Lane::Chapters);
    let confirmed = futures_util::future::join_all(ids.into_iter().map(|message| queue.publish(&to, message))).await;
    assert!(confirmed.iter().all(Result::is_ok));
    let all = async {
        while queue.depth(Lane::Chapters).await.unwrap() != 1000 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(TIMEOUT, all).await.expect("all messages are in the queue");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_carries_its_publisher_and_a_false_one_is_refused() {
    let queue = connect(&Access::new(&Rabbit::shared().vhost())).await.unwrap();
    let mut consumer = queue.consume(Lane::Submissions, 1).await.unwrap();
    let of = |user: &str| Message { user: Some(user.to_owned()), ..message("a") };
    queue
        .publish(&Lane::Submissions.into(), of("somebody-else"))
        .await
        .expect_err("the broker knows the publisher's name");
    queue.publish(&Lane::Submissions.into(), of("bindery")).await.unwrap();
    assert_eq!(next(&mut consumer).await.message.user.as_deref(), Some("bindery"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_requeued_too_often_is_a_dead_letter_with_its_lane_reason_and_user() {
    let vhost = Rabbit::shared().vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    let sent = Message { user: Some("bindery".to_owned()), ..message("a") };
    queue.publish(&Lane::Submissions.into(), sent).await.unwrap();
    // As often as the queue allows, and once more. From RabbitMQ 4.3 on, only failed deliveries count, and returned ones
    // do not.
    let failing = Connection::connect(&vhost, ConnectionProperties::default()).await.unwrap();
    let channel = failing.create_channel().await.unwrap();
    let name = topology::queue_name(Lane::Submissions);
    let mut deliveries = short_string::consume(&channel, name, BasicConsumeOptions::default()).await.unwrap();
    for _ in 0..=20 {
        let failed =
            tokio::time::timeout(TIMEOUT, deliveries.next()).await.expect("the message comes again").unwrap().unwrap();
        failed.acker.reject(BasicRejectOptions { requeue: true }).await.unwrap();
    }
    let mut letters = queue.consume(Lane::Dead, 1).await.unwrap();
    let letter = next(&mut letters).await;
    let notes = [
        (DEAD_LANE, "submissions"),
        (DEAD_REASON, "the broker gave it up: delivery_limit"),
        // Whoever sends the message again publishes under a name of their own, so the first publisher stands here.
        (SENDER, "bindery"),
    ];
    let notes = notes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(letter.message.headers, notes.into());
    assert_eq!(letter.message.user, None);
    letter.settle(Verdict::Ack).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_the_broker_cannot_carry_fails_alone_and_the_connection_goes_on() {
    let vhost = Rabbit::shared().vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    let long = "a".repeat(256);
    let messages = [
        (Destination::Lane(Lane::Plans), Message { reply_to: Some(long.clone()), ..message("a") }),
        (Destination::Lane(Lane::Plans), Message { user: Some(long.clone()), ..message("a") }),
        (Destination::Lane(Lane::Plans), Message { correlation_id: Some(long.clone()), ..message("a") }),
        (Destination::Topic(long.clone()), message("a")),
        (Destination::Reply(long.clone()), message("a")),
    ];
    for (to, message) in messages {
        let refused = queue.publish(&to, message).await.expect_err("the name is too long");
        assert!(matches!(refused, QueueError::TooLong(_)), "{refused}");
    }
    let overlong = refused(&Access::new(&vhost.replace("vhost-", &long))).await;
    assert!(matches!(overlong, QueueError::TooLong(_)), "{overlong}");
    publish(&*queue, Lane::Plans, "b").await;
}

/// Publishes a submission as a tenant's program does, with these headers.
async fn submit_as(url: &str, user: &str, headers: &[(String, String)]) {
    let tenant = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = tenant.create_channel().await.unwrap();
    let names = short_string::Names {
        message_id: "a",
        content_type: "application/json",
        reply_to: None,
        correlation_id: None,
        user_id: Some(user),
    };
    let headers = headers.iter().map(|(name, value)| (name.as_str(), AMQPValue::LongString(value.as_str().into())));
    let properties = short_string::properties(&names).unwrap().with_headers(short_string::table(headers).unwrap());
    let options = BasicPublishOptions::default();
    short_string::publish(&channel, "bindery.submit", "book.submit", options, properties, b"{}").await.unwrap();
    // The broker answers only after it has served the message.
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_more_headers_than_a_frame_holds_closes_no_connection() {
    let vhost = Rabbit::shared().vhost();
    let wide = connect(&Access::new(&vhost)).await.unwrap();
    // The smallest frame that every broker takes: RabbitMQ from 4.1 on refuses smaller ones.
    let narrow = connect(&Access::new(&format!("{vhost}?frame_max=8192"))).await.unwrap();
    let headers: Vec<_> = (0..9_000).map(|number| (format!("h{number:04}"), String::new())).collect();
    let mut submissions = wide.consume(Lane::Submissions, 1).await.unwrap();
    submit_as(&vhost, "bindery", &headers).await;
    let submission = next(&mut submissions).await;
    assert_eq!(submission.message.headers.len(), 9_000);
    let letter = submission.message.clone().dead_letter(Lane::Submissions, &"🪢".repeat(9_000));
    narrow.publish(&Lane::Dead.into(), letter).await.unwrap();
    submission.settle(Verdict::DeadLetter { reason: "no title".to_owned() }).await.unwrap();
    let mut letters = wide.consume(Lane::Dead, 2).await.unwrap();
    for _ in 0..2 {
        let letter = next(&mut letters).await;
        let Message { headers, .. } = &letter.message;
        assert_eq!((letter.message.sender(), headers[DEAD_LANE].as_str()), (Some("bindery"), "submissions"));
        assert!(headers.contains_key(DEAD_REASON));
        letter.settle(Verdict::Ack).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_sent_again_is_still_its_tenants_whatever_that_one_claims() {
    let rabbit = Rabbit::shared();
    let vhost = rabbit.vhost();
    let queue = connect(&Access::new(&vhost)).await.unwrap();
    let ada = rabbit.user(&vhost, "ada", "hush");
    let claims = [(SENDER, "bindery"), ("x-bindery-published-at", "1"), (DEAD_LANE, "chapters")];
    submit_as(&ada, "ada", &claims.map(|(name, value)| (name.to_owned(), value.to_owned()))).await;
    let mut submissions = queue.consume(Lane::Submissions, 1).await.unwrap();
    for _ in 0..2 {
        let submission = next(&mut submissions).await;
        assert_eq!(submission.message.sender(), Some("ada"));
        assert!(!submission.message.headers.contains_key("x-bindery-published-at"));
        submission.settle(Verdict::DeadLetter { reason: "no title".to_owned() }).await.unwrap();
        let mut letters = queue.consume(Lane::Dead, 1).await.unwrap();
        let letter = next(&mut letters).await;
        assert_eq!((letter.message.sender(), letter.message.headers[DEAD_LANE].as_str()), (Some("ada"), "submissions"));
        queue.publish(&Lane::Submissions.into(), letter.message.clone().redriven()).await.unwrap();
        letter.settle(Verdict::Ack).await.unwrap();
    }
    next(&mut submissions).await.settle(Verdict::MoveToBack).await.unwrap();
    let again = next(&mut submissions).await;
    assert_eq!((again.message.sender(), again.message.times_behind()), (Some("ada"), 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_accepts_too_large_or_too_small_messages_is_found_out_and_the_connection_goes_on() {
    let rabbit = Rabbit::start();
    let queue = connect(&Access::new(&rabbit.vhost())).await.unwrap();
    assert_eq!(queue.message_limit().await.unwrap(), MessageLimit::TooHigh);
    for (bytes, expected) in [
        (2_000_001, MessageLimit::TooHigh),
        (2_000_000, MessageLimit::Suitable),
        (1_000_000, MessageLimit::Suitable),
        (999_999, MessageLimit::TooLow),
    ] {
        rabbit.limit_messages(bytes);
        assert_eq!(queue.message_limit().await.unwrap(), expected, "{bytes}");
    }
    queue.publish(&Lane::Plans.into(), message("a")).await.unwrap();
}
