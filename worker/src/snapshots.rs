//! The prompts of briefs and sections for the examples of the documentation, as files in `worker/prompts`.
//!
//! The plan decides on everything that it can, each in words that say what they are, so that the prompts show where it stands.

#[path = "../../shared/context/tests/prompts/recorded.rs"]
mod recorded;

use bindery_context::{Character, Context, Example, Knowing, Lengths, Place, Secret, Slice};
use bindery_outline::Outline;
use bindery_runtime::attempt::Before;

use crate::{
    brief::{Brief, BriefSection, BriefWriting, by_rule},
    context_cache::BookContext,
    prompt,
    section::SectionWriting,
};

/// The chapter whose prompts are recorded.
const CHAPTER: u32 = 2;

fn planned(outline: &Outline) -> Context {
    let mut context = Context::compile(outline, Lengths { chapter: 2_500, section: 700 });
    let story = context.kind().is_fiction();
    let book = &mut context.book;
    book.thesis = "THESIS OR PREMISE.".into();
    book.style.voice = "A PAGE ABOUT THE VOICE.".into();
    if let Some(term) = book.glossary.first_mut() {
        term.chapter = Some(CHAPTER);
    }
    if story {
        book.characters = vec![Character {
            name: "A CHARACTER".into(),
            want: "A WANT".into(),
            fear: "A FEAR".into(),
            speech: "A WAY OF SPEAKING".into(),
        }];
        book.places = vec![Place { name: "A PLACE".into(), line: "WHAT IT IS LIKE".into() }];
        book.timeline = vec!["WHEN: WHAT HAPPENS".into()];
        let secret = |chapter: u32| Secret {
            text: format!("WHAT CHAPTER {chapter} TELLS."),
            terms: vec![format!("WHAT CHAPTER {chapter} TELLS")],
            chapter,
            known_to: vec![
                Knowing { character: "A CHARACTER".into(), chapter: 1 },
                Knowing { character: "ANOTHER CHARACTER".into(), chapter: 9 },
            ],
        };
        context.secrets = (1..=3).map(secret).collect();
    } else {
        book.promise = "A PROMISE.".into();
        book.examples = vec![Example { name: "A RUNNING EXAMPLE".into(), line: "WHAT IT IS".into(), chapter: CHAPTER }];
    }
    context.chapters.iter_mut().for_each(|slice| decide(slice, story));
    context
}

/// Decides on everything about a chapter.
fn decide(slice: &mut Slice, story: bool) {
    let number = slice.chapter;
    let said = |what: &str| format!("{what} OF CHAPTER {number}");
    slice.line = said("THE LINE");
    slice.images = said("THE COMPARISONS");
    slice.opening = said("THE OPENING");
    slice.closing = said("THE CLOSING");
    slice.hand_off = said("THE BRIDGE");
    if story {
        slice.point_of_view = said("THE EYES");
        slice.setting = said("THE PLACE AND TIME");
        slice.goal = said("THE GOAL");
        slice.turn = said("THE TURN");
        slice.outcome = said("THE OUTCOME");
    } else {
        slice.role = said("THE ROLE");
        slice.example_domain = said("THE EXAMPLES");
        slice.assumes = said("WHAT THE READER KNOWS AT THE BEGINNING");
        slice.adds = said("THE ADDITION");
        slice.leaves = said("WHAT THE READER KNOWS AT THE END");
    }
}

/// Divides the chapter by rule, and gives each section its steps and edges.
fn division(slice: &Slice) -> Brief {
    let mut brief: Brief = serde_json::from_str(&by_rule(slice)).unwrap();
    for (section, number) in brief.sections.iter_mut().zip(1..) {
        let BriefSection { beats, begins, ends, .. } = section;
        *beats = vec![format!("FIRST STEP OF SECTION {number}"), format!("SECOND STEP OF SECTION {number}")];
        *begins = format!("THE BEGINNING OF SECTION {number}");
        *ends = format!("THE END OF SECTION {number}");
    }
    brief
}

fn prompts(outline: &Outline) -> String {
    let context = planned(outline);
    let slice = context.slice(CHAPTER).unwrap().clone();
    let (slice_part, prefix) = (context.slice_part(&slice), prompt::prefix(&context, None));
    let book = BookContext { context, prefix };
    let asked = BriefWriting { book: &book, slice: &slice, slice_part: &slice_part };
    let division = division(&slice);
    let first = SectionWriting::new(&book, &slice, &slice_part, &division, 0, None);
    let mut parts = vec![book.prefix.clone(), slice_part.clone()];
    if slice.needs_brief() {
        parts.push(format!("==== the brief\n\n{}", asked.request(Before::default(), &asked.contract())));
    }
    parts.push(format!("==== the first section\n\n{}", first.request(Before::default())));
    parts.join("\n\n") + "\n"
}

#[test]
fn the_writing_prompts_of_the_examples_are_the_recorded_ones() {
    recorded::hold(env!("CARGO_MANIFEST_DIR"), "bindery-worker writing_prompts", prompts);
}
