//! An EPUB as Markdown: the documents of its spine, in order.

use std::io::{Cursor, Read as _};

use roxmltree::{Document, Node, ParsingOptions};
use zip::ZipArchive;

use super::{BookText, document};

/// The most bytes of all documents together. An archive of a few kilobytes may hold gigabytes.
const MAX_BYTES: u64 = 100_000_000;

/// Why a file cannot be read as an EPUB.
#[derive(Debug, thiserror::Error)]
pub enum EpubError {
    /// It is no ZIP archive, or a damaged one.
    #[error("it is not an EPUB: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A file of the archive is missing or no text.
    #[error("its file {name} cannot be read: {cause}")]
    File {
        /// The file's name in the archive.
        name: String,
        /// What is wrong with it.
        cause: String,
    },
    /// A file of the archive is not well-formed.
    #[error("its file {name} is not well-formed XML: {cause}")]
    Xml {
        /// The file's name in the archive.
        name: String,
        /// Where and how.
        cause: roxmltree::Error,
    },
    /// Its texts are larger than any book.
    #[error("its texts are larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// Its package names no document to read.
    #[error("its package names no text")]
    NoText,
}

pub(super) fn read(bytes: &[u8]) -> Result<BookText, EpubError> {
    let mut archive = Archive { zip: ZipArchive::new(Cursor::new(bytes))?, left: MAX_BYTES };
    let container = archive.file("META-INF/container.xml")?;
    let package_name = with(&container, "META-INF/container.xml", |root| {
        root.descendants()
            .find(|node| node.has_tag_name("rootfile") || node.tag_name().name() == "rootfile")
            .and_then(|node| node.attribute("full-path"))
            .map(str::to_owned)
    })?
    .ok_or(EpubError::NoText)?;
    let package = archive.file(&package_name)?;
    let package = with(&package, &package_name, |root| Package::read(root, &package_name))?;
    let mut book = BookText { title: package.title, language: package.language, markdown: String::new() };
    for name in &package.documents {
        let text = archive.file(name)?;
        book.markdown.push_str(&with(&text, name, document::markdown)?);
    }
    if book.markdown.trim().is_empty() { Err(EpubError::NoText) } else { Ok(book) }
}

struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// How many more bytes may be unpacked.
    left: u64,
}

impl Archive<'_> {
    fn file(&mut self, name: &str) -> Result<String, EpubError> {
        let cannot = |cause: String| EpubError::File { name: name.to_owned(), cause };
        let file = self.zip.by_name(name).map_err(|error| cannot(error.to_string()))?;
        let mut bytes = Vec::new();
        file.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| cannot(error.to_string()))?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or(EpubError::TooLarge)?;
        String::from_utf8(bytes).map_err(|error| cannot(error.to_string()))
    }
}

/// Parses a file and reads its root element.
fn with<T>(text: &str, name: &str, read: impl FnOnce(Node<'_, '_>) -> T) -> Result<T, EpubError> {
    let text = document::without_named_entities(text);
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let parsed = Document::parse_with_options(&text, options);
    let parsed = parsed.map_err(|cause| EpubError::Xml { name: name.to_owned(), cause })?;
    Ok(read(parsed.root_element()))
}

/// What a package document says.
struct Package {
    title: Option<String>,
    language: Option<String>,
    /// The names of the documents in the archive, in the order of reading.
    documents: Vec<String>,
}

impl Package {
    fn read(root: Node<'_, '_>, name: &str) -> Self {
        let folder = name.rfind('/').map_or("", |end| &name[..=end]);
        let first = |tag: &str| {
            let node = root.descendants().find(|node| node.tag_name().name() == tag)?;
            Some(node.text()?.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let items: Vec<Node<'_, '_>> = root.descendants().filter(|node| node.tag_name().name() == "item").collect();
        let named = |id: &str| {
            let item = items.iter().find(|item| item.attribute("id") == Some(id))?;
            let is_navigation = item.attribute("properties").is_some_and(|all| all.split(' ').any(|one| one == "nav"));
            let href = item.attribute("href").filter(|_| !is_navigation)?;
            let href = href.split('#').next().unwrap_or_default();
            Some(format!("{folder}{}", decoded(href)))
        };
        let spine = root.descendants().filter(|node| node.tag_name().name() == "itemref");
        let linear = spine.filter(|item| item.attribute("linear") != Some("no"));
        let documents = linear.filter_map(|item| named(item.attribute("idref")?)).collect();
        Self { title: first("title"), language: first("language"), documents }
    }
}

/// Returns the name of a file from its address, in which some characters are written as numbers (`%20`).
fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let number = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match number.filter(|_| byte == b'%') {
            Some(number) => {
                bytes.push(number);
                rest = &after[2..];
            }
            None => {
                bytes.push(byte);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
