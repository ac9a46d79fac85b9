//! Markdown as a reader sees it: a flat sequence of blocks with their plain text.
//!
//! The checks judge what is read, so a block keeps of its nesting only what changes the reading: whether it is quoted, and
//! whether it belongs to a list.

use std::{borrow::Cow, ops::Range};

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Replaces a span of inline code in [`Block::prose`].
pub const CODE_SPAN: char = '\u{fffc}';

/// One block: a paragraph, a heading, a list item's own text, a code block, a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: Kind,
    /// Its text without inline markup; line breaks stay, a table's cells are separated by tabs.
    pub text: String,
    /// Where it stands in the source.
    pub source: Range<usize>,
    /// Whether it stands in a block quote.
    pub quoted: bool,
    /// Whether it stands in no list, quote or footnote.
    pub top: bool,
    code_spans: Vec<Range<usize>>,
}

/// What a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A paragraph outside of lists.
    Paragraph,
    /// A heading of level 1 to 6.
    Heading(u8),
    /// A paragraph of a list item; empty for an item without text.
    Item,
    /// A footnote's paragraph.
    Footnote,
    /// A code block. Without a closing fence it runs to the end of the text.
    Code {
        /// Whether its closing fence is there; true for indented code.
        closed: bool,
    },
    /// A table.
    Table,
    /// A block of HTML, which a book shows as the text it is.
    Html,
    /// A thematic break.
    Rule,
}

impl Block {
    /// Returns whether the block is running text: a paragraph, a list item or a footnote.
    pub fn is_prose(&self) -> bool {
        matches!(self.kind, Kind::Paragraph | Kind::Item | Kind::Footnote)
    }

    /// Returns the text with every span of inline code replaced by [`CODE_SPAN`].
    pub fn prose(&self) -> Cow<'_, str> {
        if self.code_spans.is_empty() {
            return Cow::Borrowed(&self.text);
        }
        let mut prose = String::new();
        let mut from = 0;
        for span in &self.code_spans {
            prose.push_str(&self.text[from..span.start]);
            prose.push(CODE_SPAN);
            from = span.end;
        }
        prose.push_str(&self.text[from..]);
        Cow::Owned(prose)
    }
}

/// Returns the blocks of `text` in reading order.
pub fn blocks(text: &str) -> Vec<Block> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut reader = Reader { source: text, ..Reader::default() };
    for (event, range) in Parser::new_ext(text, options).into_offset_iter() {
        reader.read(event, range);
    }
    reader.flush();
    reader.blocks
}

/// The block being read, and the containers around it.
#[derive(Default)]
struct Reader<'a> {
    source: &'a str,
    blocks: Vec<Block>,
    /// The block being read. Text outside of any block opens a paragraph: a tight list has items without one.
    open: Option<Block>,
    quotes: usize,
    footnotes: usize,
    /// For each open list item, the number of blocks before it.
    items: Vec<usize>,
}

impl Reader<'_> {
    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(&tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text, range),
            Event::Code(code) => {
                let start = self.open.as_ref().map_or(0, |block| block.text.len());
                self.text(&code, range);
                if let Some(block) = &mut self.open {
                    block.code_spans.push(start..block.text.len());
                }
            }
            Event::SoftBreak | Event::HardBreak => self.text("\n", range),
            Event::Rule => {
                self.begin(Kind::Rule, range);
                self.flush();
            }
            Event::FootnoteReference(_) | Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Paragraph => self.begin(self.paragraph(), range),
            Tag::Heading { level, .. } => self.begin(Kind::Heading(*level as u8), range),
            Tag::CodeBlock(kind) => {
                let closed = match kind {
                    CodeBlockKind::Indented => true,
                    CodeBlockKind::Fenced(_) => fence_is_closed(&self.source[range.clone()]),
                };
                self.begin(Kind::Code { closed }, range);
            }
            Tag::HtmlBlock => self.begin(Kind::Html, range),
            Tag::Table(_) => self.begin(Kind::Table, range),
            Tag::BlockQuote(_) => {
                self.flush();
                self.quotes += 1;
            }
            Tag::FootnoteDefinition(_) => {
                self.flush();
                self.footnotes += 1;
            }
            Tag::List(_) => self.flush(),
            Tag::Item => {
                self.flush();
                self.items.push(self.blocks.len());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: Range<usize>) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::HtmlBlock
            | TagEnd::Table
            | TagEnd::List(_) => self.flush(),
            TagEnd::TableCell => self.text("\t", range),
            TagEnd::TableRow | TagEnd::TableHead => self.text("\n", range),
            TagEnd::BlockQuote(_) => {
                self.flush();
                self.quotes -= 1;
            }
            TagEnd::FootnoteDefinition => {
                self.flush();
                self.footnotes -= 1;
            }
            TagEnd::Item => {
                self.flush();
                if self.items.pop() == Some(self.blocks.len()) {
                    self.begin(Kind::Item, range);
                    self.flush();
                }
            }
            _ => {}
        }
    }

    fn paragraph(&self) -> Kind {
        if !self.items.is_empty() {
            Kind::Item
        } else if self.footnotes > 0 {
            Kind::Footnote
        } else {
            Kind::Paragraph
        }
    }

    fn begin(&mut self, kind: Kind, source: Range<usize>) {
        self.flush();
        self.open = Some(Block {
            kind,
            text: String::new(),
            source,
            quoted: self.quotes > 0,
            top: self.quotes == 0 && self.footnotes == 0 && self.items.is_empty(),
            code_spans: Vec::new(),
        });
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        if self.open.is_none() {
            self.begin(self.paragraph(), range.clone());
        }
        if let Some(block) = &mut self.open {
            block.text.push_str(text);
            block.source.end = block.source.end.max(range.end);
        }
    }

    fn flush(&mut self) {
        self.blocks.extend(self.open.take());
    }
}

/// Returns whether a fenced block's last line closes the fence its first line opens.
fn fence_is_closed(source: &str) -> bool {
    let mut lines = source.trim_end().lines();
    let opening = lines.next().and_then(Fence::at_start);
    // Inside of a quote every line but the first carries the quote's own marker.
    let closing = lines.next_back().and_then(|line| Fence::at_start(line.trim_start_matches(['>', ' ', '\t'])));
    opening.zip(closing).is_some_and(|(opening, closing)| closing.closes(&opening))
}

/// The signs that open or close a code block.
struct Fence {
    sign: char,
    length: usize,
}

impl Fence {
    /// Returns the fence a line begins with.
    fn at_start(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        Some(Self { sign, length: line.chars().take_while(|char| *char == sign).count() })
    }

    fn closes(&self, opening: &Self) -> bool {
        self.sign == opening.sign && self.length >= opening.length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(text: &str) -> Vec<(Kind, String)> {
        blocks(text).into_iter().map(|block| (block.kind, block.text)).collect()
    }

    fn block(kind: Kind, text: &str) -> (Kind, String) {
        (kind, text.to_owned())
    }

    #[test]
    fn a_nested_list_is_read_item_by_item() {
        assert_eq!(
            outline("- one\n  - two\n- three\n\n  more\n-"),
            [
                block(Kind::Item, "one"),
                block(Kind::Item, "two"),
                block(Kind::Item, "three"),
                block(Kind::Item, "more"),
                block(Kind::Item, ""),
            ]
        );
    }

    #[test]
    fn inline_markup_is_not_read_and_code_can_be_told_from_prose() {
        let blocks = blocks("A *b* `c(` [d](e)[^1]\nf\n\n[^1]: Note.");
        assert_eq!(blocks[0].text, "A b c( d\nf");
        assert_eq!(blocks[0].prose(), "A b \u{fffc} d\nf");
        assert_eq!(blocks[1].kind, Kind::Footnote);
    }

    #[test]
    fn a_fence_that_nothing_closes_is_seen() {
        let closed = |text: &str| match blocks(text).last().expect("there is a block").kind {
            Kind::Code { closed } => closed,
            other => panic!("{other:?} is no code block"),
        };
        assert!(closed("```rust\nlet a;\n```\n"));
        assert!(closed("~~~~\n~~~\n~~~~"));
        assert!(closed("> ```\n> a\n> ```"));
        assert!(closed("- ```\n  a\n  ```"));
        assert!(closed("    indented"));
        assert!(!closed("```rust\nlet a;"));
        assert!(!closed("```"));
        assert!(!closed("````\na\n```"));
    }

    #[test]
    fn quotes_tables_headings_and_rules_are_told_apart() {
        let blocks = blocks("### H\n\n> q\n\n| a |\n|---|\n| b |\n\n---\n\n<div>\n\nT\n=\n");
        let kinds: Vec<_> = blocks.iter().map(|block| (block.kind, block.quoted, block.top)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Heading(3), false, true),
                (Kind::Paragraph, true, false),
                (Kind::Table, false, true),
                (Kind::Rule, false, true),
                (Kind::Html, false, true),
                (Kind::Heading(1), false, true),
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn every_block_lies_in_the_source(text in r"([a-z>|`~#*\[\]()<\-! \n\u{e9}\u{8a9e}]|```|\n- |\[\^1\]:){0,60}") {
            for block in blocks(&text) {
                proptest::prop_assert!(text.get(block.source.clone()).is_some());
                block.prose();
            }
        }
    }
}
