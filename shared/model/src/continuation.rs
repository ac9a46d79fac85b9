//! Joins a text that was cut at its limit with the text that the model wrote to continue it.

/// The bytes of the longest word. Where the last white space is further back, the script has no spaces.
const LONGEST_WORD: usize = 64;

/// The bytes of the shortest overlap that counts where it begins within a word, as it always does in a script without
/// spaces. Shorter ones happen by chance.
const SHORTEST_WITHIN_WORD: usize = 12;

/// The characters at the end of a text that show whether it repeats itself, and how often they stand in such a text.
const LAST_CHARACTERS: usize = 40;
const REPEATED: usize = 4;

/// A text that arrives in pieces.
#[derive(Debug, Default)]
pub(crate) struct ContinuedText {
    text: String,
    /// The white space that followed the text before the text was cut back.
    gap: String,
}

impl ContinuedText {
    /// Returns the text so far.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether the text ends in words that it has already written again and again. Models that have fallen into
    /// such a loop do not leave it.
    pub(crate) fn repeats_itself(&self) -> bool {
        let from = self.text.char_indices().rev().nth(LAST_CHARACTERS - 1);
        from.is_some_and(|(at, _)| self.text.matches(&self.text[at..]).count() >= REPEATED)
    }

    /// Adds the last piece and returns the whole text.
    pub(crate) fn finish(mut self, piece: &str) -> String {
        self.join(piece);
        self.text
    }

    /// Adds a piece that was cut at its limit.
    ///
    /// The text is cut back to the end of its last whole word, so that the model need not guess how a word goes on.
    pub(crate) fn add(&mut self, piece: &str) {
        self.join(piece);
        let end = self.text.trim_end().len();
        let last = self.text.rsplit(char::is_whitespace).next().unwrap_or("");
        let before = self.text[..self.text.len() - last.len()].trim_end().len();
        // `last` is empty where the text ends in white space, and so with a whole word.
        let is_word = !last.is_empty() && last.len() <= LONGEST_WORD;
        let kept = if is_word && before > 0 { before } else { end };
        self.gap = self.text[kept..].chars().take_while(|c| c.is_whitespace()).collect();
        self.text.truncate(kept);
    }

    /// Appends the new part of a piece, after the larger of the gaps on the two sides.
    fn join(&mut self, piece: &str) {
        if self.text.is_empty() {
            self.text.push_str(piece);
            return;
        }
        let new = piece.trim_start();
        let lead = &piece[..piece.len() - new.len()];
        let new_from = overlap(&self.text, new);
        if new_from > 0 {
            self.text.push_str(&new[new_from..]);
            return;
        }
        let lines = |gap: &str| gap.matches('\n').count();
        let gap = if lines(&self.gap) >= lines(lead) && !self.gap.is_empty() { self.gap.as_str() } else { lead };
        let is_punctuation = new.starts_with(['.', ',', ';', ':', '!', '?', ')', ']', '}', '”', '’', '»']);
        if !is_punctuation || lines(gap) > 0 {
            self.text.push_str(gap);
        }
        self.text.push_str(new);
    }
}

/// Returns how many bytes at the start of `new` repeat the end of `text`.
fn overlap(text: &str, new: &str) -> usize {
    let borders = borders(new.as_bytes());
    let mut length = 0;
    for byte in &text.as_bytes()[text.len().saturating_sub(new.len())..] {
        while length > 0 && (length == new.len() || new.as_bytes()[length] != *byte) {
            length = borders[length - 1];
        }
        if new.as_bytes().get(length) == Some(byte) {
            length += 1;
        }
    }
    while length > 0 && !is_repetition(text, new, length) {
        length = borders[length - 1];
    }
    length
}

/// Returns whether an overlap of this length is a repetition rather than chance.
fn is_repetition(text: &str, new: &str, length: usize) -> bool {
    // Equal bytes at the start of a string and the end of another begin and end at characters.
    let (same, rest) = new.split_at(length);
    if !same.contains(char::is_alphanumeric) {
        return false;
    }
    let begins_word = !text[..text.len() - length].ends_with(char::is_alphanumeric);
    let ends_word = !rest.starts_with(char::is_alphanumeric);
    length >= SHORTEST_WITHIN_WORD || (begins_word && ends_word)
}

/// Returns the length of the longest proper border of each prefix: the longest beginning that is also its end.
///
/// This is the table of Knuth, Morris and Pratt, which finds overlaps in one pass.
fn borders(text: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; text.len()];
    let mut length = 0;
    for at in 1..text.len() {
        while length > 0 && text[at] != text[length] {
            length = borders[length - 1];
        }
        if text[at] == text[length] {
            length += 1;
        }
        borders[at] = length;
    }
    borders
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn joined(cut: &str, rest: &str) -> String {
        let mut continuation = ContinuedText::default();
        continuation.add(cut);
        continuation.finish(rest)
    }

    #[test]
    fn a_text_is_cut_back_to_its_last_whole_word() {
        let kept = |text: &str| {
            let mut continuation = ContinuedText::default();
            continuation.add(text);
            (continuation.text().to_owned(), continuation.gap.clone())
        };
        assert_eq!(kept("went to the pat"), ("went to the".into(), " ".into()));
        assert_eq!(kept("an end.\n\n"), ("an end.".into(), "\n\n".into()));
        assert_eq!(kept("an end.\n\nThe"), ("an end.".into(), "\n\n".into()));
        let chinese = "字".repeat(40);
        assert_eq!(kept(&chinese), (chinese.clone(), String::new()));
    }

    #[test]
    fn pieces_meet_at_one_gap() {
        assert_eq!(joined("went to the pat", "pattern room."), "went to the pattern room.");
        assert_eq!(joined("went to the pat", " pattern room."), "went to the pattern room.");
        assert_eq!(joined("an end.\n\nThe", "The next."), "an end.\n\nThe next.");
        assert_eq!(joined("an end. ", "\n\nThe next."), "an end.\n\nThe next.");
        assert_eq!(joined("an end ", ", they said."), "an end, they said.");
        let chinese = "字".repeat(40);
        assert_eq!(joined(&chinese, "文"), format!("{chinese}文"));
    }

    #[test]
    fn text_that_the_model_repeats_is_dropped() {
        assert_eq!(
            joined("One. He went to the pat", "He went to the pattern room."),
            "One. He went to the pattern room."
        );
        assert_eq!(joined("They went to the pa", "the pattern"), "They went to the pattern");
        let chinese = "字一二三四五六".repeat(10);
        let repeated = format!("三四五六{}", "。終");
        assert_eq!(joined(&chinese, &repeated), format!("{chinese}。終"));
    }

    #[test]
    fn an_overlap_by_chance_is_kept() {
        assert_eq!(joined("a cat sat ", "at the door"), "a cat sat at the door");
        assert_eq!(joined("in the the", "then left"), "in the then left");
        assert_eq!(joined("\"Go,\" he said. ", "\"Why?\""), "\"Go,\" he said. \"Why?\"");
    }

    #[test]
    fn a_text_can_be_continued_more_than_once() {
        let mut continuation = ContinuedText::default();
        for piece in ["One two thr", "three four fi", "five six se"] {
            continuation.add(piece);
        }
        assert_eq!(continuation.finish("seven."), "One two three four five six seven.");
    }

    #[test]
    fn a_piece_that_is_all_repetition_adds_nothing() {
        assert_eq!(joined("They all went home ", "all went home"), "They all went home");
    }

    proptest! {
        #[test]
        fn a_text_cut_anywhere_and_continued_with_overlap_is_restored(
            words in prop::collection::vec("[a-zé字]{1,8}", 12..40),
            cut in 8_usize..30,
            begun in 0_usize..3,
            back in 0_usize..6,
        ) {
            // The words are distinct, so that there is only one way to join them.
            let words: Vec<String> = words.iter().enumerate().map(|(n, word)| format!("{word}{n}")).collect();
            let cut = cut.min(words.len() - 1);
            let begun: String = words[cut].chars().take(begun).collect();
            let first = format!("{} {begun}", words[..cut].join(" "));
            let rest = words[cut - back.min(cut)..].join(" ");
            prop_assert_eq!(joined(&first, &rest), words.join(" "));
        }

        #[test]
        fn no_text_makes_it_panic(first in "\\PC{0,40}", rest in "\\PC{0,40}") {
            let _ = joined(&first, &rest);
        }
    }
}
