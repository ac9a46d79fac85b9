//! Is a sender whose names or messages are too long answered, and does the fleet go on?

use crate::support::{Fleet, Ordered, three_chapters};

/// Publishes a submission with a long message id, waits for the answer, and prints it.
const LONG_ID: &str = "\
import pika, sys
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
answers = channel.queue_declare('', exclusive=True).method.queue
properties = pika.BasicProperties(message_id='m' * 248, user_id='bindery', reply_to=answers)
channel.basic_publish('bindery.submit', 'book.submit', b'not JSON at all', properties)
for _, _, answer in channel.consume(answers, auto_ack=True):
    print(answer.decode())
    break
";

#[test]
fn a_submission_with_a_long_id_is_answered_and_a_book_may_be_called_by_two_hundred_emoji() {
    let fleet = Fleet::new().serving(&["all"]);
    let answer = fleet.python(LONG_ID, &[&fleet.vhost]).exits(0).stdout;
    assert!(answer.contains("is no submission"), "{answer}");
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let id = fleet.submit("tides", &["--id", &"🪢".repeat(200)]);
    fleet.finishes(&Ordered { id, outline });
}

#[test]
fn an_outline_whose_path_is_too_long_for_a_name_is_refused_before_it_is_sent() {
    let fleet = Fleet::new();
    let name = "a".repeat(245);
    fleet.outline(&name, &three_chapters());
    let refused = fleet.run(&["submit", &format!("{name}.md"), "--no-plan"]).exits(64);
    refused.tells(&["nothing was submitted", "but must have 1 to 200", "--id NAME"]);
    assert_eq!(fleet.queued("submissions"), 0);
}

#[test]
fn doctor_says_that_the_broker_accepts_messages_of_any_size() {
    let fleet = Fleet::new();
    let doctor = fleet.run(&["doctor"]).exits(1).stdout;
    assert!(doctor.contains("BAD messages") && doctor.contains("max_message_size = 2000000"), "{doctor}");
}

#[test]
fn doctor_warns_of_a_store_that_is_four_fifths_full() {
    let fleet = Fleet::new();
    // The connections of the command itself take memory too, which must not matter.
    let filled = "for n = 1, 64 do redis.call('SET', 'filled-' .. n, string.rep('x', 1000000)) end";
    fleet.redis.cli(&["EVAL", filled, "0"]);
    let used: u64 = {
        let info = fleet.redis.cli(&["INFO", "memory"]);
        info.lines().find_map(|line| line.strip_prefix("used_memory:")).unwrap().trim().parse().unwrap()
    };
    let said = |share: u64| {
        fleet.redis.cli(&["CONFIG", "SET", "maxmemory", &(used * 100 / share).to_string()]);
        fleet.run(&["doctor"]).stdout
    };
    let (half, nearly) = (said(50), said(90));
    assert!(!half.contains("of its memory is used"), "{half}");
    assert!(nearly.contains("of its memory is used") && nearly.contains("above 80 %"), "{nearly}");
}

#[test]
fn a_book_whose_record_cannot_be_read_is_named_and_can_be_deleted() {
    let fleet = Fleet::new().serving(&["all"]);
    let book = fleet.order(three_chapters());
    fleet.finishes(&book);
    fleet.redis.cli(&["HSET", &format!("bindery:{{{}}}:book", book.id), "record", "{"]);
    fleet.run(&["status", &book.id]).exits(69).tells(&["cannot be read"]);
    fleet.run(&["delete", &book.id]).exits(4).tells(&["needs --yes"]);
    fleet.run(&["delete", &book.id, "--yes"]).exits(0).tells(&["Deleted", &book.id]);
    assert_eq!(fleet.redis.cli(&["KEYS", &format!("*{}*", book.id)]), "");
}
