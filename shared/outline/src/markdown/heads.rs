//! The headings of an outline, before it is decided what each of them is.

use super::{
    super::{
        labels::{self, Called, label, unmarked},
        page::{Places, bold},
        role::Role,
    },
    blocks::{Block, BlockKind},
    heading::{Attributes, inline_source, plain, split_attributes},
};

/// A heading.
#[derive(Debug)]
pub(super) struct Head {
    /// The index of its block.
    pub(super) block: usize,
    pub(super) line: usize,
    pub(super) level: usize,
    /// Its text as Markdown, without attributes.
    pub(super) inline: String,
    /// Its attributes as typed.
    pub(super) braces: Option<String>,
    /// Its attributes, as far as they can be read: braces may also belong to a text.
    pub(super) attributes: Attributes,
}

impl Head {
    /// Reads the heading of a block; `None` where the block is none.
    pub(super) fn read(text: &str, index: usize, block: &Block, places: &mut Places<'_>) -> Option<Self> {
        let BlockKind::Heading(level) = block.kind else { return None };
        let line = places.line_at(block.range.start);
        let source = inline_source(&text[block.range.clone()]);
        let (inline, braces) = split_attributes(&source);
        let attributes = braces.and_then(|braces| Attributes::read(braces).ok()).unwrap_or_default();
        // A picture may stand before the bold words.
        let inline = bold(inline).or_else(|| bold(labels::without_symbols(inline))).unwrap_or(inline).to_owned();
        Some(Self { block: index, line, level, inline, braces: braces.map(str::to_owned), attributes })
    }

    /// Returns what the heading's label calls it. A number alone calls it nothing.
    pub(super) fn called(&self) -> Option<Called> {
        label(&self.inline).map(|label| label.called).filter(|called| *called != Called::Number)
    }

    pub(super) fn is_part(&self) -> bool {
        self.attributes.part || (!self.attributes.chapter && self.called() == Some(Called::Part))
    }

    /// Returns whether it is called a chapter, a lesson or a unit.
    pub(super) fn is_counted(&self) -> bool {
        matches!(self.called(), Some(Called::Chapter | Called::Lesson | Called::Unit))
    }

    /// Returns whether it has a role that its title or its attributes tell.
    pub(super) fn has_role(&self) -> bool {
        self.attributes.role.is_some_and(|role| role != Role::Chapter)
            || Role::of_title(labels::without_symbols(&plain(&self.inline))).is_some()
    }

    /// Returns the number before it, with or without a mark.
    pub(super) fn number(&self) -> Option<u32> {
        label(&self.inline).map(|label| label.number).or_else(|| unmarked(&self.inline).map(|(number, _)| number))
    }

    /// Returns whether it can be the book's title.
    pub(super) fn may_be_title(&self) -> bool {
        let Attributes { part, chapter, role, .. } = &self.attributes;
        !part && !chapter && role.is_none() && self.called().is_none() && !self.has_role()
    }
}
