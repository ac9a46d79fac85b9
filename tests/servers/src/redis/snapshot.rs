//! What a Redis knew at a moment, and making it forget all since.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::Redis;

/// Where a server keeps its append-only file, within its folder.
const LOG: &str = "appendonlydir";

/// What a Redis knew at a moment.
pub struct Snapshot(TempDir);

impl Redis {
    /// Keeps what it knows now. Every answered write is in its append-only file, of which any beginning is sound.
    #[must_use]
    #[track_caller]
    pub fn snapshot(&self) -> Snapshot {
        let kept = tempfile::tempdir().expect("a temporary folder can be made");
        copy(&self.guardian.folder().join(LOG), kept.path());
        Snapshot(kept)
    }

    /// Kills it, and starts it again with what it knew then: as after a failover to a replica that was behind.
    #[track_caller]
    pub fn roll_back(&self, to: &Snapshot) {
        self.kill();
        let log = self.guardian.folder().join(LOG);
        fs::remove_dir_all(&log).expect("a private folder can be removed");
        fs::create_dir(&log).expect("a private folder can be made");
        copy(to.0.path(), &log);
        self.start_again();
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a private folder can be read") {
        let entry = entry.expect("a private folder can be read");
        fs::copy(entry.path(), to.join(entry.file_name())).expect("a private file can be copied");
    }
}
