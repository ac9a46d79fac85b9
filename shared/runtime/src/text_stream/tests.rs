//! The stream against a real store.

use std::sync::Arc;

use bindery_ledger::{
    Answer, Command,
    sample::{RULES, plan, request},
};
use bindery_store::{Access, Clock, LivePiece};

use super::*;

/// A store with a book of one chapter, and the stream of the lease of that chapter.
async fn stream() -> (Arc<TextStream>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
    let store = bindery_store::connect(&access, RULES, Clock::Own).await.unwrap();
    let request = request("r", 1);
    store.accept(&request, Some(&plan())).await.unwrap();
    let claim = Command::Claim { worker: "w".into(), claim: "c".into(), solo: false };
    let Answer::Go(grant) = store.step(&request.book_id(), TaskId::Write(1), claim).await.unwrap() else {
        panic!("the chapter is owed")
    };
    (Arc::new(TextStream::new(store, &grant)), folder)
}

async fn heard(stream: &TextStream) -> Vec<LivePiece> {
    stream.store.live_texts().hear(&stream.book, &[]).await.unwrap()
}

/// Listens until the texts are as wanted. The time of the test passes only while everybody waits.
async fn until(stream: &TextStream, wanted: &[&str]) {
    while heard(stream).await.iter().map(|piece| piece.text.as_str()).collect::<Vec<_>>() != wanted {
        tokio::time::sleep(PAUSE).await;
    }
}

#[tokio::test]
async fn a_listener_hears_a_section_from_its_beginning_until_it_is_written() {
    let (stream, _folder) = stream().await;
    let running = stream.start();
    let (one, two) = (stream.of("section", 1).unwrap(), stream.of("section", 2_002).unwrap());
    one.begin(1);
    one.text("before anybody listened, ");
    until(&stream, &["before anybody listened, "]).await;
    one.text("and after");
    two.begin(1);
    two.text("two");
    until(&stream, &["before anybody listened, and after", "two"]).await;
    one.begin(2);
    one.text("again");
    until(&stream, &["again", "two"]).await;
    drop(one);
    until(&stream, &["two"]).await;
    running.stop();
    until(&stream, &[]).await;
}

#[tokio::test]
async fn only_the_texts_of_sections_are_streamed() {
    let (stream, _folder) = stream().await;
    for (kind, part) in [("brief", 0), ("section", 0), ("summary", 3), ("draft", 3_001), ("repair", 1)] {
        assert!(stream.of(kind, part).is_none(), "{kind} {part}");
    }
}
