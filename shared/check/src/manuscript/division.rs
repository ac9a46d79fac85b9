//! Divides Markdown into chapters and sections by its headings.

use std::ops::Range;

use bindery_text::markdown::{self, Block, Kind};

use super::{ChapterSource, SectionSource};

/// A chapter with fewer words is a title page, a dedication or a list of links.
const LEAST_WORDS: usize = 20;

/// A stretch of text under a heading.
struct Cut {
    heading: Range<usize>,
    text_start: usize,
}

/// Divides the Markdown of a whole book into chapters. It divides at the headings of level 1 where there are several, or where the
/// metadata have the title. Otherwise it divides at those of level 2.
///
/// Front matter, the contents, and title pages are left out. A text without such headings is one chapter.
pub fn chapters_of(text: &str) -> Vec<ChapterSource<'_>> {
    let Parted { metadata, text } = parted(text);
    let blocks = markdown::blocks(text);
    let highest = blocks.iter().filter(|block| block.top && block.kind == Kind::Heading(1)).count();
    let titled = metadata.lines().any(|line| line.starts_with("title:"));
    let level = if highest > 1 || highest == 1 && titled { 1 } else { 2 };
    let stretches = divided(text, &blocks, |block| block.kind == Kind::Heading(level));
    let chapters = stretches.into_iter().filter(|stretch| is_chapter(stretch.text));
    (1..)
        .zip(chapters)
        .map(|(number, stretch)| ChapterSource { number, title: stretch.heading, sections: sections_of(stretch.text) })
        .collect()
}

/// Divides the Markdown of a chapter into sections: at its highest headings, or at its breaks where it has no heading.
pub fn sections_of(text: &str) -> Vec<SectionSource<'_>> {
    let blocks = markdown::blocks(text);
    let levels = blocks.iter().filter(|block| block.top).filter_map(|block| heading_level(block.kind));
    match levels.min() {
        Some(level) => divided(text, &blocks, |block| heading_level(block.kind) == Some(level)),
        None => divided(text, &blocks, |block| block.kind == Kind::Rule),
    }
}

/// Cuts a text at some of its blocks. What has neither a heading nor a text is left out.
fn divided<'a>(text: &'a str, blocks: &[Block], divides: impl Fn(&Block) -> bool) -> Vec<SectionSource<'a>> {
    let mut cuts = vec![Cut { heading: 0..0, text_start: 0 }];
    for block in blocks.iter().filter(|block| block.top && divides(block)) {
        cuts.push(Cut { heading: block.source.clone(), text_start: block.source.end });
    }
    let ends = cuts.iter().skip(1).map(|cut| cut.heading.start).chain([text.len()]);
    let section = |(cut, end): (&Cut, usize)| SectionSource {
        heading: heading_text(&text[cut.heading.clone()]),
        text: &text[cut.text_start.min(end)..end],
    };
    let sections = cuts.iter().zip(ends).map(section);
    sections.filter(|section| !section.heading.is_empty() || !section.text.trim().is_empty()).collect()
}

fn heading_level(kind: Kind) -> Option<u8> {
    match kind {
        Kind::Heading(level) => Some(level),
        _ => None,
    }
}

/// Returns the text of a heading without the signs around it; a break has none.
fn heading_text(source: &str) -> &str {
    let line = source.trim().lines().next().unwrap_or_default();
    let text = line.trim_start_matches('#').trim_end_matches('#').trim();
    if text.contains(char::is_alphanumeric) { text } else { "" }
}

/// Returns whether a stretch has running text. The contents of a book are items that are links, and a notice before the first
/// chapter is a quotation.
fn is_chapter(text: &str) -> bool {
    let blocks = markdown::blocks(text);
    let prose = blocks.iter().filter(|block| block.is_prose() && !block.quoted);
    let is_link = |block: &&Block| block.kind == Kind::Item && text[block.source.clone()].trim_end().ends_with(')');
    let words =
        prose.filter(|block| !is_link(block)).map(|block| block.text.split_whitespace().count().max(letters(block)));
    words.sum::<usize>() >= LEAST_WORDS
}

/// Returns about how many words a text has in a script without spaces.
fn letters(block: &Block) -> usize {
    block.text.chars().filter(|char| !char.is_ascii() && char.is_alphabetic()).count() / 4
}

/// A text with the metadata between two lines `---` at its beginning.
struct Parted<'a> {
    metadata: &'a str,
    text: &'a str,
}

fn parted(text: &str) -> Parted<'_> {
    let whole = text.trim_start_matches('\u{feff}');
    let parts = whole.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    parts.map_or(Parted { metadata: "", text: whole }, |(metadata, text)| Parted { metadata, text })
}
