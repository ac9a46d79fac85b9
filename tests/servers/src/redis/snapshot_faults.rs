//! A Redis that cannot write its snapshot, as on a full disk.

use std::fs;

use super::Redis;

/// The file to which a server writes its snapshot, within its folder.
const FILE: &str = "dump.rdb";

impl Redis {
    /// Has the server fail to write its snapshot, or succeed again. While it fails, the server answers and refuses writes.
    #[track_caller]
    pub fn fail_snapshots(&self, fail: bool) {
        let file = self.guardian.folder().join(FILE);
        if fail {
            // A file cannot replace a folder that holds something. A server that takes no snapshots refuses nothing.
            self.cli(&["CONFIG", "SET", "save", "3600 1"]);
            let _none_yet = fs::remove_file(&file);
            fs::create_dir_all(file.join("full")).expect("a private folder can be made");
        } else {
            fs::remove_dir_all(&file).expect("a private folder can be removed");
        }
        self.cli(&["BGSAVE", "SCHEDULE"]);
        let status = format!("rdb_last_bgsave_status:{}", if fail { "err" } else { "ok" });
        self.guardian.wait_until("end its snapshot", || self.cli(&["INFO", "persistence"]).contains(&status));
    }
}
