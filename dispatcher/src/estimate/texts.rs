//! The texts that a book is made of, and what each takes if its first answer is good.

use bindery_check::audit::most_repaired;
use bindery_context::{
    Context, Slice,
    contract::summary_length,
    expected::{
        brief_room, brief_tokens, facts_room, facts_tokens, judgement_room, judgement_tokens, outline_tokens,
        summary_tokens, text_tokens,
    },
};
use bindery_domain::{estimate_tokens, output_room};
use bindery_ledger::{Order, Topic};
use bindery_model::ModelCaller;
use bindery_runtime::attempt::{Before, Writing as _};

use crate::{
    outline,
    plan::{Extent, PlanWriting},
};

/// What a call is for, which decides on its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Plan,
    Brief,
    Write,
    Judge,
}

/// The kind of sections.
pub(super) const SECTION: &str = "section";

/// Texts of one kind that are alike.
#[derive(Clone, Copy)]
pub(super) struct PlannedText {
    pub(super) stage: Stage,
    /// The kind, as it is named in track records.
    pub(super) kind: &'static str,
    /// How many there are.
    pub(super) count: u64,
    /// The prompt tokens of one of them.
    pub(super) input: u64,
    /// The prompt tokens of an earlier answer that a further call may quote.
    pub(super) quoted: u64,
    /// The output tokens of one of them.
    pub(super) output: u64,
    /// The most output tokens that the text of one of them may take.
    pub(super) room: u64,
}

/// The prompt tokens of the rules that stand before the book part.
const RULES: u64 = 450;

/// The prompt tokens of a request beside the book part and the slice.
const REQUEST: u64 = 500;

/// The output tokens beyond what a chapter's parts are asked for, since a brief may divide the chapter unevenly.
const UNEVEN: u64 = 500;

/// The prompt tokens of a draft that is rewritten, or of an answer that is to be mended.
const QUOTED: u64 = 2_500;

/// Returns the texts of a chapter in the order in which they are written.
pub(super) fn chapter_texts(context: &Context, slice: &Slice) -> Vec<PlannedText> {
    if slice.typed {
        return Vec::new();
    }
    let (unit, language) = (context.unit(), context.book.language.as_str());
    let sections = slice.sections.max(1);
    let length = slice.length.div_ceil(sections);
    let request = REQUEST + slice.divided_tokens();
    let input = RULES + estimate_tokens(&context.book_part()) + estimate_tokens(&context.slice_part(slice)) + request;
    let brief = PlannedText {
        stage: Stage::Brief,
        kind: "brief",
        count: 1,
        input,
        quoted: QUOTED,
        output: brief_tokens(slice),
        room: u64::from(brief_room(slice)),
    };
    let section = PlannedText {
        stage: Stage::Write,
        kind: SECTION,
        count: u64::from(sections),
        input,
        quoted: QUOTED,
        output: text_tokens(length, unit, language),
        room: u64::from(output_room(length, unit, language)) + UNEVEN,
    };
    let brief = Some(brief).filter(|_| slice.needs_brief());
    let mut texts: Vec<PlannedText> = brief.into_iter().chain([section]).collect();
    if context.has_last() && !slice.last {
        let input = input + text_tokens(slice.length, unit, language);
        let room = u64::from(output_room(summary_length(unit), unit, language));
        let output = summary_tokens(context);
        let (stage, kind) = (Stage::Write, "summary");
        texts.push(PlannedText { stage, kind, count: 1, input, quoted: QUOTED, output, room });
    }
    texts
}

/// Returns the judgement of a chapter, whose prompt holds the whole text; `None` where there is nothing to judge.
pub(super) fn judgement_text(context: &Context, slice: &Slice) -> Option<PlannedText> {
    let points: u64 = slice.owns.iter().map(|point| estimate_tokens(&point.text)).sum();
    let count = slice.owns.len();
    (count > 0).then(|| PlannedText {
        stage: Stage::Judge,
        kind: "judgement",
        count: 1,
        input: text_tokens(slice.length, context.unit(), &context.book.language) + points + REQUEST,
        quoted: 0,
        output: judgement_tokens(count),
        room: u64::from(judgement_room(count)),
    })
}

/// Returns the list of a chapter's facts, whose prompt holds the whole text.
pub(super) fn facts_text(context: &Context, slice: &Slice) -> PlannedText {
    PlannedText {
        stage: Stage::Judge,
        kind: "facts",
        count: 1,
        input: text_tokens(slice.length, context.unit(), &context.book.language) + REQUEST,
        quoted: 0,
        output: facts_tokens(),
        room: u64::from(facts_room()),
    }
}

/// Returns the number of a book's sections that a model writes.
pub(super) fn sections_of(context: &Context) -> u64 {
    let written = context.chapters.iter().filter(|slice| !slice.typed);
    written.map(|slice| u64::from(slice.sections.max(1))).sum()
}

/// Returns the repairs of a book, as many as its audit may order at most; `None` where no section is written.
pub(super) fn repair_text(context: &Context) -> Option<PlannedText> {
    let (unit, language) = (context.unit(), context.book.language.as_str());
    let slices = || context.chapters.iter().filter(|slice| !slice.typed);
    let sections = sections_of(context);
    let longest = slices().map(|slice| slice.length.div_ceil(slice.sections.max(1))).max()?;
    let chapters = u64::try_from(slices().count()).unwrap_or(u64::MAX);
    let slice_part = slices().map(|slice| estimate_tokens(&context.slice_part(slice))).sum::<u64>() / chapters;
    let text = slices().map(|slice| text_tokens(slice.length, unit, language)).sum::<u64>() / sections;
    let most = most_repaired(usize::try_from(sections).unwrap_or(usize::MAX));
    Some(PlannedText {
        stage: Stage::Write,
        kind: "repair",
        count: u64::try_from(most).unwrap_or(u64::MAX),
        input: RULES + estimate_tokens(&context.book_part()) + slice_part + REQUEST + text,
        quoted: QUOTED,
        output: text,
        room: u64::from(output_room(longest, unit, language)),
    })
}

/// Returns the parts of a book's plan: those that are asked for one after the other, and the blocks, which are asked for at once.
pub(super) fn plan_texts(order: &Order, compiled: &Context, caller: &ModelCaller) -> Vec<PlannedText> {
    let extents = Extent::of_book(&order.outline);
    let text = |extent: &Extent, count: u64| {
        let writing = PlanWriting { order, context: compiled, extent, clashes: &[] };
        let call = writing.call(caller, 1, Before::default());
        let (input, output, room) = (call.estimated_input(), writing.expected_output(), u64::from(call.max_tokens));
        PlannedText { stage: Stage::Plan, kind: "context", count, input, quoted: REQUEST, output, room }
    };
    let first = extents.first().map(|first| text(first, 1));
    // The blocks are nearly alike, so the largest stands for all.
    let blocks = extents.get(1..).unwrap_or_default();
    let count = blocks.len() as u64;
    let largest = blocks.iter().map(|block| text(block, count)).max_by_key(|text| text.input + text.room);
    first.into_iter().chain(largest).collect()
}

/// Returns the outline of a topic.
pub(super) fn outline_text(topic: &Topic, caller: &ModelCaller) -> PlannedText {
    let call = outline::call(caller, topic, 1, None);
    let (input, output, room) = (call.estimated_input(), outline_tokens(topic.chapters), u64::from(call.max_tokens));
    PlannedText { stage: Stage::Plan, kind: "outline", count: 1, input, quoted: output, output, room }
}
