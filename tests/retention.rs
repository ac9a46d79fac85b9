//! Do the texts of a finished book leave the store on time, and do its files and its record stay?

use std::time::{Duration, Instant};

use crate::support::{Fleet, Ordered, three_chapters};

/// The longest wait for the sweeper, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(60);

#[test]
fn texts_leave_the_store_after_the_retention_and_files_and_record_stay() {
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_STORE__RETENTION", "3s");
    fleet.keep_serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = Ordered { id: fleet.submit("tides", &[]), outline };
    let before = fleet.finishes(&book);
    let until = Instant::now() + TIMEOUT;
    while fleet.ledger(&book.id).book("texts") != "left" {
        assert!(Instant::now() < until, "{}", fleet.ledger(&book.id).book("texts"));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(fleet.redis.cli(&["--raw", "KEYS", "*:text:*"]), "");
    assert_eq!(fleet.redis.cli(&["--raw", "KEYS", "*:texts"]), "");
    let after = fleet.finishes(&book);
    assert_eq!((after.book("binding"), after.tasks()), (before.book("binding"), before.tasks()));
    for (command, more) in [("rewrite", ["--chapter", "1"]), ("get", ["--format", "pdf"])] {
        let told = fleet.run(&[command, &book.id, more[0], more[1]]).exits(64).stderr;
        assert!(told.contains("have left the store") && told.contains("under another --id"), "{told}");
    }
    assert_eq!(fleet.submit("tides", &[]), book.id);
    assert!(fleet.run(&["status", &book.id]).exits(0).stdout.contains("have left the store"));
}
