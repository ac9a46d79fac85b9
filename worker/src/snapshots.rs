//! The prompts of a chapter, from its brief to its repairs, and the questions to the judging model, as files in `worker/prompts`.
//!
//! The plan decides on everything that it can, each in words that say what they are, so that the prompts show where it stands.

#[path = "../../shared/context/tests/prompts/recorded.rs"]
mod recorded;

mod later;

use bindery_context::{Character, Context, Example, Knowing, Lengths, Place, Secret, Slice};
use bindery_outline::{Chapter, FrontMatter, Outline, Variety};
use bindery_runtime::attempt::Before;

use crate::{
    brief::{Brief, BriefSection, BriefWriting, by_rule, fit},
    context_cache::BookContext,
    drafts::DraftNumber,
    facts, judging,
    prompt::{self, ChapterPrompt},
    repair::conflicts,
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

/// Returns the division of a chapter: the answer of a model that decides on everything, or the one by rule where none is asked.
fn division(slice: &Slice) -> Brief {
    if !slice.needs_brief() {
        return serde_json::from_str(&by_rule(slice, "en")).unwrap();
    }
    let section = |number: u32| {
        let said = |what: &str| format!("{what} OF SECTION {number}");
        BriefSection {
            heading: format!("HEADING {number}"),
            beats: vec![said("FIRST STEP"), said("SECOND STEP")],
            begins: said("THE BEGINNING"),
            ends: said("THE END"),
            example: said("THE EXAMPLE"),
            opens: said("THE FIRST MOVE"),
            closes: said("THE LAST MOVE"),
            ..BriefSection::default()
        }
    };
    fit(Brief { sections: (1..=slice.told_sections()).map(section).collect() }, slice).unwrap()
}

fn prompts(outline: &Outline) -> String {
    let context = planned(outline);
    let slice = context.slice(CHAPTER).unwrap().clone();
    let (slice_part, prefix) = (context.slice_part(&slice), prompt::prefix(&context, None));
    let book = BookContext { context, prefix };
    let asked = BriefWriting { book: &book, slice: &slice, slice_part: &slice_part };
    let division = division(&slice);
    let mut parts = vec![book.prefix.clone(), slice_part.clone()];
    if slice.needs_brief() {
        parts.push(format!("==== the brief\n\n{}", asked.request(Before::default(), &asked.contract())));
    }
    let last = division.sections.len() - 1;
    let middle = Some(("a middle section", 1)).filter(|_| last > 1);
    let written = [("the first section", 0)].into_iter().chain(middle).chain([("the last section", last)]);
    for (name, position) in written {
        let writing = SectionWriting::new(&book, &slice, &slice_part, &division, position, None);
        parts.push(format!("==== {name}\n\n{}", writing.request(Before::default())));
    }
    let chapter = ChapterPrompt { book: &book, slice: &slice, slice_part: &slice_part };
    let later = later::prompts(chapter, &division).into_iter();
    parts.extend(later.map(|(name, prompt)| format!("==== {name}\n\n{prompt}")));
    parts.join("\n\n") + "\n"
}

/// Returns the prompts of a chapter: its slice, its brief and its first section.
fn prompts_with(variety: Variety) -> [String; 3] {
    let chapter = |title: &str| Chapter {
        title: title.into(),
        points: vec![format!("{title} is old"), format!("{title} is new")],
        words: Some(1_400),
        ..Chapter::default()
    };
    let front = FrontMatter { variety: Some(variety), ..FrontMatter::default() };
    let chapters = ["Salt", "Iron", "Glass"].map(chapter).to_vec();
    let outline = Outline { title: "Matter".into(), front, chapters, ..Outline::default() };
    let context = Context::compile(&outline, Lengths { chapter: 2_500, section: 700 });
    let slice = context.slice(CHAPTER).unwrap().clone();
    let slice_part = context.slice_part(&slice);
    let book = BookContext { prefix: String::new(), context };
    let asked = BriefWriting { book: &book, slice: &slice, slice_part: &slice_part };
    let division = division(&slice);
    let brief = asked.request(Before::default(), &asked.contract());
    let section = SectionWriting::new(&book, &slice, &slice_part, &division, 0, None).request(Before::default());
    [slice_part, brief, section]
}

#[test]
fn the_prompts_of_a_chapter_show_the_form_that_it_was_dealt_and_usually_none() {
    let [slice, brief, section] = prompts_with(Variety::High);
    assert!(slice.contains("Its form: ") && slice.contains("Its rhythm: "), "{slice}");
    assert!(
        brief.contains("Divide it as its form asks: ") && brief.contains("The first of the sections opens with "),
        "{brief}"
    );
    assert!(section.contains("Its rhythm: ") && section.contains("Its first sentence opens with "), "{section}");
    let low = prompts_with(Variety::Low);
    assert!(low[0].contains("as all chapters of the book"), "{}", low[0]);
    for prompt in prompts_with(Variety::Medium) {
        assert!(
            !prompt.contains("Its form") && !prompt.contains("rhythm") && !prompt.contains("opens with"),
            "{prompt}"
        );
    }
}

#[test]
fn only_the_further_drafts_of_a_section_are_told_what_they_are() {
    let outline = Outline {
        title: "Matter".into(),
        chapters: vec![Chapter { title: "Salt".into(), ..Chapter::default() }],
        ..Outline::default()
    };
    let context = Context::compile(&outline, Lengths { chapter: 700, section: 700 });
    let slice = context.slice(1).unwrap().clone();
    let book = BookContext { prefix: String::new(), context };
    let division: Brief = serde_json::from_str(&by_rule(&slice, "en")).unwrap();
    let asked = |draft: Option<DraftNumber>| {
        SectionWriting { draft, ..SectionWriting::new(&book, &slice, "", &division, 0, None) }
            .request(Before::default())
    };
    let usual = asked(None);
    assert_eq!(asked(Some(DraftNumber { number: 1, of: 3 })), usual);
    let third = asked(Some(DraftNumber { number: 3, of: 3 }));
    assert!(third.contains("3 writers write this section") && third.contains("You are writer 3"), "{third}");
}

#[test]
fn the_writing_prompts_of_the_examples_are_the_recorded_ones() {
    recorded::hold(env!("CARGO_MANIFEST_DIR"), "bindery-worker recorded", prompts);
}

#[test]
fn the_questions_to_the_judging_model_are_the_recorded_ones() {
    for (name, role, words) in [
        ("facts", facts::ROLE, facts::words().as_str()),
        ("judgement", judging::ROLE, judging::WORDS),
        ("conflicts", conflicts::ROLE, conflicts::WORDS),
    ] {
        let question = [role, words].join("\n");
        recorded::hold_one(env!("CARGO_MANIFEST_DIR"), "bindery-worker recorded", name, &question);
    }
}
