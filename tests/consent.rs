//! Is no call that costs money made before the user agreed?

use std::fs;

use bindery_stand_in::Faults;

use crate::{
    budget::{priced, priced_at, priced_on, unpriced},
    support::{Bench, Outline},
};

fn calls(bench: &Bench) -> u64 {
    bench.model.stats().calls + bench.model.stats().rejected
}

const TOPIC: [&str; 9] = ["write", "--topic", "Tides", "--chapters", "2", "--words", "300", "--out", "out"];

fn with<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [&TOPIC, arguments].concat()
}

#[test]
fn a_paid_run_without_a_terminal_needs_a_yes_or_a_budget() {
    let bench = priced();
    for command in [["write", "book.md"], ["plan", "book.md"]] {
        bench.run(&command).exits(4).tells(&["--yes or --budget USD"]);
    }
    bench.run(&TOPIC).exits(4).tells(&["--yes or --budget USD"]);
    assert_eq!(calls(&bench), 0, "money was spent");
    assert!(!bench.path("tides.md").exists(), "an outline was made");
    bench.write(&["--budget", "5"]).exits(0);
    bench.run(&["rewrite", "book.md", "--chapter", "1"]).exits(4).tells(&["add --yes"]);
}

#[test]
fn a_model_whose_price_is_not_known_needs_a_yes() {
    let bench = unpriced();
    bench.write(&[]).exits(4).tells(&["--yes"]);
    assert_eq!(calls(&bench), 0, "money may have been spent");
    bench.write(&["--yes"]).exits(0);
}

#[test]
fn a_free_model_is_not_asked_about() {
    let bench = priced_at(0, 0);
    bench.write(&[]).exits(0).tells(&["It costs nothing."]);
}

#[test]
fn a_dry_run_of_a_topic_makes_no_call_and_no_file() {
    let bench = priced();
    let told = bench.run(&with(&["--dry-run"])).exits(0).stdout;
    assert!(told.contains("\"Tides\" with press:prose: ") && told.contains("It likely costs about $0."), "{told}");
    assert_eq!(calls(&bench), 0, "a dry run made a call");
    let files = |name: &str| fs::read_dir(bench.path(name)).is_ok();
    assert!(!files("tides.md") && !files("out") && !bench.path("tides.md").exists(), "a dry run left a file behind");
}

#[test]
fn the_outline_of_a_topic_is_paid_for_from_the_budget() {
    let bench = priced();
    bench.run(&with(&["--budget", "0.0001"])).exits(69).tells(&["the budget does not cover a call"]);
    assert_eq!(calls(&bench), 0, "the budget was passed");
    // The calls of the outline belong to no book.
    bench.calls_may_be_lost();
    bench.run(&with(&["--budget", "5"])).exits(0);
}

#[test]
fn a_budget_for_an_unpriced_model_is_refused_with_lines_that_mend_it() {
    let bench = unpriced();
    let told = bench.write(&["--budget", "5"]).exits(64).stderr;
    let lines: Vec<&str> = told.lines().skip_while(|line| *line != "[[price]]").take(4).collect();
    let prices = fs::read_to_string(bench.path("prices.toml")).unwrap();
    bench.file("prices.toml", format!("{prices}\n{}\n", lines.join("\n")));
    bench.write(&["--budget", "5"]).exits(0);
}

#[test]
fn an_estimate_follows_what_the_model_did_before() {
    let habit = r#"{"match":{"task":"section","try":1},"fault":"skip_point"}"#;
    let bench = priced_on(Bench::with_faults(Faults::from_script(habit).unwrap()));
    let likely = || bench.run(&["--json", "write", "book.md", "--dry-run"]).exits(0).values()[0].clone();
    let before = likely();
    bench.write(&["--yes"]).exits(0);
    let taken = bench.ledger().book("money")["spent"].as_u64().unwrap();
    let after = likely();
    let off = |estimate: &serde_json::Value| estimate["cost_micro_usd"].as_u64().unwrap().abs_diff(taken);
    assert!(off(&after) < off(&before), "{before} and {after}, where the book cost {taken}");
    assert!(off(&after) * 100 < taken * 25, "{after}, where the book cost {taken}");
    bench.outline(&Outline::of(&["Staffs", "Moons"]));
    bench.run(&["write", "book.md", "--dry-run"]).exits(0);
}

#[test]
fn a_book_is_not_held_within_the_smallest_budget_of_its_estimate() {
    let bench = priced();
    let estimate = bench.run(&["--json", "write", "book.md", "--dry-run"]).exits(0).values()[0].clone();
    let sum = |name: &str| estimate[name].as_u64().unwrap();
    assert!(sum("cost_micro_usd") < sum("smallest_budget_micro_usd"));
    assert!(sum("smallest_budget_micro_usd") < sum("at_most_micro_usd"));
    let budget = sum("smallest_budget_micro_usd");
    bench.write(&["--budget", &format!("{}.{:06}", budget / 1_000_000, budget % 1_000_000)]).exits(0);
}
