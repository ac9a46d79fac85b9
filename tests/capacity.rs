//! Does the program on the page about capacity print the tables of the page, and are its constants the current settings?

use std::{fs, process::Command};

use bindery_config::Config;

use crate::support::{Manifests, Running};

fn page() -> String {
    fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/capacity.md")).unwrap()
}

/// Returns the program at the end of the page.
fn program(page: &str) -> &str {
    let (_, rest) = page.split_once("```python\n").unwrap();
    rest.split_once("```").unwrap().0
}

#[test]
fn the_tables_of_the_page_are_what_its_program_prints() {
    let page = page();
    let mut command = Command::new("python3");
    command.args(["-c", program(&page)]);
    let printed = Running::start(command).end().exits(0).stdout;
    let tables: Vec<&str> = printed.trim().split("\n\n").collect();
    assert_eq!(tables.len(), 3, "{printed}");
    for table in tables {
        assert!(page.contains(table), "the page has another table; the program prints\n{table}");
    }
}

#[test]
fn the_command_for_your_own_plan_prints_the_first_example() {
    let page = page();
    let (_, rest) = page.split_once("```sh\n").unwrap();
    let mut command = Command::new("sh");
    command.args(["-c", rest.split_once("\n```").unwrap().0]).current_dir(env!("CARGO_MANIFEST_DIR"));
    let printed = Running::start(command).end().exits(0).stdout;
    assert!(printed.lines().count() > 12, "{printed}");
    for line in printed.lines() {
        // On the page, further examples stand to the right.
        let first = line.strip_suffix('|').unwrap();
        assert!(page.lines().any(|line| line.starts_with(first)), "the page does not have {line}");
    }
}

#[test]
fn the_constants_of_the_page_are_the_settings_of_the_production_overlay() {
    let page = page();
    let manifests = Manifests::of("production");
    let calls = &manifests.settings()["BINDERY_MODEL__CALLS"];
    let triggers = &manifests.find("ScaledObject", "bindery-worker")["spec"]["triggers"];
    let slots = triggers[0]["metadata"]["value"].as_str().unwrap();
    let constants = format!("WORKER_CALLS, WORKER_SLOTS, PLANS = {calls}, {slots}, ");
    assert!(program(&page).contains(&constants), "the page does not say {constants}");
    let window = Config::default().ledger.window;
    assert!(page.contains(&format!("`ledger.window` ({window})")), "the window is {window}");
}
