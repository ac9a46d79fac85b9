//! Outlines to write.

use std::fmt::Write as _;

use super::{ExpectedChapter, Sections};

/// An outline that a test can change.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    pub(crate) title: String,
    /// The lines of the front matter.
    pub(crate) front: Vec<String>,
    pub(crate) chapters: Vec<Chapter>,
}

/// A chapter of an outline.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chapter {
    pub(crate) title: String,
    pub(crate) summary: String,
    pub(crate) points: Vec<String>,
    /// The headings that its author fixed. A chapter without any has two sections, into which its brief divides it.
    pub(crate) sections: Vec<String>,
    pub(crate) last: bool,
}

impl Chapter {
    /// Returns a chapter with two points and as many sections.
    pub(crate) fn new(title: &str) -> Self {
        // The points are short: the stand-in quotes them, and sentences that differ in one word would be a finding of the audit.
        let point = |what: &str| format!("{what} of {}", title.to_lowercase());
        Self {
            title: title.to_owned(),
            summary: format!("What sailors know about {}.", title.to_lowercase()),
            points: vec![point("The origin"), point("The practice")],
            sections: Vec::new(),
            last: false,
        }
    }

    /// Returns the same chapter with two sections, whose headings are fixed.
    pub(crate) fn with_sections(self) -> Self {
        let section = |what: &str| format!("{what} {}", self.title.to_lowercase());
        Self { points: Vec::new(), sections: vec![section("The origin of"), section("The practice of")], ..self }
    }

    /// Returns the same chapter, but written after all the others.
    pub(crate) fn last(self) -> Self {
        Self { last: true, ..self }
    }
}

impl Outline {
    /// Returns the chapters that a book of this outline must have.
    pub(crate) fn expected(&self) -> Vec<ExpectedChapter> {
        let expected = |chapter: &Chapter| ExpectedChapter {
            title: chapter.title.clone(),
            sections: match chapter.sections.as_slice() {
                [] => Sections::Count(2),
                headings => Sections::Titled(headings.to_vec()),
            },
        };
        self.chapters.iter().map(expected).collect()
    }

    /// Returns an outline of chapters with these titles.
    pub(crate) fn of(titles: &[&str]) -> Self {
        Self {
            title: "The Keeper of Tides".to_owned(),
            front: vec!["words: 1200".to_owned(), "author: Ines Calder".to_owned()],
            chapters: titles.iter().map(|title| Chapter::new(title)).collect(),
        }
    }

    /// Returns the outline as Markdown.
    pub(crate) fn text(&self) -> String {
        let mut text =
            format!("---\n{}\n---\n\n# {}\n\nHow harbours measure the sea.\n", self.front.join("\n"), self.title);
        for chapter in &self.chapters {
            let braces = if chapter.last { " {last}" } else { "" };
            let _ = write!(text, "\n## {}{braces}\n\n{}\n", chapter.title, chapter.summary);
            let points: String = chapter.points.iter().map(|point| format!("- {point}\n")).collect();
            let _ = write!(text, "\n{points}");
            for heading in &chapter.sections {
                let _ = write!(text, "\n### {heading}\n\n- Every harbour has {} of its own.\n", heading.to_lowercase());
            }
        }
        text
    }
}

/// Returns an outline of six chapters with two sections each. Without a planning call it takes eighteen calls.
pub(crate) fn six_chapters() -> Outline {
    Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts"])
}

/// Returns an outline of three chapters with two sections each. With a planning call it takes at least ten calls.
pub(crate) fn three_chapters() -> Outline {
    Outline::of(&["Staffs", "Moons", "Machines"])
}
