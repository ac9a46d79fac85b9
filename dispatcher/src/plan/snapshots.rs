//! The prompts of planning calls for the examples of the documentation, as files in `dispatcher/prompts`.

use std::{fs, path::PathBuf};

use bindery_domain::StageModels;
use bindery_ledger::{Order, PlanMode};
use bindery_outline::{Kind, parse};

use super::{Extent, PlanWriting, compile, request::ROLE, request::request};

const EXAMPLES: [&str; 6] = [
    "bread-at-home.md",
    "chiisana-honya.md",
    "das-wasser-der-stadt.md",
    "five-knots.yaml",
    "night-sky.json",
    "slack-water.md",
];

fn prompt(example: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/examples").join(example);
    let order = Order {
        outline: parse(&fs::read(&path).unwrap(), Kind::of(&path).unwrap()).unwrap(),
        model: "stand-in:prose".to_owned(),
        stages: StageModels::default(),
        chapter_length: 2_500,
        section_length: 700,
        date: "2026-01-01".to_owned(),
        plan: PlanMode::Model,
    };
    let context = compile(&order).unwrap();
    let writing = PlanWriting { order: &order, context: &context, extent: &Extent::Whole };
    let request = request(&context, &Extent::Whole);
    [ROLE, &writing.outline(), &request, &writing.contract().block()].join("\n\n") + "\n"
}

#[test]
fn the_planning_prompts_of_the_examples_are_the_recorded_ones() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let mut changed = Vec::new();
    for example in EXAMPLES {
        let (file, prompt) = (folder.join(format!("{example}.txt")), prompt(example));
        if std::env::var_os("BINDERY_BLESS").is_some() {
            fs::write(&file, &prompt).unwrap();
        }
        if fs::read_to_string(&file).ok().as_ref() != Some(&prompt) {
            changed.push(example);
        }
    }
    assert!(
        changed.is_empty(),
        "the prompts of {changed:?} are no longer those of dispatcher/prompts; read them, then renew them with \
         `BINDERY_BLESS=1 cargo test -p bindery-dispatcher planning_prompts`"
    );
}
