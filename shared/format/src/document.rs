//! The parsed text of a chapter: one tree of blocks and inlines, from which every format is written.
//!
//! Nothing of Markdown or HTML is left in it. Links are resolved, formulas are told from money, headings step down one level
//! at a time, and notes are numbered.

mod block_html;
mod breaks;
mod build;
mod events;
mod figure;
mod formulas;
mod frame;
mod headings;
mod nesting;
mod notes;
mod practice;
mod tags;
mod walk;

use pulldown_cmark::LinkType;
use schemars::JsonSchema;
use serde::Serialize;

pub(super) use frame::trimmed;
pub(super) use practice::{Exercise, Question, is_practice, letter};
pub(super) use walk::{letters, lines, plain_text, references};

/// A chapter's text, parsed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Document {
    pub(super) blocks: Vec<Block>,
    /// The footnotes, in the order of their numbers.
    pub(super) notes: Vec<Note>,
    /// The headings, in order.
    pub(super) headings: Vec<Heading>,
    /// What the text names and the book does not have.
    pub(super) lost: Vec<Lost>,
}

/// A heading inside a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// Its level, from 2. It is at most one below the heading it belongs to.
    pub(super) level: u8,
    /// Its text.
    pub(super) text: String,
    /// Whether it stands in a footnote, and is therefore shown at the chapter's end.
    pub(super) in_note: bool,
    /// Its anchor, unique in the chapter.
    pub(super) slug: String,
}

/// A footnote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Note {
    pub(super) blocks: Vec<Block>,
    /// How many references lead to it.
    pub(super) references: usize,
}

/// Something that a text names and the book does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lost {
    /// The text of a note.
    Note(String),
    /// The place that a link means.
    Place(String),
    /// A picture.
    Picture(String),
}

/// A block of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "block", rename_all = "snake_case")]
pub(super) enum Block {
    Paragraph {
        text: Vec<Inline>,
    },
    /// Text in a list without space between its items.
    Plain {
        text: Vec<Inline>,
    },
    /// A paragraph whose lines stay as they are.
    Verse {
        text: Vec<Inline>,
    },
    Heading {
        /// Its index among the chapter's headings.
        index: usize,
        level: u8,
        text: Vec<Inline>,
    },
    Quote {
        /// What kind of box it is; none for a quotation.
        #[serde(skip_serializing_if = "Option::is_none")]
        kind: Option<BoxKind>,
        blocks: Vec<Self>,
    },
    List {
        /// The first number; none for a list with bullets.
        #[serde(skip_serializing_if = "Option::is_none")]
        start: Option<u64>,
        items: Vec<Item>,
    },
    /// Questions with options, of which some are right.
    Quiz {
        /// The number of the first question.
        start: u64,
        questions: Vec<Question>,
    },
    /// Exercises with their answers.
    Exercises {
        /// The number of the first exercise.
        start: u64,
        exercises: Vec<Exercise>,
    },
    Definitions {
        items: Vec<Definition>,
    },
    Code {
        /// The language's name; may be empty.
        language: String,
        text: String,
    },
    /// A formula on a line of its own, as TeX.
    Formula {
        tex: String,
    },
    Figure {
        /// Its index among the book's pictures.
        picture: usize,
        alt: String,
        caption: String,
    },
    Table {
        columns: Vec<Align>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// A break between scenes.
    Break,
}

/// The kind of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BoxKind {
    Note,
    Tip,
    Important,
    Warning,
    Caution,
}

impl BoxKind {
    /// Returns its name, which is also a class in the style sheets.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tip => "tip",
            Self::Important => "important",
            Self::Warning => "warning",
            Self::Caution => "caution",
        }
    }
}

/// How a column of a table is aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Align {
    Start,
    Left,
    Center,
    Right,
}

/// An item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Item {
    /// Whether the task is done; none where the item is no task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) done: Option<bool>,
    pub(super) blocks: Vec<Block>,
}

/// A term with its definitions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Definition {
    pub(super) term: Vec<Inline>,
    pub(super) meanings: Vec<Vec<Block>>,
}

/// A piece of text in a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "inline", rename_all = "snake_case")]
pub(super) enum Inline {
    Text {
        text: String,
    },
    Styled {
        style: Style,
        text: Vec<Self>,
    },
    Code {
        text: String,
    },
    /// A formula in the line, as TeX.
    Formula {
        tex: String,
        /// Whether it stands on a line of its own.
        display: bool,
    },
    Link {
        to: Target,
        title: String,
        text: Vec<Self>,
    },
    Picture {
        /// Its index among the book's pictures.
        picture: usize,
        alt: String,
    },
    Ruby {
        base: Vec<Self>,
        reading: String,
    },
    /// A reference to the note with this index.
    Note {
        note: usize,
    },
    /// The end of a line.
    Break,
}

impl Inline {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }
}

/// A style of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Style {
    Emphasis,
    Strong,
    Struck,
    Subscript,
    Superscript,
    Underlined,
    Marked,
    /// A key of a keyboard.
    Key,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// To an address outside the book.
    Outside(String),
    /// To a place in it.
    Inside(Place),
}

/// A place in the book that a link may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Place {
    /// The index of the chapter.
    pub(super) chapter: usize,
    /// The index of the heading in the chapter; `None` for the chapter's own heading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) heading: Option<usize>,
}

/// What the book around a chapter knows.
pub(super) trait Surroundings {
    /// Returns where a link leads; `None` where it leads nowhere.
    fn target(&self, link_type: LinkType, destination: &str) -> Option<Target>;

    /// Returns the index of a picture that the author gave.
    fn picture(&self, path: &str) -> Option<usize>;

    /// Returns whether the chapter is one of exercises or a quiz.
    fn is_practice(&self) -> bool {
        false
    }
}

/// No book at all: no link leads anywhere.
pub(super) struct Alone;

impl Surroundings for Alone {
    fn target(&self, _: LinkType, _: &str) -> Option<Target> {
        None
    }

    fn picture(&self, _: &str) -> Option<usize> {
        None
    }
}

impl Document {
    /// Parses clean Markdown.
    pub(super) fn read(source: &str, book: &dyn Surroundings) -> Self {
        let marked = formulas::marked(source);
        build::document(&marked, book)
    }
}

#[cfg(test)]
mod tests;
