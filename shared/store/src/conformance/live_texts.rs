//! What a store promises about the texts that are under way.

use super::*;
use crate::{LIVE_FOR, LiveCall, LiveExtent, LivePiece, LiveSection};

const SECTION: LiveSection = LiveSection { chapter: 3, number: 2 };

fn call(lease: u64, id: u64) -> LiveCall {
    LiveCall { lease, attempt: 1, id }
}

fn piece(call: LiveCall, offset: usize, text: &str) -> LivePiece {
    LivePiece { section: SECTION, call, offset, text: text.to_owned() }
}

fn known(call: LiveCall, bytes: usize) -> [LiveExtent; 1] {
    [LiveExtent { section: SECTION, call, bytes }]
}

/// A text is passed on while somebody listens to its book, and is not stored otherwise.
pub async fn a_live_text_is_passed_on_while_somebody_listens_to_its_book(bench: &Bench) {
    let (book, other) = (BookId::of("t", "a"), BookId::of("t", "b"));
    let live = bench.store.live_texts();
    let text = [piece(call(1, 7), 0, "Ebb ")];
    assert_eq!(live.add(&book, &text).await.unwrap(), None, "nobody listens yet");
    assert_eq!(live.hear(&book, &[]).await.unwrap(), []);
    assert_eq!(live.add(&book, &[]).await.unwrap(), Some(vec![]), "somebody listens");
    assert_eq!(live.add(&other, &text).await.unwrap(), None, "nobody listens to the other book");
    assert_eq!(live.add(&book, &text).await.unwrap(), Some(vec![4]));
    assert_eq!(live.hear(&book, &[]).await.unwrap(), text);
    bench.pass(LIVE_FOR);
    assert_eq!(live.add(&book, &[piece(call(1, 7), 4, "ing")]).await.unwrap(), None, "the listener went away");
    assert_eq!(live.hear(&book, &[]).await.unwrap(), [], "what nobody added to is gone");
}

/// A listener hears what is behind that which it knows, and a text of another call from its beginning.
pub async fn a_listener_hears_what_is_behind_that_which_it_knows_of_a_live_text(bench: &Bench) {
    let book = BookId::of("t", "a");
    let live = bench.store.live_texts();
    live.hear(&book, &[]).await.unwrap();
    let (first, second) = (call(1, 7), LiveCall { attempt: 2, ..call(1, 8) });
    assert_eq!(live.add(&book, &[piece(first, 0, "Flüt ")]).await.unwrap(), Some(vec![6]));
    assert_eq!(live.add(&book, &[piece(first, 6, "und Ebbe")]).await.unwrap(), Some(vec![14]));
    assert_eq!(live.hear(&book, &known(first, 6)).await.unwrap(), [piece(first, 6, "und Ebbe")]);
    assert_eq!(live.hear(&book, &known(first, 14)).await.unwrap(), [piece(first, 14, "")]);
    assert_eq!(live.hear(&book, &known(second, 6)).await.unwrap(), [piece(first, 0, "Flüt und Ebbe")]);
    assert_eq!(live.hear(&book, &known(first, 99)).await.unwrap(), [piece(first, 0, "Flüt und Ebbe")]);
    let two = LivePiece { section: LiveSection { chapter: 3, number: 10 }, ..piece(call(1, 9), 0, "Ten") };
    assert_eq!(live.add(&book, &[two.clone(), piece(second, 0, "")]).await.unwrap(), Some(vec![3, 0]));
    assert_eq!(live.hear(&book, &known(first, 14)).await.unwrap(), [piece(second, 0, ""), two]);
}

/// What does not begin at the end of a live text is not added, and the answer says where to go on.
pub async fn a_piece_of_a_live_text_that_does_not_fit_is_not_added(bench: &Bench) {
    let book = BookId::of("t", "a");
    let live = bench.store.live_texts();
    live.hear(&book, &[]).await.unwrap();
    let (earlier, later) = (call(1, 7), call(2, 8));
    assert_eq!(live.add(&book, &[piece(earlier, 4, "lost")]).await.unwrap(), Some(vec![0]));
    assert_eq!(live.hear(&book, &[]).await.unwrap(), []);
    live.add(&book, &[piece(earlier, 0, "Ebb")]).await.unwrap();
    assert_eq!(live.add(&book, &[piece(earlier, 0, "Ebb")]).await.unwrap(), Some(vec![3]), "it is not added twice");
    assert_eq!(live.add(&book, &[piece(earlier, 5, "x")]).await.unwrap(), Some(vec![3]));
    assert_eq!(live.add(&book, &[piece(later, 0, "Flow")]).await.unwrap(), Some(vec![4]));
    assert_eq!(live.add(&book, &[piece(earlier, 3, "ing")]).await.unwrap(), Some(vec![6]), "a later lease writes it");
    assert_eq!(live.hear(&book, &[]).await.unwrap(), [piece(later, 0, "Flow")]);
    let same_lease = call(2, 9);
    assert_eq!(live.add(&book, &[piece(same_lease, 4, "x")]).await.unwrap(), Some(vec![0]), "another call has no text");
}

/// A live text is gone once it has ended or nobody has added to it for a time, and a text of another call is not.
pub async fn a_live_text_is_gone_once_it_has_ended(bench: &Bench) {
    let book = BookId::of("t", "a");
    let live = bench.store.live_texts();
    live.hear(&book, &[]).await.unwrap();
    live.add(&book, &[piece(call(1, 7), 0, "Ebb")]).await.unwrap();
    live.end(&book, &[(SECTION, call(1, 6))]).await.unwrap();
    assert_eq!(live.hear(&book, &[]).await.unwrap(), [piece(call(1, 7), 0, "Ebb")]);
    live.end(&book, &[(SECTION, call(1, 7))]).await.unwrap();
    assert_eq!(live.hear(&book, &[]).await.unwrap(), []);
    live.add(&book, &[piece(call(2, 8), 0, "Ebb")]).await.unwrap();
    bench.pass(LIVE_FOR - Duration::from_secs(1));
    assert_eq!(live.hear(&book, &known(call(2, 8), 3)).await.unwrap(), [piece(call(2, 8), 3, "")]);
    bench.pass(Duration::from_secs(1));
    assert_eq!(live.hear(&book, &[]).await.unwrap(), [], "its writer was killed");
    assert_eq!(live.add(&book, &[piece(call(1, 7), 0, "Flow")]).await.unwrap(), Some(vec![4]));
}
