//! A code fence around a whole answer.

use super::trim;

/// Takes away a code fence around the whole answer, unless it may be part of the text.
///
/// A fence of which one half was lost goes too: it would make the whole text a listing.
pub(super) fn strip(text: &str) -> &str {
    strip_pair(text).or_else(|| strip_half(text)).unwrap_or(text)
}

fn strip_pair(text: &str) -> Option<&str> {
    let (first, rest) = text.split_once('\n')?;
    let (inner, last) = rest.rsplit_once('\n')?;
    let outer = Fence::read(first).filter(|fence| fence.signs == last.trim())?;
    let inner_fences = inner.lines().filter_map(Fence::read).filter(|fence| fence.signs.starts_with(outer.signs));
    let holds_markdown = match outer.language.to_ascii_lowercase().as_str() {
        "markdown" | "md" => alternate(inner_fences),
        "" | "text" | "txt" | "plaintext" => inner_fences.count() == 0,
        _ => false,
    };
    holds_markdown.then(|| trim(inner))
}

/// Takes away a first line that opens a fence around prose which nothing closes, or a last line that closes none.
fn strip_half(text: &str) -> Option<&str> {
    let mut fences = text.lines().filter_map(Fence::read);
    let (only, None) = (fences.next()?, fences.next()) else {
        return None;
    };
    let around_prose = matches!(only.language.to_ascii_lowercase().as_str(), "" | "markdown" | "md" | "text" | "txt");
    if let Some((first, rest)) = text.split_once('\n')
        && Fence::read(first).is_some()
    {
        return (around_prose && !rest.trim().is_empty()).then(|| trim(rest));
    }
    let (before, last) = text.rsplit_once('\n')?;
    (only.language.is_empty() && Fence::read(last).is_some()).then_some(before)
}

/// A line that opens or closes a code block.
struct Fence<'a> {
    signs: &'a str,
    /// Empty where the line closes a block.
    language: &'a str,
}

impl<'a> Fence<'a> {
    fn read(line: &'a str) -> Option<Self> {
        const LEAST: usize = 3;

        let line = line.trim();
        let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        let (signs, language) = line.split_at(line.len() - line.trim_start_matches(sign).len());
        (signs.len() >= LEAST && !language.contains('`')).then(|| Self { signs, language: language.trim() })
    }
}

/// Returns whether fences open, with a language, and close, without one, by turns.
fn alternate<'a>(mut fences: impl Iterator<Item = Fence<'a>>) -> bool {
    while let Some(opening) = fences.next() {
        let closed = fences.next().is_some_and(|fence| fence.language.is_empty());
        if opening.language.is_empty() || !closed {
            return false;
        }
    }
    true
}
