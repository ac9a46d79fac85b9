//! What Typst may see: the files of the sheets, and fonts. It reaches no other file and no network.

use bindery_format::Sheets;
use typst::{
    Library, LibraryExt, World, comemo,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Dict, Duration, IntoValue},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_kit::fonts::{self, FontStore};
use typst_layout::PagedDocument;

use crate::PressFault;

/// The file with which Typst begins.
const MAIN: &str = "main.typ";

/// The sheets of a book with the fonts of this machine.
pub(crate) struct Press {
    library: LazyHash<Library>,
    fonts: FontStore,
    sheets: Sheets,
    main: FileId,
}

impl Press {
    /// Makes a press for these sheets. The fonts that come with the program are found before those of the machine.
    pub(crate) fn new(sheets: Sheets) -> Result<Self, PressFault> {
        let mut store = FontStore::new();
        store.extend(fonts::embedded());
        store.extend(fonts::system());
        let path = VirtualPath::new(MAIN).map_err(|error| PressFault::Typst(error.to_string()))?;
        let main = RootedPath::new(VirtualRoot::Project, path).intern();
        Ok(Self { library: LazyHash::new(Library::default()), fonts: store, sheets, main })
    }

    /// Lets the source read these inputs from now on.
    pub(crate) fn give(&mut self, name: &str, value: &str) {
        let mut inputs = Dict::new();
        inputs.insert(name.into(), value.into_value());
        self.library = LazyHash::new(Library::builder().with_inputs(inputs).build());
    }

    /// Sets the pages.
    pub(crate) fn set(&self) -> Result<PagedDocument, PressFault> {
        let set = typst::compile::<PagedDocument>(self).output;
        // What Typst remembers of a book takes much memory, and the next run of it has another layout.
        comemo::evict(0);
        set.map_err(|faults| PressFault::Typst(told(&faults)))
    }

    /// Returns whether a font has a character.
    pub(crate) fn has(&self, c: char) -> bool {
        let book = self.fonts.book();
        (0..).map_while(|index| book.info(index)).any(|font| font.coverage.contains(u32::from(c)))
    }

    fn content(&self, id: FileId) -> FileResult<&[u8]> {
        let path = id.get();
        let name = path.vpath().get_without_slash();
        let found = (*path.root() == VirtualRoot::Project).then(|| self.sheets.file(name)).flatten();
        found.ok_or(FileError::AccessDenied)
    }
}

/// Returns what Typst says of faults, on one line.
pub(crate) fn told(faults: &[SourceDiagnostic]) -> String {
    let mut messages: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
    messages.dedup();
    messages.join("; ")
}

impl World for Press {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        self.fonts.book()
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let text = std::str::from_utf8(self.content(id)?).map_err(|_| FileError::InvalidUtf8)?;
        Ok(Source::new(id, text.to_owned()))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.content(id).map(|content| Bytes::new(content.to_vec()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.font(index)
    }

    /// Books have the date that their sheets name.
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
