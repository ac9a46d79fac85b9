//! What no author writes, wherever it stands: scaffolding, placeholders, a model that speaks of itself, a plan of the text.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use bindery_text::markdown::{Block, Kind};

use super::{MetaTalk, model, placeholder, planning};
use crate::{
    lemma::fold,
    phrase::{Patterns, Sentences, excerpt},
};

/// How a model goes on after it was cut off.
static CONTINUATIONS: LazyLock<Patterns> = LazyLock::new(|| {
    Patterns::table(
        "
    continuing from where i|we left
    continuing the|this|your .. section|chapter|draft|text :|from
    here|below is|'s the continuation|rest|remainder of the|your|this .. section|chapter|text|draft|response
    ",
    )
});

/// Tags and tokens of reasoning, prompts and chat templates, and field names of the contract and the context, as JSON or
/// bare.
static SCAFFOLDING: LazyLock<AhoCorasick> = LazyLock::new(|| {
    any_of(&[
        "<think",
        "</think",
        "<thought>",
        "</thought",
        "<reasoning",
        "</reasoning",
        "<reflection>",
        "</reflection",
        "<analysis>",
        "</analysis",
        "<scratchpad",
        "</scratchpad",
        "<inner_monologue",
        "<seed:think",
        "</seed:think",
        "[/think]",
        "◁think▷",
        "◁/think▷",
        "<contract",
        "</contract",
        "<answer>",
        "</answer>",
        "<draft>",
        "</draft>",
        "<output>",
        "</output>",
        "<response>",
        "</response>",
        "<tool_call",
        "</tool_call",
        "<function_call",
        "[tool_calls]",
        "<|im_",
        "<|end",
        "<|eot",
        "<|eom",
        "<|start",
        "<|channel",
        "<channel|>",
        "<|message",
        "<|return",
        "<|begin",
        "<|assistant",
        "<|user",
        "<|system",
        "<|think",
        "<｜",
        "<start_of_turn>",
        "<end_of_turn>",
        "<<sys>>",
        "[inst]",
        "[/inst]",
        "assistantfinal",
        "\"points\":",
        "\"mend\":",
        "\"task\":",
        "\"unit\":",
        "target_words",
        "opening_move",
        "closing_move",
        "handoff_in",
        "handoff_out",
        "may_reference",
        "example_domain",
        "length_words",
    ])
});

/// Finds what is wrong wherever it stands, except in code.
pub(super) fn find(source: &str, blocks: &[Block]) -> Option<MetaTalk> {
    let read = blocks.iter().filter(|block| !matches!(block.kind, Kind::Code { .. } | Kind::Rule));
    let mut spoken = None;
    for block in read {
        let prose = block.prose();
        let lower = fold(&prose);
        // In small letters, "[think]" is a word that an editor adds to a quotation.
        let bracketed = || prose.contains("[THINK]").then(|| MetaTalk::Scaffolding("[THINK]".to_owned()));
        let mut found = scaffolding(&lower).or_else(bracketed);
        if !block.quoted {
            let sentences = Sentences::new(&prose);
            found = found.or_else(|| placeholder::find(&lower).map(MetaTalk::Placeholder)).or_else(|| {
                if block.kind == Kind::Paragraph { in_paragraph(&prose, &sentences, source) } else { None }
            });
            spoken = spoken.or_else(|| model::find(&lower, &sentences));
        }
        if found.is_some() {
            return found;
        }
    }
    spoken.filter(|_| !model::is_subject(source)).map(MetaTalk::Model)
}

/// Builds one automaton for many phrases, so that a text is read once.
pub(crate) fn any_of(phrases: &[&str]) -> AhoCorasick {
    AhoCorasick::new(phrases).expect("an automaton of a few short phrases stays below its limits")
}

/// Finds what a paragraph says about the making of the text.
fn in_paragraph(prose: &str, sentences: &Sentences<'_>, source: &str) -> Option<MetaTalk> {
    let continues = || sentences.iter().any(|sentence| CONTINUATIONS.begin(sentence));
    let planned = planning::find(prose, sentences, source).map(MetaTalk::Planning);
    planned.or_else(|| continues().then(|| MetaTalk::Opening(excerpt(prose))))
}

fn scaffolding(lower: &str) -> Option<MetaTalk> {
    let found = SCAFFOLDING.find(lower)?;
    Some(MetaTalk::Scaffolding(excerpt(&lower[found.start()..])))
}
