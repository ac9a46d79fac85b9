//! Reads a document back, as far as it was written here or edited since.

mod blocks;
mod runs;

use std::{
    collections::HashMap,
    io::{Cursor, Read as _},
};

use roxmltree::{Document as Xml, Node};
use zip::ZipArchive;

use super::edits::EditsFault;
use crate::document::{Block, Note};

/// The most bytes of a file inside of a document.
const MAX_XML: u64 = 400_000_000;
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A chapter as a document has it.
#[derive(Debug)]
pub(super) struct ReadChapter {
    /// The name of the bookmark at its heading, if there is one.
    pub(super) bookmark: Option<String>,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
    pub(super) notes: Vec<Note>,
    /// How many pictures it has that are none of the book's.
    pub(super) foreign_pictures: usize,
}

/// What the files of a document say, beside its text.
struct Package {
    /// The name of each style, in lower case and without spaces, by its id.
    styles: HashMap<String, String>,
    /// For each sequence of a list, whether it is numbered, and with what it starts.
    lists: HashMap<String, ListKind>,
    /// What the document's relations lead to, by their ids.
    relations: HashMap<String, String>,
}

#[derive(Clone, Copy, Default)]
struct ListKind {
    is_numbered: bool,
    start: u64,
}

/// Returns the chapters of a document.
pub(super) fn chapters(bytes: &[u8]) -> Result<Vec<ReadChapter>, EditsFault> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| EditsFault::NoDocument(error.to_string()))?;
    let document = file(&mut archive, "word/document.xml")?;
    let mut optional = |name: &str| file(&mut archive, name).unwrap_or_else(|_| "<x/>".to_owned());
    let (styles, numbering) = (optional("word/styles.xml"), optional("word/numbering.xml"));
    let (relations, footnotes) = (optional("word/_rels/document.xml.rels"), optional("word/footnotes.xml"));
    let [document, styles, numbering, relations, footnotes] =
        [&document, &styles, &numbering, &relations, &footnotes].map(|xml| Xml::parse(xml));
    let whole = |error: roxmltree::Error| EditsFault::NoDocument(error.to_string());
    let package = Package {
        styles: style_names(&styles.map_err(whole)?),
        lists: lists(&numbering.map_err(whole)?),
        relations: targets(&relations.map_err(whole)?),
    };
    let (document, footnotes) = (document.map_err(whole)?, footnotes.map_err(whole)?);
    Ok(blocks::chapters(&package, &document, &footnotes))
}

fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<String, EditsFault> {
    let fault = |error: String| EditsFault::NoDocument(format!("{name}: {error}"));
    let file = archive.by_name(name).map_err(|error| fault(error.to_string()))?;
    let mut text = String::new();
    file.take(MAX_XML).read_to_string(&mut text).map_err(|error| fault(error.to_string()))?;
    Ok(text)
}

/// Returns the child of a name.
fn child<'a, 'd>(node: Node<'a, 'd>, name: &str) -> Option<Node<'a, 'd>> {
    node.children().find(|child| child.has_tag_name((WORD, name)))
}

/// Returns the value that a property has.
fn value<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    node.attribute((WORD, "val"))
}

/// Returns the name of each style. One that is based on another and has no name of ours counts as that one.
fn style_names(styles: &Xml<'_>) -> HashMap<String, String> {
    let mut names = HashMap::new();
    for style in styles.descendants().filter(|node| node.has_tag_name((WORD, "style"))) {
        let name = child(style, "name").and_then(value);
        if let (Some(id), Some(name)) = (style.attribute((WORD, "styleId")), name) {
            names.insert(id.to_owned(), name.to_lowercase().replace([' ', '-', '_'], ""));
        }
    }
    names
}

fn lists(numbering: &Xml<'_>) -> HashMap<String, ListKind> {
    let named = |name: &'static str| numbering.descendants().filter(move |node| node.has_tag_name((WORD, name)));
    let mut kinds = HashMap::new();
    for definition in named("abstractNum") {
        let level = child(definition, "lvl");
        let format = level.and_then(|level| child(level, "numFmt")).and_then(value);
        let is_numbered = !matches!(format, None | Some("bullet" | "none"));
        if let Some(id) = definition.attribute((WORD, "abstractNumId")) {
            kinds.insert(id, is_numbered);
        }
    }
    let mut lists = HashMap::new();
    for sequence in named("num") {
        let definition = child(sequence, "abstractNumId").and_then(value).unwrap_or_default();
        let start = sequence.descendants().find(|node| node.has_tag_name((WORD, "startOverride"))).and_then(value);
        let start = start.and_then(|start| start.parse().ok()).unwrap_or(1);
        if let Some(id) = sequence.attribute((WORD, "numId")) {
            let is_numbered = kinds.get(definition).copied().unwrap_or_default();
            lists.insert(id.to_owned(), ListKind { is_numbered, start });
        }
    }
    lists
}

fn targets(relations: &Xml<'_>) -> HashMap<String, String> {
    let relations = relations.descendants().filter(|node| node.tag_name().name() == "Relationship");
    let pairs =
        relations.filter_map(|node| Some((node.attribute("Id")?.to_owned(), node.attribute("Target")?.to_owned())));
    pairs.collect()
}
