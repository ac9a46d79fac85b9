//! Do messages that no process can read become dead letters with a reason, and are all other messages processed?

use serde_json::json;

use crate::support::{Fleet, Route, three_chapters};

/// A body that nobody can read, with words of the reason that its dead letter must give.
struct Unreadable {
    body: Vec<u8>,
    reason: &'static str,
}

/// Publishes bodies while a book is written. Each must end in the dead letters with its reason.
fn end_in_the_dead_letters(route: Route<'_>, messages: &[Unreadable]) {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "assembler"]);
    let book = fleet.order(three_chapters());
    for message in messages {
        fleet.publish(route, &message.body);
    }
    fleet.queues("dead", messages.len() as u64);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    for Unreadable { reason, .. } in messages {
        assert!(listed.contains(reason), "{reason:?} is missing in\n{listed}");
    }
    fleet.finishes(&book);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

/// Pads JSON to ten million bytes.
fn huge(body: &str) -> Vec<u8> {
    let mut huge = body.as_bytes().to_vec();
    huge.resize(10_000_000, b' ');
    huge
}

#[test]
fn unreadable_submissions_become_dead_letters() {
    let submission = include_str!("../../shared/protocol/src/submission/v1.json");
    let later = submission.replace("submit.v1", "submit.v9");
    // A reason that quoted all of it would not fit into a header, and publishing it would break the connection.
    let endless = submission.replace("\"no_plan\"", &format!("\"{}\"", "x".repeat(300_000)));
    end_in_the_dead_letters(
        Route::SUBMISSION,
        &[
            Unreadable { body: b"not JSON at all".to_vec(), reason: "is no submission" },
            Unreadable { body: later.into_bytes(), reason: "bindery.book.submit.v9" },
            Unreadable { body: huge(submission), reason: "has 10000000 bytes" },
            Unreadable { body: endless.into_bytes(), reason: "unknown field `xxx" },
        ],
    );
}

#[test]
fn unreadable_tasks_become_dead_letters() {
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    end_in_the_dead_letters(
        Route::CHAPTER,
        &[
            Unreadable { body: b"not JSON at all".to_vec(), reason: "is no task" },
            Unreadable { body: huge(&task), reason: "has 10000000 bytes" },
        ],
    );
}

#[test]
fn a_task_of_a_later_version_waits_for_a_newer_worker_and_delays_no_book() {
    let fleet = Fleet::new().serving(&["dispatcher", "assembler"]);
    let worker = fleet.serve(&["worker"]);
    let later = json!({"v": 9, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish(Route::CHAPTER, later.as_bytes());
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    // The message of the last chapter may be settled only after the book is bound.
    fleet.queues("chapters", 1);
    assert_eq!(fleet.queued("dead"), 0);
    // There will be no newer worker in this test. A worker that still runs could put the message back.
    worker.terminate();
    worker.end().exits(0);
    fleet.queues("chapters", 1);
    fleet.broker.purge(&fleet.vhost, "bindery.chapters");
}

#[test]
fn a_task_of_a_later_version_is_a_dead_letter_if_no_newer_worker_takes_it_for_an_hour() {
    let fleet = Fleet::new().serving(&["worker"]);
    let later = json!({"v": 9, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    let nearly = "headers={'x-bindery-behind': '1799'}";
    fleet.publish_as(&fleet.vhost, Route::CHAPTER, later.as_bytes(), nearly).exits(0);
    // The dead letter is published before the message is settled.
    fleet.queues("dead", 1);
    fleet.queues("chapters", 0);
    let listed = fleet.run(&["dead", "list"]).exits(0);
    assert!(listed.stdout.contains("no newer program"), "{}", listed.stdout);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

#[test]
fn a_task_of_an_unknown_book_is_settled_and_is_not_a_dead_letter() {
    // A message can outlive a deleted book. Nobody has to do anything about it.
    let fleet = Fleet::new().serving(&["worker"]);
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish(Route::CHAPTER, task.as_bytes());
    fleet.queues("chapters", 0);
}

#[test]
fn a_dead_letter_can_be_shown_sent_again_and_removed() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    fleet.publish(Route::SUBMISSION, b"not JSON at all");
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

#[test]
fn no_words_of_a_stranger_command_the_terminal_of_an_operator() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let body = r#"'{"specversion": "1.0", "\x9b2J": 1,\n not JSON \x1b[2J'.encode()"#;
    strange_body(&fleet, body, r"message_id='one\ntwo\x1b]0;owned\x07'");
    fleet.queues("dead", 1);
    let list = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert_eq!(list.lines().count(), 1, "{list:?}");
    let id = fleet.run(&["--json", "dead", "list"]).exits(0).values()[0]["id"].as_str().unwrap().to_owned();
    let show = fleet.run(&["dead", "show", &id]).exits(0);
    let redriven = fleet.run(&["dead", "redrive", &id]).exits(0);
    fleet.queues("dead", 1);
    let purged = fleet.run(&["dead", "purge", "--yes"]).exits(0);
    for said in [list, show.stdout, show.stderr, redriven.stderr, purged.stderr] {
        assert!(!said.contains(|c: char| c.is_control() && c != '\n'), "{said:?}");
    }
}

/// Takes a message from a queue and rejects it until the broker gives it up. It uses `reject`, because RabbitMQ from 4.3 on
/// counts no delivery that ends with a `nack`.
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
fn a_task_that_the_broker_gave_up_is_a_dead_letter_and_can_be_sent_again() {
    let mut fleet = Fleet::new().serving(&["dispatcher"]);
    let task = json!({"v": 1, "book": "0123456789ab", "task": "write/1", "edition": 1}).to_string();
    fleet.publish(Route::CHAPTER, task.as_bytes());
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
    // The broker counts the deliveries of a message that is sent again from zero.
    give_up(&fleet);
    fleet.run(&["dead", "redrive"]).exits(0);
    fleet.keep_serving(&["worker"]);
    fleet.queues("chapters", 0);
}

/// Publishes a submission that pika itself would not make: with these properties, as Python.
fn strange(fleet: &Fleet, properties: &str) {
    strange_body(fleet, "b'strange'", properties);
}

/// Publishes a body, as Python, with such properties.
fn strange_body(fleet: &Fleet, body: &str, properties: &str) {
    let program = format!(
        "import pika, sys\n\
         sys.setrecursionlimit(100000)\n\
         nested = {{}}\n\
         for _ in range(3000): nested = {{'': nested}}\n\
         channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
         channel.confirm_delivery()\n\
         channel.basic_publish('bindery.submit', 'book.submit', {body}, pika.BasicProperties({properties}))\n"
    );
    fleet.python(&program, &[&fleet.vhost]).exits(0);
}

#[test]
fn deeply_nested_headers_of_a_stranger_end_no_process() {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "assembler"]);
    strange(&fleet, "message_id='deep', headers=nested");
    fleet.queues("dead", 1);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    let listed = fleet.run(&["dead", "list"]).exits(0).stdout;
    assert!(listed.contains("is no submission"), "{listed}");
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
}

#[test]
fn a_name_that_is_not_text_delays_other_submissions_and_ends_in_the_dead_letters() {
    let fleet = Fleet::new().serving(&["dispatcher", "worker", "assembler"]);
    // The client cannot read the message, so that its connection breaks at each delivery. The broker gives it up sooner here.
    fleet.limit_deliveries("bindery.submissions", 3);
    strange(&fleet, "message_id=b'\\xff\\xfe'");
    fleet.queues("dead", 1);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    // No command of this program can read it either.
    fleet.run(&["dead", "list"]).exits(69).tells(&["dead letters", "docs/runbook/dead-letters.md"]);
    fleet.broker.purge(&fleet.vhost, "bindery.dead");
    fleet.queues("dead", 0);
}
