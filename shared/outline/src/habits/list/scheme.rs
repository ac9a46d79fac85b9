//! How deep the items of a list stand: by indentation, by the levels of their numbers, or by the schemes of a school
//! outline. There `I.` holds `A.`, and `A.` holds `1.`.

use super::super::super::{
    labels::{decimal, roman},
    page::{Page, heading, item},
};

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Entry {
    /// The index of its line.
    pub(in super::super) at: usize,
    pub(in super::super) depth: usize,
    pub(super) text: String,
    /// Whether its number has two levels or more.
    pub(super) is_decimal: bool,
    /// Whether it has a number or a letter.
    pub(super) is_counted: bool,
}

/// The kinds of markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scheme {
    Bullet,
    Digits,
    Capital,
    Letter,
    Roman,
    SmallRoman,
}

/// A line with a marker.
#[derive(Clone, Debug)]
pub(super) struct Marked {
    indent: usize,
    scheme: Scheme,
    /// The letter of its marker; 0 where that is not one letter.
    letter: u8,
    /// The number of levels of its number.
    levels: usize,
    text: String,
}

/// Reads the items of the list on a page.
pub(in super::super) fn entries(page: &Page) -> Vec<Entry> {
    let code = page.code();
    // `1 Title` has a number where others such as `1.1 Title` stand. Elsewhere it may be the beginning of a sentence.
    let has_decimals = page.lines.iter().any(|line| decimal(line.text.trim_start()).is_some());
    let mut open: Vec<Marked> = Vec::new();
    let mut entries = Vec::new();
    for (at, line) in page.lines.iter().enumerate() {
        if code[at] || heading(&line.text).is_some() {
            continue;
        }
        let bare = || bare(&line.text).filter(|_| has_decimals);
        let Some(mut marked) = entry(&line.text).or_else(bare) else { continue };
        // `C.` and `i.` are letters where the letter before them stands above.
        let follows = |scheme: Scheme| {
            open.iter().any(|level| {
                level.indent == marked.indent && level.scheme == scheme && level.letter + 1 == marked.letter
            })
        };
        marked.scheme = match marked.scheme {
            Scheme::Roman if follows(Scheme::Capital) => Scheme::Capital,
            Scheme::SmallRoman if follows(Scheme::Letter) => Scheme::Letter,
            scheme => scheme,
        };
        while open.last().is_some_and(|last| last.indent > marked.indent) {
            open.pop();
        }
        let same = |level: &Marked| {
            level.indent == marked.indent && level.scheme == marked.scheme && level.levels == marked.levels
        };
        if let Some(level) = open.iter().position(same) {
            open.truncate(level);
        } else if marked.levels > 1 {
            while open.last().is_some_and(|last| last.indent == marked.indent && last.levels > marked.levels) {
                open.pop();
            }
        }
        // Where the sections are counted in their chapter, an introduction keeps its number and is a chapter like the others.
        let digits = line.text.trim_start().bytes().take_while(u8::is_ascii_digit).count();
        if has_decimals && digits > 0 && marked.levels == 1 {
            marked.text = format!("{}. {}", &line.text.trim_start()[..digits], marked.text);
        }
        let is_decimal = marked.levels > 1;
        let is_counted = marked.scheme != Scheme::Bullet;
        entries.push(Entry { at, depth: open.len(), text: marked.text.clone(), is_decimal, is_counted });
        open.push(marked);
    }
    entries
}

/// Reads a line with a number that has no mark after it.
fn bare(line: &str) -> Option<Marked> {
    let (number, rest) = line.split_once([' ', '\t'])?;
    let is_number = (1..4).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    let text = rest.trim().to_owned();
    let begins = text.starts_with(|c: char| c.is_uppercase() || !c.is_ascii());
    (is_number && begins).then_some(Marked { indent: 0, scheme: Scheme::Digits, letter: 0, levels: 1, text })
}

/// Reads a line with a marker.
pub(super) fn entry(line: &str) -> Option<Marked> {
    if let Some(found) = item(line) {
        let is_digits = found.marker.starts_with(|c: char| c.is_ascii_digit());
        let scheme = if is_digits { Scheme::Digits } else { Scheme::Bullet };
        let levels = decimal(found.text.trim_start_matches(['*', '_'])).map_or(1, |found| found.levels.len());
        let text = found.text.to_owned();
        return (!found.text.is_empty()).then_some(Marked { indent: found.indent, scheme, letter: 0, levels, text });
    }
    let text = line.trim_start();
    let indent =
        line[..line.len() - text.len()].chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 });
    if let Some(found) = decimal(text) {
        let text = text.trim_end().to_owned();
        return Some(Marked { indent, scheme: Scheme::Digits, letter: 0, levels: found.levels.len(), text });
    }
    let (marker, rest) = text.split_once(['.', ')'])?;
    let rest = rest.strip_prefix([' ', '\t'])?.trim();
    let is_capital = marker.bytes().all(|b| b.is_ascii_uppercase());
    let is_small = marker.bytes().all(|b| b.is_ascii_lowercase());
    let scheme = match (roman(marker).is_some(), is_capital, is_small) {
        (true, true, _) => Scheme::Roman,
        (true, _, true) => Scheme::SmallRoman,
        (_, true, _) if marker.len() == 1 => Scheme::Capital,
        (_, _, true) if marker.len() == 1 => Scheme::Letter,
        _ => return None,
    };
    let letter = if let [letter] = marker.as_bytes() { *letter } else { 0 };
    (!rest.is_empty()).then(|| Marked { indent, scheme, letter, levels: 1, text: rest.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depths(text: &str) -> Vec<usize> {
        entries(&Page::new(text, 1)).iter().map(|entry| entry.depth).collect()
    }

    #[test]
    fn items_are_as_deep_as_their_indentation_or_their_scheme() {
        assert_eq!(depths("- a\n  - b\n    - c\n  - d\n- e"), [0, 1, 2, 1, 0]);
        assert_eq!(depths("I. a\nA. b\n1. c\n2. d\nB. e\nII. f"), [0, 1, 2, 2, 1, 0]);
        assert_eq!(depths("1. a\n1.1 b\n1.1.1 c\n1.2 d\n2. e\n2.1 f"), [0, 1, 2, 1, 0, 1]);
        assert_eq!(depths("1 A\n1.1 b\n2 C\n2.1 d"), [0, 1, 0, 1]);
        assert!(depths("1 A\n2 C").is_empty());
        assert_eq!(depths("1. a\n- b\n- c\n2. d"), [0, 1, 1, 0]);
        assert_eq!(depths("A. a\nB. b\nC. c\nD. d"), [0, 0, 0, 0]);
    }
}
