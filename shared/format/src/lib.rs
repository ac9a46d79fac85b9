//! Renders a manuscript in the formats a book is bound in: one file for each, with a pure function of the manuscript.
//!
//! A chapter's body is Markdown that a model wrote, and nothing in it is trusted. It is parsed into one tree (`document`), and
//! each format is written from that tree. `html` and `epub` share the XHTML of `xhtml`.

mod archive;
mod book;
mod clean;
mod cover_image;
mod direction;
mod document;
mod docx;
mod epub;
mod formula;
mod html;
mod json;
mod language;
mod links;
mod manuscript;
mod markdown;
mod name;
mod onix;
mod pdf;
mod picture;
mod practice;
mod publication;
mod read;
mod registry;
mod score;
mod scorm;
mod sheets;
mod site;
mod slug;
mod terms;
mod txt;
mod xhtml;

pub use bindery_outline::Role;
pub use cover_image::{CoverError, CoverImage, ImageKind};
pub use docx::edits::{EditedChapter, Edits, EditsFault};
pub use manuscript::{Chapter, Manuscript, Origin, Provenance, SectionCall, Version, WrittenSection};
pub use name::{Format, UnknownFormat};
pub use picture::{NamedPicture, Picture, PictureFault};
pub use practice::{Practice, practice};
pub use publication::{
    Contributor, ContributorRole, Cover, Design, Disclosure, EditionIsbn, NumberStyle, Numbering, Publication, Series,
    Trim,
};
pub use read::{BookText, EpubError};
pub use score::score_page;
pub use sheets::{Sheets, SheetsFault};

/// Returns the text in the place of a chapter that could not be written, in the language of the tag.
pub fn missing(language: &str) -> &'static str {
    terms::in_language(language).missing
}

/// Why a manuscript cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A required field is empty.
    #[error("the book has no {0}")]
    Missing(&'static str),
    /// The date is not a day of the calendar.
    #[error("the book's date `{0}` is not a day written as YYYY-MM-DD")]
    Date(String),
    /// The chapters are not in ascending order, each number once.
    #[error("chapter {number} stands after chapter {after}: the chapters are not in order")]
    Order {
        /// The chapter out of order.
        number: u32,
        /// The chapter before it.
        after: u32,
    },
    /// The container of the file could not be packed.
    #[error("the file could not be packed: {0}")]
    Pack(#[from] zip::result::ZipError),
}

/// A manuscript that can be rendered: its characters are legal, and its fields are checked.
#[derive(Debug)]
pub struct ValidManuscript(Manuscript);

impl ValidManuscript {
    /// Cleans and checks a manuscript, or returns why it cannot be a book.
    pub fn of(manuscript: Manuscript) -> Result<Self, RenderError> {
        clean::clean(manuscript).map(Self)
    }

    /// Gives the book another cover.
    pub fn set_cover(&mut self, cover: CoverImage) {
        self.0.publication.cover = Cover::Image(cover);
    }

    /// Returns what its texts name and it does not have: notes, places that links mean, pictures. Each is a line to read.
    pub fn lost(&self) -> Vec<String> {
        book::Book::read(&self.0).lost()
    }

    /// Returns what an editor changed in a DOCX of this book.
    pub fn edits(&self, docx: &[u8]) -> Result<Edits, EditsFault> {
        docx::edits::edits(&book::Book::read(&self.0), docx)
    }

    /// Renders it in one format; the same manuscript always gives the same bytes. A format of the press
    /// ([`Format::needs_press`]) comes as sheets, from which the program `bindery-pdf` makes the file.
    pub fn render(&self, format: Format) -> Result<Vec<u8>, RenderError> {
        let book = book::Book::read(&self.0);
        (registry::entry(format).render)(&book)
    }
}
