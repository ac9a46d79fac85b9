//! The formats a book is bound in: one file per output format, each a pure function of the manuscript.
//!
//! A chapter's body is Markdown written by a model and trusted in nothing. It is read once ([`body`]) and
//! written either as edited Markdown ([`markdown`]) or as XHTML ([`xhtml`]), which [`html`] and [`epub`] share.

mod body;
mod book;
mod clean;
mod direction;
mod epub;
mod html;
mod language;
mod links;
mod markdown;
mod slug;
mod words;
mod xhtml;

use std::fmt;
use std::str::FromStr;

use crate::manuscript::Manuscript;

/// A format a book can be bound in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Format {
    /// One Markdown file.
    Markdown,
    /// An EPUB 3.3 publication that older readers open too.
    Epub,
    /// One self-contained HTML file, ready to read and to print.
    Html,
}

impl Format {
    /// Every format, in the order they are offered.
    pub const ALL: [Self; 3] = [Self::Markdown, Self::Epub, Self::Html];

    /// Returns the file name extension, without the dot; also the format's name in settings.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Epub => "epub",
            Self::Html => "html",
        }
    }

    /// Returns the media type a server sends the file with.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Epub => "application/epub+zip",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.extension())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.extension() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// A format's name that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: choose among md, epub and html")]
pub struct UnknownFormat(pub String);

/// Why a manuscript cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A field every book must have is empty.
    #[error("the book has no {0}")]
    Missing(&'static str),
    /// The date is not one.
    #[error("the book's date `{0}` is not a day written as YYYY-MM-DD")]
    Date(String),
    /// The chapters are not in ascending order, each number once.
    #[error("chapter {number} stands after chapter {after}: the chapters are not in order")]
    Order {
        /// The chapter that stands wrong.
        number: u32,
        /// The chapter before it.
        after: u32,
    },
    /// The EPUB container could not be packed.
    #[error("the EPUB could not be packed: {0}")]
    Pack(#[from] zip::result::ZipError),
}

/// Renders the manuscript in one format; the same manuscript always gives the same bytes.
pub fn render(format: Format, manuscript: &Manuscript) -> Result<Vec<u8>, RenderError> {
    let manuscript = clean::clean(manuscript)?;
    let book = book::Book::read(&manuscript);
    match format {
        Format::Markdown => Ok(markdown::render(&book).into_bytes()),
        Format::Epub => epub::render(&book),
        Format::Html => Ok(html::render(&book).into_bytes()),
    }
}
