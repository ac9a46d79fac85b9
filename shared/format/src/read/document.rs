//! An XHTML document as Markdown, as far as a reader of the text needs it.

use std::borrow::Cow;

use roxmltree::Node;

use crate::markdown::{escaped, guarded};

/// How deep elements are read. Books nest a few; a hostile file may nest a million.
const DEPTH: usize = 100;

/// Elements that hold no running text.
const SKIPPED: &[&str] = &["head", "nav", "script", "style", "svg", "table", "figcaption", "audio", "video", "math"];

/// Elements that hold other blocks.
const CONTAINERS: &[&str] = &[
    "html", "body", "div", "section", "article", "main", "header", "footer", "aside", "figure", "ul", "ol", "dl",
    "hgroup",
];

/// Returns the text of a document. Its highest headings begin chapters.
pub(super) fn markdown(root: Node<'_, '_>) -> String {
    let levels = root.descendants().filter_map(level);
    let mut writer = Writer { out: String::new(), highest: levels.min().unwrap_or(1) };
    writer.block(root, Around { quoted: false, item: false }, 0);
    writer.out
}

struct Writer {
    out: String,
    /// The level of the document's highest heading.
    highest: usize,
}

/// What stands around a block.
#[derive(Clone, Copy)]
struct Around {
    quoted: bool,
    item: bool,
}

impl Writer {
    fn block(&mut self, node: Node<'_, '_>, around: Around, depth: usize) {
        let name = node.tag_name().name();
        if depth > DEPTH || SKIPPED.contains(&name) {
            return;
        }
        match name {
            "blockquote" => self.children(node, Around { quoted: true, ..around }, depth),
            "li" | "dd" => self.children_or_text(node, Around { item: true, ..around }, depth),
            "pre" => self.out.push_str(&format!("\n```\n{}\n```\n", plain_text(node).replace("```", "'''"))),
            "hr" => self.out.push_str("\n***\n"),
            _ if CONTAINERS.contains(&name) => self.children_or_text(node, around, depth),
            _ => match level(node) {
                Some(level) => self.heading(node, level),
                None => self.paragraph(&inline(node, 0), around),
            },
        }
    }

    fn children(&mut self, node: Node<'_, '_>, around: Around, depth: usize) {
        node.children().filter(Node::is_element).for_each(|child| self.block(child, around, depth + 1));
    }

    /// Writes an element that holds either blocks or a text of its own.
    fn children_or_text(&mut self, node: Node<'_, '_>, around: Around, depth: usize) {
        let has_text =
            node.children().any(|child| child.is_text() && !child.text().unwrap_or_default().trim().is_empty());
        if !has_text {
            return self.children(node, around, depth);
        }
        self.paragraph(&inline(node, 0), around);
        let lists = node.children().filter(|child| matches!(child.tag_name().name(), "ul" | "ol"));
        lists.for_each(|list| self.block(list, around, depth + 1));
    }

    fn heading(&mut self, node: Node<'_, '_>, level: usize) {
        let text = inline(node, 0);
        if !text.trim().is_empty() {
            self.out.push_str(&format!("\n{} {}\n", "#".repeat((level - self.highest + 1).min(6)), text.trim()));
        }
    }

    fn paragraph(&mut self, text: &str, around: Around) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let quote = if around.quoted { "> " } else { "" };
        match around.item {
            true => self.out.push_str(&format!("\n{quote}- {text}\n")),
            false => self.out.push_str(&format!("\n{quote}{}\n", guarded(text.to_owned()))),
        }
    }
}

/// Returns the text of an element on one line, with bold type as Markdown has it.
fn inline(node: Node<'_, '_>, depth: usize) -> String {
    let mut text = String::new();
    for child in node.children().filter(|_| depth <= DEPTH) {
        let name = child.tag_name().name();
        if child.is_text() {
            text.push_str(&escaped(child.text().unwrap_or_default()));
        } else if matches!(name, "strong" | "b") {
            let inner = inline(child, depth + 1);
            let bold = if inner.trim().is_empty() { inner } else { format!("**{}**", inner.trim()) };
            text.push_str(&bold);
        } else if name == "br" {
            text.push(' ');
        } else if child.is_element() && !SKIPPED.contains(&name) && !matches!(name, "ul" | "ol" | "rt" | "rp") {
            text.push_str(&inline(child, depth + 1));
        }
    }
    if depth > 0 { text } else { text.split_whitespace().collect::<Vec<_>>().join(" ") }
}

fn plain_text(node: Node<'_, '_>) -> String {
    node.descendants().filter_map(|node| if node.is_text() { node.text() } else { None }).collect()
}

/// Returns the level of a heading.
fn level(node: Node<'_, '_>) -> Option<usize> {
    match node.tag_name().name().as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(usize::from(digit - b'0')),
        _ => None,
    }
}

/// Entities of HTML that older books use. XML knows five others.
const ENTITIES: &[(&str, &str)] = &[
    ("nbsp", "\u{a0}"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("hellip", "…"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("eacute", "é"),
    ("egrave", "è"),
    ("ecirc", "ê"),
    ("agrave", "à"),
    ("ccedil", "ç"),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("szlig", "ß"),
    ("Auml", "Ä"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("copy", "©"),
    ("deg", "°"),
    ("shy", ""),
    ("thinsp", " "),
    ("ensp", " "),
    ("emsp", " "),
    ("times", "×"),
];

/// Replaces the entities that XML does not know: those of HTML by their characters, all others by nothing.
pub(super) fn without_named_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut pieces = text.split('&');
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let name = piece.split(';').next().unwrap_or_default();
        let is_name =
            name.len() < piece.len() && name.len() < 32 && name.chars().all(|char| char.is_ascii_alphanumeric());
        if !is_name || matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
            out.push('&');
            out.push_str(piece);
            continue;
        }
        let known = ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character);
        out.push_str(known.unwrap_or_default());
        out.push_str(&piece[name.len() + 1..]);
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> String {
        let text = format!("<html><head><title>t</title></head><body>{body}</body></html>");
        markdown(roxmltree::Document::parse(&without_named_entities(&text)).unwrap().root_element())
    }

    #[test]
    fn headings_paragraphs_lists_and_quotations_are_read() {
        let text = read(
            "<h2>One</h2><p>A <b>bold</b><br/>word *</p><h3>In</h3><ul><li>x</li><li><p>y</p></li></ul>\
                         <blockquote><p>q</p></blockquote><div>d</div><p>1. no list</p>",
        );
        assert_eq!(text, "\n# One\n\nA **bold** word \\*\n\n## In\n\n- x\n\n- y\n\n> q\n\nd\n\n1\\. no list\n");
    }

    #[test]
    fn entities_that_xml_does_not_know_are_read() {
        assert_eq!(read("<p>caf&eacute;&nbsp;&amp;&unknown; x&#8212;</p>"), "\ncafé & x—\n");
    }

    #[test]
    fn a_document_that_nests_without_end_is_read_so_far() {
        let text = format!("{}deep{}", "<div>".repeat(400), "</div>".repeat(400));
        assert_eq!(read(&text), "");
    }
}
