//! Is a sender whose names or messages are too long answered, and does the fleet go on?

use crate::support::{Fleet, ModelServer, Ordered, Route, three_chapters};

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

/// Returns the line of a report of `bindery doctor` about a thing.
fn line<'a>(doctor: &'a str, what: &str) -> &'a str {
    let about = |line: &&str| line.split_whitespace().nth(1) == Some(what);
    doctor.lines().find(about).unwrap_or_else(|| panic!("{what} is missing in\n{doctor}"))
}

#[test]
fn doctor_and_a_dispatcher_tell_how_the_limit_of_the_broker_for_messages_is_wrong() {
    let fleet = Fleet::with_own_broker(ModelServer::start(ModelServer::settings()));
    fleet.redis.cli(&["CONFIG", "SET", "maxmemory", "1gb"]);
    let begins_with = |words: &str| {
        let mut dispatcher = fleet.start(&["serve", "dispatcher"]);
        let told = dispatcher.says(words);
        dispatcher.terminate();
        dispatcher.end().exits(0);
        told
    };
    // A broker that is not set up. A managed one may not let anyone set it up.
    let doctor = fleet.run(&["doctor"]).exits(0).stdout;
    assert!(line(&doctor, "messages").starts_with("see"), "{doctor}");
    assert!(doctor.contains("max_message_size = 2000000") && doctor.contains("docs/managed.md"), "{doctor}");
    let told = begins_with("the broker's limit for the size of messages is too high");
    assert!(told.contains("WARN") && told.contains("max_message_size = 2000000"), "{told}");

    fleet.broker.limit_messages(999_999);
    let doctor = fleet.run(&["doctor"]).exits(1).stdout;
    assert!(line(&doctor, "messages").starts_with("BAD"), "{doctor}");
    let told = begins_with("the broker's limit for the size of messages is wrong");
    assert!(told.contains("ERROR") && told.contains("refuses messages of 1000000 bytes"), "{told}");

    fleet.broker.limit_messages(2_000_000);
    let doctor = fleet.run(&["doctor"]).exits(0).stdout;
    assert!(line(&doctor, "messages").starts_with("ok"), "{doctor}");
}

/// Publishes bodies that are no submissions, and waits for the answer to each.
const NONSENSE: &str = "\
import pika, sys
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
answers = channel.queue_declare('', exclusive=True).method.queue
count = int(sys.argv[2])
for number in range(count):
    properties = pika.BasicProperties(message_id=str(number), user_id='bindery', reply_to=answers)
    channel.basic_publish('bindery.submit', 'book.submit', b'not JSON at all', properties)
for _ in channel.consume(answers, auto_ack=True):
    count -= 1
    if count == 0: break
";

#[test]
fn a_dispatcher_holds_two_submissions_and_two_commands_at_most() {
    let fleet = Fleet::new().serving(&["dispatcher"]);
    let prefetches = |queue: &str| fleet.broker.prefetches(&fleet.vhost, queue);
    assert_eq!(prefetches("bindery.commands"), [2]);
    // It takes submissions in one by one, until some have gone well.
    assert_eq!(prefetches("bindery.submissions"), [1]);
    fleet.python(NONSENSE, &[&fleet.vhost, "8"]).exits(0);
    fleet.wait_until("it takes two submissions at once", || prefetches("bindery.submissions") == [2]);
    fleet.python(NONSENSE, &[&fleet.vhost, "40"]).exits(0);
    assert_eq!(prefetches("bindery.submissions"), [2]);
}

/// Publishes a body that is too large as a command or a submission, waits for the answer, and prints it.
const TOO_LARGE: &str = "\
import pika, sys
channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()
answers = channel.queue_declare('', exclusive=True).method.queue
properties = pika.BasicProperties(message_id='large', user_id='bindery', reply_to=answers)
channel.basic_publish('bindery.submit', sys.argv[2], b' ' * int(sys.argv[3]), properties)
for _, _, answer in channel.consume(answers, auto_ack=True):
    print(answer.decode())
    break
";

#[test]
fn a_message_that_is_too_large_is_answered_or_becomes_a_dead_letter_without_its_bytes() {
    let fleet = Fleet::new().serving(&["all"]);
    let answer = fleet.python(TOO_LARGE, &[&fleet.vhost, "book.submit", "3000000"]).exits(0).stdout;
    assert!(answer.contains("has 3000000 bytes, 1000000 are allowed"), "{answer}");
    assert_eq!(fleet.queued("dead"), 0, "a sender that was told of it knows of it");
    fleet.publish(Route::SUBMISSION, &vec![b' '; 3_000_000]);
    fleet.queues("dead", 1);
    let told = fleet.run(&["dead", "show", "by-hand"]).exits(0);
    assert_eq!(told.stdout, "");
    told.tells(&["from submissions", "has 3000000 bytes", "its 3000000 bytes were too many to keep"]);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    let answer = fleet.python(TOO_LARGE, &[&fleet.vhost, "book.command", "3000000"]).exits(0).stdout;
    assert!(answer.contains("has 3000000 bytes, 1000000 are allowed"), "{answer}");
    fleet.queues("dead", 1);
    fleet.run(&["dead", "show", "large"]).exits(0).tells(&["its 3000000 bytes were too many to keep"]);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    fleet.finishes(&fleet.order(three_chapters()));
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
