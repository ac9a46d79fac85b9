//! Does what nobody can read end in the dead letters with its reason, and leave its neighbours alone?

use serde_json::json;

use crate::support::{Fleet, three_chapters};

/// Publishes bodies to a lane, each of which must end in the dead letters with words of its reason, while a book is
/// written.
fn ends_in_the_dead_letters(address: (&str, &str), bodies: &[(Vec<u8>, &str)]) {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    for (body, _) in bodies {
        fleet.publish(address.0, address.1, body);
    }
    fleet.queues("dead", bodies.len() as u64);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    for (_, reason) in bodies {
        assert!(listed.contains(reason), "{reason:?} is missing in\n{listed}");
    }
    fleet.finishes(&book);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

/// Returns a body of ten million bytes that is JSON all the same.
fn huge(body: &str) -> Vec<u8> {
    let mut huge = body.as_bytes().to_vec();
    huge.resize(10_000_000, b' ');
    huge
}

#[test]
fn submissions_that_nobody_can_read_end_in_the_dead_letters() {
    let submission = include_str!("../../shared/protocol/src/submission/v1.json");
    let later = submission.replace("submit.v1", "submit.v9");
    // A reason that quotes all of it would not fit into a header, and break the connection that publishes it.
    let endless = submission.replace("\"no_plan\"", &format!("\"{}\"", "x".repeat(300_000)));
    ends_in_the_dead_letters(
        ("bindery.submit", "book.submit"),
        &[
            (b"not JSON at all".to_vec(), "is no submission"),
            (later.into_bytes(), "bindery.book.submit.v9"),
            (huge(submission), "has 10000000 bytes"),
            (endless.into_bytes(), "unknown field `xxx"),
        ],
    );
}

#[test]
fn tasks_that_nobody_can_read_end_in_the_dead_letters() {
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    let bodies = [(b"not JSON at all".to_vec(), "is no task"), (huge(&task), "has 10000000 bytes")];
    ends_in_the_dead_letters(("", "bindery.chapters"), &bodies);
}

#[test]
fn a_task_of_a_later_version_waits_for_a_newer_worker_and_holds_up_no_book() {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "assembler"]);
    let later = json!({"v": 9, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish("", "bindery.chapters", later.as_bytes());
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    // The last chapter's message may be settled after its book is bound.
    fleet.queues("chapters", 1);
    assert_eq!(fleet.queued("dead"), 0);
    // No newer worker will come here.
    fleet.broker.delete_queue(&fleet.vhost, "bindery.chapters");
    fleet.queues("chapters", 0);
}

#[test]
fn a_task_of_a_later_version_that_no_newer_worker_has_taken_for_an_hour_is_a_dead_letter() {
    let fleet = Fleet::new().serving(&["worker"]);
    let later = json!({"v": 9, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    let nearly = "headers={'x-bindery-behind': '1799'}";
    fleet.publish_as(&fleet.vhost, ("", "bindery.chapters"), later.as_bytes(), nearly).exits(0);
    // A letter is with the others before its message is settled.
    fleet.queues("dead", 1);
    fleet.queues("chapters", 0);
    let listed = fleet.run(&["dead", "list"]).exits(0);
    assert!(listed.stdout.contains("no newer program"), "{}", listed.stdout);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

#[test]
fn a_task_of_a_book_that_nobody_knows_is_settled_and_is_no_dead_letter() {
    // A message may outlive its book, which was deleted: that is nothing for anybody to look at.
    let fleet = Fleet::new().serving(&["worker"]);
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish("", "bindery.chapters", task.as_bytes());
    fleet.queues("chapters", 0);
}

#[test]
fn a_dead_letter_can_be_looked_at_sent_again_and_removed() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    fleet.publish("bindery.submit", "book.submit", b"not JSON at all");
    fleet.queues("dead", 1);
    let shown = fleet.run(&["dead", "show", "by-hand"]).exits(0);
    assert_eq!(shown.stdout.trim(), "not JSON at all");
    fleet.run(&["dead", "redrive", "by-hand"]).exits(0);
    fleet.queues("dead", 1);
    fleet.run(&["dead", "purge", "another", "--yes"]).exits(64);
    fleet.queues("dead", 1);
    fleet.run(&["dead", "purge", "by-hand", "--yes"]).exits(0);
    fleet.queues("dead", 0);
}

/// Takes a message from a queue and rejects it, until the broker gives it up: what is handed back with a `nack` comes again
/// as often as anybody likes from RabbitMQ 4.3 on.
pub(super) const RETURNS: &str = "\
import pika, sys
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
for taken, (method, _, _) in enumerate(channel.consume(sys.argv[2]), 1):
    channel.basic_reject(method.delivery_tag, requeue=True)
    if taken == 21:
        break
channel.close()
";

#[test]
fn a_task_that_came_back_until_the_broker_gave_it_up_says_so_and_can_be_sent_again() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish("", "bindery.chapters", task.as_bytes());
    let give_up = |fleet: &Fleet| {
        fleet.python(RETURNS, &[&fleet.vhost, "bindery.chapters"]).exits(0);
        fleet.queues("dead", 1);
        fleet.queues("chapters", 0);
        let listed = fleet.run(&["--json", "dead", "list"]).exits(0).values();
        let given_up = json!({"id": "by-hand", "lane": "chapters", "reason": "the broker gave it up: delivery_limit"});
        assert_eq!(listed, [given_up]);
    };
    give_up(&fleet);
    let shown = fleet.run(&["dead", "show", "by-hand"]).exits(0).tells(&["chapters", "delivery_limit"]);
    assert_eq!(shown.stdout.trim(), task);
    fleet.run(&["dead", "redrive", "by-hand"]).exits(0).tells(&["sent to chapters again"]);
    fleet.queues("chapters", 1);
    fleet.queues("dead", 0);
    // What was sent again may come back as often as any other message.
    give_up(&fleet);
    fleet.run(&["dead", "redrive"]).exits(0);
    fleet.keep_serving(&["worker"]);
    fleet.queues("chapters", 0);
}
