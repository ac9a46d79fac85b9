//! What the finish reasons of a stream prove.

use crate::stream::EventKind;

/// Judges whether the last finish reason came after all text.
///
/// Some servers send a finish reason with their first event or with every one. Once text has followed a finish reason, only
/// a finish reason that comes alone is believed.
#[derive(Default)]
pub(crate) struct Proof {
    /// Whether any finish reason has come.
    has_finish: bool,
    /// Whether text has followed a finish reason.
    has_misled: bool,
    /// Whether text has come that the last believed finish reason does not cover.
    is_outdated: bool,
    /// Whether the last text came with a finish reason.
    is_said_with_text: bool,
}

impl Proof {
    /// Adds an event.
    pub(crate) fn add(&mut self, kind: EventKind, says_finish: bool) {
        let has_text = kind == EventKind::Token;
        self.has_misled |= has_text && self.has_finish;
        if has_text {
            self.is_said_with_text = says_finish;
            self.is_outdated = self.has_finish && !says_finish || self.has_misled;
        } else if says_finish {
            self.is_outdated = false;
        }
        self.has_finish |= says_finish;
    }

    /// Returns whether the last text came with a finish reason, which is all that a server says that sends one with every
    /// text. A stream that has ended well may be whole then.
    pub(crate) fn may_stand(&self) -> bool {
        self.is_said_with_text
    }

    /// Returns whether no text has come since the last finish reason that can be believed.
    pub(crate) fn stands(&self) -> bool {
        self.has_finish && !self.is_outdated
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Says whether the last finish reason stands after these events: `t` text, `f` a finish reason, `b` both.
    fn stands(events: &str) -> bool {
        let mut proof = Proof::default();
        for event in events.chars() {
            let kind = if event == 'f' { EventKind::Other } else { EventKind::Token };
            proof.add(kind, event != 't');
        }
        proof.stands()
    }

    #[test]
    fn a_finish_reason_stands_until_text_follows_it() {
        assert!(stands("ttf") && stands("ttb") && stands("b"));
        assert!(!stands("tt") && !stands("ftt") && !stands("ttft"));
    }

    #[test]
    fn once_text_followed_a_finish_reason_only_one_that_comes_alone_is_believed() {
        assert!(!stands("bb") && !stands("ftb") && !stands("bbbt"));
        assert!(stands("fbbbf") && stands("ftf"));
    }
}
