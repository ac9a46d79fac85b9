//! The sheets of a book: the files from which the press makes its pages, as one archive.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use zip::ZipArchive;

/// The files from which `bindery-pdf` makes the pages or the cover of a book.
#[derive(Debug)]
pub struct Sheets(BTreeMap<String, Vec<u8>>);

/// Why bytes are no sheets.
#[derive(Debug, thiserror::Error)]
pub enum SheetsFault {
    /// They are no archive.
    #[error("the input holds no sheets of a book: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A file of the archive is damaged.
    #[error("a file of the sheets is damaged: {0}")]
    File(#[from] std::io::Error),
}

impl Sheets {
    /// Reads sheets as [`ValidManuscript::render`](crate::ValidManuscript::render) makes them.
    pub fn read(bytes: &[u8]) -> Result<Self, SheetsFault> {
        let mut archive = ZipArchive::new(Cursor::new(bytes))?;
        let mut files = BTreeMap::new();
        for index in 0..archive.len() {
            let mut file = archive.by_index(index)?;
            let mut content = Vec::new();
            file.read_to_end(&mut content)?;
            files.insert(file.name()?.into_owned(), content);
        }
        Ok(Self(files))
    }

    /// Returns the content of a file.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}
