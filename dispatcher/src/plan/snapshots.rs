//! The prompts of planning calls for the examples of the documentation, as files in `dispatcher/prompts`.

#[path = "../../../shared/context/tests/prompts/recorded.rs"]
mod recorded;

use bindery_domain::StageModels;
use bindery_ledger::{Order, PlanMode};
use bindery_outline::Outline;

use super::{Extent, PlanWriting, compile, request::ROLE, request::request};

fn prompt(outline: &Outline) -> String {
    let order = Order {
        outline: outline.clone(),
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
    recorded::hold(env!("CARGO_MANIFEST_DIR"), "bindery-dispatcher planning_prompts", prompt);
}
