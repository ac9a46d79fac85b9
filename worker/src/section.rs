//! A section of a chapter, which one model call writes.

use std::fmt::Write as _;

use async_trait::async_trait;
use bindery_check::{Asked, GateFailure, SectionText, TargetReport, gate, targets, tidy};
use bindery_context::{
    Form, Slice,
    contract::{Contract, Practice},
    expected::text_tokens,
};
use bindery_domain::output_room;
use bindery_model::{Call, Caller, Prompt};
use bindery_outline::Headings;
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::clean::clean;

use crate::{
    brief::Brief, context_cache::BookContext, drafts::DraftNumber, judging::Verdict, practice, prompt::measure,
};

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

    pub(crate) fn request(&self, before: Before<'_>) -> String {
        let slice = self.slice;
        let (number, of) = (self.position + 1, self.brief.sections.len());
        let mut out = self.order();
        if let Some(asked) = self.practice() {
            let _ = write!(out, "\n{}", practice::order(asked));
        }
        if !self.points.is_empty() {
            out.push_str(if self.book.context.kind().is_fiction() {
                "\nWhat its author wants in it, each in one place:\n"
            } else {
                "\nIt makes these points, each in one place:\n"
            });
            for (number, point) in (1..).zip(&self.points) {
                let _ = writeln!(out, "{number}. {}", point.replace('\n', "\n   "));
            }
        }
        if let Some(Form { opening, rhythm, .. }) = &slice.form {
            let _ = writeln!(out, "\nIts rhythm: {rhythm}");
            if self.position == 0 {
                let _ = writeln!(out, "\nIts first sentence opens with {opening}.");
            }
        }
        if self.position == 0 && !slice.opening.is_empty() {
            let _ = writeln!(out, "\nIt opens the chapter: {}", slice.opening);
        }
        if number == of && !slice.closing.is_empty() {
            let _ = writeln!(out, "\nIt closes the chapter: {}", slice.closing);
        }
        // Servers may answer equal prompts alike.
        if let Some(DraftNumber { number: number @ 2.., of }) = self.draft {
            let _ = writeln!(
                out,
                "\n{of} writers write this section, each alone, and one text is chosen. You are writer {number}: take another way \
                 into it than the first that comes to mind, and other examples where the plan leaves them open."
            );
        }
        if let Some(draft) = before.draft {
            let _ = writeln!(
                out,
                "\nThis draft is sound but falls short. Write the section again, whole, and mend this:\n"
            );
            draft.misses.iter().for_each(|miss| {
                let _ = writeln!(out, "- {miss}");
            });
            let _ = writeln!(out, "\n<draft>\n{}\n</draft>", draft.text);
        } else if let Some(fault) = before.fault {
            let _ = writeln!(out, "\n{}", fault.lesson());
        }
        out.push('\n');
        out.push_str(&self.contract(before.draft).block());
        out
    }

    /// Returns which part of the chapter is to be written, and how long it is to be.
    fn order(&self) -> String {
        let (section, chapter) = (&self.brief.sections[self.position], self.slice.chapter);
        let length = measure(section.length, self.book.context.unit());
        if section.heading.is_empty() {
            return match self.brief.sections.len() {
                1 => format!("Write the whole text of chapter {chapter}, which is one section: about {length}.\n"),
                _ => format!(
                    "Write the text of chapter {chapter}, which is one section: about {length}. Others write the exercises that \
                     follow it.\n"
                ),
            };
        }
        let mut out = format!("The sections of chapter {chapter}, which are written at the same time:\n\n");
        for (position, other) in self.brief.sections.iter().enumerate() {
            let here = if position == self.position { " (the one to write)" } else { "" };
            let heading = heading(self.brief, position, self.slice);
            let _ = writeln!(out, "{}. {heading}{here}", position + 1);
            let points = other.points.iter().filter_map(|id| self.slice.point(id)).map(|point| &point.text);
            points.chain(&other.beats).for_each(|told| {
                let _ = writeln!(out, "   - {}", told.replace('\n', "\n     "));
            });
        }
        let _ = writeln!(out, "\nWrite section {}, \"{}\": about {length}.", self.position + 1, section.heading);
        out.push_str(match self.book.context.book.headings {
            Headings::Titles => "",
            Headings::Breaks => "That is a working title. Readers see a line across the page between two sections.\n",
            Headings::None => "That is a working title. Readers see one section follow the other without a gap.\n",
        });
        self.edges(&mut out);
        out
    }

    /// Says what the section tells, and where it takes over and hands on.
    fn edges(&self, out: &mut String) {
        let (section, of) = (&self.brief.sections[self.position], self.brief.sections.len());
        let mut line = |name: &str, text: &str| {
            if !text.is_empty() {
                let _ = writeln!(out, "\n{name}: {text}");
            }
        };
        if of > 1 {
            line("What the other sections tell is theirs", "do not tell it, and do not sum it up.");
        }
        let before = self.position.checked_sub(1).map(|before| self.brief.sections[before].ends.as_str());
        line("The section before it ends", before.unwrap_or_default());
        line("It begins", &section.begins);
        line("Its steps", &section.beats.join("; "));
        line("It ends", &section.ends);
        let after = self.brief.sections.get(self.position + 1).map(|after| after.begins.as_str());
        line("The section after it begins", after.unwrap_or_default());
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
            points: self.points.clone(),
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

    fn call(&self, caller: &Caller, attempt: u32, before: Before<'_>) -> Call {
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

/// Returns the heading above a section: its own, or the chapter's title where the section is the whole chapter.
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
