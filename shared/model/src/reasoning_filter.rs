//! Keeps a model's reasoning and the marks of its chat template out of the text where a server streams them in it.

mod marks;

use marks::{BLOCKS, ENDS, HARMONY_ANSWER, HARMONY_MESSAGE, LONGEST_HEADER, UNMARKED_END, UNMARKED_START, begins_with};

use crate::stream::PartialCompletion;

/// The position of the filter in the stream.
enum State {
    /// Only white space and perhaps a part of an opening mark has arrived. It is held back.
    Start(String),
    /// The stream is within a block. What may be a part of the closing mark is held back.
    Inside { held: String, close: &'static str },
    /// The answer's channel of harmony has begun. Its header is held back up to the text.
    Header(String),
    /// The text has begun after a block.
    Past,
    /// The stream did not begin with an opening mark. A closing mark here ends reasoning whose opening mark the server's
    /// template swallowed.
    Unopened,
}

/// A filter for one stream. Only blocks at the very start are reasoning, since the text of a book may mention the marks.
pub(crate) struct ReasoningFilter {
    state: State,
    /// Whether a block has ended.
    after_block: bool,
}

impl Default for ReasoningFilter {
    fn default() -> Self {
        Self { state: State::Start(String::new()), after_block: false }
    }
}

impl ReasoningFilter {
    /// Reads a piece of the stream and appends its text. It removes text that turns out to be reasoning.
    pub(crate) fn push(&mut self, piece: &str, into: &mut PartialCompletion) {
        match &mut self.state {
            State::Start(held) => {
                held.push_str(piece);
                let held = std::mem::take(held);
                self.start(held, into);
            }
            State::Inside { held, close } => {
                into.reasoning += piece.len();
                held.push_str(piece);
                let (held, close) = (std::mem::take(held), *close);
                self.inside(&held, close, into);
            }
            State::Header(held) => {
                into.reasoning += piece.len();
                held.push_str(piece);
                let held = std::mem::take(held);
                self.header(held, into);
            }
            State::Past => into.text.push_str(piece),
            State::Unopened => {
                let from = tail(&into.text, marks::LONGEST_CLOSE);
                into.text.push_str(piece);
                self.close_unopened(from, into);
            }
        }
    }

    /// Ends the stream. What was held back as a part of an opening mark is text after all, and the marks that end a turn
    /// are not.
    pub(crate) fn finish(&mut self, into: &mut PartialCompletion) {
        match std::mem::replace(&mut self.state, State::Past) {
            State::Start(held) => into.text.push_str(&held),
            State::Header(held) => {
                into.reasoning -= held.len();
                into.text.push_str(held.trim_start());
            }
            State::Inside { .. } | State::Past | State::Unopened => {}
        }
        while let Some(rest) = ENDS.iter().find_map(|mark| into.text.trim_end().strip_suffix(mark)) {
            let length = rest.trim_end().len();
            into.text.truncate(length);
        }
    }

    fn start(&mut self, held: String, into: &mut PartialCompletion) {
        let begun = held.trim_start();
        let block = BLOCKS.iter().find(|block| begins_with(begun, block.open));
        if let Some(block) = block {
            into.reasoning += begun.len();
            let rest = &begun[block.open.len()..];
            if block.open == HARMONY_ANSWER {
                self.header(rest.to_owned(), into);
            } else {
                self.inside(rest, block.close, into);
            }
        } else if BLOCKS.iter().any(|block| begins_with(block.open, begun)) {
            self.state = State::Start(held);
        } else if self.after_block {
            into.text.push_str(begun);
            self.state = State::Past;
        } else {
            self.state = State::Unopened;
            self.push(&held, into);
        }
    }

    fn inside(&mut self, held: &str, close: &'static str, into: &mut PartialCompletion) {
        if let Some(at) = find(held, close) {
            let rest = &held[end_of(at, close)..];
            into.reasoning -= rest.len();
            self.after_block = true;
            self.start(rest.to_owned(), into);
        } else {
            let held = held[tail(held, close.len())..].to_owned();
            self.state = State::Inside { held, close };
        }
    }

    /// Reads the header of harmony's answer. Without the mark at its end, it ends before JSON, a line or too many words.
    fn header(&mut self, held: String, into: &mut PartialCompletion) {
        let is_form = |words: &str| {
            let is_short = words.len() <= LONGEST_HEADER + HARMONY_MESSAGE.len();
            let words = words.trim();
            is_short && (words.is_empty() || words.starts_with("<|constrain|>") || words == "json")
        };
        let end = held.find(['{', '\n']);
        let message = find(&held[..end.unwrap_or(held.len())], HARMONY_MESSAGE).filter(|at| *at <= LONGEST_HEADER);
        let from = match (message, end) {
            (Some(at), _) => at + HARMONY_MESSAGE.len(),
            (None, Some(end)) if is_form(&held[..end]) => end,
            (None, None) if held.len() <= LONGEST_HEADER + HARMONY_MESSAGE.len() => {
                self.state = State::Header(held);
                return;
            }
            (None, _) => 0,
        };
        let rest = held[from..].to_owned();
        into.reasoning -= rest.len();
        self.after_block = true;
        self.start(rest, into);
    }

    fn close_unopened(&mut self, from: usize, into: &mut PartialCompletion) {
        let recent = &into.text[from..];
        let found = BLOCKS.iter().filter(|block| !block.close.is_empty()).find_map(|block| {
            let at = from + find(recent, block.close)?;
            let is_mentioned = into.text[..at].ends_with(['`', '"', '\'', '“', '‘', '«', '„']);
            (!is_mentioned && find(&into.text[..at], block.open).is_none()).then_some((at, block.close))
        });
        let unmarked = || {
            let at = from + recent.find(UNMARKED_END)?;
            into.text.trim_start().starts_with(UNMARKED_START).then_some((at, UNMARKED_END))
        };
        let Some((at, close)) = found.or_else(unmarked) else {
            return;
        };
        let rest = into.text[end_of(at, close)..].to_owned();
        into.reasoning += at;
        into.text.clear();
        self.after_block = true;
        self.start(rest, into);
    }
}

/// Returns whether a stream holds a mark that takes back text before it.
#[cfg(any(test, fuzzing))]
pub(crate) fn may_take_back(stream: &str) -> bool {
    let closes = BLOCKS.iter().map(|block| block.close).filter(|close| !close.is_empty());
    closes.chain(ENDS).chain([UNMARKED_END]).any(|mark| find(stream, mark).is_some())
}

/// Returns where the rest begins after a closing mark. The one of harmony opens the answer's channel.
fn end_of(at: usize, close: &str) -> usize {
    if close == HARMONY_ANSWER { at } else { at + close.len() }
}

/// Returns where a mark begins in a text. Its ASCII letters may have either case.
fn find(text: &str, mark: &str) -> Option<usize> {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    if mark.is_empty() {
        return Some(0);
    }
    text.windows(mark.len()).position(|window| window.eq_ignore_ascii_case(mark))
}

/// Returns the start of the last bytes that may hold a part of a mark of this length.
fn tail(text: &str, length: usize) -> usize {
    let latest = text.len().saturating_sub(length);
    (0..=latest).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(pieces: &[&str]) -> PartialCompletion {
        let mut filter = ReasoningFilter::default();
        let mut partial = PartialCompletion::default();
        for piece in pieces {
            filter.push(piece, &mut partial);
        }
        filter.finish(&mut partial);
        partial
    }

    fn text_of(pieces: &[&str]) -> String {
        read(pieces).text
    }

    #[test]
    fn a_block_at_the_start_is_dropped_with_the_white_space_after_it() {
        assert_eq!(text_of(&["<think>plan</think>\n\nText."]), "Text.");
        assert_eq!(text_of(&["\n<think>", "</think>", "\n", "\nText."]), "Text.");
        assert_eq!(text_of(&["<think>never closed"]), "");
    }

    #[test]
    fn every_models_block_is_dropped() {
        for reasoned in [
            "<Thinking>plan</thinking>Text.",
            "<thought>\nplan\n</thought>\nText.",
            "<reasoning>plan</reasoning> Text.",
            "[THINK]plan[/THINK]Text.",
            "◁think▷plan 計画◁/think▷\nText.",
            "<|channel>thought\nplan<channel|>Text.",
            "<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final<|message|>Text.<|return|>",
            "<|start|>assistant<|channel|>final<|message|>Text.",
            "<|start|>assistant<|message|>Text.",
            "<|channel|>analysis<|message|>plan<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>Text.",
            "<|channel|>commentary<|message|>plan<|channel|>final json<|message|>Text.<|return|>",
            "<|channel|>final <|constrain|>JSON\nText.",
            "plan<|end|><|start|>assistant<|channel|>final<|message|>Text.",
            "<seed:think>plan</seed:think>Text.",
            "<think>one</think><think>two</think> Text.",
            "plan[/THINK]Text.",
            "plan◁/think▷Text.",
            "analysisWe plan it.assistantfinalText.",
        ] {
            let partial = read(&[reasoned]);
            assert_eq!(partial.text, "Text.", "{reasoned}");
            assert!(partial.reasoning > 0, "{reasoned}");
        }
    }

    #[test]
    fn the_marks_that_end_a_turn_are_dropped() {
        for ended in ["Text. [INST]", "Text.</s>", "Text.\n<|im_end|>\n", "Text.<|eot_id|><|end_of_text|>"] {
            assert_eq!(text_of(&[ended]), "Text.", "{ended}");
        }
        assert_eq!(text_of(&["A turn ends with `</s>`"]), "A turn ends with `</s>`");
    }

    #[test]
    fn text_without_a_block_passes_unchanged() {
        assert_eq!(text_of(&["  A text.\n"]), "  A text.\n");
        assert_eq!(text_of(&["<", "b>"]), "<b>");
        assert_eq!(text_of(&["<thi"]), "<thi");
        assert_eq!(text_of(&["Tags like <think> and </think> exist."]), "Tags like <think> and </think> exist.");
        assert_eq!(text_of(&["A model closes with `</think>`."]), "A model closes with `</think>`.");
        assert_eq!(text_of(&["Analysis of a final."]), "Analysis of a final.");
    }

    #[test]
    fn a_header_without_its_end_takes_no_text_with_it() {
        assert_eq!(
            text_of(&["<|channel|>analysis<|message|>plan<|channel|>final <|constrain|>json{\"a\": 1}"]),
            "{\"a\": 1}"
        );
        assert_eq!(text_of(&["<|channel|>fi", "nal", "{\"a\"", ": 1}"]), "{\"a\": 1}");
        assert_eq!(text_of(&["<|channel|>final Text."]), "Text.");
        let long = "Words that go on and on. ".repeat(20);
        assert_eq!(text_of(&[&format!("<|channel|>final{long}")]), long);
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
                "<thinking>has its own end</thinking> Text</s>",
                "◁think▷計画◁/think▷◁think▷字◁/think▷字[INST]",
                "analysisPlan 字.assistantfinal<think>mehr</think>Text.",
                "<thinkers> think",
                "<|channel|>analysis<|message|>計画<|end|><|channel|>final <|constrain|>json<|message|>{\"字\": 1}",
                "plan 字<|channel|>final<|message|>Text 字.",
                "<|channel|>final<|constrain|>json {\"字\": \"<|message|>\"} and more text after it, so that it is long",
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
