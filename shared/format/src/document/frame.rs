//! The elements that are open around the text being read, with what each of them holds so far.

use pulldown_cmark::LinkType;

use super::{Block, BoxKind, Definition, Inline, Item, Style, breaks, tags::Meaning};

/// An open element.
pub(super) struct Frame {
    pub(super) open: Open,
    /// The pieces of a line that belong to no block yet.
    pub(super) inlines: Vec<Inline>,
    pub(super) blocks: Vec<Block>,
}

/// The kind of an open element.
pub(super) enum Open {
    Root,
    Paragraph {
        /// Whether its lines stay as they are.
        verse: bool,
    },
    Heading {
        level: u8,
        in_note: bool,
    },
    Quote(Option<BoxKind>),
    List {
        start: Option<u64>,
        items: Vec<Item>,
    },
    Item {
        done: Option<bool>,
    },
    Code {
        language: String,
    },
    Html,
    Table(Table),
    Row,
    Cell,
    Note(usize),
    Definitions(Vec<Definition>),
    Term,
    Meaning,
    Style(Style),
    Link {
        link_type: LinkType,
        destination: String,
        title: String,
    },
    Picture {
        destination: String,
        title: String,
    },
    /// An element of HTML inside of a line.
    Tag(OpenTag),
}

/// The table that is being read.
pub(super) struct Table {
    pub(super) columns: Vec<super::Align>,
    pub(super) head: Vec<Vec<Inline>>,
    pub(super) rows: Vec<Vec<Vec<Inline>>>,
    pub(super) row: Vec<Vec<Inline>>,
}

/// An element of HTML that is open inside of a line.
pub(super) struct OpenTag {
    pub(super) name: String,
    pub(super) meaning: Meaning,
    /// The tag as it was typed, which is text if no tag ends the element.
    pub(super) raw: String,
    /// Where a link leads.
    pub(super) destination: String,
}

impl Frame {
    pub(super) fn new(open: Open) -> Self {
        Self { open, inlines: Vec::new(), blocks: Vec::new() }
    }

    /// Adds a piece of a line.
    pub(super) fn push(&mut self, inline: Inline) {
        match (self.inlines.last_mut(), inline) {
            (Some(Inline::Text { text }), Inline::Text { text: more }) => text.push_str(&more),
            (_, Inline::Text { text }) if text.is_empty() => {}
            (_, inline) => self.inlines.push(inline),
        }
    }

    pub(super) fn extend(&mut self, inlines: Vec<Inline>) {
        inlines.into_iter().for_each(|inline| self.push(inline));
    }

    /// Adds a block, after the line that is open.
    pub(super) fn block(&mut self, block: Block) {
        self.end_line();
        self.blocks.push(block);
    }

    /// Makes a block of the pieces that belong to none.
    pub(super) fn end_line(&mut self) {
        let text = trimmed(std::mem::take(&mut self.inlines));
        if !text.is_empty() {
            self.blocks.push(Block::Plain { text });
        }
    }

    /// Returns all blocks of the element.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        self.end_line();
        self.blocks
    }

    /// Returns whether a line's end before this character is a space.
    pub(super) fn is_space_before(&self, next: Option<char>) -> bool {
        !breaks::joins(super::walk::last_char(&self.inlines), next)
    }
}

/// Returns a line without the space and the line ends around it.
pub(crate) fn trimmed(mut inlines: Vec<Inline>) -> Vec<Inline> {
    loop {
        match inlines.first_mut() {
            Some(Inline::Text { text }) if text.starts_with(is_space) => {
                *text = text.trim_start_matches(is_space).to_owned();
                if text.is_empty() {
                    inlines.remove(0);
                }
            }
            Some(Inline::Break) => drop(inlines.remove(0)),
            _ => break,
        }
    }
    loop {
        match inlines.last_mut() {
            Some(Inline::Text { text }) if text.ends_with(is_space) => {
                text.truncate(text.trim_end_matches(is_space).len());
                if text.is_empty() {
                    inlines.pop();
                }
            }
            Some(Inline::Break) => drop(inlines.pop()),
            _ => return inlines,
        }
    }
}

/// Returns whether a line may lose the character at its ends. A no-break space is meant, as the indent of verse.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\n' | '\t')
}
