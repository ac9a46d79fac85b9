//! The texts that a book is made of, and what each takes if its first answer is good.

use bindery_context::{
    Context, Slice,
    contract::summary_length,
    expected::{brief_room, brief_tokens, outline_tokens, plan_tokens, summary_tokens, text_tokens},
};
use bindery_domain::{estimate_tokens, output_room};
use bindery_ledger::Order;
use bindery_model::Caller;
use bindery_runtime::attempt::{Before, Writing as _};

use crate::{
    outline::{self, Topic},
    plan::PlanWriting,
};

/// Texts of one kind that are alike.
pub(super) struct PlannedText {
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
    let (unit, language) = (context.unit(), context.book.language.as_str());
    let sections = slice.sections.max(1);
    let length = slice.length.div_ceil(sections);
    let input = RULES + estimate_tokens(&context.book_part()) + estimate_tokens(&context.slice_part(slice)) + REQUEST;
    let brief = PlannedText {
        kind: "brief",
        count: 1,
        input,
        quoted: QUOTED,
        output: brief_tokens(slice),
        room: u64::from(brief_room(slice)),
    };
    let section = PlannedText {
        kind: "section",
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
        texts.push(PlannedText { kind: "summary", count: 1, input, quoted: QUOTED, output, room });
    }
    texts
}

/// Returns a book's plan.
pub(super) fn plan_text(order: &Order, compiled: &Context, caller: &Caller) -> PlannedText {
    let call = PlanWriting { order, compiled, caller }.call(1, Before::default());
    let (input, output, room) = (call.estimated_input(), plan_tokens(compiled), u64::from(call.max_tokens));
    PlannedText { kind: "context", count: 1, input, quoted: REQUEST, output, room }
}

/// Returns the outline of a topic.
pub(super) fn outline_text(topic: &Topic, caller: &Caller) -> PlannedText {
    let call = outline::call(caller, topic, 1, None);
    let (input, output, room) = (call.estimated_input(), outline_tokens(topic.chapters), u64::from(call.max_tokens));
    PlannedText { kind: "outline", count: 1, input, quoted: output, output, room }
}
