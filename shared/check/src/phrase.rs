//! A small matcher for phrases at the beginning of a sentence.
//!
//! A pattern is typed as it reads: `here is|'s the .. section :`. Elements are separated by spaces; `|`
//! separates alternatives, `?` after an element makes it optional, `..` stands for up to four words
//! that introduce no clause or genitive, `#` for a number and `$` for the end of the block. An
//! apostrophe begins an element (`i 'll`, `l 'article`), as it begins a token.

use std::borrow::Cow;

use foldhash::{HashMap, HashMapExt as _};

/// Words that end a gap: what follows them belongs to something else ("the text *of* the letter").
const BARRIERS: &[&str] = &[
    "of", "that", "to", "in", "from", "which", "who", "where", "by", "de", "du", "des", "del", "della", "di", "do",
    "da", "van", "von", "aus", "que", "qui", "che",
];

/// The most words `..` stands for.
const GAP: usize = 4;

/// A pattern, ready to match.
struct Pattern(Vec<Element>);

/// Patterns, found by the word with which they begin.
pub(super) struct Patterns {
    by_first: HashMap<&'static str, Vec<Pattern>>,
}

struct Element {
    any: Vec<&'static str>,
    optional: bool,
}

impl Patterns {
    /// Reads a table of patterns, one per line.
    pub(super) fn table(lines: &'static str) -> Self {
        let mut by_first: HashMap<_, Vec<_>> = HashMap::new();
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            for first in Pattern::new(line).firsts() {
                by_first.entry(first).or_default().push(Pattern::new(line));
            }
        }
        Self { by_first }
    }

    /// Returns whether the tokens begin with one of them.
    pub(super) fn begin(&self, tokens: &[Token<'_>]) -> bool {
        self.may_match(tokens).any(|pattern| matches(&pattern.0, tokens, |_| true))
    }

    /// Returns whether the tokens are one of them and nothing else.
    pub(super) fn are(&self, tokens: &[Token<'_>]) -> bool {
        self.may_match(tokens).any(|pattern| matches(&pattern.0, tokens, |rest| rest.is_empty()))
    }

    fn may_match(&self, tokens: &[Token<'_>]) -> impl Iterator<Item = &Pattern> {
        tokens.first().and_then(|token| self.by_first.get(token.text())).into_iter().flatten()
    }
}

impl Pattern {
    fn new(line: &'static str) -> Self {
        let elements = line.split_whitespace().map(|element| {
            let optional = element.len() > 1 && element.ends_with('?') && !element.ends_with("|?");
            let any = element[..element.len() - usize::from(optional)].split('|').collect();
            Element { any, optional }
        });
        Self(elements.collect())
    }

    /// Returns the words with which it may begin; each pattern has some.
    fn firsts(&self) -> Vec<&'static str> {
        let optional = self.0.iter().take_while(|element| element.optional).count();
        let firsts: Vec<_> = self.0.iter().take(optional + 1).flat_map(|element| element.any.iter().copied()).collect();
        debug_assert!(self.0.len() > optional && firsts.iter().all(|first| !matches!(*first, ".." | "#" | "$")));
        firsts
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    text: Cow<'a, str>,
    /// Where it begins in the block.
    start: usize,
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
        let joins = matches!(&*self.text, "-" | "\"" | "“" | "”" | "„" | "«" | "»");
        joins || (self.is_word() && !BARRIERS.contains(&&*self.text))
    }
}

/// A block cut into tokens, with the places where a sentence begins outside of quotation marks.
pub(super) struct Sentences<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    starts: Vec<usize>,
    /// Where something follows a comma outside of quotation marks.
    clauses: Vec<usize>,
}

impl<'a> Sentences<'a> {
    /// Reads a block's text. A block that opens with a dash is speech and has no sentences of its own.
    pub(super) fn new(text: &'a str) -> Self {
        let tokens = tokens(text);
        let speech = tokens.first().is_some_and(|token| matches!(&*token.text, "—" | "–" | "―"));
        let (starts, clauses) = if speech { Default::default() } else { starts(text, &tokens) };
        Self { text, tokens, starts, clauses }
    }

    /// Returns the sentences, each as the tokens from its first to the end of the block.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &[Token<'_>]> {
        self.starts.iter().map(|&start| &self.tokens[start..])
    }

    /// Returns every clause: what begins a sentence, or follows a comma in one.
    pub(super) fn clauses(&self) -> impl Iterator<Item = &[Token<'_>]> {
        self.iter().chain(self.clauses.iter().map(|&start| &self.tokens[start..]))
    }

    /// Returns the first words from where `tokens`, one of [`Self::iter`], begins, to quote in a report.
    pub(super) fn excerpt(&self, tokens: &[Token<'_>]) -> String {
        let start = tokens.first().map_or(0, |token| token.start);
        excerpt(&self.text[start..])
    }
}

/// Returns the first characters of `text` on one line, to quote in a report.
pub(super) fn excerpt(text: &str) -> String {
    const CHARACTERS: usize = 60;

    let line = text.split_whitespace().flat_map(|word| [" ", word]).skip(1).collect::<String>();
    match line.char_indices().nth(CHARACTERS) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((start, char)) = chars.next() {
        let apostrophe = matches!(char, '\'' | '’');
        if apostrophe || char.is_alphanumeric() {
            let mut end = start + char.len_utf8();
            while let Some((at, char)) = chars.next_if(|(_, char)| char.is_alphanumeric()) {
                end = at + char.len_utf8();
            }
            let text =
                if apostrophe { elided(&text[start + char.len_utf8()..end]) } else { lowered(&text[start..end]) };
            tokens.push(Token { text, start });
        } else if !char.is_whitespace() && char != '*' && char != '_' {
            tokens.push(Token { text: Cow::Borrowed(&text[start..start + char.len_utf8()]), start });
        }
    }
    tokens
}

/// Returns a word in lower case; most are already.
fn lowered(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(word.chars().flat_map(char::to_lowercase).collect())
}

/// Returns what follows an apostrophe, with one that is written as patterns write it.
fn elided(word: &str) -> Cow<'static, str> {
    Cow::Owned(format!("'{}", lowered(word)))
}

/// Returns where sentences begin, and where something follows a comma, both outside of quotation marks.
fn starts(text: &str, tokens: &[Token<'_>]) -> (Vec<usize>, Vec<usize>) {
    let (mut starts, mut clauses) = (Vec::new(), Vec::new());
    let (mut quoted, mut fresh, mut after_comma) = (false, true, false);
    let mut end = 0;
    for (index, token) in tokens.iter().enumerate() {
        fresh |= text.get(end..token.start).is_some_and(|between| between.contains('\n'));
        end = token.start + token.text.len();
        match &*token.text {
            "\"" | "“" => quoted = !quoted,
            "„" | "«" => quoted = true,
            "”" | "»" => quoted = false,
            "." | "!" | "?" | ":" | "…" | "。" | "！" | "？" | "：" => fresh = true,
            "(" | "[" | "¡" | "¿" | "（" | "【" | "#" => {}
            _ if quoted => fresh = false,
            _ => {
                if fresh {
                    starts.push(index);
                } else if after_comma {
                    clauses.push(index);
                }
                fresh = false;
            }
        }
        after_comma = token.text == ",";
    }
    (starts, clauses)
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
