//! A folder that files are written to. Bindery overwrites a file there only if it wrote the file itself and nobody has
//! changed it since.
//!
//! A record in the data folder holds the digests of what was written to the folder. It is not in the store, because a folder
//! outlives its books, and a fleet's client has no store of its own. It is not in the folder, which is the author's.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use bindery_domain::Digest;
use bindery_files::write_whole;
use serde::{Deserialize, Serialize};

use crate::exit::Failure;

/// The folder of the records in the data folder.
const RECORDS: &str = "written";

/// How many digests the record keeps for a file. The newest one is recorded before its file is written, so that a process
/// that dies in between leaves a file that is still known.
const KEPT_DIGESTS: usize = 2;

/// A folder that files are written to.
#[derive(Debug)]
pub(crate) struct OutFolder {
    path: PathBuf,
    record: Record,
    record_path: PathBuf,
}

/// What Bindery wrote in a folder: the digests of each file, the newest last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    files: BTreeMap<String, Vec<Digest>>,
}

/// A file of somebody else whose name a new file would have had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Kept {
    /// The file that stays as it is.
    pub(crate) kept: PathBuf,
    /// The new file.
    pub(crate) written: PathBuf,
}

/// The files that were written, and what was found under their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// The new files.
    pub(crate) files: Vec<PathBuf>,
    /// The files that stay.
    pub(crate) kept: Vec<Kept>,
}

impl OutFolder {
    /// Opens a folder, which is made where it is missing. `data` is the data folder.
    pub(crate) fn open(path: &Path, data: &Path) -> Result<Self, Failure> {
        let opened = fs::create_dir_all(path).and_then(|()| std::path::absolute(path)).and_then(fs::canonicalize);
        let canonical = opened.map_err(|error| unwritable(path, &error))?;
        let name = Digest::of(canonical.as_os_str().as_encoded_bytes());
        let record_path = data.join(RECORDS).join(format!("{name}.json"));
        // A record that cannot be read is one that knows no file, so that all files stay.
        let record = fs::read(&record_path).ok().and_then(|json| serde_json::from_slice(&json).ok());
        Ok(Self { path: path.to_owned(), record: record.unwrap_or_default(), record_path })
    }

    /// Writes a file under its name, or under a name with a number where another file has that name.
    pub(crate) fn write(&mut self, wanted: &str, bytes: &[u8], written: &mut Written) -> Result<(), Failure> {
        let digest = Digest::of(bytes);
        let dot = wanted.rfind('.').filter(|dot| *dot > 0).unwrap_or(wanted.len());
        let (stem, ending) = wanted.split_at(dot);
        let numbered = (2..).map(|number| format!("{stem}-{number}{ending}"));
        for name in std::iter::once(wanted.to_owned()).chain(numbered) {
            let path = self.path.join(&name);
            match self.standing(&name, &digest).map_err(|error| unwritable(&path, &error))? {
                Standing::Foreign => continue,
                Standing::Same => {}
                Standing::Ours => self.put(&name, digest, bytes)?,
            }
            if name != wanted {
                written.kept.push(Kept { kept: self.path.join(wanted), written: path.clone() });
            }
            written.files.push(path);
            return Ok(());
        }
        unreachable!("the numbers do not end")
    }

    /// Returns what stands under a name.
    fn standing(&self, name: &str, new: &Digest) -> io::Result<Standing> {
        let found = match fs::read(self.path.join(name)) {
            Ok(bytes) => Digest::of(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Standing::Ours),
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => return Ok(Standing::Foreign),
            Err(error) => return Err(error),
        };
        let known = self.record.files.get(name).is_some_and(|digests| digests.contains(&found));
        Ok(match (found == *new, known) {
            (true, _) => Standing::Same,
            (false, true) => Standing::Ours,
            (false, false) => Standing::Foreign,
        })
    }

    fn put(&mut self, name: &str, digest: Digest, bytes: &[u8]) -> Result<(), Failure> {
        let digests = self.record.files.entry(name.to_owned()).or_default();
        digests.push(digest);
        digests.drain(..digests.len().saturating_sub(KEPT_DIGESTS));
        let record = serde_json::to_vec(&self.record).map_err(Failure::internal)?;
        let recorded = self.record_path.parent().map_or(Ok(()), fs::create_dir_all);
        if let Err(error) = recorded.and_then(|()| write_whole(&self.record_path, &record)) {
            // The file is written all the same. The next edition will then get another name.
            tracing::warn!(%error, path = %self.record_path.display(), "what was written could not be recorded");
        }
        let path = self.path.join(name);
        write_whole(&path, bytes).map_err(|error| unwritable(&path, &error))
    }
}

/// What stands under the name of a new file.
enum Standing {
    /// Nothing, or a file that Bindery wrote and nobody has changed.
    Ours,
    /// A file with the very bytes of the new one.
    Same,
    /// A file that somebody else wrote or changed.
    Foreign,
}

impl Written {
    /// Says on stderr which files stay, and what the new ones are called.
    pub(crate) fn tell(&self) {
        for Kept { kept, written } in &self.kept {
            let name = written.file_name().unwrap_or_default().display();
            eprintln!("{} is not as Bindery wrote it, so it stays; the new file is {name}.", kept.display());
        }
    }
}

/// Tries to write in a folder, and leaves everything as it was.
pub(crate) fn try_writing(folder: &Path) -> Result<(), Failure> {
    let missing: Vec<&Path> = folder.ancestors().take_while(|path| !exists(path)).collect();
    let tried = fs::create_dir_all(folder).and_then(|()| {
        let path = folder.join(format!(".bindery-{}.try", std::process::id()));
        File::create(&path).and_then(|_| fs::remove_file(&path))
    });
    for made in missing {
        // A folder that stays is harmless.
        let _ = fs::remove_dir(made);
    }
    tried.map_err(|error| unwritable(folder, &error))
}

/// Returns whether a path leads to something. The empty path is the working folder.
fn exists(path: &Path) -> bool {
    path.as_os_str().is_empty() || path.exists()
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::unavailable(format!("{} cannot be written: {error}; name another folder with --out", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Bench {
        out: tempfile::TempDir,
        data: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            Self { out: tempfile::tempdir().unwrap(), data: tempfile::tempdir().unwrap() }
        }

        fn open(&self) -> OutFolder {
            OutFolder::open(self.out.path(), self.data.path()).unwrap()
        }

        /// Writes a file as one run of the program does, and returns the name that it got.
        fn write(&self, bytes: &str) -> String {
            let mut written = Written::default();
            self.open().write("book.md", bytes.as_bytes(), &mut written).unwrap();
            let name = written.files[0].file_name().unwrap().to_string_lossy().into_owned();
            assert_eq!(written.kept.is_empty(), name == "book.md");
            name
        }

        fn read(&self, name: &str) -> String {
            fs::read_to_string(self.out.path().join(name)).unwrap()
        }

        fn type_in(&self, name: &str, text: &str) {
            fs::write(self.out.path().join(name), text).unwrap();
        }
    }

    #[test]
    fn a_file_that_bindery_wrote_is_replaced_by_its_next_edition() {
        let bench = Bench::new();
        assert_eq!([bench.write("one"), bench.write("two")], ["book.md", "book.md"]);
        assert_eq!(bench.read("book.md"), "two");
    }

    #[test]
    fn a_file_of_the_author_stays_and_later_editions_replace_the_one_beside_it() {
        let bench = Bench::new();
        bench.type_in("book.md", "mine");
        assert_eq!([bench.write("one"), bench.write("two")], ["book-2.md", "book-2.md"]);
        assert_eq!([bench.read("book.md"), bench.read("book-2.md")], ["mine", "two"]);
    }

    #[test]
    fn a_file_that_the_author_changed_stays() {
        let bench = Bench::new();
        bench.write("one");
        bench.type_in("book.md", "one, and more");
        assert_eq!(bench.write("two"), "book-2.md");
        assert_eq!(bench.read("book.md"), "one, and more");
    }

    #[test]
    fn the_same_file_is_not_written_beside_itself() {
        let bench = Bench::new();
        bench.type_in("book.md", "one");
        assert_eq!(bench.write("one"), "book.md");
    }

    #[test]
    fn a_damaged_record_lets_every_file_stay() {
        let bench = Bench::new();
        bench.write("one");
        fs::write(bench.open().record_path, "{").unwrap();
        assert_eq!(bench.write("two"), "book-2.md");
    }

    #[test]
    fn a_process_that_died_before_its_file_was_whole_leaves_a_file_that_is_known() {
        let bench = Bench::new();
        bench.write("one");
        bench.open().put("book.md", Digest::of("two"), b"two").unwrap();
        bench.type_in("book.md", "one");
        assert_eq!(bench.write("three"), "book.md");
    }

    #[test]
    fn a_folder_is_tried_without_a_trace() {
        let bench = Bench::new();
        let deep = bench.out.path().join("a/b");
        try_writing(&deep).unwrap();
        assert!(fs::read_dir(bench.out.path()).unwrap().next().is_none());
        bench.type_in("a", "a file where a folder should be");
        assert!(try_writing(&deep).unwrap_err().to_string().contains("--out"));
    }
}
