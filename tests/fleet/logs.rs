//! Does the log of a fleet tell what became of books, and is a JSON log JSON to its last line?

use bindery_stand_in::{Fault, Faults, Match, Rule};
use serde_json::{Value, json};

use crate::support::{Ended, Fleet, Ordered, Outline, Route, Running, three_chapters};

const JSON: [(&str, &str); 1] = [("BINDERY_LOG__FORMAT", "json")];

/// Returns the lines of a log, each of which is an object.
fn lines(ended: &Ended) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line} is not JSON: {error}"));
    ended.stderr.lines().map(parse).collect()
}

fn stopped(process: Running) -> Vec<Value> {
    process.terminate();
    lines(&process.end().exits(0))
}

#[test]
fn what_operators_do_to_a_book_and_what_is_rejected_is_logged_with_the_book_its_tenant_and_its_name() {
    let (fleet, paused) = Fleet::held_back([1, 2, 3]);
    let fleet = fleet.with(JSON);
    let mut dispatcher = fleet.serve(&["all"]);
    fleet.outline("book", &three_chapters());
    let book = fleet.submit("book", &["--id", "tides"]);
    fleet.publish(Route::SUBMISSION, b"not JSON at all");
    fleet.run(&["hold", &book]).exits(0);
    fleet.run(&["hold", &book, "--lift"]).exits(0);
    fleet.run(&["cancel", &book]).exits(0);
    dispatcher.says("the book was cancelled");
    paused.resume_all();
    fleet.wait_until("the submission that nobody can read is a dead letter", || fleet.queued("dead") == 1);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    fleet.wait_until("no lease is left", || fleet.ledger(&book).tasks().iter().all(|task| task["lease"].is_null()));
    let log = stopped(dispatcher);
    let line = |message: &str| {
        let line = log.iter().find(|line| line["fields"]["message"] == message);
        line.unwrap_or_else(|| panic!("{message:?} is missing in {log:#?}"))
    };
    for message in ["accepted", "the book is held", "a hold was lifted", "the book was cancelled"] {
        let told = line(message);
        assert_eq!((&told["book"], &told["fields"]["request_id"]), (&book.as_str().into(), &"tides".into()), "{told}");
        assert_eq!(told["fields"]["tenant"], "bindery", "{told}");
    }
    assert!(line("a submission was rejected")["fields"]["reason"].is_string());
}

/// What a line of the log must say of a book.
struct Told<'a> {
    message: &'a str,
    book: &'a str,
    request_id: &'a str,
    /// Words of its reason; empty where it needs none.
    reason: &'a str,
}

impl Told<'_> {
    #[track_caller]
    fn stands_in(&self, log: &[Value]) {
        let Self { message, book, request_id, reason } = self;
        let of_it =
            |line: &&Value| line["fields"]["message"] == *message && line["fields"]["request_id"] == *request_id;
        let line = log.iter().find(of_it).unwrap_or_else(|| panic!("{message:?} is missing in {log:#?}"));
        let fields = &line["fields"];
        let named = line["book"].as_str().or_else(|| fields["book"].as_str());
        assert_eq!((named, fields["tenant"].as_str()), (Some(*book), Some("bindery")), "{line}");
        assert!(fields["reason"].as_str().unwrap_or_default().contains(reason), "{line}");
    }
}

#[test]
fn failures_rewrites_deletions_and_rejections_are_logged_with_tenant_name_book_and_reason() {
    let second = Match { chapter: Some(2), ..Match::default() };
    let fleet = Fleet::with_faults(Faults::none().with_rule(Rule::on(second, Fault::Refused)));
    let fleet = fleet.with(JSON).with([("BINDERY_LEDGER__TRIES", "1")]);
    let process = fleet.serve(&["all"]);
    fleet.outline("bells", &Outline::of(&["Bells", "Charts"]));
    let failed = fleet.submit("bells", &["--id", "bells"]);
    fleet.run(&["watch", &failed]).exits(1);
    let outline = Outline::of(&["Moons"]);
    fleet.outline("moons", &outline);
    let book = Ordered { id: fleet.submit("moons", &["--id", "moons"]), outline };
    fleet.finishes(&book);
    fleet.run(&["rewrite", &book.id, "--chapter", "1", "--note", "Begin with the harbour.", "--yes"]).exits(0);
    fleet.finishes(&book);
    fleet.run(&["submit", "bells.md", "--no-plan", "--id", "moons"]).exits(64).tells(&["names another book already"]);
    for (id, command) in [("1", "status"), ("2", "redrive")] {
        let event = json!({"specversion": "1.0", "type": "bindery.book.command.v1", "source": "/courses", "id": id,
            "data": {"command": command, "book": book.id}});
        fleet.publish_as(&fleet.vhost, Route::COMMAND, event.to_string().as_bytes(), "user_id='bindery'").exits(0);
    }
    // Commands are carried out one after the other. Nobody hears that the last one is refused.
    fleet.queues("dead", 1);
    fleet.run(&["dead", "purge", "--yes"]).exits(0);
    let deleting = fleet.run_with(&["delete", &book.id, "--yes"], &[("BINDERY_LOG__FILTER", "info")]).exits(0);
    let log = stopped(process);
    let told = |message, book, request_id, reason| Told { message, book, request_id, reason }.stands_in(&log);
    told("a chapter was given up", &failed, "bells", "refused");
    told("the book has failed", &failed, "bells", "chapter");
    told("chapters are written again", &book.id, "moons", "");
    told("a submission was rejected", &book.id, "moons", "names another book already");
    told("a command was carried out", &book.id, "moons", "");
    told("a command was refused", &book.id, "moons", "done");
    // The command itself deletes a book. Its other lines are for people, and by default it logs only warnings.
    let logged = deleting.stderr.lines().filter(|line| line.starts_with('{'));
    let logged: Vec<Value> = logged.map(|line| serde_json::from_str(line).unwrap()).collect();
    Told { message: "the book was deleted", book: &book.id, request_id: "moons", reason: "`bindery delete`" }
        .stands_in(&logged);
}

#[test]
fn what_goes_wrong_before_a_process_serves_is_a_line_of_its_json_log() {
    let fleet = Fleet::new().with(JSON);
    let said = |arguments: &[&str], variables: &[(&str, &str)], code: i32| {
        let lines = lines(&fleet.run_with(arguments, variables).exits(code));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!(line["level"], "ERROR", "{line}");
        line["fields"]["message"].to_string()
    };
    assert!(said(&["serve", "nobody"], &[], 2).contains("nobody"));
    assert!(said(&["serve", "worker"], &[("BINDERY_LEDGER__LEESE", "1s")], 64).contains("ledger.leese"));
    let refused = said(&["serve", "worker"], &[("BINDERY_STORE__URL", "sqlite:")], 64);
    assert!(refused.contains("queue.url") && refused.contains("broker"), "{refused}");
}
