//! The prompts of planning calls, as files in `dispatcher/prompts`.

#[path = "../../../shared/context/tests/prompts/recorded.rs"]
mod recorded;

use bindery_context::{Context, Secret};
use bindery_domain::StageModels;
use bindery_ledger::{Order, PlanMode, Topic};
use bindery_outline::{BookKind, Chapter, FrontMatter, Outline, Variety};
use bindery_runtime::attempt::Before;

use super::{Extent, PlanFault, PlanWriting, compile, request::ROLE, request::request};
use crate::outline;

fn prompt(outline: &Outline) -> String {
    prompt_of(outline.clone())
}

fn prompt_of(outline: Outline) -> String {
    let order = order(outline);
    let context = compile(&order).unwrap();
    prompt_for(&order, &context, &Extent::Whole, &[])
}

fn order(outline: Outline) -> Order {
    Order {
        outline,
        topic: None,
        model: "stand-in:prose".to_owned(),
        stages: StageModels::default(),
        chapter_length: 2_500,
        section_length: 700,
        date: "2026-01-01".to_owned(),
        plan: PlanMode::Model,
    }
}

fn prompt_for(order: &Order, context: &Context, extent: &Extent, clashes: &[PlanFault]) -> String {
    let writing = PlanWriting { order, context, extent, clashes };
    let request = format!("{}\n{}", request(context, extent), writing.lesson(Before::default()));
    [ROLE, &writing.outline(), request.trim_end(), &writing.contract().block()].join("\n\n") + "\n"
}

/// Returns the context of a story of many chapters after the call for the book.
fn decided(order: &Order) -> Context {
    let mut context = compile(order).unwrap();
    context.book.thesis = "THE PREMISE.".into();
    context.book.canon = vec!["A FACT.".into(), "A FACT (from chapter 30 on).".into()];
    context.secrets = vec![Secret { text: "A SECRET.".into(), chapter: 40, ..Secret::default() }];
    context
}

#[test]
fn the_prompt_for_a_block_of_chapters_is_the_recorded_one() {
    let chapter = |number: u32| Chapter {
        title: format!("TITLE {number}"),
        summary: format!("SUMMARY {number}."),
        points: vec![format!("POINT OF {number}")],
        ..Chapter::default()
    };
    let front = FrontMatter { kind: Some(BookKind::Novel), ..FrontMatter::default() };
    let chapters = (1..=43).map(chapter).collect();
    let order = order(Outline { title: "THE TITLE".into(), front, chapters, ..Outline::default() });
    let (context, block) = (decided(&order), Extent::Chapters(40..43));
    let clash = PlanFault::Alike { what: "opening", chapter: 42, earlier: 3, had: "THE OPENING OF 3".into() };
    let prompts = [prompt_for(&order, &context, &block, &[]), prompt_for(&order, &context, &block, &[clash])];
    assert_ne!(prompts[0], prompts[1], "a block that is asked once more is told why");
    let prompts = prompts.join("\n==== asked once more\n\n");
    recorded::hold_one(env!("CARGO_MANIFEST_DIR"), "bindery-dispatcher recorded", "a-block", &prompts);
}

#[test]
fn the_prompts_for_the_outline_of_a_topic_are_the_recorded_ones() {
    let asked = |kind| {
        let topic = Topic { topic: "THE TOPIC".into(), chapters: 12, words: 3_000, language: "de".into(), kind };
        format!("==== {}\n\n{}", kind.map_or("no kind", BookKind::name), outline::words(&topic))
    };
    let kinds = BookKind::ALL.map(Some).into_iter().chain([None]);
    let prompts = [outline::ROLE.to_owned()].into_iter().chain(kinds.map(asked)).collect::<Vec<_>>().join("\n");
    recorded::hold_one(env!("CARGO_MANIFEST_DIR"), "bindery-dispatcher recorded", "a-topic", &prompts);
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
    recorded::hold(env!("CARGO_MANIFEST_DIR"), "bindery-dispatcher recorded", prompt);
}
