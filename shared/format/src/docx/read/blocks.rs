//! Paragraphs and tables of a document as blocks.

use std::collections::HashMap;

use roxmltree::{Document as Xml, Node};

use super::{ListKind, Package, ReadChapter, WORD, child, runs::Runs, value};
use crate::document::{Align, Block, BoxKind, Definition, Inline, Item, Note, Style, plain_text, trimmed};

/// The indent of one level of a list, in twentieths of a point.
const INDENT: usize = 567;

/// Returns the chapters of a document. What stands before the first one is its front matter.
pub(super) fn chapters(package: &Package, document: &Xml<'_>, footnotes: &Xml<'_>) -> Vec<ReadChapter> {
    let Some(body) = document.descendants().find(|node| node.has_tag_name((WORD, "body"))) else {
        return Vec::new();
    };
    let footnotes: HashMap<&str, Node<'_, '_>> = footnotes
        .descendants()
        .filter(|node| node.has_tag_name((WORD, "footnote")))
        .filter_map(|node| Some((node.attribute((WORD, "id"))?, node)))
        .collect();
    let mut nodes = Vec::new();
    flat(body, &mut nodes);
    let is_chapter = |node: &Node<'_, '_>| style(package, *node) == "heading1";
    let Some(first) = nodes.iter().position(is_chapter) else { return Vec::new() };
    let mut chapters = Vec::new();
    for node in &nodes[first..] {
        if is_chapter(node) {
            chapters.push(vec![*node]);
        } else if let Some(chapter) = chapters.last_mut() {
            chapter.push(*node);
        }
    }
    chapters.iter().map(|nodes| chapter(package, nodes, &footnotes)).collect()
}

/// Collects paragraphs and tables, also from boxes around them.
fn flat<'a, 'd>(parent: Node<'a, 'd>, nodes: &mut Vec<Node<'a, 'd>>) {
    for node in parent.children().filter(Node::is_element) {
        match node.tag_name().name() {
            "p" | "tbl" => nodes.push(node),
            "sdt" | "sdtContent" | "ins" | "customXml" => flat(node, nodes),
            _ => {}
        }
    }
}

fn chapter(package: &Package, nodes: &[Node<'_, '_>], footnotes: &HashMap<&str, Node<'_, '_>>) -> ReadChapter {
    let runs = Runs { package, notes: HashMap::new(), order: Vec::new(), foreign_pictures: 0 };
    let mut reader = Reader { package, runs, blocks: Vec::new(), headings: 0, open: Vec::new() };
    let heading = nodes[0];
    let title = plain_text(&reader.runs.line(heading));
    let mut marks = heading.descendants().filter(|node| node.has_tag_name((WORD, "bookmarkStart")));
    let bookmark = marks.find_map(|node| node.attribute((WORD, "name")).filter(|name| name.starts_with("chapter-")));
    nodes[1..].iter().for_each(|node| reader.node(*node));
    let blocks = std::mem::take(&mut reader.blocks);
    let mut notes = Vec::new();
    // A footnote may refer to further ones.
    while let Some(id) = reader.runs.order.get(notes.len()).cloned() {
        if let Some(note) = footnotes.get(id.as_str()) {
            let mut paragraphs = Vec::new();
            flat(*note, &mut paragraphs);
            paragraphs.iter().for_each(|node| reader.node(*node));
        }
        notes.push(Note { blocks: std::mem::take(&mut reader.blocks), references: 1 });
    }
    ReadChapter {
        bookmark: bookmark.map(str::to_owned),
        title,
        blocks,
        notes,
        foreign_pictures: reader.runs.foreign_pictures,
    }
}

struct Reader<'p> {
    package: &'p Package,
    runs: Runs<'p>,
    blocks: Vec<Block>,
    headings: usize,
    /// The lists that the next item may belong to.
    open: Vec<OpenList>,
}

/// A list that is open.
#[derive(PartialEq, Eq)]
struct OpenList {
    /// The id of its sequence.
    number: String,
    level: usize,
}

impl Reader<'_> {
    fn node(&mut self, node: Node<'_, '_>) {
        if node.tag_name().name() == "tbl" {
            let table = self.table(node);
            return self.blocks.push(table);
        }
        let properties = child(node, "pPr");
        let style = style(self.package, node);
        let line = trimmed(self.runs.line(node));
        // Goals come from the outline, as titles do.
        if line.is_empty() || style == "part" || style.starts_with("toc") || style.starts_with("goal") {
            return;
        }
        let list = properties.and_then(|found| child(found, "numPr"));
        let indent = properties.and_then(|found| child(found, "ind")).and_then(|node| node.attribute((WORD, "left")));
        let depth = indent.and_then(|left| left.parse::<usize>().ok()).map_or(0, |left| left / INDENT);
        let number = list.and_then(|list| child(list, "numId")).and_then(value).filter(|number| *number != "0");
        if let (Some(number), false) = (number, style.starts_with("heading")) {
            let level = list.and_then(|list| child(list, "ilvl")).and_then(value);
            let level = level.and_then(|level| level.parse().ok()).unwrap_or(0);
            return self.item(number, level, line);
        }
        let block = self.block(&style, line);
        match self.blocks.last_mut() {
            Some(Block::List { items, .. }) if depth > 0 => last_item(items, depth - 1).push(block),
            _ => self.push(block),
        }
    }

    fn block(&mut self, style: &str, line: Vec<Inline>) -> Block {
        let boxed = |kind, text| Block::Quote { kind, blocks: vec![Block::Paragraph { text }] };
        match style {
            "heading2" | "heading3" | "heading4" | "heading5" | "heading6" => {
                let level = style.as_bytes()[style.len() - 1] - b'0';
                self.headings += 1;
                Block::Heading { index: self.headings - 1, level, text: line }
            }
            "verse" => Block::Verse { text: line },
            "quote" | "quotations" | "intensequote" => boxed(None, line),
            "boxnote" => boxed(Some(BoxKind::Note), line),
            "boxtip" => boxed(Some(BoxKind::Tip), line),
            "boximportant" => boxed(Some(BoxKind::Important), line),
            "boxwarning" => boxed(Some(BoxKind::Warning), line),
            "boxcaution" => boxed(Some(BoxKind::Caution), line),
            "sourcecode" => Block::Code { language: String::new(), text: format!("{}\n", lines(&line)) },
            "formula" => Block::Formula { tex: plain_text(&line) },
            "scenebreak" => Block::Break,
            "definitionterm" => Block::Definitions { items: vec![Definition { term: line, meanings: Vec::new() }] },
            "definition" => Block::Definitions {
                items: vec![Definition { term: Vec::new(), meanings: vec![vec![Block::Paragraph { text: line }]] }],
            },
            _ => match &line[..] {
                [Inline::Picture { picture, alt }] => {
                    Block::Figure { picture: *picture, alt: alt.clone(), caption: String::new() }
                }
                _ if style == "caption" => {
                    Block::Figure { picture: usize::MAX, alt: String::new(), caption: plain_text(&line) }
                }
                _ => Block::Paragraph { text: line },
            },
        }
    }

    /// Adds a block. Paragraphs of one quotation are one quotation, a meaning belongs to its term, a caption to its picture.
    fn push(&mut self, block: Block) {
        match (self.blocks.last_mut(), block) {
            (Some(Block::Quote { kind: one, blocks }), Block::Quote { kind: other, blocks: more }) if *one == other => {
                blocks.extend(more);
            }
            (Some(Block::Definitions { items }), Block::Definitions { items: more }) => {
                for item in more {
                    match items.last_mut().filter(|_| item.term.is_empty()) {
                        Some(last) => last.meanings.extend(item.meanings),
                        None => items.push(item),
                    }
                }
            }
            (Some(Block::Figure { caption, .. }), Block::Figure { picture: usize::MAX, caption: text, .. })
                if caption.is_empty() =>
            {
                *caption = text;
            }
            (_, Block::Figure { picture: usize::MAX, caption, .. }) => {
                self.blocks.push(Block::Paragraph { text: vec![Inline::text(caption)] });
            }
            (_, Block::Definitions { items }) if items.iter().all(|item| item.term.is_empty()) => {
                self.blocks.extend(items.into_iter().flat_map(|item| item.meanings).flatten());
            }
            (_, block) => self.blocks.push(block),
        }
    }

    /// Adds an item to the list above it if that has the same sequence, and otherwise begins a list.
    fn item(&mut self, number: &str, level: usize, mut line: Vec<Inline>) {
        let done = taken_box(&mut line);
        let ListKind { is_numbered, start } = self.package.lists.get(number).copied().unwrap_or_default();
        let start = is_numbered.then_some(start);
        let item = Item { done, blocks: vec![Block::Plain { text: line }] };
        let key = OpenList { number: number.to_owned(), level };
        let blocks = match (self.blocks.last_mut(), level) {
            (Some(Block::List { items, .. }), 1..) => last_item(items, level - 1),
            _ => &mut self.blocks,
        };
        match blocks.last_mut() {
            Some(Block::List { items, .. }) if self.open.contains(&key) => items.push(item),
            _ => blocks.push(Block::List { start, items: vec![item] }),
        }
        // A list ends where one around it goes on.
        self.open.retain(|open| open.level < level);
        self.open.push(key);
    }

    fn table(&mut self, table: Node<'_, '_>) -> Block {
        let mut rows: Vec<Vec<Vec<Inline>>> = Vec::new();
        let mut columns = Vec::new();
        for row in table.children().filter(|node| node.has_tag_name((WORD, "tr"))) {
            let mut cells = Vec::new();
            for cell in row.children().filter(|node| node.has_tag_name((WORD, "tc"))) {
                if rows.is_empty() {
                    columns.push(alignment(cell));
                }
                cells.push(self.cell(cell));
            }
            rows.push(cells);
        }
        let mut head = if rows.is_empty() { Vec::new() } else { rows.remove(0) };
        for cell in &mut head {
            // The cells of a head are bold anyway.
            if let [Inline::Styled { style: Style::Strong, text }] = &mut cell[..] {
                *cell = std::mem::take(text);
            }
        }
        Block::Table { columns, head, rows }
    }

    fn cell(&mut self, cell: Node<'_, '_>) -> Vec<Inline> {
        let mut line = Vec::new();
        for paragraph in cell.children().filter(|node| node.has_tag_name((WORD, "p"))) {
            let more = trimmed(self.runs.line(paragraph));
            if !line.is_empty() && !more.is_empty() {
                line.push(Inline::Break);
            }
            line.extend(more);
        }
        line
    }
}

/// Returns the blocks of the last item, some lists further in.
fn last_item(items: &mut [Item], depth: usize) -> &mut Vec<Block> {
    let item = items.last_mut().expect("a list has an item");
    let is_deeper = depth > 0 && matches!(item.blocks.last(), Some(Block::List { .. }));
    match item.blocks.last_mut() {
        Some(Block::List { .. }) if is_deeper => {}
        _ => return &mut item.blocks,
    }
    let Some(Block::List { items, .. }) = item.blocks.last_mut() else { unreachable!("it was a list a line above") };
    last_item(items, depth - 1)
}

/// Takes the box of a task from a line, and returns whether the task is done.
fn taken_box(line: &mut Vec<Inline>) -> Option<bool> {
    let Some(Inline::Text { text }) = line.first_mut() else { return None };
    let done = match text.chars().next() {
        Some('☑') => true,
        Some('☐') => false,
        _ => return None,
    };
    *text = text.chars().skip(1).collect::<String>().trim_start().to_owned();
    if text.is_empty() {
        line.remove(0);
    }
    Some(done)
}

/// Returns a line's text with its line ends.
fn lines(line: &[Inline]) -> String {
    let piece = |inline: &Inline| match inline {
        Inline::Break => "\n".to_owned(),
        other => match other {
            Inline::Text { text } | Inline::Code { text } => text.clone(),
            other => plain_text(std::slice::from_ref(other)),
        },
    };
    line.iter().map(piece).collect()
}

fn alignment(cell: Node<'_, '_>) -> Align {
    let align = cell.descendants().find(|node| node.has_tag_name((WORD, "jc"))).and_then(value);
    match align {
        Some("center") => Align::Center,
        Some("right" | "end") => Align::Right,
        _ => Align::Start,
    }
}

/// Returns the name of a paragraph's style, in lower case and without spaces.
fn style(package: &Package, paragraph: Node<'_, '_>) -> String {
    let id = child(paragraph, "pPr").and_then(|found| child(found, "pStyle")).and_then(value).unwrap_or_default();
    package.styles.get(id).cloned().unwrap_or_else(|| id.to_lowercase())
}
