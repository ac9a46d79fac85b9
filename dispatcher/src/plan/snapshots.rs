//! The prompts of planning calls for the examples of the documentation, as files in `dispatcher/prompts`.

#[path = "../../../shared/context/tests/prompts/recorded.rs"]
mod recorded;

use bindery_domain::StageModels;
use bindery_ledger::{Order, PlanMode};
use bindery_outline::{Chapter, FrontMatter, Outline, Variety};

use super::{Extent, PlanWriting, compile, request::ROLE, request::request};

fn prompt(outline: &Outline) -> String {
    prompt_of(outline.clone())
}

fn prompt_of(outline: Outline) -> String {
    let order = Order {
        outline,
        topic: None,
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
fn a_planning_prompt_has_the_forms_that_were_dealt_and_lets_chapters_of_one_form_open_alike() {
    let prompt = |variety: Variety| {
        let chapters = ["Salt", "Iron"].map(|title| Chapter { title: title.into(), ..Chapter::default() }).to_vec();
        let front = FrontMatter { variety: Some(variety), ..FrontMatter::default() };
        prompt_of(Outline { title: "Matter".into(), front, chapters, ..Outline::default() })
    };
    let (low, medium, high) = (prompt(Variety::Low), prompt(Variety::Medium), prompt(Variety::High));
    assert!(high.contains("which you keep to") && high.contains("- Chapter 2: "), "{high}");
    assert!(low.contains("All open and close alike.") && low.contains("- Chapter 2: "), "{low}");
    assert!(!medium.contains("which you keep to") && medium.contains("No two chapters share an opening"), "{medium}");
}

#[test]
fn the_planning_prompts_of_the_examples_are_the_recorded_ones() {
    recorded::hold(env!("CARGO_MANIFEST_DIR"), "bindery-dispatcher planning_prompts", prompt);
}
