//! Does a preset decide on the knobs that nobody has named, and is its price told before anything is spent?

use serde_json::Value;

use crate::{
    budget::priced,
    support::{Bench, three_chapters},
};

fn estimate(bench: &Bench, options: &[&str]) -> Value {
    let arguments = [&["--json", "write", "book.md", "--dry-run"], options].concat();
    bench.run(&arguments).exits(0).values()[0].clone()
}

fn sum(of: &Value, name: &str) -> u64 {
    of[name].as_u64().unwrap()
}

#[test]
fn a_dry_run_prices_each_preset_and_the_standard_is_what_is_ordered_by_default() {
    let bench = priced();
    let usual = estimate(&bench, &[]);
    let presets = usual["presets"].as_array().unwrap();
    let names: Vec<&str> = presets.iter().map(|priced| priced["preset"].as_str().unwrap()).collect();
    assert_eq!(names, ["draft", "standard", "careful"]);
    for name in ["cost_micro_usd", "at_most_micro_usd"] {
        assert_eq!(presets[1][name], usual[name]);
        assert!(sum(&presets[1], name) < sum(&presets[2], name), "{usual:#}");
    }
    // So short a book has no likely repair, so that a draft likely costs the same.
    assert!(sum(&presets[0], "at_most_micro_usd") < sum(&presets[1], "at_most_micro_usd"), "{usual:#}");
    let careful = estimate(&bench, &["--preset", "careful"]);
    assert_eq!(careful["cost_micro_usd"], presets[2]["cost_micro_usd"]);
    let told = bench.run(&["write", "book.md", "--dry-run"]).exits(0).stdout;
    for said in ["Its price with each preset:", "  draft ", "  careful ", "(2 drafts of a section, at most 2 rewrites"]
    {
        assert!(told.contains(said), "{said} is missing in {told}");
    }
}

#[test]
fn a_knob_that_is_named_counts_more_than_the_preset_and_the_values_are_said() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    let expected = estimate(&bench, &["--preset", "careful", "--best-of", "1", "--audit", "report"]);
    let ended = bench.write(&["--preset", "careful", "--best-of", "1", "--audit", "report"]).exits(0);
    ended.tells(&[
        "The preset is careful: 1 draft of a section, at most 2 rewrites, each chapter judged, an audit that only reports, facts \
         compared.",
    ]);
    let stats = bench.model.stats();
    assert_eq!((stats.by_task["judgement"], stats.by_task["facts"], stats.by_task["section"]), (3, 3, 6));
    assert_eq!(stats.calls, sum(&expected, "calls"));
}

#[test]
fn a_draft_is_written_as_it_comes() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--preset", "draft"]).exits(0).tells(&["The preset is draft: 1 draft of a section, no rewrites"]);
    bench.holds(&three_chapters());
    let stats = bench.model.stats();
    assert_eq!((stats.by_task.get("judgement"), stats.by_task["section"]), (None, 6));
    let terms = bench.ledger().book("terms").clone();
    assert_eq!((terms["audit"].as_str(), terms["best_of"].as_u64()), (Some("report"), None));
}
