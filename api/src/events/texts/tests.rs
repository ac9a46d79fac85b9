//! The rules of the reader and of what its listeners are told.

use serde_json::{Value, json};

use super::*;

const ONE: LiveSection = LiveSection { chapter: 3, number: 1 };
const TWO: LiveSection = LiveSection { chapter: 3, number: 2 };

fn call(attempt: u32) -> LiveCall {
    LiveCall { lease: 1, attempt, id: u64::from(attempt) }
}

fn piece(section: LiveSection, attempt: u32, offset: usize, text: &str) -> LivePiece {
    LivePiece { section, call: call(attempt), offset, text: text.to_owned() }
}

/// Returns what a listener is told, without the name of the book.
fn heard(told: &mut Told, texts: &Texts) -> Vec<Value> {
    let data = |message| match message {
        TextMessage::Text(text) => serde_json::to_value(text).unwrap(),
        TextMessage::Ended(ended) => serde_json::to_value(ended).unwrap(),
    };
    let mut all: Vec<Value> = told.of(texts).into_iter().map(data).collect();
    all.iter_mut().for_each(|data| drop(data.as_object_mut().unwrap().remove("book")));
    all
}

fn text(section: u16, attempt: u32, offset: u64, text: &str) -> Value {
    json!({"chapter": 3, "section": section, "attempt": attempt, "offset": offset, "text": text})
}

#[test]
fn a_listener_is_told_a_text_so_far_and_then_what_is_added_by_the_number_of_characters() {
    let (mut texts, mut told) = (Texts::default(), Told::nothing(BookId::named("b")));
    assert!(texts.take(vec![piece(ONE, 1, 0, "Flüt ")]));
    assert_eq!(heard(&mut told, &texts), [text(1, 1, 0, "Flüt ")]);
    assert!(texts.take(vec![piece(ONE, 1, 6, "und "), piece(TWO, 1, 0, "")]));
    assert!(texts.take(vec![piece(ONE, 1, 10, "Ebbe"), piece(TWO, 1, 0, "")]));
    assert_eq!(heard(&mut told, &texts), [text(1, 1, 5, "und Ebbe"), text(2, 1, 0, "")], "it was away for a look");
    assert!(!texts.take(vec![piece(ONE, 1, 14, ""), piece(TWO, 1, 0, "")]), "there are no news");
    assert_eq!(heard(&mut told, &texts), Vec::<Value>::new());
    let mut later = Told::nothing(BookId::named("b"));
    assert_eq!(heard(&mut later, &texts), [text(1, 1, 0, "Flüt und Ebbe"), text(2, 1, 0, "")]);
}

#[test]
fn a_text_of_another_call_begins_anew_and_one_that_is_not_under_way_has_ended() {
    let (mut texts, mut told) = (Texts::default(), Told::nothing(BookId::named("b")));
    texts.take(vec![piece(ONE, 1, 0, "lost"), piece(TWO, 1, 0, "two")]);
    heard(&mut told, &texts);
    assert!(texts.take(vec![piece(ONE, 2, 0, ""), piece(TWO, 1, 3, "")]));
    assert_eq!(heard(&mut told, &texts), [text(1, 2, 0, "")]);
    assert!(texts.take(vec![piece(ONE, 2, 0, "kept")]));
    assert_eq!(heard(&mut told, &texts), [text(1, 2, 0, "kept"), json!({"chapter": 3, "section": 2})]);
    assert!(texts.take(vec![]));
    assert_eq!(heard(&mut told, &texts), [json!({"chapter": 3, "section": 1})]);
    let mut never = Told::nothing(BookId::named("b"));
    assert_eq!(heard(&mut never, &texts), Vec::<Value>::new());
}

#[test]
fn a_piece_that_does_not_fit_is_asked_for_again_from_the_beginning() {
    let mut texts = Texts::default();
    texts.take(vec![piece(ONE, 1, 0, "Flut")]);
    assert!(texts.take(vec![piece(ONE, 1, 9, "Ebbe")]));
    assert_eq!(texts.known(false), None);
    assert_eq!(texts.known(true), Some(vec![]));
    assert!(texts.take(vec![piece(ONE, 1, 0, "Flut und Ebbe")]));
    assert_eq!(texts.known(false), Some(vec![LiveExtent { section: ONE, call: call(1), bytes: 13 }]));
}

#[test]
fn a_new_book_is_asked_for_at_once_and_one_without_texts_seldom() {
    let mut texts = Texts::default();
    assert_eq!(texts.known(false), Some(vec![]));
    assert!(!texts.take(vec![]));
    assert_eq!((texts.known(false), texts.known(true)), (None, Some(vec![])));
}
