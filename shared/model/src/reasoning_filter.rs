//! Keeps a model's reasoning out of the text where a server streams it as a `<think>` block.

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// The position of the filter in the stream.
enum State {
    /// Only white space and perhaps a part of the opening tag has arrived. It is held back.
    Start(String),
    /// The stream is within the block. What may be a part of the closing tag is held back.
    Inside(String),
    /// The block has ended.
    Past,
    /// The stream did not begin with an opening tag. A closing tag here ends reasoning whose opening tag the server's
    /// template swallowed.
    Unopened,
}

/// A filter for one stream. Only a block at the very start is reasoning, since the text of a book may mention the tags.
pub(crate) struct ReasoningFilter(State);

impl ReasoningFilter {
    pub(crate) fn new() -> Self {
        Self(State::Start(String::new()))
    }

    /// Reads a piece of the stream and appends its text. It removes text that turns out to be reasoning.
    pub(crate) fn push(&mut self, piece: &str, text: &mut String) {
        match &mut self.0 {
            State::Start(held) => {
                held.push_str(piece);
                let held = std::mem::take(held);
                self.start(held, text);
            }
            State::Inside(held) => {
                held.push_str(piece);
                let held = std::mem::take(held);
                self.inside(&held, text);
            }
            State::Past if text.is_empty() => text.push_str(piece.trim_start()),
            State::Past => text.push_str(piece),
            State::Unopened => {
                let from = tail(text);
                text.push_str(piece);
                if let Some(at) = text[from..].find(CLOSE) {
                    self.close_unopened(from + at, text);
                }
            }
        }
    }

    /// Ends the stream. What was held back as a part of the opening tag is text after all.
    pub(crate) fn finish(&mut self, text: &mut String) {
        if let State::Start(held) = &self.0 {
            text.push_str(held);
            self.0 = State::Past;
        }
    }

    fn start(&mut self, held: String, text: &mut String) {
        let begun = held.trim_start();
        if let Some(rest) = begun.strip_prefix(OPEN) {
            self.inside(rest, text);
        } else if OPEN.starts_with(begun) {
            self.0 = State::Start(held);
        } else {
            self.0 = State::Unopened;
            self.push(&held, text);
        }
    }

    fn inside(&mut self, held: &str, text: &mut String) {
        if let Some(at) = held.find(CLOSE) {
            self.0 = State::Past;
            self.push(&held[at + CLOSE.len()..], text);
        } else {
            self.0 = State::Inside(held[tail(held)..].to_owned());
        }
    }

    fn close_unopened(&mut self, at: usize, text: &mut String) {
        self.0 = State::Past;
        if !text[..at].contains(OPEN) {
            let rest = text[at + CLOSE.len()..].trim_start().to_owned();
            *text = rest;
        }
    }
}

/// Returns the start of the last bytes that may hold a part of the closing tag.
fn tail(text: &str) -> usize {
    let latest = text.len().saturating_sub(CLOSE.len());
    (0..=latest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text_of(pieces: &[&str]) -> String {
        let mut filter = ReasoningFilter::new();
        let mut text = String::new();
        for piece in pieces {
            filter.push(piece, &mut text);
        }
        filter.finish(&mut text);
        text
    }

    #[test]
    fn a_block_at_the_start_is_dropped_with_the_white_space_after_it() {
        assert_eq!(text_of(&["<think>plan</think>\n\nText."]), "Text.");
        assert_eq!(text_of(&["\n<think>", "</think>", "\n", "\nText."]), "Text.");
        assert_eq!(text_of(&["<think>never closed"]), "");
    }

    #[test]
    fn text_without_a_block_passes_unchanged() {
        assert_eq!(text_of(&["  A text."]), "  A text.");
        assert_eq!(text_of(&["<", "b>"]), "<b>");
        assert_eq!(text_of(&["<thi"]), "<thi");
        assert_eq!(text_of(&["Tags like <think> and </think> exist."]), "Tags like <think> and </think> exist.");
    }

    #[test]
    fn a_closing_tag_without_an_opening_tag_ends_reasoning() {
        assert_eq!(text_of(&["I plan é</th", "ink>\nText."]), "Text.");
    }

    proptest! {
        #[test]
        fn a_split_stream_is_filtered_the_same(
            cuts in prop::collection::vec(0_usize..80, 0..12),
            whole in prop::sample::select(vec![
                "<think>Größe 計画 </thin </think>\n\nDie Größe. <think>no</think>",
                "  \n<think></think>Text mit é und 字.",
                "Nur Text, <think> und </think> darin. 字",
                "ein Plan ohne Anfang 字</think>\n Text.",
                "<thinking>is another tag",
            ]),
        ) {
            let mut cuts: Vec<usize> = cuts
                .into_iter()
                .filter(|cut| whole.is_char_boundary(*cut))
                .collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&str> = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]).collect();
            prop_assert_eq!(text_of(&pieces), text_of(&[whole]));
        }
    }
}
