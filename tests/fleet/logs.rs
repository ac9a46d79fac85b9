//! Does the log of a fleet tell what became of books, and is a JSON log JSON to its last line?

use serde_json::Value;

use crate::support::{Ended, Fleet, Route, Running, three_chapters};

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
