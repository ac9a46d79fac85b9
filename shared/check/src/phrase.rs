//! Matches phrases at the beginning of a sentence.
//!
//! A pattern is written as it reads: `here is|'s the .. section :`. Elements are separated by spaces, and the alternatives
//! of an element by `|`. A `?` after an element makes it optional. `..` stands for up to four words that introduce no clause
//! or genitive, `#` for a number, and `$` for the end of the block. An apostrophe begins an element (`i 'll`,
//! `l 'article`), as it begins a token.

use std::borrow::Cow;

/// Words that end a gap, for the words after them belong to something else ("the text *of* the letter").
const GAP_ENDS: &[&str] = &[
    "of", "that", "to", "in", "from", "which", "who", "where", "by", "de", "du", "des", "del", "della", "di", "do",
    "da", "van", "von", "aus", "que", "qui", "che",
];

/// The largest number of words that `..` stands for.
const GAP: usize = 4;

/// Patterns of which one must match.
pub(super) struct Patterns(Vec<Vec<Element>>);

struct Element {
    any: Vec<&'static str>,
    optional: bool,
}

impl Patterns {
    /// Reads a table of patterns, one per line.
    pub(super) fn table(lines: &'static str) -> Self {
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        Self(lines.map(|line| line.split_whitespace().map(Element::new).collect()).collect())
    }

    /// Returns whether the tokens begin with one of them.
    pub(super) fn begin(&self, tokens: &[Token<'_>]) -> bool {
        self.0.iter().any(|pattern| matches(pattern, tokens, |_| true))
    }

    /// Returns whether the tokens are one of them and nothing else.
    pub(super) fn are(&self, tokens: &[Token<'_>]) -> bool {
        self.0.iter().any(|pattern| matches(pattern, tokens, |rest| rest.is_empty()))
    }
}

impl Element {
    fn new(text: &'static str) -> Self {
        let optional = text.len() > 1 && text.ends_with('?') && !text.ends_with("|?");
        let any = text[..text.len() - usize::from(optional)].split('|').collect();
        Self { any, optional }
    }
}

fn matches(elements: &[Element], tokens: &[Token<'_>], accepts: fn(&[Token<'_>]) -> bool) -> bool {
    let Some((element, rest)) = elements.split_first() else {
        return accepts(tokens);
    };
    if element.any == [".."] {
        return (0..=GAP.min(tokens.len()))
            .take_while(|&count| count == 0 || tokens[count - 1].fills_a_gap())
            .any(|count| matches(rest, &tokens[count..], accepts));
    }
    let here = match tokens.split_first() {
        None => element.any.contains(&"$") && matches(rest, tokens, accepts),
        Some((token, after)) => element.any.iter().any(|word| token.is(word)) && matches(rest, after, accepts),
    };
    here || (element.optional && matches(rest, tokens, accepts))
}

/// A word in lower case, or one sign.
pub(super) struct Token<'a> {
    text: Cow<'a, str>,
    /// The byte of the block at which it begins.
    start: usize,
    begins_line: bool,
}

impl Token<'_> {
    fn is(&self, word: &str) -> bool {
        self.text == word || (word == "#" && self.is_number())
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_word(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    fn is_number(&self) -> bool {
        self.text.chars().all(char::is_numeric)
    }

    fn fills_a_gap(&self) -> bool {
        let joins = matches!(self.text(), "-" | "\"" | "“" | "”" | "„" | "«" | "»");
        joins || (self.is_word() && !GAP_ENDS.contains(&self.text()))
    }
}

/// The tokens of a block, and where sentences and clauses begin outside of quotation marks.
pub(super) struct Sentences<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// The first token of each sentence.
    starts: Vec<usize>,
    /// The first token after each comma.
    clauses: Vec<usize>,
}

impl<'a> Sentences<'a> {
    /// Reads a block's text. A block that opens with a dash is speech and has no sentences of its own.
    pub(super) fn new(text: &'a str) -> Self {
        let mut sentences = Self { text, tokens: tokens(text), starts: Vec::new(), clauses: Vec::new() };
        let speech = sentences.tokens.first().is_some_and(|token| matches!(token.text(), "—" | "–" | "―"));
        if !speech {
            sentences.find_starts();
        }
        sentences
    }

    fn find_starts(&mut self) {
        let (mut quoted, mut sentence_ended, mut after_comma) = (false, true, false);
        for (index, token) in self.tokens.iter().enumerate() {
            sentence_ended |= token.begins_line;
            match token.text() {
                "\"" | "“" => quoted = !quoted,
                "„" | "«" => quoted = true,
                "”" | "»" => quoted = false,
                "." | "!" | "?" | ":" | "…" | "。" | "！" | "？" | "：" => sentence_ended = true,
                "(" | "[" | "¡" | "¿" | "（" | "【" | "#" => {}
                _ => {
                    if !quoted && sentence_ended {
                        self.starts.push(index);
                    } else if !quoted && after_comma {
                        self.clauses.push(index);
                    }
                    sentence_ended = false;
                }
            }
            after_comma = token.text() == ",";
        }
    }

    /// Returns the sentences, each as the tokens from its first to the end of the block.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &[Token<'a>]> {
        self.starts.iter().map(|&start| &self.tokens[start..])
    }

    /// Returns the sentences and the clauses after their commas, each as the tokens from its first to the end of the block.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Token<'a>]> {
        self.iter().chain(self.clauses.iter().map(|&start| &self.tokens[start..]))
    }

    /// Returns the first words of `tokens`, one of the sentences or clauses, to quote in a report.
    pub(super) fn excerpt(&self, tokens: &[Token<'_>]) -> String {
        let start = tokens.first().map_or(0, |token| token.start);
        excerpt(&self.text[start..])
    }
}

/// Returns the first characters of `text` on one line, to quote in a report.
pub(super) fn excerpt(text: &str) -> String {
    const CHARACTERS: usize = 60;

    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut begins_line = true;
    let mut chars = text.char_indices().peekable();
    while let Some((start, char)) = chars.next() {
        begins_line |= char == '\n';
        if char.is_whitespace() || char == '*' || char == '_' {
            continue;
        }
        if matches!(char, '\'' | '’') || char.is_alphanumeric() {
            while chars.next_if(|(_, next)| next.is_alphanumeric()).is_some() {}
        }
        let end = chars.peek().map_or(text.len(), |&(end, _)| end);
        tokens.push(Token { text: normalize(&text[start..end]), start, begins_line });
        begins_line = false;
    }
    tokens
}

/// Returns a token as patterns write it: in lower case, with the straight apostrophe.
fn normalize(token: &str) -> Cow<'_, str> {
    if token.contains('’') { token.replace('’', "'").to_lowercase().into() } else { to_lower_case(token) }
}

/// Returns a word in lower case. Most words are, so that few are copied.
pub(super) fn to_lower_case(word: &str) -> Cow<'_, str> {
    let is_lower_case =
        |char: char| if char.is_ascii() { !char.is_ascii_uppercase() } else { char.to_lowercase().eq([char]) };
    if word.chars().all(is_lower_case) { word.into() } else { word.to_lowercase().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(pattern: &'static str, text: &str) -> bool {
        let sentences = Sentences::new(text);
        let first = sentences.iter().next();
        first.is_some_and(|tokens| Patterns::table(pattern).begin(tokens))
    }

    #[test]
    fn a_pattern_matches_alternatives_options_gaps_and_numbers() {
        let pattern = "here is|'s the|your .. section #? :|on";
        assert!(begins(pattern, "Here’s the finished section: the tide"));
        assert!(begins(pattern, "Here is your **section** 3 on tides"));
        assert!(begins(pattern, "(Here is the newly re-written section:"));
        assert!(!begins(pattern, "Here is the section of the coast"));
        assert!(!begins(pattern, "Here is the part of the section:"));
        assert!(!begins(pattern, "And here is the section:"));
        assert!(begins("i hope this helps !|.|$", "I hope this helps"));
        assert!(begins("really ?", "Really?"));
    }

    #[test]
    fn speech_is_no_sentence_of_the_author() {
        let count = |text| Sentences::new(text).iter().count();
        assert_eq!(count("One. Two! Three"), 3);
        assert_eq!(count("“One. Two!” she said. Three."), 2);
        assert_eq!(count("— Uno. Dos."), 0);
        assert_eq!(count("One\ntwo"), 2);
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\n b"), "a b");
        assert_eq!(excerpt(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }
}
