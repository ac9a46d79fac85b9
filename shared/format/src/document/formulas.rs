//! Tells formulas from money, and gives all formulas the marks that the parser knows.
//!
//! Models write `$x$`, `$$x$$`, `\(x\)` and `\[x\]`. Markdown's own rules would drop the backslashes of the last two, and
//! would read two prices as a formula.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{Event, Options, Parser, Tag};

/// The longest formula, in bytes. A mark that opens a longer one stands for itself.
const LONGEST: usize = 4_000;

/// Returns the source with `$` and `$$` around its formulas, and with a backslash before every other dollar sign.
pub(super) fn marked(source: &str) -> Cow<'_, str> {
    if !source.contains('$') && !source.contains("\\(") && !source.contains("\\[") {
        return Cow::Borrowed(source);
    }
    let mut out = String::with_capacity(source.len() + 16);
    let mut code = code_ranges(source).into_iter().peekable();
    let mut at = 0;
    while at < source.len() {
        while code.peek().is_some_and(|range| range.end <= at) {
            code.next();
        }
        if let Some(range) = code.peek().filter(|range| range.start <= at) {
            out.push_str(&source[at..range.end]);
            at = range.end;
            continue;
        }
        let rest = &source[at..];
        let limit = code.peek().map_or(rest.len(), |range| range.start - at);
        if let Some(formula) = opened(rest, limit) {
            let mark = if formula.display { "$$" } else { "$" };
            out.extend([mark, &escaped(formula.tex), mark]);
            at += formula.length;
        } else if let Some(escaped) = rest.strip_prefix('\\') {
            let length = 1 + escaped.chars().next().map_or(0, char::len_utf8);
            out.push_str(&rest[..length]);
            at += length;
        } else {
            let c = rest.chars().next().expect("the text does not end here");
            if c == '$' {
                out.push('\\');
            }
            out.push(c);
            at += c.len_utf8();
        }
    }
    Cow::Owned(out)
}

struct Formula<'s> {
    tex: &'s str,
    display: bool,
    /// The length of the formula with its marks.
    length: usize,
}

/// Returns the formula that a text begins with, if it ends before the limit.
fn opened(text: &str, limit: usize) -> Option<Formula<'_>> {
    let (opening, closing, display) = match text.as_bytes() {
        [b'$', b'$', ..] => ("$$", "$$", true),
        [b'$', ..] => ("$", "$", false),
        [b'\\', b'(', ..] => ("\\(", "\\)", false),
        [b'\\', b'[', ..] => ("\\[", "\\]", true),
        _ => return None,
    };
    let inside = &text[opening.len()..];
    let length = end(inside, closing, limit.saturating_sub(opening.len()))?;
    let tex = &inside[..length];
    let after = inside[length + closing.len()..].chars().next();
    let blank_line = tex.split('\n').skip(1).any(|line| line.trim_matches(['>', ' ', '\t']).is_empty()) && !display;
    let backslashes = tex.trim_end().bytes().rev().take_while(|byte| *byte == b'\\').count();
    let is_formula = !tex.trim().is_empty()
        && backslashes.is_multiple_of(2)
        && !blank_line
        && match closing {
            "$" => is_inline(tex, after),
            "$$" => true,
            _ => is_tex(tex) && after != Some('('),
        };
    let tex = tex.trim();
    is_formula.then_some(Formula { tex, display, length: opening.len() + length + closing.len() })
}

/// Returns where the closing mark begins.
fn end(text: &str, closing: &str, limit: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < limit.min(LONGEST) && at < bytes.len() {
        if text.is_char_boundary(at) && text[at..].starts_with(closing) {
            return (at + closing.len() <= limit).then_some(at);
        }
        // A paragraph's end ends every formula.
        if bytes[at..].starts_with(b"\n\n") {
            return None;
        }
        at += if bytes[at] == b'\\' { 2 } else { 1 };
        while at < bytes.len() && !text.is_char_boundary(at) {
            at += 1;
        }
    }
    None
}

/// Returns whether the text between two dollar signs is a formula. Pandoc's rule comes first: no space inside of the marks and
/// no digit behind them. A number that is followed by words is a price.
fn is_inline(tex: &str, after: Option<char>) -> bool {
    let spaced = tex.starts_with(char::is_whitespace) || tex.ends_with(char::is_whitespace);
    let digit = after.is_some_and(|c| c.is_ascii_digit());
    let is_price = tex.starts_with(|c: char| c.is_ascii_digit())
        && !tex.contains(['\\', '^', '_', '=', '{'])
        && tex.split_whitespace().skip(1).any(|word| word.chars().filter(|c| c.is_alphabetic()).count() > 1);
    !spaced && !digit && !is_price
}

/// Returns whether the text between brackets is a formula, and not only a text whose brackets are escaped.
fn is_tex(tex: &str) -> bool {
    let words = tex.split(|c: char| !c.is_alphabetic() && c != '\\').filter(|word| !word.contains('\\'));
    let has_word = words.into_iter().any(|word| word.chars().count() > 2);
    let has_sign = tex.trim().contains(['^', '_', '=', '+', '<', '>', '\\', '{']);
    has_sign || (!has_word && tex.chars().any(char::is_alphabetic))
}

/// Returns the formula without dollar signs of its own, which would end it.
fn escaped(tex: &str) -> Cow<'_, str> {
    if tex.contains('$') { tex.replace("\\$", "\\text{\u{FF04}}").replace('$', "").into() } else { tex.into() }
}

/// Returns the ranges of code, of raw HTML and of the destinations of links, in order, where nothing is a formula.
fn code_ranges(source: &str) -> Vec<Range<usize>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_DEFINITION_LIST;
    let parser = Parser::new_ext(source, options);
    let mut ranges: Vec<Range<usize>> =
        parser.reference_definitions().iter().map(|(_, definition)| definition.span.clone()).collect();
    for (event, span) in parser.into_offset_iter() {
        match event {
            Event::Code(_) | Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(_)) => {
                ranges.push(span)
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => {
                let text = &source[span.clone()];
                if let Some(at) = text.rfind("](") {
                    ranges.push(span.start + at..span.end);
                } else if text.starts_with('<') {
                    ranges.push(span);
                }
            }
            _ => {}
        }
    }
    ranges.sort_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_marks_of_formulas_become_the_same_ones() {
        assert_eq!(marked("a $x_1$ b \\(y\\) c \\[z\\] d $$w$$"), "a $x_1$ b $y$ c $$z$$ d $$w$$");
        assert_eq!(marked("\\[\nx = 1\n\\]"), "$$x = 1$$");
        for text in ["\\[note\\]", "see \\[1\\]", "\\(as above\\)", "\\[x\\](y)"] {
            assert_eq!(marked(text), text);
        }
    }

    #[test]
    fn money_is_no_formula() {
        for text in
            ["$5 to $10", "$1,000 is $1,050", "from $5-$10 each", "US$ and A$", "$5 for it and $n", "$", "$ a $"]
        {
            assert_eq!(marked(text), text.replace('$', "\\$"), "{text}");
        }
        assert_eq!(marked("costs $5 and $x$"), "costs \\$5 and $x$");
        assert_eq!(marked("\\$5 and \\$6"), "\\$5 and \\$6");
    }

    #[test]
    fn code_and_addresses_stay_as_they_are() {
        for text in ["`$x$` `\\(`", "```\n$a$ \\[b\\]\n```\n", "[a](https://e.example/$x$)", "<https://e.example/$x$>"]
        {
            assert_eq!(marked(text), text);
        }
    }
}
