//! Documents of every version, recorded as files. The program must read all of them, and a change of a shape must be
//! recorded with them.
//!
//! Each folder of `recorded` holds a document of every shape as one version writes it, with all its fields, and the words of its
//! enumerations. `docs/upgrade.md` says what to do when a test here fails.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, also the functions that clippy.toml cannot tell are one"
)]

#[path = "recorded/fresh.rs"]
mod fresh;

use std::{collections::BTreeMap, fs, path::PathBuf};

use bindery_context::Context;
use bindery_domain::BookId;
use bindery_ledger::{
    AuditMode, Book, Ending, Event, GapPolicy, Hold, PlanMode, Preset, Request, Stage, Standing, State, Task, Texts,
    TrackRecord,
};
use bindery_protocol::{
    command::{BookCommand, COMMAND, CommandAnswer, CommandName},
    problem::Problem,
    submission::{CloudEvent, OutlineText, Receipt, SUBMIT, Submission},
    task::TaskMessage,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// The version whose files hold what this program writes.
const LATEST: &str = "v2";

/// A shape that this program writes and reads.
struct Shape {
    name: &'static str,
    /// A document with every field.
    fresh: Value,
    /// Reads a document and writes it back.
    rewrite: fn(&str) -> Result<Value, String>,
}

fn shape<T: Serialize + DeserializeOwned>(name: &'static str, fresh: &T) -> Shape {
    let rewrite = |recorded: &str| {
        let read: T = serde_json::from_str(recorded).map_err(|error| error.to_string())?;
        serde_json::to_value(&read).map_err(|error| error.to_string())
    };
    Shape { name, fresh: serde_json::to_value(fresh).unwrap(), rewrite }
}

/// Returns all shapes that outlive a process or reach another.
fn shapes() -> Vec<Shape> {
    vec![
        shape::<TaskMessage>("task-message", &fresh::task_message()),
        shape::<CloudEvent<Submission>>("submission", &CloudEvent::new(SUBMIT, "1", fresh::submission())),
        shape::<CloudEvent<Submission>>("topic-submission", &CloudEvent::new(SUBMIT, "1", fresh::topic_submission())),
        shape::<Receipt>("receipt", &fresh::receipt()),
        shape::<CloudEvent<BookCommand>>("command", &CloudEvent::new(COMMAND, "1", fresh::command())),
        shape::<CommandAnswer>("command-answer", &fresh::command_answer()),
        shape::<Problem>("problem", &fresh::problem()),
        shape::<Request>("request", &fresh::request()),
        shape::<Request>("topic-request", &fresh::topic_request()),
        shape::<Book>("book", &fresh::book()),
        shape::<Task>("task", &fresh::task()),
        shape::<Event>("event", &fresh::event()),
        shape::<Context>("context", &fresh::context()),
        shape::<TrackRecord>("track-record", &fresh::track_record()),
        Shape { name: "words", fresh: words(), rewrite: |recorded| Ok(serde_json::from_str(recorded).unwrap()) },
    ]
}

/// Returns the words with which an enumeration is written, taken from the error message of its own reader.
fn variants<T: DeserializeOwned>() -> Value {
    let error = serde_json::from_str::<T>("\"?\"").err().expect("no word is a question mark").to_string();
    error.split('`').skip(3).step_by(2).map(Value::from).collect()
}

/// Returns the words of every enumeration in a record. No earlier program can read a new word.
fn words() -> Value {
    json!({
        "audit": variants::<AuditMode>(),
        "command": variants::<CommandName>(),
        "ending": variants::<Ending>(),
        "gaps": variants::<GapPolicy>(),
        "hold": variants::<Hold>(),
        "outline": variants::<OutlineText>(),
        "plan": variants::<PlanMode>(),
        "preset": variants::<Preset>(),
        "stage": variants::<Stage>(),
        "standing": variants::<Standing>(),
        "state": variants::<State>(),
        "texts": variants::<Texts>(),
    })
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("recorded")
}

/// Returns the recorded documents of a shape by version.
fn recorded(name: &str) -> BTreeMap<String, String> {
    let versions = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let document = |version: PathBuf| {
        let text = fs::read_to_string(version.join(format!("{name}.json"))).ok()?;
        Some((version.file_name()?.to_str()?.to_owned(), text))
    };
    versions.filter_map(document).collect()
}

/// Returns whether a document still holds everything that an earlier one held. It may hold more.
fn holds(document: &Value, earlier: &Value) -> bool {
    match (document, earlier) {
        (Value::Object(document), Value::Object(earlier)) => {
            earlier.iter().all(|(name, was)| document.get(name).is_some_and(|is| holds(is, was)))
        }
        (Value::Array(document), Value::Array(earlier)) => {
            document.len() >= earlier.len() && document.iter().zip(earlier).all(|(is, was)| holds(is, was))
        }
        _ => document == earlier,
    }
}

#[test]
fn the_recorded_shapes_of_the_latest_version_are_those_that_are_written_now() {
    if std::env::var_os("BINDERY_BLESS").is_some() {
        for Shape { name, fresh, .. } in shapes() {
            fs::write(folder().join(LATEST).join(format!("{name}.json")), format!("{fresh:#}\n")).unwrap();
        }
    }
    let recorded = |shape: &Shape| recorded(shape.name).get(LATEST).and_then(|text| serde_json::from_str(text).ok());
    let changed = shapes().into_iter().filter(|shape| recorded(shape).as_ref() != Some(&shape.fresh));
    let changed: Vec<String> = changed.map(|shape| format!("{}.json is now\n{:#}", shape.name, shape.fresh)).collect();
    assert!(
        changed.is_empty(),
        "shapes are no longer those of shared/protocol/recorded/{LATEST}, which programs in use read and write; read \"When a \
         shape changes\" in docs/upgrade.md; BINDERY_BLESS=1 records the new ones\n{}",
        changed.join("\n")
    );
}

#[test]
fn documents_of_every_version_are_read_and_written_back_whole() {
    for shape in shapes() {
        let documents = recorded(shape.name);
        assert!(!documents.is_empty(), "{} has no document", shape.name);
        for (version, text) in documents {
            let written = (shape.rewrite)(&text).unwrap_or_else(|error| panic!("{version}/{}: {error}", shape.name));
            let was: Value = serde_json::from_str(&text).unwrap();
            assert!(holds(&written, &was), "{version}/{} lost something: {written:#}", shape.name);
        }
    }
}

#[test]
fn ids_and_digests_made_from_a_request_never_change() {
    let request: Request = serde_json::from_str(&recorded("request")["v1"]).unwrap();
    let book: Book = serde_json::from_str(&recorded("book")["v1"]).unwrap();
    assert_eq!(request.book_id(), BookId::named("142db1f2f952285a085cede6"));
    assert_eq!(book.id, Request { former_id: true, ..request.clone() }.book_id());
    // With another digest, every submission that is sent again would be a conflict.
    assert_eq!(book.order, request.order.digest());
    let message: TaskMessage = serde_json::from_str(&recorded("task-message")["v1"]).unwrap();
    assert_eq!(message.encode().id, "142db1f2f952:write/7:2");
}

/// Returns a document as a later version may write it, with one more field at each of these places.
fn later(mut document: Value, places: &[&str]) -> Value {
    for place in places {
        let object = document.pointer_mut(place).and_then(Value::as_object_mut).expect("there is an object");
        object.insert("added_later".to_owned(), json!({"by": ["version", 1.5]}));
    }
    document
}

#[test]
fn fields_that_a_later_version_adds_to_a_record_survive_when_it_is_written_back() {
    let open = BTreeMap::from([("book", &["", "/terms"][..]), ("task", &["", "/parts/0"]), ("request", &["/terms"])]);
    for shape in shapes() {
        let Some(places) = open.get(shape.name) else { continue };
        let later = later(shape.fresh, places);
        assert_eq!((shape.rewrite)(&later.to_string()).unwrap(), later, "{}", shape.name);
    }
}

#[test]
fn fields_that_a_later_version_adds_to_a_message_are_ignored() {
    for shape in shapes().into_iter().filter(|shape| ["task-message", "receipt", "event"].contains(&shape.name)) {
        let later = later(shape.fresh.clone(), &[""]);
        assert_eq!((shape.rewrite)(&later.to_string()).unwrap(), shape.fresh, "{}", shape.name);
    }
    let mut told = serde_json::to_value(fresh::event()).unwrap();
    told["kind"] = json!("translated");
    assert_eq!(serde_json::from_value::<Event>(told).unwrap().what.name(), "translated");
}

#[test]
fn a_context_of_a_later_version_and_one_with_an_unknown_field_are_told_apart() {
    use bindery_context::UnreadableContext;
    let context = serde_json::to_value(fresh::context()).unwrap();
    let strange = later(context.clone(), &["/book"]);
    assert!(matches!(Context::read(&strange.to_string()), Err(UnreadableContext::Shape(_))));
    let mut newer = strange;
    let later = bindery_context::VERSION + 1;
    newer["version"] = json!(later);
    assert!(matches!(Context::read(&newer.to_string()), Err(UnreadableContext::Newer(version)) if version == later));
    assert_eq!(Context::read(&context.to_string()).unwrap(), fresh::context());
}
