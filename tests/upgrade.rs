//! Are books finished that another version has begun, or that two versions write together?
//!
//! `BINDERY_OTHER_PROGRAM` names the program of the other version, which `tests/long upgrade` builds from an earlier
//! revision. Without it, this program is used in its place.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bindery_stand_in::{Fault, Faults, Match, Rule};
use serde_json::{Value, json};

use crate::support::{
    Chapter, Fleet, Ordered, Outline, Route, Running, Snapshot, Subject, six_chapters, three_chapters,
};

/// The program under test.
const THIS: &str = env!("CARGO_BIN_EXE_bindery");

fn other() -> PathBuf {
    std::env::var_os("BINDERY_OTHER_PROGRAM").map_or_else(|| PathBuf::from(THIS), PathBuf::from)
}

fn recorded() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// Returns the path of the snapshot of the latest version.
fn latest() -> PathBuf {
    recorded().join("v2/fleet.json")
}

/// Returns the outline of the book in the first snapshot.
fn first_outline() -> Outline {
    let mut outline = three_chapters();
    outline.front[0] = "words: 400".to_owned();
    outline.chapters = outline.chapters.into_iter().map(Chapter::with_sections).collect();
    outline
}

/// Returns the store after a worker was killed: two chapters of its book are done, and one part of the third is missing.
/// The book is held, so that its deadline does not pass until the hold is lifted.
fn half_written() -> Snapshot {
    let section = Match { chapter: Some(2), section: Some(2), ..Match::default() };
    let fleet = Fleet::with_faults(Faults::none().with_rule(Rule::on(section, Fault::Hang)));
    let mut fleet = fleet.serving(&["dispatcher", "assembler"]);
    let doomed = fleet.serve(&["worker"]);
    fleet.outline("staffs", &three_chapters());
    let book = Ordered { id: fleet.submit("staffs", &["--id", "staffs"]), outline: three_chapters() };
    fleet.wait_until("all but one section are kept", || {
        let ledger = fleet.ledger(&book.id);
        [1, 3].iter().all(|chapter| ledger.standing(*chapter) == "done")
            && ledger.kept().keys().filter(|part| part.chapter == 2).count() == book.outline.chapters[1].points.len()
    });
    fleet.run(&["hold", &book.id]).exits(0);
    fleet.wait_until("its events are published", || Snapshot::of(&fleet.redis).unpublished_events() == 0);
    doomed.kill();
    let snapshot = Snapshot::of(&fleet.redis);
    // The book is not continued here. The worker below takes its messages, and finds no book.
    fleet.redis.cli(&["FLUSHALL"]);
    fleet.keep_serving(&["worker"]);
    snapshot
}

/// Starts a fleet on a snapshot, and lifts the hold of its book.
fn go_on(snapshot: &Snapshot) -> (Fleet, Ordered) {
    let mut fleet = Fleet::new();
    snapshot.restore(&fleet.redis);
    // The lease of the former worker has ended, which either a sweeper or the lifting of the hold finds first.
    fleet.allows_heals();
    let fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    fleet.run(&["hold", &snapshot.book(), "--lift"]).exits(0);
    (fleet, Ordered { id: snapshot.book(), outline: three_chapters() })
}

#[test]
fn the_layout_of_the_store_is_the_recorded_one() {
    let (now, then) = (half_written(), latest());
    let recorded = if then.exists() { Snapshot::read(&then).layout() } else { Default::default() };
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("fleet.json");
    now.write(&kept);
    let (now, kept) = (now.layout(), kept.display());
    let (new, gone): (Vec<_>, Vec<_>) = (now.difference(&recorded).collect(), recorded.difference(&now).collect());
    assert!(
        new.is_empty() && gone.is_empty(),
        "the layout of the store has changed; read \"When a shape changes\" in docs/upgrade.md. {kept} is how it is now.\n\
         new: {new:#?}\ngone: {gone:#?}"
    );
}

#[test]
fn a_book_that_any_version_has_begun_is_finished_and_no_part_of_it_is_written_again() {
    let mut versions = 0;
    for version in fs::read_dir(recorded()).unwrap() {
        let snapshot = Snapshot::read(&version.unwrap().path().join("fleet.json"));
        let (fleet, book) = go_on(&snapshot);
        fleet.finishes(&book);
        let called: Vec<_> = fleet.model.calls().into_keys().collect();
        assert_eq!(called, [Subject::section(2, 2)]);
        versions += 1;
    }
    assert!(versions > 0, "there is no snapshot");
}

#[test]
fn a_book_with_the_shorter_id_of_earlier_versions_is_found_by_the_same_submission() {
    let snapshot = Snapshot::read(&recorded().join("v1/fleet.json"));
    assert_eq!(snapshot.book().len(), 12, "it was recorded before ids had 24 digits");
    let (fleet, book) = go_on(&snapshot);
    fleet.finishes(&book);
    fleet.outline("staffs", &first_outline());
    assert_eq!(fleet.submit("staffs", &["--id", "staffs"]), book.id);
    let another = fleet.submit("staffs", &["--id", "another", "--review"]);
    assert_eq!(another.len(), 24, "a new book has a longer id: {another}");
}

#[test]
fn fields_and_events_of_a_later_version_are_kept_until_the_book_is_finished() {
    let mut snapshot = Snapshot::read(&latest());
    let added = json!({"by": ["version", 1.5]});
    snapshot.change(|record| {
        record["added"] = added.clone();
        if let Some(terms) = record.get_mut("terms") {
            terms["added"] = added.clone();
        }
        for part in record.get_mut("parts").and_then(Value::as_object_mut).into_iter().flatten() {
            part.1["added"] = added.clone();
        }
    });
    let seq = snapshot.value("events")["stream"].as_array().unwrap().len() + 1;
    let event = json!({"seq": 0, "at": 1, "kind": "translated", "task": "plan", "edition": 1, "added": added});
    snapshot.value_mut("events")["stream"]
        .as_array_mut()
        .unwrap()
        .push(json!([format!("{seq}-0"), ["event", event.to_string()]]));
    let book = snapshot.value_mut("book");
    book["hash"]["seq"] = json!(seq.to_string());
    book["hash"]["added"] = json!("a field");
    let (fleet, book) = go_on(&snapshot);
    let hint = json!({"v": 1, "book": snapshot.book(), "task": "write/2", "edition": 1, "added": added});
    let headers = "headers={'x-added': 7, 'x-added-too': 'a text'}";
    let url = fleet.vhost.clone();
    fleet.publish_as(&url, Route::CHAPTER, hint.to_string().as_bytes(), headers).exits(0);
    fleet.finishes(&book);
    let left = Snapshot::of(&fleet.redis);
    assert_eq!(left.value("book")["hash"]["added"], "a field");
    assert_eq!(left.records()[0]["terms"]["added"], added);
    for (record, before) in left.records().iter().zip(snapshot.records()) {
        assert_eq!(record["added"], added, "{record:#}");
        for number in before["parts"].as_object().into_iter().flatten().map(|(number, _)| number) {
            assert_eq!(record["parts"][number]["added"], added, "part {number} of {record:#}");
        }
    }
}

#[test]
fn a_book_of_an_unknown_version_stays_as_it_is_and_delays_no_other_book() {
    let mut snapshot = Snapshot::read(&latest());
    snapshot.change(|record| {
        if record.get("v").is_some() {
            record["v"] = json!(3);
            record["state"] = json!("translating");
        }
    });
    let fleet = Fleet::new();
    snapshot.restore(&fleet.redis);
    let fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    let newer = snapshot.book();
    let hint = json!({"v": 1, "book": newer, "task": "write/2", "edition": 1});
    fleet.publish(Route::CHAPTER, hint.to_string().as_bytes());
    fleet.finishes(&fleet.order(three_chapters()));
    fleet.queues("chapters", 1);
    fleet.queues("dead", 0);
    let said = fleet.run(&["why", &newer]);
    assert!(said.stderr.contains(&format!("no book is called `{newer}`")), "{}", said.stderr);
    assert!(said.stderr.contains("version 3"), "{}", said.stderr);
    let key = format!("bindery:{{{newer}}}:book");
    assert_eq!(fleet.redis.cli(&["HGET", &key, "record"]), snapshot.value("book")["hash"]["record"].as_str().unwrap());
    // The fleet would wait for a newer program to finish this book.
    fleet.redis.cli(&["DEL", &key]);
}

/// The roles of a fleet in the order in which an upgrade replaces them.
const ROLES: [&str; 3] = ["worker", "assembler", "dispatcher"];

/// Starts a fleet whose roles are processes of these programs.
fn mixed(programs: [&Path; 3]) -> (Fleet, Vec<Running>) {
    let fleet = Fleet::new();
    let serving = ROLES.iter().zip(programs).map(|(role, program)| fleet.serve_by(program, &[role])).collect();
    (fleet, serving)
}

/// Checks that the fleet finishes two books, one of them with a planning call.
fn writes_books(fleet: &Fleet) {
    fleet.outline("planned", &three_chapters());
    let id = fleet.run(&["submit", "planned.md"]).exits(0).stdout.trim().to_owned();
    for book in [Ordered { id, outline: three_chapters() }, fleet.order(six_chapters())] {
        fleet.finishes(&book);
    }
}

fn stop(serving: Vec<Running>) {
    for process in serving {
        process.terminate();
        process.end().exits(0);
    }
}

#[test]
fn workers_of_one_version_and_a_dispatcher_of_another_write_books_together() {
    let (this, other) = (PathBuf::from(THIS), other());
    for programs in [[&this, &other, &other], [&other, &other, &this], [&other, &this, &other]] {
        let (fleet, serving) = mixed(programs.map(PathBuf::as_path));
        writes_books(&fleet);
        stop(serving);
    }
}

/// Replaces the processes of a fleet one by one while it writes a book.
fn rolls(from: &Path, to: &Path) {
    let (fleet, mut serving) = mixed([from, from, from]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("the first calls", |stats| stats.calls >= 5);
    for role in ROLES {
        serving.push(fleet.serve_by(to, &[role]));
        stop(vec![serving.remove(0)]);
    }
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls, "a finished part was called again");
    assert!(ledger.tasks().iter().all(|task| task["lapses"] == 0), "a lease lapsed on the way");
    stop(serving);
}

#[test]
fn an_upgrade_or_a_rollback_of_a_fleet_process_by_process_loses_no_call() {
    let (this, other) = (PathBuf::from(THIS), other());
    rolls(&other, &this);
    rolls(&this, &other);
}
