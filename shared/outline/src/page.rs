//! The text of an outline as lines that keep their numbers while habits rewrite them.

use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag};

use super::source::LineCounter;

/// A line and its number in the outline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) text: String,
}

/// The lines of an outline.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
}

impl Page {
    /// Reads a text whose first line is line `first` of the outline.
    pub(super) fn new(text: &str, first: usize) -> Self {
        let line = |(text, number): (&str, usize)| Line { number, text: text.to_owned() };
        Self { lines: text.split('\n').zip(first..).map(line).collect() }
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::with_capacity(self.lines.iter().map(|line| line.text.len() + 1).sum());
        for (at, line) in self.lines.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(&line.text);
        }
        text
    }

    /// Returns for each line whether it stands in fenced code or opens or closes it.
    pub(super) fn code(&self) -> Vec<bool> {
        let text = self.text();
        let mut is_code = vec![false; self.lines.len()];
        if !text.contains("```") && !text.contains("~~~") {
            return is_code;
        }
        let mut counter = LineCounter::new(&text, 0);
        for (event, range) in Parser::new(&text).into_offset_iter() {
            if matches!(event, Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_)))) {
                let first = counter.line_at(range.start);
                let lines = text[range].trim_end_matches('\n').matches('\n').count() + 1;
                is_code.iter_mut().skip(first).take(lines).for_each(|is_code| *is_code = true);
            }
        }
        is_code
    }

    /// Returns whether nothing stands directly above a line.
    pub(super) fn is_apart(&self, at: usize) -> bool {
        at.checked_sub(1).and_then(|before| self.lines.get(before)).is_none_or(|line| line.text.trim().is_empty())
    }

    /// Returns the first line from `at` on that is not blank.
    pub(super) fn next_text(&self, at: usize) -> Option<usize> {
        (at..self.lines.len()).find(|&at| !self.lines[at].text.trim().is_empty())
    }

    /// Blanks a line.
    pub(super) fn clear(&mut self, at: usize) {
        self.lines[at].text.clear();
    }
}

/// Finds the numbers of the lines of places in a page's text. They must be asked for in ascending order.
pub(super) struct Places<'a> {
    counter: LineCounter<'a>,
    page: &'a Page,
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str, page: &'a Page) -> Self {
        Self { counter: LineCounter::new(text, 0), page }
    }

    pub(super) fn line_at(&mut self, place: usize) -> usize {
        let at = self.counter.line_at(place);
        self.page.lines.get(at).or(self.page.lines.last()).map_or(1, |line| line.number)
    }
}

/// Returns the level of a `#` heading and its text; `None` for any other line.
pub(super) fn heading(line: &str) -> Option<(usize, &str)> {
    let indented = line.trim_start_matches(' ');
    let text = indented.trim_start_matches('#');
    let level = indented.len() - text.len();
    let is_heading = (1..=6).contains(&level) && line.len() - indented.len() < 4;
    let text = (text.is_empty() || text.starts_with([' ', '\t'])).then(|| text.trim())?;
    is_heading.then_some((level, text))
}

/// Returns the text of a line that is bold from its first word to its last.
pub(super) fn bold(text: &str) -> Option<&str> {
    let text = text.trim();
    let inside = ["**", "__"].into_iter().find_map(|mark| {
        let inside = text.strip_prefix(mark)?;
        let inside = inside.strip_suffix(mark).or_else(|| inside.strip_suffix(':')?.strip_suffix(mark))?;
        (!inside.contains(mark)).then_some(inside)
    })?;
    let inside = inside.trim();
    (!inside.is_empty() && !inside.starts_with('*')).then_some(inside)
}

/// Returns whether a line is a rule.
pub(super) fn is_rule(line: &str) -> bool {
    let signs: Vec<char> = line.chars().filter(|c| !c.is_whitespace()).collect();
    let is_of = |sign: char| signs.len() >= 3 && signs.iter().all(|c| *c == sign);
    is_of('-') || is_of('*') || is_of('_') || is_of('—')
}

/// A line of a list: how far it is indented, its marker and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) indent: usize,
    pub(super) marker: &'a str,
    pub(super) text: &'a str,
}

/// Reads a line of a list with a bullet or a number.
pub(super) fn item(line: &str) -> Option<Item<'_>> {
    let text = line.trim_start();
    let indent =
        line[..line.len() - text.len()].chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 });
    let bullet = text
        .chars()
        .next()
        .filter(|c| matches!(c, '-' | '*' | '+' | '•' | '◦' | '▪' | '●' | '○' | '■' | '‣' | '–' | '·' | '・'));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let length = match bullet {
        Some(bullet) => bullet.len_utf8(),
        None if digits > 0 && digits < 10 && text[digits..].starts_with(['.', ')']) => digits + 1,
        None => return None,
    };
    let (marker, rest) = text.split_at(length);
    // Word processors and Japanese writers leave no space after a sign that is a bullet and nothing else.
    let is_sign = bullet.is_some_and(|bullet| matches!(bullet, '•' | '●' | '▪' | '■' | '‣' | '・'));
    let is_apart = is_sign || rest.is_empty() || rest.starts_with([' ', '\t', '\u{a0}']);
    is_apart.then(|| Item { indent, marker, text: rest.trim() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_bold_only_as_a_whole() {
        assert_eq!(bold(" **Salt** "), Some("Salt"));
        assert_eq!(bold("**Salt**:"), Some("Salt"));
        assert_eq!(bold("__Salt & Water__"), Some("Salt & Water"));
        for text in ["**Salt** and **Water**", "**Salt**: white", "****", "***", "*Salt*", "**", "Salt"] {
            assert_eq!(bold(text), None, "{text}");
        }
    }

    #[test]
    fn a_list_has_bullets_or_numbers() {
        assert_eq!(item("  - a"), Some(Item { indent: 2, marker: "-", text: "a" }));
        assert_eq!(item("\t• a"), Some(Item { indent: 4, marker: "•", text: "a" }));
        assert_eq!(item("12) a"), Some(Item { indent: 0, marker: "12)", text: "a" }));
        assert_eq!(item("・塩"), Some(Item { indent: 0, marker: "・", text: "塩" }));
        for text in ["-a", "1.5 a", "a", "", "**a**"] {
            assert_eq!(item(text), None, "{text}");
        }
    }

    #[test]
    fn fenced_code_is_told_from_text() {
        let page = Page::new("a\n```rust\n# b\n~~~\n```\nc", 1);
        assert_eq!(page.code(), [false, true, true, true, true, false]);
    }
}
