//! Matches phrases at the beginning of a sentence.
//!
//! A pattern is written as it reads: `here is|'s the .. section :`. Elements are separated by spaces, and the
//! alternatives of an element by `|`. A `?` after an element makes it optional. `..` stands for up to four words that
//! introduce no clause or genitive. `...` stands for anything up to the end of the sentence, `#` for a number, and `$`
//! for the end of the block. An apostrophe begins an element (`i 'll`, `l 'article`), as it begins a token.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use bindery_text::quotation::{Quotations, is_dash};

/// Words that end a gap, for the words after them belong to something else ("the text *of* the letter").
const GAP_ENDS: &[&str] = &[
    "of", "that", "to", "in", "from", "which", "who", "where", "by", "de", "du", "des", "del", "della", "di", "do",
    "da", "van", "von", "aus", "que", "qui", "che",
];

/// The largest number of words that `..` stands for.
const GAP: usize = 4;

/// The largest number of tokens that `...` stands for.
const WIDE_GAP: usize = 16;

/// Patterns of which one must match.
pub(super) struct Patterns {
    all: Vec<Vec<Element>>,
    /// The patterns that may begin with a word, by that word.
    by_word: HashMap<&'static str, Vec<usize>>,
    /// The patterns that may begin with a gap, a number or the end of the block.
    by_other: Vec<usize>,
}

struct Element {
    any: Vec<&'static str>,
    optional: bool,
}

impl Patterns {
    /// Reads a table of patterns, one per line.
    pub(super) fn table(lines: &'static str) -> Self {
        let lines = lines.lines().filter(|line| !line.trim().is_empty());
        let mut patterns = Self { all: Vec::new(), by_word: HashMap::new(), by_other: Vec::new() };
        for line in lines {
            patterns.add(line.split_whitespace().map(Element::new).collect());
        }
        patterns
    }

    fn add(&mut self, pattern: Vec<Element>) {
        let index = self.all.len();
        for element in &pattern {
            for &word in &element.any {
                match word {
                    ".." | "..." | "#" | "$" => self.by_other.push(index),
                    word => self.by_word.entry(word).or_default().push(index),
                }
            }
            if !element.optional {
                break;
            }
        }
        self.all.push(pattern);
    }

    /// Returns whether the tokens begin with one of them.
    pub(super) fn begin(&self, tokens: &[Token<'_>]) -> bool {
        self.any(tokens, |_| true)
    }

    /// Returns whether the tokens are one of them and nothing else.
    pub(super) fn are(&self, tokens: &[Token<'_>]) -> bool {
        self.any(tokens, |rest| rest.is_empty())
    }

    /// Returns the tokens after the longest of them with which the tokens begin.
    pub(super) fn after<'a, 'b>(&self, tokens: &'a [Token<'b>]) -> Option<&'a [Token<'b>]> {
        tokens.first().filter(|first| self.by_word.contains_key(first.text()))?;
        let ends = (1..=tokens.len().min(GAP * 2)).rev();
        ends.map(|end| tokens.split_at(end)).find(|(head, _)| self.are(head)).map(|(_, rest)| rest)
    }

    fn any(&self, tokens: &[Token<'_>], accepts: fn(&[Token<'_>]) -> bool) -> bool {
        let with_word = tokens.first().and_then(|token| self.by_word.get(token.text()));
        let mut candidates = with_word.into_iter().flatten().chain(&self.by_other);
        candidates.any(|&index| matches(&self.all[index], tokens, accepts))
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
    if element.any == ["..."] {
        return (0..=WIDE_GAP.min(tokens.len()))
            .take_while(|&count| count == 0 || !tokens[count - 1].ends_sentence())
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
    /// Returns the first character, which is the whole token where it is a sign.
    fn sign(&self) -> char {
        self.text.chars().next().unwrap_or_default()
    }

    fn is(&self, word: &str) -> bool {
        self.text == word || (word == "#" && self.is_number())
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn is_word(&self) -> bool {
        self.text.chars().any(char::is_alphanumeric)
    }

    pub(super) fn is_number(&self) -> bool {
        self.text.starts_with(char::is_numeric)
            && self.text.chars().all(|char| char.is_numeric() || matches!(char, '.' | ','))
    }

    fn ends_sentence(&self) -> bool {
        matches!(self.text(), "." | "!" | "?" | "。" | "！" | "？")
    }

    fn fills_a_gap(&self) -> bool {
        let joins = matches!(self.text(), "-" | "\"" | "“" | "”" | "„" | "«" | "»");
        joins || (self.is_word() && !GAP_ENDS.contains(&self.text()))
    }
}

/// The tokens of a block, and where sentences and clauses begin outside of speech.
pub(super) struct Sentences<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    /// The first token of each sentence.
    starts: Vec<usize>,
    /// The first token after each comma, semicolon or dash.
    clauses: Vec<usize>,
    /// Whether anything of the block is speech.
    has_speech: bool,
}

impl<'a> Sentences<'a> {
    /// Reads a block's text. A line that opens with a dash is speech and has no sentences of its own.
    pub(super) fn new(text: &'a str) -> Self {
        let mut sentences =
            Self { text, tokens: tokens(text), starts: Vec::new(), clauses: Vec::new(), has_speech: false };
        sentences.find_starts();
        sentences
    }

    fn find_starts(&mut self) {
        let (mut quotations, mut dashed) = (Quotations::default(), false);
        let (mut sentence_ended, mut after_comma) = (true, false);
        for (index, token) in self.tokens.iter().enumerate() {
            if token.begins_line || index == 0 {
                dashed = token.text.starts_with(is_dash);
                sentence_ended = true;
            }
            let is_mark = quotations.read(self.before(token), token.sign(), self.after(token));
            let spoken = dashed || quotations.is_open();
            self.has_speech |= spoken || is_mark;
            match token.text() {
                _ if is_mark => {}
                "." | "!" | "?" | ":" | "…" | "。" | "！" | "？" | "：" => sentence_ended = true,
                "(" | "[" | "¡" | "¿" | "（" | "【" | "#" => {}
                _ => {
                    if !spoken && sentence_ended {
                        self.starts.push(index);
                    } else if !spoken && after_comma {
                        self.clauses.push(index);
                    }
                    sentence_ended = false;
                }
            }
            after_comma = matches!(token.text(), "," | ";" | "—" | "–" | "،");
        }
    }

    fn before(&self, token: &Token<'_>) -> Option<char> {
        self.text[..token.start].chars().next_back()
    }

    fn after(&self, token: &Token<'_>) -> Option<char> {
        self.text[token.start..].chars().nth(1)
    }

    /// Returns whether anything of the block is speech, or stands in quotation marks.
    pub(super) fn has_speech(&self) -> bool {
        self.has_speech
    }

    /// Returns where each sentence stands in the text, up to the next one.
    pub(super) fn spans(&self) -> Vec<Range<usize>> {
        let start = |&index: &usize| self.tokens[index].start;
        let ends = self.starts.iter().skip(1).map(start).chain([self.text.len()]);
        self.starts.iter().map(start).zip(ends).map(|(start, end)| start..end).collect()
    }

    /// Returns the sentences, each as its own tokens.
    pub(super) fn whole(&self) -> impl Iterator<Item = &[Token<'a>]> {
        let ends = self.starts.iter().skip(1).copied().chain([self.tokens.len()]);
        self.starts.iter().zip(ends).map(|(&start, end)| &self.tokens[start..end])
    }

    /// Returns the sentences, each as the tokens from its first to the end of the block.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &[Token<'a>]> {
        self.starts.iter().map(|&start| &self.tokens[start..])
    }

    /// Returns the sentences and their clauses, each as the tokens from its first to the end of the block.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Token<'a>]> {
        self.iter().chain(self.clauses.iter().map(|&start| &self.tokens[start..]))
    }

    /// Returns the first sentences and their clauses, each as the tokens from its first to the end of the block.
    pub(super) fn first_clauses(&self, sentences: usize) -> impl Iterator<Item = &[Token<'a>]> {
        let end = self.starts.get(sentences).copied().unwrap_or(self.tokens.len());
        let clauses = self.clauses.iter().copied().take_while(move |&start| start < end);
        let starts = self.starts.iter().copied().take(sentences).chain(clauses);
        starts.map(|start| &self.tokens[start..])
    }

    /// Returns the first words of `tokens`, one of the sentences or clauses, to quote in a report.
    pub(super) fn excerpt(&self, tokens: &[Token<'_>]) -> String {
        let start = tokens.first().map_or(0, |token| token.start);
        excerpt(&self.text[start..])
    }
}

/// Returns the words of a text in lower case.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = String> {
    text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase)
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
            let mut is_number = char.is_numeric();
            loop {
                while let Some((_, next)) = chars.next_if(|(_, next)| next.is_alphanumeric()) {
                    is_number &= next.is_numeric();
                }
                if !is_number {
                    break;
                }
                // "1,200" is one number.
                let mut ahead = chars.clone();
                let separates = ahead.next().is_some_and(|(_, sign)| matches!(sign, ',' | '.'))
                    && ahead.next().is_some_and(|(_, digit)| digit.is_numeric());
                if !separates {
                    break;
                }
                chars.next();
            }
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
        assert!(begins("gern kann ich ... kürzen", "Gern kann ich den letzten Absatz, der lang ist, kürzen."));
        assert!(!begins("gern kann ich ... kürzen", "Gern kann ich das. Wir kürzen."));
        assert!(begins("some # words", "Some 1,200 words"));
        assert!(begins("really ?", "Really?"));
    }

    #[test]
    fn speech_is_no_sentence_of_the_author() {
        let count = |text| Sentences::new(text).iter().count();
        assert_eq!(count("One. Two! Three"), 3);
        assert_eq!(count("“One. Two!” she said. Three."), 2);
        assert_eq!(count("— Uno. Dos."), 0);
        assert_eq!(count("One\ntwo"), 2);
        assert_eq!(count("»One. Two!« she said. Three."), 2);
        assert_eq!(count("« One. Two! » she said. Three."), 2);
        assert_eq!(count("«One. Two.\n— Three."), 0);
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\n b"), "a b");
        assert_eq!(excerpt(&"é".repeat(61)), format!("{}…", "é".repeat(60)));
    }
}
