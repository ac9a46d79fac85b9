//! What one planning call decides on. A book of many chapters is planned by blocks, side by side, once the book itself is decided.

use std::ops::Range;

use bindery_context::{Context, contract::PlanScope};
use bindery_outline::{Chapter, Outline};

/// The most chapters that one planning call decides on. A longer answer would hold up every chapter of the book.
pub(super) const MAX_CHAPTERS: usize = 40;

/// What one planning call decides on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// The book and all of its chapters.
    Whole,
    /// The book alone.
    Book,
    /// The chapters at these positions, from 0.
    Chapters(Range<usize>),
}

impl Extent {
    /// Returns the extents of the calls that plan a book: the first is made alone, the others side by side.
    pub(crate) fn of_book(outline: &Outline) -> Vec<Self> {
        if outline.chapters.len() <= MAX_CHAPTERS {
            return vec![Self::Whole];
        }
        let blocks = blocks(&outline.chapters).into_iter().map(Self::Chapters);
        [Self::Book].into_iter().chain(blocks).collect()
    }

    /// Returns the positions of the chapters that it decides on.
    pub(super) fn chapters(&self, context: &Context) -> Range<usize> {
        match self {
            Self::Whole => 0..context.chapters.len(),
            Self::Book => 0..0,
            Self::Chapters(range) => range.clone(),
        }
    }

    /// Returns whether it decides on what holds for the whole book.
    pub(super) fn has_book(&self) -> bool {
        !matches!(self, Self::Chapters(_))
    }

    pub(super) fn scope(&self) -> PlanScope {
        match self {
            Self::Whole => PlanScope::Whole,
            Self::Book => PlanScope::Book,
            Self::Chapters(_) => PlanScope::Chapters,
        }
    }
}

/// Divides chapters into blocks: along the outline's parts, of which small ones join and large ones are divided evenly.
fn blocks(chapters: &[Chapter]) -> Vec<Range<usize>> {
    let mut blocks: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for group in chapters.chunk_by(|one, next| one.part == next.part) {
        let end = start + group.len();
        let count = group.len().div_ceil(MAX_CHAPTERS);
        for nth in 0..count {
            let block = start + nth * group.len() / count..start + (nth + 1) * group.len() / count;
            match blocks.last_mut() {
                Some(last) if block.end - last.start <= MAX_CHAPTERS => last.end = block.end,
                _ => blocks.push(block),
            }
        }
        start = end;
    }
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(parts: &[(&str, usize)]) -> Vec<Range<usize>> {
        let chapters = parts.iter().flat_map(|(part, count)| {
            let part = Some((*part).to_owned()).filter(|part| !part.is_empty());
            std::iter::repeat_n(Chapter { part, ..Chapter::default() }, *count)
        });
        blocks(&chapters.collect::<Vec<_>>())
    }

    #[test]
    fn blocks_follow_the_parts_of_the_outline() {
        assert_eq!(of(&[("", 1), ("I", 30), ("II", 25), ("III", 5)]), [0..31, 31..61]);
        assert_eq!(of(&[("", 90)]), [0..30, 30..60, 60..90]);
        assert_eq!(of(&[("I", 41), ("II", 3)]), [0..20, 20..44], "a part that is too large is divided evenly");
    }

    #[test]
    fn every_chapter_of_a_large_book_is_in_one_block() {
        for count in [41, 79, 80, 2_000] {
            let blocks = of(&[("", count)]);
            assert!(blocks.iter().all(|block| (1..=MAX_CHAPTERS).contains(&block.len())));
            assert!(blocks.windows(2).all(|pair| pair[0].end == pair[1].start));
            assert_eq!((blocks[0].start, blocks[blocks.len() - 1].end), (0, count));
        }
    }
}
