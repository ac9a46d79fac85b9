//! Do a finished book's texts leave the store in time, and its files and its record stay?

use std::time::{Duration, Instant};

use crate::support::{Fleet, three_chapters};

/// Longer than a sweeper takes to notice on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn texts_leave_the_store_after_their_time_and_files_record_and_answers_stay() {
    let mut fleet = Fleet::new();
    fleet.set("BINDERY_STORE__RETENTION", "3s");
    fleet.keep_serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let book = fleet.submit("tides", &[]);
    let before = fleet.finishes(&book, &outline);
    let until = Instant::now() + PATIENCE;
    while fleet.ledger(&book).book("texts") != "left" {
        assert!(Instant::now() < until, "{}", fleet.ledger(&book).book("texts"));
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(fleet.redis.cli(&["--raw", "KEYS", "*:text:*"]), "");
    assert_eq!(fleet.redis.cli(&["--raw", "KEYS", "*:texts"]), "");
    let after = fleet.finishes(&book, &outline);
    assert_eq!((after.book("binding"), after.tasks()), (before.book("binding"), before.tasks()));
    for (command, more) in [("rewrite", ["--chapter", "1"]), ("get", ["--format", "pdf"])] {
        let told = fleet.run(&[command, &book, more[0], more[1]]).exits(64).stderr;
        assert!(told.contains("have left the store") && told.contains("under another --id"), "{told}");
    }
    assert_eq!(fleet.submit("tides", &[]), book);
    assert!(fleet.run(&["status", &book]).exits(0).stdout.contains("have left the store"));
}
