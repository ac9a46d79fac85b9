//! What is sent of the texts under way, and when.

use std::{collections::BTreeMap, time::Duration};

use bindery_store::{LIVE_FOR, LiveCall, LivePiece, LiveSection};
use tokio::time::Instant;

/// The pause before the store is asked again whether somebody listens.
const ASK: Duration = Duration::from_secs(1);

/// The most bytes of a text that are sent at once. The rest follows with the next send.
const MAX_PIECE: usize = 64 * 1024;

/// The texts under way, and how much of each the store has.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    texts: BTreeMap<LiveSection, Text>,
    /// Texts that are no longer under way, and that the store has.
    ended: Vec<(LiveSection, LiveCall)>,
    is_heard: bool,
    sent_at: Option<Instant>,
    /// Whether the store does not have what it would have after a send.
    has_news: bool,
}

#[derive(Debug)]
struct Text {
    call: LiveCall,
    text: String,
    stored: usize,
    /// Whether the store may have something of the section.
    was_sent: bool,
}

impl Outgoing {
    /// Notes that a call for a section begins.
    pub(super) fn begin(&mut self, section: LiveSection, lease: u64, attempt: u32) {
        let call = LiveCall { lease, attempt, id: fastrand::u64(..) };
        let before = self.texts.insert(section, Text { call, text: String::new(), stored: 0, was_sent: false });
        // The store replaces the text of the former call. Where nothing is sent of this one, the former must be removed.
        self.forget(section, before);
        self.has_news = true;
    }

    /// Notes text of the call under way.
    pub(super) fn text(&mut self, section: LiveSection, piece: &str) {
        if let Some(text) = self.texts.get_mut(&section) {
            text.text.push_str(piece);
            self.has_news |= !piece.is_empty();
        }
    }

    /// Notes that a section's text is no longer under way.
    pub(super) fn end(&mut self, section: LiveSection) {
        let before = self.texts.remove(&section);
        self.forget(section, before);
    }

    /// Notes that no text is under way any more.
    pub(super) fn end_all(&mut self) {
        for (section, text) in std::mem::take(&mut self.texts) {
            self.forget(section, Some(text));
        }
    }

    fn forget(&mut self, section: LiveSection, text: Option<Text>) {
        self.ended.extend(text.filter(|text| text.was_sent).map(|text| (section, text.call)));
    }

    /// Returns whether nothing is under way and nothing is left to be removed.
    pub(super) fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.ended.is_empty()
    }

    /// Returns the texts that the store is to remove, once.
    pub(super) fn take_ended(&mut self) -> Vec<(LiveSection, LiveCall)> {
        std::mem::take(&mut self.ended)
    }

    /// Returns what is to be sent now, if anything. Where nobody is known to listen, that is nothing but the question whether
    /// somebody does. A text without news is sent too from time to time, so that it counts as under way.
    pub(super) fn due(&mut self, now: Instant) -> Option<Vec<LivePiece>> {
        let pause = match (self.is_heard, self.has_news) {
            (true, true) => Duration::ZERO,
            (true, false) => LIVE_FOR / 3,
            (false, _) => ASK,
        };
        if self.texts.is_empty() || self.sent_at.is_some_and(|at| now < at + pause) {
            return None;
        }
        self.sent_at = Some(now);
        if !self.is_heard {
            return Some(Vec::new());
        }
        self.has_news = false;
        Some(self.texts.iter_mut().map(|(section, text)| text.piece(*section)).collect())
    }

    /// Notes how much the store has after a send; `None` where nobody listens or the store has failed. Returns whether somebody has
    /// begun to listen.
    pub(super) fn stored(&mut self, pieces: &[LivePiece], stored: Option<&[usize]>) -> bool {
        let was_heard = std::mem::replace(&mut self.is_heard, stored.is_some());
        let Some(stored) = stored else {
            // A later listener hears each text from its beginning.
            self.texts.values_mut().for_each(|text| text.stored = 0);
            return false;
        };
        for (piece, stored) in pieces.iter().zip(stored) {
            let of_call = self.texts.get_mut(&piece.section).filter(|text| text.call == piece.call);
            let Some(text) = of_call else { continue };
            text.stored = if text.text.is_char_boundary(*stored) { *stored } else { 0 };
            self.has_news |= text.stored < text.text.len();
        }
        if !was_heard {
            self.sent_at = None;
        }
        !was_heard
    }
}

impl Text {
    /// Returns what the store does not have yet.
    fn piece(&mut self, section: LiveSection) -> LivePiece {
        self.was_sent = true;
        let rest = &self.text[self.stored..];
        let end = (0..=rest.len().min(MAX_PIECE)).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
        LivePiece { section, call: self.call, offset: self.stored, text: rest[..end].to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECTION: LiveSection = LiveSection { chapter: 1, number: 2 };

    /// Returns texts of one section, to which somebody listens.
    fn heard(now: Instant) -> Outgoing {
        let mut outgoing = Outgoing::default();
        outgoing.begin(SECTION, 1, 1);
        assert_eq!(outgoing.due(now).as_deref(), Some(&[][..]), "it asks first");
        assert!(outgoing.stored(&[], Some(&[])));
        outgoing
    }

    /// Sends what is due to a store that takes everything; returns the offset and the text.
    fn sent(outgoing: &mut Outgoing, now: Instant) -> Option<(usize, String)> {
        let pieces = outgoing.due(now)?;
        let [piece] = &pieces[..] else { panic!("{pieces:?}") };
        outgoing.stored(&pieces, Some(&[piece.offset + piece.text.len()]));
        Some((piece.offset, piece.text.clone()))
    }

    #[test]
    fn while_nobody_listens_no_text_is_sent_and_the_question_comes_once_a_second() {
        let (mut outgoing, now) = (Outgoing::default(), Instant::now());
        assert_eq!(outgoing.due(now), None, "nothing is under way");
        outgoing.begin(SECTION, 1, 1);
        outgoing.text(SECTION, "Ebb");
        assert_eq!(outgoing.due(now), Some(vec![]));
        assert!(!outgoing.stored(&[], None));
        assert_eq!(outgoing.due(now + ASK / 2), None);
        assert_eq!(outgoing.due(now + ASK), Some(vec![]));
        outgoing.end(SECTION);
        assert_eq!(outgoing.take_ended(), [], "the store has nothing of it");
        assert!(outgoing.is_empty());
    }

    #[test]
    fn a_new_listener_hears_the_text_so_far_and_then_what_is_added() {
        let now = Instant::now();
        let mut outgoing = heard(now);
        outgoing.text(SECTION, "Flut ");
        outgoing.text(SECTION, "und ");
        assert_eq!(sent(&mut outgoing, now), Some((0, "Flut und ".to_owned())));
        assert_eq!(sent(&mut outgoing, now), None, "there are no news");
        outgoing.text(SECTION, "Ebbe");
        assert_eq!(sent(&mut outgoing, now), Some((9, "Ebbe".to_owned())));
        assert_eq!(sent(&mut outgoing, now + LIVE_FOR / 3), Some((13, String::new())), "it is still under way");
    }

    #[test]
    fn a_store_that_has_less_than_was_sent_gets_the_rest_again() {
        let now = Instant::now();
        let mut outgoing = heard(now);
        outgoing.text(SECTION, "Überflut");
        let pieces = outgoing.due(now).unwrap();
        outgoing.stored(&pieces, Some(&[2]));
        assert_eq!(sent(&mut outgoing, now), Some((2, "berflut".to_owned())));
        outgoing.text(SECTION, "!");
        let pieces = outgoing.due(now).unwrap();
        outgoing.stored(&pieces, Some(&[1]));
        assert_eq!(sent(&mut outgoing, now), Some((0, "Überflut!".to_owned())), "a length within a character is none");
        outgoing.text(SECTION, "?");
        let pieces = outgoing.due(now).unwrap();
        assert!(!outgoing.stored(&pieces, None), "the store has failed");
        assert_eq!(outgoing.due(now + ASK), Some(vec![]));
        assert!(outgoing.stored(&[], Some(&[])));
        assert_eq!(sent(&mut outgoing, now + ASK), Some((0, "Überflut!?".to_owned())));
    }

    #[test]
    fn another_call_begins_anew_and_the_text_of_the_former_is_removed() {
        let now = Instant::now();
        let mut outgoing = heard(now);
        outgoing.text(SECTION, "lost");
        let pieces = outgoing.due(now).unwrap();
        outgoing.begin(SECTION, 1, 2);
        outgoing.stored(&pieces, Some(&[4]));
        let former = pieces[0].call;
        assert_eq!(outgoing.take_ended(), [(SECTION, former)]);
        outgoing.text(SECTION, "kept");
        let pieces = outgoing.due(now).unwrap();
        assert_eq!((pieces[0].offset, pieces[0].text.as_str(), pieces[0].call.attempt), (0, "kept", 2));
        outgoing.end_all();
        assert_eq!(outgoing.take_ended(), [(SECTION, pieces[0].call)]);
        assert!(outgoing.is_empty());
    }

    #[test]
    fn a_long_text_is_sent_in_pieces() {
        let now = Instant::now();
        let mut outgoing = heard(now);
        outgoing.text(SECTION, &format!("a{}", "ü".repeat(MAX_PIECE)));
        let (_, first) = sent(&mut outgoing, now).unwrap();
        assert_eq!(first.len(), MAX_PIECE - 1, "a character is not divided");
        let (offset, second) = sent(&mut outgoing, now).unwrap();
        assert_eq!((offset, second.len()), (MAX_PIECE - 1, MAX_PIECE));
    }
}
