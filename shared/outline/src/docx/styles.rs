//! What the styles and lists of a document stand for.

use std::collections::HashMap;

use roxmltree::{Document, Node};

/// What a paragraph's style makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Title,
    Subtitle,
    /// A heading and its level, from 1.
    Heading(usize),
    List,
    Contents,
    Plain,
}

/// The styles of a document by their ids, and its lists by theirs.
#[derive(Debug, Default)]
pub(super) struct Styles {
    styles: HashMap<String, Style>,
    /// The lists whose items have numbers.
    numbered: HashMap<String, bool>,
}

/// Returns an element's attribute `w:val`.
pub(super) fn value<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name() == "val").map(|attribute| attribute.value())
}

/// Returns the first child of this name.
pub(super) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children().find(|child| child.tag_name().name() == name)
}

impl Styles {
    /// Reads `word/styles.xml` and `word/numbering.xml`. What cannot be read there says nothing.
    pub(super) fn read(styles: &str, numbering: &str) -> Self {
        let mut read = Self::default();
        if let Ok(document) = Document::parse(styles) {
            read.read_styles(&document);
        }
        if let Ok(document) = Document::parse(numbering) {
            read.read_lists(&document);
        }
        read
    }

    fn read_styles(&mut self, document: &Document<'_>) {
        let mut based = Vec::new();
        for style in document.descendants().filter(|node| node.tag_name().name() == "style") {
            let id =
                style.attributes().find(|attribute| attribute.name() == "styleId").map(|attribute| attribute.value());
            let (Some(id), Some(name)) = (id, child(style, "name").and_then(value)) else { continue };
            let level = child(style, "pPr").and_then(|found| child(found, "outlineLvl")).and_then(value);
            let level = level.and_then(|level| level.parse::<usize>().ok()).filter(|level| *level < 6);
            match (named(name), level) {
                (Style::Plain, Some(level)) => drop(self.styles.insert(id.to_owned(), Style::Heading(level + 1))),
                (Style::Plain, None) => based.extend(child(style, "basedOn").and_then(value).map(|base| (id, base))),
                (known, _) => drop(self.styles.insert(id.to_owned(), known)),
            }
        }
        // A style may be based on one that stands after it. A few rounds reach as deep as people build styles.
        for _ in 0..4 {
            for (id, base) in &based {
                if let Some(style) = self.styles.get(*base).copied() {
                    self.styles.entry((*id).to_owned()).or_insert(style);
                }
            }
        }
    }

    fn read_lists(&mut self, document: &Document<'_>) {
        let attribute = |node: Node<'_, '_>, name: &str| {
            node.attributes().find(|attribute| attribute.name() == name).map(|attribute| attribute.value().to_owned())
        };
        let mut kinds = HashMap::new();
        for list in document.descendants().filter(|node| node.tag_name().name() == "abstractNum") {
            let first = child(list, "lvl").and_then(|level| child(level, "numFmt")).and_then(value);
            let is_numbered = first.is_some_and(|format| !matches!(format, "bullet" | "none"));
            kinds.extend(attribute(list, "abstractNumId").map(|id| (id, is_numbered)));
        }
        for list in document.descendants().filter(|node| node.tag_name().name() == "num") {
            let kind = child(list, "abstractNumId").and_then(value).and_then(|id| kinds.get(id)).copied();
            self.numbered.extend(attribute(list, "numId").zip(kind));
        }
    }

    /// Returns what a style stands for. Without a list of styles, its id is its name.
    pub(super) fn style(&self, id: &str) -> Style {
        self.styles.get(id).copied().unwrap_or_else(|| named(id))
    }

    pub(super) fn is_numbered(&self, list: &str) -> bool {
        self.numbered.get(list).copied().unwrap_or_default()
    }

    pub(super) fn has_title(&self, used: &[&str]) -> bool {
        used.iter().any(|id| self.style(id) == Style::Title)
    }
}

/// Returns what a style's name stands for. The names of the built-in styles are English in every language.
fn named(name: &str) -> Style {
    let name = name.to_lowercase().replace([' ', '-'], "");
    match name.as_str() {
        "title" => Style::Title,
        "subtitle" => Style::Subtitle,
        "listparagraph" => Style::Plain,
        _ if name.starts_with("toc") => Style::Contents,
        _ if name.starts_with("list") => Style::List,
        _ => match name.strip_prefix("heading").map(str::parse) {
            Some(Ok(level)) if (1..=6).contains(&level) => Style::Heading(level),
            _ => Style::Plain,
        },
    }
}
