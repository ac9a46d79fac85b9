//! Parts: files that are being written. A part gets its own name once it is whole, and belongs to nobody if its process has
//! died.

use std::{
    ffi::OsStr,
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// The ending of a part's name.
const ENDING: &str = ".part";

/// The age from which a part counts as abandoned on a file system that has no locks.
const ABANDONED: Duration = Duration::from_secs(86_400);

/// Writes a file so that its name never stands for a part of it, even if the program dies meanwhile.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let (Some(folder), Some(name)) = (path.parent(), path.file_name()) {
        remove_abandoned(folder, |part| is_part_of(part, name));
    }
    let mut part = Part::create(path)?;
    let written = part.file.write_all(bytes).and_then(|()| part.file.sync_all());
    let written = written.and_then(|()| fs::rename(&part.path, path));
    if written.is_err() {
        let _ = fs::remove_file(&part.path);
    }
    written
}

/// Removes the parts in a folder whose processes have died.
pub(super) fn sweep(folder: &Path) {
    remove_abandoned(folder, |name| name.as_encoded_bytes().ends_with(ENDING.as_bytes()));
}

/// A part. It is locked as long as its process writes it.
struct Part {
    path: PathBuf,
    file: File,
}

impl Part {
    /// Makes a part of the file at a path.
    fn create(path: &Path) -> io::Result<Self> {
        loop {
            let mut name = path.file_name().unwrap_or_default().to_owned();
            // Others may write the same file at the same time, even on another host that shares the folder.
            name.push(format!(".{:016x}{ENDING}", fastrand::u64(..)));
            let part = path.with_file_name(name);
            let file = File::create_new(&part)?;
            // A sweeper may have seen the part before it was locked: then it locks the part itself, and removes it.
            let taken = matches!(file.try_lock(), Err(TryLockError::WouldBlock));
            if !taken && part.exists() {
                return Ok(Self { path: part, file });
            }
        }
    }
}

fn is_part_of(part: &OsStr, name: &OsStr) -> bool {
    let (part, name) = (part.as_encoded_bytes(), name.as_encoded_bytes());
    part.strip_prefix(name).is_some_and(|rest| rest.starts_with(b".") && rest.ends_with(ENDING.as_bytes()))
}

/// Removes abandoned parts. One that cannot be looked at or removed stays for the next time.
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

/// Returns whether nobody writes a part. If it is abandoned, it stays locked until the file is closed.
fn is_abandoned(part: &File) -> bool {
    match part.try_lock() {
        Ok(()) => true,
        Err(TryLockError::WouldBlock) => false,
        Err(TryLockError::Error(_)) => {
            let modified = part.metadata().and_then(|metadata| metadata.modified());
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
    fn a_part_that_a_dead_process_left_is_removed_and_one_that_is_written_is_not() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("1.md.0123456789abcdef.part"), "half").unwrap();
        let part = Part::create(&home.path().join("2.md")).unwrap();
        sweep(home.path());
        assert_eq!(names(home.path()), [part.path.file_name().unwrap().to_str().unwrap()]);
    }

    #[test]
    fn writing_a_file_removes_the_parts_that_were_left_of_it_and_no_others() {
        let home = tempfile::tempdir().unwrap();
        for part in ["1.md.0123456789abcdef.part", "notes.part"] {
            fs::write(home.path().join(part), "half").unwrap();
        }
        write_whole(&home.path().join("1.md"), b"whole").unwrap();
        assert_eq!(names(home.path()), ["1.md", "notes.part"]);
    }
}
