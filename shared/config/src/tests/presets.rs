//! Tests of presets: which of the settings they stand for, and what counts more than they do.

use bindery_ledger::{AuditMode, Preset};

use super::*;

#[test]
fn a_preset_stands_for_the_knobs_that_the_same_source_does_not_name_and_what_overrides_it_wins() {
    assert_eq!(Config::default().knobs(), Preset::Standard.knobs(), "the defaults are the standard");
    for preset in Preset::ALL {
        assert_eq!(file("").flag("book.preset", preset.name()).load().knobs(), preset.knobs());
    }
    let careful = "[book]\nbest_of = 3\npreset = \"careful\"\n";
    let config = file(careful).variable("BINDERY_CHECKS__FACTS", "false").load();
    assert_eq!((config.book.best_of, config.checks.facts, config.checks.judge), (3, false, Judging::All));
    assert!(config.origin("checks.judge").to_string().ends_with("bindery.toml:3"));
    // A preset of the command line counts more than a knob of a file, and a knob of the command line more than the preset.
    let config = file(careful).flag("book.preset", "draft").flag("book.audit", "repair").load();
    assert_eq!((config.book.best_of, config.book.audit), (1, AuditMode::Repair));
    assert!(file("").flag("book.preset", "fast").problems()[0].contains("book.preset"));
}
