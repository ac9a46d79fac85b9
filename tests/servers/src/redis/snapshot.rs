//! Taking a snapshot of a Redis, and rolling it back to one.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::Redis;

/// Where a server keeps its append-only file, within its folder.
const APPEND_ONLY_DIR: &str = "appendonlydir";

/// The data of a Redis at one moment.
pub struct Snapshot(TempDir);

impl Redis {
    /// Copies the current data. The append-only file holds every answered write, and may be cut off anywhere.
    #[must_use]
    #[track_caller]
    pub fn snapshot(&self) -> Snapshot {
        let kept = tempfile::tempdir().expect("a temporary folder can be made");
        copy(&self.guardian.folder().join(APPEND_ONLY_DIR), kept.path());
        Snapshot(kept)
    }

    /// Kills the server and starts it again with the data of a snapshot, as after a failover to a replica that lagged.
    #[track_caller]
    pub fn roll_back(&self, to: &Snapshot) {
        self.kill();
        let log = self.guardian.folder().join(APPEND_ONLY_DIR);
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
