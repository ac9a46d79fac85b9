//! The ends of elements.

use pulldown_cmark::TagEnd;

use super::Builder;
use crate::document::{
    Block, Definition, Heading, Inline, Item, figure,
    frame::{Frame, Open, Table, trimmed},
    walk,
};

impl Builder<'_> {
    pub(super) fn end(&mut self, end: TagEnd) {
        while matches!(self.stack.last(), Some(Frame { open: Open::Tag(_), .. })) {
            self.close_tag(false);
        }
        let frame = self.stack.pop().expect("the parser's events are balanced");
        match frame.open {
            Open::Root | Open::Tag(_) => unreachable!("the root stays, and the tags above the element were closed"),
            Open::Cell | Open::Row | Open::Term | Open::Meaning | Open::Item { .. } => self.end_member(frame, end),
            Open::Paragraph { verse } => self.paragraph(frame, verse),
            Open::Heading { level, in_note } => self.heading(trimmed(frame.inlines), level, in_note),
            Open::Quote(kind) => {
                let blocks = frame.into_blocks();
                self.top().block(Block::Quote { kind, blocks });
            }
            Open::List { start, items } => self.top().block(Block::List { start, items }),
            Open::Code { language } => {
                let text = walk_text(frame.inlines);
                self.top().block(Block::Code { language, text });
            }
            Open::Html => self.html_block(&walk_text(frame.inlines)),
            Open::Table(table) => {
                let Table { columns, head, rows, .. } = table;
                self.top().block(Block::Table { columns, head, rows });
            }
            Open::Note(note) => self.note_blocks[note] = frame.into_blocks(),
            Open::Definitions(items) => self.definitions(items),
            Open::Style(style) => self.top().push(Inline::Styled { style, text: frame.inlines }),
            Open::Link { link_type, ref destination, ref title } => {
                let target = self.target(link_type, destination);
                let (destination, title) = (destination.clone(), title.clone());
                self.link(frame.inlines, target, &destination, title);
            }
            Open::Picture { ref destination, ref title } => {
                let (destination, title) = (destination.clone(), title.clone());
                self.picture(frame.inlines, &destination, title);
            }
        }
    }

    /// Ends an element that belongs to the one around it.
    fn end_member(&mut self, frame: Frame, end: TagEnd) {
        match frame.open {
            Open::Item { done } => {
                let item = Item { done, blocks: frame.into_blocks() };
                if let Open::List { items, .. } = &mut self.top().open {
                    items.push(item);
                }
            }
            Open::Row => self.row(end),
            Open::Cell => {
                if let Some(table) = self.table() {
                    table.row.push(trimmed(frame.inlines));
                }
            }
            Open::Term => {
                let term = trimmed(frame.inlines);
                if let Open::Definitions(items) = &mut self.top().open {
                    items.push(Definition { term, meanings: Vec::new() });
                }
            }
            Open::Meaning => {
                let blocks = frame.into_blocks();
                if let Open::Definitions(items) = &mut self.top().open
                    && let Some(item) = items.last_mut()
                {
                    item.meanings.push(blocks);
                }
            }
            _ => unreachable!("only members of other elements come here"),
        }
    }

    fn paragraph(&mut self, frame: Frame, verse: bool) {
        let text = trimmed(frame.inlines);
        let block = match (verse, figure::of(&text)) {
            (_, Some(block)) => block,
            (_, None) if text.is_empty() => return,
            (true, None) if text.contains(&Inline::Break) => Block::Verse { text },
            (_, None) => Block::Paragraph { text },
        };
        self.top().block(block);
    }

    fn heading(&mut self, text: Vec<Inline>, level: u8, in_note: bool) {
        // Screen readers would announce a heading that says nothing.
        if text.is_empty() {
            return;
        }
        let plain = walk::plain_text(&text);
        let slug = self.slugs.unique(&plain);
        self.headings.push(Heading { level, text: plain, in_note, slug });
        let index = self.headings.len() - 1;
        self.top().block(Block::Heading { index, level, text });
    }

    /// Ends a list of definitions. A meaning without a term, or a term without a meaning, is an ordinary text.
    fn definitions(&mut self, items: Vec<Definition>) {
        let mut whole = Vec::new();
        for mut item in items {
            item.meanings.retain(|meaning| !meaning.is_empty());
            if !item.term.is_empty() && !item.meanings.is_empty() {
                whole.push(item);
                continue;
            }
            self.whole_definitions(std::mem::take(&mut whole));
            if !item.term.is_empty() {
                self.top().block(Block::Paragraph { text: item.term });
            }
            item.meanings.into_iter().flatten().for_each(|block| self.top().block(block));
        }
        self.whole_definitions(whole);
    }

    fn whole_definitions(&mut self, items: Vec<Definition>) {
        if !items.is_empty() {
            self.top().block(Block::Definitions { items });
        }
    }

    fn table(&mut self) -> Option<&mut Table> {
        self.stack.iter_mut().rev().find_map(|frame| match &mut frame.open {
            Open::Table(table) => Some(table),
            _ => None,
        })
    }

    fn row(&mut self, end: TagEnd) {
        if let Some(table) = self.table() {
            let row = std::mem::take(&mut table.row);
            match end {
                TagEnd::TableHead => table.head = row,
                _ => table.rows.push(row),
            }
        }
    }
}

fn walk_text(inlines: Vec<Inline>) -> String {
    let texts = inlines.into_iter().map(|inline| match inline {
        Inline::Text { text } => text,
        _ => String::new(),
    });
    texts.collect()
}
