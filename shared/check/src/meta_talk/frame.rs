//! What stands around a text and belongs to the conversation with the model: a presentation above it, an offer below it.
//!
//! A frame is cut away by [`crate::tidy`]. The gate fails where one is left, because nothing but frames is there or because
//! it cannot be told where it ends.

use std::ops::Range;

use bindery_text::markdown::{Block, Kind};

use super::{
    MetaTalk, announcement,
    closing::{self, Closer},
    label, note, opening, placeholder, planning, task, unspaced,
};
use crate::{
    lemma::fold,
    phrase::{Sentences, excerpt},
};

/// Words around a text that are not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Where it stands in the source; `None` where it cannot be told apart from the text.
    pub(crate) range: Option<Range<usize>>,
    /// What it is.
    pub(super) talk: MetaTalk,
}

impl Frame {
    fn of(block: &Block, talk: fn(String) -> MetaTalk) -> Self {
        Self { range: Some(block.source.clone()), talk: talk(excerpt(&block.text)) }
    }
}

/// Finds a frame above the text.
pub(crate) fn above(source: &str, blocks: &[Block]) -> Option<Frame> {
    /// A first paragraph shorter than this may be an acknowledgement, with the presentation in the second.
    const SHORT: usize = 100;

    let read: Vec<&Block> = blocks.iter().filter(|block| block.kind != Kind::Rule).collect();
    let (first, rest) = read.split_first()?;
    if !first.top || !matches!(first.kind, Kind::Paragraph | Kind::Heading(_)) {
        return None;
    }
    let introduces = rest.first().is_some_and(|next| introduced(next));
    let text = first.prose();
    if note::is_note(&text) || placeholder::says_where_it_ends(&fold(&text)) {
        return Some(Frame::of(first, MetaTalk::Note));
    }
    if announcement::presents(&text) && !introduces {
        return Some(Frame::of(first, MetaTalk::Opening));
    }
    if label::is_label(&text) && !introduces {
        return Some(Frame::of(first, MetaTalk::Note));
    }
    if first.kind != Kind::Paragraph {
        return None;
    }
    if task::is_named(&text) {
        let range = first.source.start..end_of_plans(first, rest);
        return Some(Frame { range: Some(range), talk: MetaTalk::Planning(excerpt(&text)) });
    }
    if planning::begins(&text, source) {
        return Some(Frame::of(first, MetaTalk::Planning));
    }
    if let Some(end) = label::before_text(&source[first.source.clone()]) {
        let range = first.source.start..first.source.start + end;
        return Some(Frame { range: Some(range), talk: MetaTalk::Note(excerpt(&text)) });
    }
    let presented = presentation(source, first, &text, introduces).map(|frame| {
        let is_whole = frame.range.as_ref() == Some(&first.source) && task::is_told(&text);
        let range = if is_whole { Some(first.source.start..end_of_plans(first, rest)) } else { frame.range };
        Frame { range, ..frame }
    });
    presented.or_else(|| {
        let second = rest.first().filter(|second| second.kind == Kind::Paragraph && second.top)?;
        let introduces = rest.get(1).is_some_and(|next| introduced(next));
        let found = (text.len() < SHORT)
            .then(|| presentation(source, second, &second.prose(), introduces))?
            .filter(|frame| frame.range.as_ref() == Some(&second.source) && second.text.trim_end().ends_with(':'))?;
        Some(Frame { range: Some(first.source.start..second.source.end), ..found })
    })
}

/// Returns where the reasoning ends that a first paragraph begins: behind the paragraphs that plan the text, and their lists.
fn end_of_plans(first: &Block, rest: &[&Block]) -> usize {
    let mut before = first;
    for block in rest {
        let is_listed =
            block.kind == Kind::Item && (before.kind == Kind::Item || before.text.trim_end().ends_with(':'));
        let is_plan = || block.kind == Kind::Paragraph && block.top && planning::is_reasoning(&block.prose());
        if !is_listed && !is_plan() {
            break;
        }
        before = block;
    }
    before.source.end
}

/// Returns whether "Here is the final version:" may introduce this block.
fn introduced(next: &Block) -> bool {
    next.quoted || matches!(next.kind, Kind::Code { .. } | Kind::Table | Kind::Item)
}

/// Finds a presentation with which a paragraph begins.
fn presentation(source: &str, block: &Block, text: &str, introduces: bool) -> Option<Frame> {
    /// What follows a presentation on its line and has no end is the title of the text.
    const TITLE: usize = 60;
    /// A sentence before the presentation, if there is one, is short.
    const BEFORE: usize = 200;

    let sentences = Sentences::new(text);
    let acknowledges = sentences.iter().next().is_some_and(opening::acknowledges);
    let presents: Vec<bool> = sentences
        .iter()
        .enumerate()
        .map(|(index, tokens)| {
            (index == 0 && acknowledges)
                || (index == 1 && acknowledges && opening::follows_acknowledgement(tokens))
                || opening::presents(tokens, introduces)
        })
        .collect();
    let whole = || Some(Frame::of(block, MetaTalk::Opening));
    if unspaced::opens(text) {
        return if text.chars().count() <= TITLE { whole() } else { Some(Frame { range: None, ..whole()? }) };
    }
    let spans = sentences.spans();
    match presents.iter().position(|presents| !presents) {
        None if presents.is_empty() => None,
        None => whole(),
        Some(0) => {
            (text.len() <= BEFORE && text.trim_end().ends_with(':') && presents.get(1) == Some(&true)).then(whole)?
        }
        Some(next) => {
            let rest = text[spans[next].start..].trim();
            let is_title = rest.chars().count() <= TITLE && !rest.ends_with(['.', '!', '?', '…', '”', '"', '»', '«']);
            if is_title {
                return whole();
            }
            let range = plain_offset(source, block).map(|at| block.source.start..at + spans[next].start);
            Some(Frame { range, talk: MetaTalk::Opening(excerpt(text)) })
        }
    }
}

/// Returns where the text of a block begins in the source, if it stands there letter for letter.
fn plain_offset(source: &str, block: &Block) -> Option<usize> {
    let has_code = block.prose() != block.text;
    let at = source[block.source.clone()].find(&block.text).filter(|_| !has_code)?;
    Some(block.source.start + at)
}

/// Finds a frame below the text.
pub(crate) fn below(source: &str, blocks: &[Block]) -> Option<Frame> {
    let end = blocks.iter().rposition(|block| block.kind != Kind::Rule)?;
    if let Some(frame) = list_below(source, &blocks[..=end]) {
        return Some(frame);
    }
    let last = &blocks[end];
    if !last.top || last.quoted || !matches!(last.kind, Kind::Paragraph | Kind::Heading(_)) {
        return None;
    }
    let text = last.prose();
    if note::is_note(&text) || placeholder::says_where_it_ends(&fold(&text)) {
        return Some(Frame::of(last, MetaTalk::Note));
    }
    if planning::begins(&text, source) {
        return Some(Frame::of(last, MetaTalk::Planning));
    }
    offer(source, last, &text)
}

/// Finds a list about the text, below a line that heads it: "Changes made:".
fn list_below(source: &str, blocks: &[Block]) -> Option<Frame> {
    /// The most blocks of such a list.
    const BLOCKS: usize = 24;

    let from = blocks.len().saturating_sub(BLOCKS);
    let at = (from..blocks.len()).rev().find(|&at| {
        let block = &blocks[at];
        block.top && matches!(block.kind, Kind::Paragraph | Kind::Heading(_)) && label::heads_list(&block.text)
    })?;
    let head = &blocks[at];
    let is_alone = blocks[at + 1..].iter().all(|block| matches!(block.kind, Kind::Item | Kind::Table | Kind::Rule));
    let is_at_end = at > 0 && (source.len() - head.source.start) * 2 < source.len();
    (is_alone && is_at_end)
        .then(|| Frame { range: Some(head.source.start..source.len()), talk: MetaTalk::Note(excerpt(&head.text)) })
}

/// Finds an offer or a remark with which the last paragraph ends.
fn offer(source: &str, block: &Block, text: &str) -> Option<Frame> {
    /// The longest last paragraph that may be nothing but offers, and the longest remark.
    const OFFER: usize = 600;
    const REMARK: usize = 300;

    let sentences = Sentences::new(text);
    let closers: Vec<Option<Closer>> = sentences.iter().map(closing::closer).collect();
    let strong = closers.contains(&Some(Closer::Strong));
    let whole = || Some(Frame::of(block, MetaTalk::Closing));
    // A note or a letter that the book shows is set in italics, and so may an offer be that is sure.
    let is_set_apart = source[block.source.clone()].trim_start().starts_with(['*', '_']) || sentences.has_speech();
    let all = !closers.is_empty() && closers.iter().all(Option::is_some);
    if all && text.len() <= OFFER && (strong || !is_set_apart) {
        return whole();
    }
    if text.len() <= REMARK && sentences.iter().next().is_some_and(closing::remarks) {
        return Some(Frame::of(block, MetaTalk::Note));
    }
    let spans = sentences.spans();
    let kept = closers.iter().rposition(Option::is_none).map_or(0, |kept| kept + 1);
    if kept < closers.len() && closers[kept..].contains(&Some(Closer::Strong)) {
        let range = plain_offset(source, block).map(|at| at + spans[kept].start..block.source.end);
        return Some(Frame { range, talk: MetaTalk::Closing(excerpt(&text[spans[kept].start..])) });
    }
    unspaced_offer(source, block, text)
}

/// Finds an offer at the end of a paragraph in a script without spaces.
fn unspaced_offer(source: &str, block: &Block, text: &str) -> Option<Frame> {
    let sentences: Vec<&str> = text.split_inclusive(['。', '！', '？', '!', '?', '\n']).collect();
    let kept = sentences.iter().rposition(|sentence| !unspaced::closes(sentence)).map_or(0, |kept| kept + 1);
    let offered: usize = sentences[kept..].iter().map(|sentence| sentence.len()).sum();
    if offered == 0 {
        return None;
    }
    let start = text.len() - offered;
    let range = plain_offset(source, block).map(|at| at + start..block.source.end);
    Some(Frame { range, talk: MetaTalk::Closing(excerpt(&text[start..])) })
}
