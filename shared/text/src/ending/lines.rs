//! Lines that end without a mark in good books: verse, names, inscriptions, formulas.

use super::marks;
use crate::{
    language::{self, WritingSystem},
    markdown::{Block, Kind},
    quotation::is_dash,
};

/// The longest line of verse, in characters.
const VERSE: usize = 60;

/// The most words of a line that names or labels something.
const LABEL: usize = 4;

/// Returns whether a paragraph, given as Markdown, ends with a picture, a formula, code, an address or emphasis.
pub(super) fn may_end_bare(source: &str) -> bool {
    let source = source.trim();
    let picture = source.starts_with("![") && source.ends_with([')', ']']);
    let formula = source.ends_with('$') && source.matches('$').count().is_multiple_of(2);
    let code = source.ends_with('`') && source.matches('`').count().is_multiple_of(2);
    let address = source.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("://"));
    let inscribed = ["*", "_"].iter().any(|mark| {
        source.len() > 2 && source.starts_with(mark) && source.ends_with(mark) && !source.ends_with(&format!(" {mark}"))
    });
    picture || formula || code || address || inscribed
}

/// Returns whether the last line names the author of a quotation: a dash, then a few words.
pub(super) fn is_attribution(before: &[Block], last: &Block) -> bool {
    const NAME: usize = 12;

    let after_quote = last.quoted || before.last().is_some_and(|block| block.quoted);
    let line = last.text.lines().next_back().unwrap_or_default().trim();
    let named = line.starts_with(is_dash) || line.starts_with("--");
    after_quote && named && line.split_whitespace().count() <= NAME && !line.ends_with([',', '，'])
}

/// Returns whether the paragraph is verse, which may end without a mark: short lines, few of them with a mark. The lines of
/// a poem may also be paragraphs of their own.
pub(super) fn is_verse(before: &[Block], last: &Block) -> bool {
    const ALONE: usize = 3;

    if !has_short_lines(last) {
        return false;
    }
    let lines: Vec<_> = last.text.lines().map(str::trim).collect();
    let marked = lines.iter().filter(|line| marks::ends_sentence(line, "")).count();
    if lines.len() >= ALONE {
        return marked * 3 <= lines.len();
    }
    let after = before.iter().rev().find(|block| block.kind != Kind::Rule);
    let follows_verse = after.is_some_and(|block| has_short_lines(block) && !marks::ends_sentence(&block.text, ""));
    marked == 0 && after.is_some() && (lines.len() > 1 || follows_verse)
}

fn has_short_lines(block: &Block) -> bool {
    block.kind == Kind::Paragraph && !block.quoted && block.text.lines().all(|line| line.chars().count() <= VERSE)
}

/// Returns whether a paragraph is a few words that name something: a sign, "THE END", "QED", or a signature, which stands
/// below a short line without an end.
pub(super) fn is_label(before: &[Block], text: &str) -> bool {
    const CHARACTERS: usize = 48;

    let is_short = |text: &str| text.split_whitespace().count() <= LABEL && text.chars().count() <= CHARACTERS;
    let in_capitals = text.chars().filter(|char| char.is_uppercase()).count() > 1 && !text.contains(char::is_lowercase);
    let below_formula = before.last().is_some_and(|block| {
        block.kind == Kind::Paragraph
            && !block.quoted
            && is_short(&block.text)
            && !marks::ends_sentence(&block.text, "")
    });
    says_the_end(text) || in_capitals || (below_formula && is_short(text))
}

/// Returns whether a line has only a few words.
pub(super) fn is_short(text: &str) -> bool {
    text.split_whitespace().count() <= LABEL && text.is_ascii() || text.chars().count() <= 12
}

/// Returns whether the last word of an item is named and not used: "plural: the".
pub(super) fn names_a_word(text: &str) -> bool {
    text.trim()
        .rsplit_once([' ', '\n'])
        .is_some_and(|(before, _)| before.trim_end().ends_with([':', '=', '→', '–', '—']))
}

/// Returns whether the text ends with a hyphen in the middle of a word.
pub(super) fn splits_a_word(text: &str) -> bool {
    let text = text.trim_end();
    text.strip_suffix(['-', '‐', '‑']).is_some_and(|before| before.ends_with(char::is_alphanumeric))
}

/// Returns whether a paragraph of running prose stops inside of a sentence: its last sentence has some words and ends with a
/// word in lower case.
pub(super) fn stops_in_a_sentence(text: &str, language: &str) -> bool {
    /// The least length of a paragraph that is one sentence, and of the last sentence after others.
    const SENTENCE: usize = 12;
    const REST: usize = 1;
    const CHARACTERS: usize = 4;

    let text = text.trim_end();
    let Some(last) = text.chars().next_back().filter(|last| last.is_alphabetic()) else {
        return false;
    };
    let ends: Vec<usize> = text.match_indices(marks::is_terminal).map(|(end, mark)| end + mark.len()).collect();
    let rest = &text[ends.last().copied().unwrap_or(0)..];
    match language::writing_system(language) {
        WritingSystem::Spaced => {
            let words = rest.split_whitespace().count();
            !last.is_uppercase() && (words >= SENTENCE || (!ends.is_empty() && words >= REST && lower_case_end(rest)))
        }
        // A Japanese sentence may end with a noun, and then it stands in a paragraph of its own.
        WritingSystem::Ideographic => !ends.is_empty() && rest.chars().count() >= CHARACTERS,
        WritingSystem::Unbroken => false,
    }
}

/// Returns whether the last word has a small initial. A name may be a signature.
fn lower_case_end(text: &str) -> bool {
    text.split_whitespace().next_back().is_some_and(|word| !word.starts_with(char::is_uppercase))
}

/// Returns whether a line says that the book, or a part of it, ends here.
pub(super) fn says_the_end(text: &str) -> bool {
    const ENDS: &[&str] = &[
        "the end",
        "finis",
        "fin",
        "ende",
        "fine",
        "fim",
        "einde",
        "slut",
        "slutet",
        "koniec",
        "конец",
        "终",
        "完",
        "全文完",
        "終",
        "終わり",
        "おわり",
        "了",
        "끝",
        "το τέλος",
        "تمت",
    ];
    const PARTS: &[&str] =
        &["end of ", "the end of ", "ende des ", "ende der ", "fin de ", "fin du ", "fine del", "fim d", "конец "];

    let line = text.trim().trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    ENDS.contains(&line.as_str()) || (PARTS.iter().any(|part| line.starts_with(part)) && line.chars().count() <= 40)
}
