//! Checks that a book can be written to the data folder.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::Path,
    time::{Duration, Instant},
};

use bindery_domain::phrasing::Phrased;

use super::CheckResult;

/// About as many bytes as a book of a hundred chapters takes in the data folder.
const PROBE: usize = 8 << 20;

/// The longest time that is fast enough. Every commit waits for the disk once, so a slow disk delays a large book.
const SLOW: Duration = Duration::from_secs(2);

/// Writes as much as a large book does, and removes it.
pub(super) fn writable(folder: &Path) -> CheckResult {
    let begun = Instant::now();
    if let Err(error) = probe(folder) {
        let advice = "make room on its file system or make the folder yours, or choose another with --data DIR";
        return CheckResult::bad("data folder", format!("{}: {error}", folder.display()), advice);
    }
    let took = begun.elapsed();
    let said = format!("{}; {} MB were written to it in {}", folder.display(), PROBE >> 20, Phrased(took));
    let found = CheckResult::well("data folder", said);
    if took < SLOW { found } else { found.with_advice("that is slow; a folder on a local disk is faster") }
}

fn probe(folder: &Path) -> io::Result<()> {
    let path = folder.join(format!("probe-{}", std::process::id()));
    let written = write(&path);
    let removed = fs::remove_file(&path);
    written.and(removed)
}

fn write(path: &Path) -> io::Result<()> {
    let mut file = File::create_new(path)?;
    file.write_all(&vec![0x5A; PROBE])?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writable_folder_is_well_and_is_left_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        assert!(writable(folder.path()).well);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_path_that_is_not_a_folder_is_bad_and_the_advice_names_another_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let found = writable(&file);
        assert!(!found.well && found.advice.is_some_and(|advice| advice.contains("--data")));
    }
}
