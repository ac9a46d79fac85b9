//! The public events of every version, recorded as files: listeners have programs that read them.
//!
//! The files leave out the `id` of an event, which has no meaning for a reader. `docs/upgrade.md` says what to do when a
//! test here fails.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is a test, also the functions that clippy.toml cannot tell are one"
)]

use std::{collections::BTreeMap, fs, path::Path};

use bindery_protocol::{
    book_event::{BookEvent, BookEventFile, PUBLIC_EVENTS},
    submission::CloudEvent,
};
use serde_json::{Value, json};

/// Returns the event with a public name, with every field that it may have.
fn fresh(name: &str) -> Value {
    let file =
        BookEventFile { format: "epub".into(), digest: "5f".repeat(32), bytes: 4_096, url: "file:///books/5f".into() };
    let detail = match name {
        "chapter_done" => "1,150 words",
        "chapter_failed" => "5 tries failed",
        "audited" => "findings: 2, repairs: 1\nIn chapter 2, section 1, paragraph 3: “It was” …",
        "held" => "budget",
        "completed" => "In chapter 1, section 2, paragraph 1: “It was” …",
        "failed" => "chapter 1 could not be written",
        _ => "",
    };
    let news = BookEvent {
        book: "142db1f2f952".into(),
        request_id: "course-17".into(),
        title: "Knots".into(),
        edition: 2,
        chapter: name.starts_with("chapter_").then_some(7),
        detail: detail.into(),
        files: (name == "completed").then_some(file).into_iter().collect(),
        score: None,
        cost_usd: 0.25,
    };
    let event = CloudEvent {
        subject: Some(news.book.clone()),
        time: Some("2026-09-21T14:13:20Z".into()),
        ..CloudEvent::new(format!("bindery.book.{name}.v1"), "", news)
    };
    without_id(serde_json::to_value(event).unwrap())
}

fn without_id(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("id");
    event
}

/// Returns the recorded events of each version by their public names.
fn recorded() -> BTreeMap<u32, BTreeMap<String, Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recorded");
    let version = |folder: &Path| folder.file_name()?.to_str()?.strip_prefix('v')?.parse().ok();
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    folders.filter_map(|folder| Some((version(&folder)?, news_in(&folder)))).collect()
}

fn news_in(folder: &Path) -> BTreeMap<String, Value> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let named = files.filter_map(|path| {
        let name = path.file_stem()?.to_str()?.strip_prefix("news-")?.to_owned();
        Some((name, serde_json::from_slice(&fs::read(&path).unwrap()).unwrap()))
    });
    named.collect()
}

/// Returns whether a document still holds everything that an earlier one held. It may hold more.
fn holds(document: &Value, earlier: &Value) -> bool {
    match (document, earlier) {
        (Value::Object(document), Value::Object(earlier)) => {
            earlier.iter().all(|(name, was)| document.get(name).is_some_and(|is| holds(is, was)))
        }
        (Value::Array(document), Value::Array(earlier)) => {
            document.len() == earlier.len() && document.iter().zip(earlier).all(|(is, was)| holds(is, was))
        }
        _ => document == earlier,
    }
}

#[test]
fn the_recorded_events_of_the_latest_version_are_those_that_are_published_now() {
    let told: BTreeMap<String, Value> = PUBLIC_EVENTS.map(|name| (name.to_owned(), fresh(name))).into();
    let (version, recorded) = recorded().pop_last().unwrap();
    let kinds = |news: &BTreeMap<String, Value>| news.keys().cloned().collect::<Vec<_>>();
    for (name, news) in &told {
        assert!(
            recorded.get(name) == Some(news),
            "events are no longer those of shared/protocol/recorded/v{version}, which listeners read; read \"When a shape \
             changes\" in docs/upgrade.md\nnews-{name}.json is now\n{news:#}"
        );
    }
    assert_eq!(kinds(&told), kinds(&recorded), "the events that listeners are told of are not the recorded ones");
}

#[test]
fn recorded_events_of_every_version_are_read_and_written_back_whole() {
    for (version, news) in recorded() {
        assert!(!news.is_empty(), "v{version} has no news");
        for (name, was) in news {
            let mut event = was.clone();
            event["id"] = json!("1");
            let read: CloudEvent<BookEvent> =
                serde_json::from_value(event).unwrap_or_else(|error| panic!("v{version}/news-{name}: {error}"));
            let written = serde_json::to_value(read).unwrap();
            assert!(holds(&written, &was), "v{version}/news-{name} lost something: {written:#}");
        }
    }
}
