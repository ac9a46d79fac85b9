//! The anchors of the file's headings.
//!
//! Pandoc and the sites make anchors from headings by rules that differ. Where a link needs an anchor on which they differ,
//! the heading says its own.

use std::collections::HashSet;

use crate::{
    book::Book,
    document::{Block, Document, Inline, Place, Target},
    slug::{Slugs, slug},
};

/// The anchors of the book's headings.
pub(super) struct Anchors {
    chapters: Vec<ChapterAnchors>,
    /// The places that links lead to.
    wanted: HashSet<(usize, Option<usize>)>,
}

struct ChapterAnchors {
    own: Anchor,
    headings: Vec<Anchor>,
}

struct Anchor {
    name: String,
    /// Whether the heading must say it.
    is_said: bool,
}

impl Anchors {
    pub(super) fn of(book: &Book<'_>) -> Self {
        let mut slugs = Slugs::default();
        let mut anchor = |text: &str| {
            let name = slugs.unique(text);
            let is_said = name != slug(text) || !is_common(text);
            Anchor { name, is_said }
        };
        let mut chapters = Vec::with_capacity(book.chapters.len());
        for (index, chapter) in book.chapters.iter().enumerate() {
            if let Some(part) = book.part_before(index) {
                anchor(&book.parts[part].name.label());
            }
            let own = anchor(&super::heading(book, index));
            let headings = chapter.headings.iter().map(|heading| anchor(&heading.text)).collect();
            chapters.push(ChapterAnchors { own, headings });
        }
        let mut wanted = HashSet::new();
        for index in 0..book.chapters.len() {
            places(&book.document(index), &mut |place| {
                wanted.insert((place.chapter, place.heading));
            });
        }
        Self { chapters, wanted }
    }

    /// Returns the anchor of a place.
    pub(super) fn name(&self, place: Place) -> &str {
        &self.anchor(place).name
    }

    /// Returns the attributes of a chapter's heading, with a space before them.
    pub(super) fn chapter_attributes(&self, chapter: usize, classes: &str) -> String {
        let said = self.attributes(Place { chapter, heading: None });
        match (said.is_empty(), classes.is_empty()) {
            (true, _) => classes.to_owned(),
            (false, true) => said,
            (false, false) => format!("{} {}", said.trim_end_matches('}'), classes.trim_start_matches(" {")),
        }
    }

    /// Returns the attributes of a heading, with a space before them.
    pub(super) fn attributes(&self, place: Place) -> String {
        let anchor = self.anchor(place);
        let is_wanted = self.wanted.contains(&(place.chapter, place.heading));
        if anchor.is_said && is_wanted { format!(" {{#{}}}", anchor.name) } else { String::new() }
    }

    fn anchor(&self, place: Place) -> &Anchor {
        let chapter = &self.chapters[place.chapter];
        place.heading.map_or(&chapter.own, |heading| &chapter.headings[heading])
    }
}

/// Returns whether pandoc and the sites make the same anchor of a heading.
fn is_common(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic())
        && text.chars().all(|c| c.is_alphanumeric() || " -_,:;!?'\"()".contains(c))
        && !text.contains("  ")
        && !text.contains(" - ")
}

/// Visits every place that a chapter's links lead to.
fn places(document: &Document, visit: &mut dyn FnMut(Place)) {
    let mut document = document.clone();
    let mut visit_line = |line: &mut Vec<Inline>| of_line(line, visit);
    crate::document::lines(&mut document.blocks, &mut visit_line);
    for note in &mut document.notes {
        let blocks: &mut Vec<Block> = &mut note.blocks;
        crate::document::lines(blocks, &mut visit_line);
    }
}

fn of_line(line: &[Inline], visit: &mut dyn FnMut(Place)) {
    for inline in line {
        match inline {
            Inline::Link { to, text, .. } => {
                if let Target::Inside(place) = to {
                    visit(*place);
                }
                of_line(text, visit);
            }
            Inline::Styled { text, .. } | Inline::Ruby { base: text, .. } => of_line(text, visit),
            _ => {}
        }
    }
}
