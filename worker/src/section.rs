//! A section of a chapter, which one model call writes.

mod request;

use async_trait::async_trait;
use bindery_check::{Asked, GateFailure, SectionText, TargetReport, gate, targets, tidy};
use bindery_context::{
    Slice,
    contract::{Contract, Practice},
    expected::text_tokens,
};
use bindery_domain::output_room;
use bindery_model::{Call, ModelCaller, Prompt};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::clean::clean;

use crate::{brief::Brief, context_cache::BookContext, drafts::DraftNumber, judging::Verdict, practice};

/// More than any score of a text that misses a target.
const PASSED: u32 = 1_000;

/// How one section of a chapter is asked for and judged.
pub(crate) struct SectionWriting<'a> {
    pub(crate) book: &'a BookContext,
    pub(crate) slice: &'a Slice,
    pub(crate) slice_part: &'a str,
    pub(crate) brief: &'a Brief,
    /// The section's position in the brief, from 0.
    pub(crate) position: usize,
    /// The texts of the section's points.
    pub(crate) points: Vec<String>,
    /// The indexes of those that the judged text leaves out.
    pub(crate) missed: Vec<usize>,
    /// Which draft it is; `None` where one is written, and where the chosen one is written again.
    pub(crate) draft: Option<DraftNumber>,
}

impl<'a> SectionWriting<'a> {
    pub(crate) fn new(
        book: &'a BookContext,
        slice: &'a Slice,
        slice_part: &'a str,
        brief: &'a Brief,
        position: usize,
        verdict: Option<&Verdict>,
    ) -> Self {
        let own = || brief.sections[position].points.iter().filter_map(|id| slice.point(id));
        let points = own().map(|point| point.text.clone()).collect();
        let is_missed = |id: &String| verdict.is_some_and(|verdict| verdict.missed.contains(id));
        let missed = own().enumerate().filter(|(_, point)| is_missed(&point.id)).map(|(index, _)| index).collect();
        Self { book, slice, slice_part, brief, position, points, missed, draft: None }
    }

    /// Returns the points that the judged text leaves out.
    pub(crate) fn missed_points(&self) -> Vec<String> {
        self.missed.iter().map(|index| self.points[*index].clone()).collect()
    }

    fn asked(&self) -> Asked<'_> {
        let section = &self.brief.sections[self.position];
        let language = &self.book.context.book.language;
        // How long a quiz is says nothing about it; how many questions it has does.
        let length = if self.practice().is_some() { 0 } else { section.length };
        Asked { language, heading: self.heading(), points: &self.points, length }
    }

    /// Returns what the section gives its readers to do; `None` where it is prose.
    fn practice(&self) -> Option<Practice> {
        let section = &self.brief.sections[self.position];
        practice::asked(&section.heading, self.slice, section.length, self.book.context.unit())
    }

    /// Returns the heading above the text.
    fn heading(&self) -> &str {
        heading(self.brief, self.position, self.slice)
    }

    /// Returns a text's score among others of this section. One that meets every target is above any that does not. Where
    /// points were judged, two fifths are for the length and three for the points.
    fn score(&self, report: &TargetReport, left_out: usize, early: usize) -> u32 {
        let passed = left_out == 0 && early == 0 && report.missed().is_none();
        let points = u32::try_from(self.points.len()).unwrap_or(u32::MAX).max(1);
        let treated = points.saturating_sub(u32::try_from(left_out).unwrap_or(u32::MAX));
        let score = match self.missed.is_empty() {
            true => report.score(),
            false => (2 * report.score() + 300 * treated / points) / 5,
        };
        // What tells a secret before its time is worse than any length.
        if early > 0 { 0 } else { u32::from(passed) * PASSED + score }
    }

    fn contract(&self, draft: Option<&Draft>) -> Contract {
        let section = &self.brief.sections[self.position];
        Contract::Section {
            language: self.book.context.book.language.clone(),
            chapter: self.slice.chapter,
            section: u32::try_from(self.position + 1).unwrap_or(u32::MAX),
            of: u32::try_from(self.brief.sections.len()).unwrap_or(u32::MAX),
            heading: self.heading().to_owned(),
            points: section.points.clone(),
            length: section.length,
            unit: self.book.context.unit(),
            practice: self.practice(),
            mend: draft.map(|draft| draft.misses.clone()).unwrap_or_default(),
        }
    }
}

/// Returns what a rewrite is told about a point that the draft leaves out. It names the point by its number: a model that
/// sees the point's words in a demand repeats them.
fn left_out_advice(index: usize) -> String {
    format!(
        "It leaves out number {} of the points that it is to make. Treat the matter of this point where it belongs, in the manner of the \
         text around it, and not in the words of the list.",
        index + 1
    )
}

#[async_trait]
impl Writing for SectionWriting<'_> {
    fn name(&self) -> String {
        match self.draft {
            Some(DraftNumber { number: number @ 2.., .. }) => {
                format!("draft {number} of section {}", self.position + 1)
            }
            _ => format!("section {}", self.position + 1),
        }
    }

    fn kind(&self) -> &'static str {
        match self.draft {
            Some(DraftNumber { number: 2.., .. }) => "draft",
            _ => "section",
        }
    }

    fn expected_output(&self) -> u64 {
        let context = &self.book.context;
        text_tokens(self.brief.sections[self.position].length, context.unit(), &context.book.language)
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let language = &self.book.context.book.language;
        let max_tokens = output_room(self.brief.sections[self.position].length, self.book.context.unit(), language);
        Prompt {
            prefix: self.book.prefix.clone(),
            slice: self.slice_part.to_owned(),
            request: self.request(before),
            schema: None,
        }
        .call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let asked = self.asked();
        let text = fit_text(text, &asked, &self.slice.title)?;
        let read = SectionText::read(&text, asked.language);
        let report = targets(&read, &asked);
        // A rewrite was told what the judged text leaves out. Its words cannot show that it treats it.
        let left_out: &[usize] = if draft.is_none() { &self.missed } else { &[] };
        let early = self.book.context.early_terms(self.slice.chapter, &text);
        let told = early.iter().map(|told| early_advice(told));
        let form = self.practice().and_then(|asked| practice::advice(asked, &text));
        let misses = left_out.iter().map(|index| left_out_advice(*index)).chain(told).chain(report.advice());
        let misses: Vec<String> = misses.chain(form.clone()).collect();
        let missed = match (left_out.is_empty(), report.missed()) {
            (true, missed) => missed.or((!early.is_empty() || form.is_some()).then_some("form")),
            (false, Some("length")) => Some("coverage_and_length"),
            (false, _) => Some("coverage"),
        };
        Ok(Draft {
            length: read.length(),
            // An exercise that cannot be read is shown without its answer behind it.
            score: if form.is_some() { 0 } else { self.score(&report, left_out.len(), early.len()) },
            misses,
            missed,
            text,
        })
    }
}

/// Says that a text tells something before its time.
fn early_advice(told: &str) -> String {
    format!("It says “{told}”, which its reader learns only in a later chapter. Leave it out, and do not hint at it.")
}

/// Returns the heading above a section: its own, or the chapter's title where it has none.
pub(crate) fn heading<'a>(brief: &'a Brief, position: usize, slice: &'a Slice) -> &'a str {
    match brief.sections[position].heading.as_str() {
        "" => &slice.title,
        heading => heading,
    }
}

/// Cuts away what is harmless around a text, and checks the rest against the gates.
pub(crate) fn fit_text(text: &str, asked: &Asked<'_>, title: &str) -> Result<String, Unfit> {
    let text = tidy(&clean(text), asked.heading, title);
    gate(&SectionText::read(&text, asked.language), asked).map_err(|failure| {
        let mendable =
            matches!(failure, GateFailure::MetaTalk(_) | GateFailure::Structure(_) | GateFailure::Truncated(_));
        Unfit { reason: failure.label(), explanation: failure.to_string(), mendable }
    })?;
    Ok(text)
}
