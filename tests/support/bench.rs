//! A bench: a private folder for the outline, the data and the books, with a model server of its own.

use std::{
    borrow::Borrow,
    cell::Cell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use bindery_stand_in::Faults;
use serde_json::Value;
use tempfile::TempDir;

use super::{Book, Ended, FinishedParts, Ledger, ModelServer, Outline, Running};

/// A private folder with a model server. When it is dropped, it checks that no task has a lease and that the ledger has
/// recorded every call that the server answered.
pub(crate) struct Bench {
    folder: TempDir,
    pub(crate) model: ModelServer,
    variables: BTreeMap<String, String>,
    calls_may_be_lost: Cell<bool>,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::with_faults(Faults::none())
    }

    pub(crate) fn with_faults(faults: Faults) -> Self {
        Self::on(ModelServer::with_faults(faults))
    }

    pub(crate) fn on(model: ModelServer) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().to_string_lossy().into_owned();
        // No variable of the shell that runs the tests reaches the program: no key, no setting, no other home.
        let variables = [
            ("HOME", home),
            ("BINDERY_PROVIDERS__STAND_IN__BASE_URL", model.base_url()),
            ("SOURCE_DATE_EPOCH", "1790000000".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).into();
        Self { folder, model, variables, calls_may_be_lost: Cell::new(false) }
    }

    /// Sets a variable of the program's environment.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Allows calls that the ledger has not recorded: calls of a process that was stopped, or for texts that were deleted.
    pub(crate) fn calls_may_be_lost(&self) {
        self.calls_may_be_lost.set(true);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// Saves an outline as `book.md`.
    pub(crate) fn outline(&self, outline: &Outline) {
        self.file("book.md", outline.text());
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command.env_clear().envs(&self.variables).current_dir(self.folder.path());
        command.args(["--data", "data"]).args(arguments);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Writes `book.md` to `out`, and checks that no call is made again for a part that was kept.
    #[track_caller]
    pub(crate) fn write(&self, arguments: &[&str]) -> Ended {
        let kept = self.kept();
        let ended = self.run(&with(&["write", "book.md", "--out", "out"], arguments));
        kept.left_alone(&self.model);
        ended
    }

    /// Starts to write `book.md` to `out`, and to print its events as JSON.
    pub(crate) fn begin(&self, arguments: &[&str]) -> Running {
        self.start(&with(&["--json", "write", "book.md", "--out", "out"], arguments))
    }

    /// Returns the ledger's records of a book.
    fn ledger_of(&self, book: &str) -> Ledger {
        let status = self.run(&["--json", "status", book]).exits(0);
        Ledger::new(serde_json::from_str(&status.stdout).unwrap())
    }

    /// Returns the ledger's records of `book.md`.
    pub(crate) fn ledger(&self) -> Ledger {
        self.ledger_of("book.md")
    }

    /// Returns the parts of `book.md` whose text is kept.
    pub(crate) fn kept(&self) -> FinishedParts {
        if !self.path("data/bindery.db").exists() || self.run(&["status", "book.md"]).code != Some(0) {
            return FinishedParts::nothing();
        }
        FinishedParts::of(&self.ledger(), &self.model)
    }

    /// Checks that `out` has the whole book of this outline, and returns the book.
    #[track_caller]
    pub(crate) fn holds(&self, outline: &Outline) -> Book {
        let book = Book::open(&self.path("out"), "book");
        book.is_whole(&outline.expected());
        book
    }

    /// Returns the book in `out`.
    pub(crate) fn book(&self) -> Book {
        Book::open(&self.path("out"), "book")
    }

    /// Returns the bytes of `book.md`'s files in `out`, by format.
    pub(crate) fn bytes(&self) -> BTreeMap<&'static str, Vec<u8>> {
        ["md", "epub", "html"]
            .map(|format| (format, fs::read(self.path("out/book").with_extension(format)).unwrap()))
            .into()
    }

    fn books(&self) -> Vec<Ledger> {
        let listed = self.run(&["--json", "books"]).exits(0).values();
        let id = |book: &Value| book["id"].as_str().unwrap().to_owned();
        listed.iter().map(|book| self.ledger_of(&id(book))).collect()
    }

    fn check_out(&self) {
        let mut recorded: BTreeMap<u32, u64> = BTreeMap::new();
        for book in self.books() {
            let leased: Vec<&Value> = book.tasks().iter().filter(|task| !task["lease"].is_null()).collect();
            assert!(leased.is_empty(), "these tasks still have a lease: {leased:#?}");
            for (chapter, calls) in book.calls() {
                *recorded.entry(chapter).or_default() += calls;
            }
        }
        let mut served: BTreeMap<u32, u64> = BTreeMap::new();
        for (subject, calls) in self.model.calls() {
            *served.entry(subject.chapter.unwrap_or(0)).or_default() += calls;
        }
        for (chapter, calls) in served {
            let known = recorded.remove(&chapter).unwrap_or(0);
            let right = known == calls || (self.calls_may_be_lost.get() && known < calls);
            assert!(right, "{calls} calls were answered for chapter {chapter}, and {known} are recorded");
        }
        assert!(recorded.values().all(|calls| *calls == 0), "these recorded calls were not answered: {recorded:?}");
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if !std::thread::panicking() && self.path("data/bindery.db").exists() {
            self.check_out();
        }
    }
}

fn with<'a>(first: &[&'a str], then: &[&'a str]) -> Vec<&'a str> {
    [first, then].concat()
}

/// Returns the formats in which the books of two benches differ, beyond the time at which they were complete.
pub(crate) fn differing(one: &Bench, other: &Bench) -> Vec<&'static str> {
    differing_files(&one.bytes(), &other.bytes())
}

/// Returns the formats in which two sets of files differ, beyond the time at which their books were complete.
pub(crate) fn differing_files<Format: Borrow<str> + Ord>(
    one: &BTreeMap<&'static str, Vec<u8>>,
    other: &BTreeMap<Format, Vec<u8>>,
) -> Vec<&'static str> {
    let is_other = |format: &str, bytes: &[u8]| match format {
        "epub" => without_time(&other[format]) != without_time(bytes),
        _ => other[format] != *bytes,
    };
    one.iter().filter(|(format, bytes)| is_other(format, bytes)).map(|(format, _)| *format).collect()
}

/// Returns the files of an EPUB, without the time of its edition.
fn without_time(epub: &[u8]) -> BTreeMap<String, Vec<u8>> {
    const TIME: &str = "<meta property=\"dcterms:modified\">";
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(epub)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        let name = file.name().unwrap().into_owned();
        if name.ends_with(".opf") {
            let text = String::from_utf8(bytes).unwrap();
            let (before, after) = text.split_once(TIME).unwrap();
            bytes = [before, after.split_once('<').unwrap().1].concat().into_bytes();
        }
        files.insert(name, bytes);
    }
    files
}

/// Returns a path as an argument.
pub(crate) fn argument(path: &Path) -> &str {
    path.to_str().unwrap()
}
