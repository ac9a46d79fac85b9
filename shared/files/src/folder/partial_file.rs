//! Partial files: files that are being written. A partial file gets its own name once it is whole, and belongs to nobody if its
//! process has died.

use std::{
    ffi::OsStr,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// The ending of a partial file's name.
const ENDING: &str = ".part";

/// The age from which a partial file counts as abandoned on a file system that has no locks.
const ABANDONED: Duration = Duration::from_secs(86_400);

/// Writes a file so that its name never stands for half of it, even if the program dies meanwhile.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
        remove_abandoned(folder, |partial| is_partial_of(partial, name));
    }
    let mut partial = PartialFile::create(path)?;
    let written = partial.file.write_all(bytes).and_then(|()| partial.file.sync_all());
    let written = written.and_then(|()| fs::rename(&partial.path, path));
    if written.is_err() {
        let _ = fs::remove_file(&partial.path);
    }
    written
}

/// Removes the partial files in a folder whose processes have died.
pub(super) fn sweep(folder: &Path) {
    remove_abandoned(folder, |name| name.as_encoded_bytes().ends_with(ENDING.as_bytes()));
}

/// A partial file. It is locked as long as its process writes it.
struct PartialFile {
    path: PathBuf,
    file: File,
}

impl PartialFile {
    /// Makes the partial file of the file at a path.
    fn create(path: &Path) -> io::Result<Self> {
        loop {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            // Others may write the same file at the same time, even on another host that shares the folder.
            name.push(format!(".{:016x}{ENDING}", fastrand::u64(..)));
            let partial = path.with_file_name(name);
            let file = File::create_new(&partial)?;
            // A sweeper may have seen the partial file before it was locked: then it locks the file itself, and removes it.
            let taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !taken && partial.exists() {
                return Ok(Self { path: partial, file });
            }
        }
    }
}

fn is_partial_of(partial: &OsStr, name: &OsStr) -> bool {
    let (partial, name) = (partial.as_encoded_bytes(), name.as_encoded_bytes());
    partial.strip_prefix(name).is_some_and(|rest| rest.starts_with(b".") && rest.ends_with(ENDING.as_bytes()))
}

/// Removes abandoned partial files. One that cannot be looked at or removed stays for the next time.
fn remove_abandoned(folder: &Path, wanted: impl Fn(&OsStr) -> bool) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| wanted(&entry.file_name())) {
        let path = entry.path();
        let Ok(file) = File::options().write(true).open(&path) else { continue };
        if is_abandoned(&file) {
            let _ = fs::remove_file(&path);
        }
    }
}

/// Returns whether nobody writes a partial file. If it is abandoned, it stays locked until the file is closed.
fn is_abandoned(partial: &File) -> bool {
    match partial.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => {
            let modified = partial.metadata().and_then(|metadata| metadata.modified());
            modified.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > ABANDONED))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    #[test]
    fn a_partial_file_that_a_dead_process_left_is_removed_and_one_that_is_written_is_not() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("1.md.0123456789abcdef.part"), "half").unwrap();
        let partial = PartialFile::create(&home.path().join("2.md")).unwrap();
        sweep(home.path());
        assert_eq!(names(home.path()), [partial.path.file_name().unwrap().to_str().unwrap()]);
    }

    #[test]
    fn writing_a_file_removes_the_partial_files_that_were_left_of_it_and_no_others() {
        let home = tempfile::tempdir().unwrap();
        for partial in ["1.md.0123456789abcdef.part", "notes.part"] {
            fs::write(home.path().join(partial), "half").unwrap();
        }
        write_whole(&home.path().join("1.md"), b"whole").unwrap();
        assert_eq!(names(home.path()), ["1.md", "notes.part"]);
    }
}
