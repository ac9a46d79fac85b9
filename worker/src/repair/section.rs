//! How one section is asked to be mended, and how the answer is judged.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use async_trait::async_trait;
use bindery_check::{
    Asked, SectionText,
    audit::{Finding, FindingKind, Rules, introduced, is_mended},
    targets,
};
use bindery_context::{contract::Contract, expected::text_tokens};
use bindery_domain::output_room;
use bindery_model::{Call, ModelCaller};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::{length::length, sentence, term};

use crate::{
    brief::Brief,
    prompt::{ChapterPrompt, measure},
    section::{fit_text, heading},
};

/// The share of the sentences without a fault, in percent, that must stay as they are.
const KEPT: usize = 60;

/// So many sentences may change in any case: in a short section each is a large share.
const MAY_CHANGE: usize = 2;

/// What is left of a section, at least, in a part of its length, where passages are taken out. A model may say something new instead.
const LEAST_PART: u32 = 3;

/// How many characters of a neighbour's edge a prompt shows.
const EDGE_CHARS: usize = 600;

/// A section that is to be mended.
pub(crate) struct RepairWriting<'a> {
    chapter: ChapterPrompt<'a>,
    brief: &'a Brief,
    sections: &'a [String],
    position: usize,
    findings: &'a [Finding],
    /// What every mended text has to keep.
    rules: &'a Rules,
    /// The texts of the section's points.
    points: Vec<String>,
    /// The length of the section without the passages that stand elsewhere.
    length: u32,
}

impl<'a> RepairWriting<'a> {
    pub(crate) fn new(
        chapter: ChapterPrompt<'a>,
        brief: &'a Brief,
        sections: &'a [String],
        position: usize,
        findings: &'a [Finding],
        rules: &'a Rules,
    ) -> Self {
        let language = &chapter.book.context.book.language;
        let length = length_to_keep(&sections[position], findings, language);
        let own = brief.sections[position].points.iter();
        let points = own.filter_map(|id| chapter.slice.point(id)).map(|point| point.text.clone()).collect();
        Self { chapter, brief, sections, position, findings, rules, points, length }
    }

    /// Returns what a text has wrong that the section did not have, in sentences.
    pub(super) fn introduces(&self, text: &str) -> Vec<String> {
        let (number, old) = (self.chapter.slice.chapter, &self.sections[self.position]);
        let new = introduced(self.language(), number, old, text, &self.rules.expected());
        new.into_iter().map(|finding| format!("“{}” is new. {}", finding.quote, finding.advice)).collect()
    }

    fn language(&self) -> &str {
        &self.chapter.book.context.book.language
    }

    fn heading(&self) -> &str {
        heading(self.brief, self.position, self.chapter.slice)
    }

    fn asked(&self) -> Asked<'_> {
        Asked { language: self.language(), heading: self.heading(), points: &self.points, length: self.length }
    }

    pub(crate) fn request(&self, before: Before<'_>) -> String {
        let (number, chapter) = (self.position + 1, self.chapter.slice.chapter);
        let mut out = format!(
            "The whole book has been read. Section {number} of chapter {chapter}, \"{}\", has to be mended.\n",
            self.heading()
        );
        if let Some(end) = self.position.checked_sub(1).map(|before| last_paragraph(&self.sections[before])) {
            let _ = writeln!(out, "\nThe section before it ends:\n\n<before>\n{end}\n</before>");
        }
        if let Some(start) = self.sections.get(self.position + 1).map(|after| first_paragraph(after)) {
            let _ = writeln!(out, "\nThe section after it begins:\n\n<after>\n{start}\n</after>");
        }
        let text = before.draft.map_or(self.sections[self.position].as_str(), |draft| draft.text.as_str());
        let _ = writeln!(out, "\nThe section as it stands:\n\n<section>\n{}\n</section>", text.trim());
        out.push_str("\nMend these places:\n");
        for finding in self.findings.iter().filter(|finding| !is_mended(finding, text, self.language())) {
            let _ = writeln!(out, "\n- “{}”\n  {}", finding.quote.replace('\n', " "), finding.advice);
        }
        out.push_str(&self.what_stays());
        match (before.draft, before.fault) {
            (Some(draft), _) => draft.misses.iter().for_each(|miss| {
                let _ = writeln!(out, "\nThis was still wrong: {miss}");
            }),
            (None, Some(fault)) => {
                let _ = writeln!(out, "\n{}", fault.lesson());
            }
            (None, None) => {}
        }
        out.push('\n');
        out.push_str(&self.contract().block());
        out
    }

    /// Says what of the section stays as it is.
    fn what_stays(&self) -> String {
        let length = measure(self.length, self.chapter.book.context.unit());
        let has = |kind| self.findings.iter().any(|finding| finding.kind == kind);
        let mut out = match (has(FindingKind::Language), has(FindingKind::Leak)) {
            (true, _) => "\nWrite the section anew, whole, in the book's language. ".to_owned(),
            (_, true) => "\nKeep every sentence that is text of the book, word for word and in its order. ".to_owned(),
            _ => "\nKeep every other sentence word for word and in its order. ".to_owned(),
        };
        let _ = match has(FindingKind::Repeat) {
            true => write!(
                out,
                "Without the places that are left out, the section has about {length}, and need not be longer. "
            ),
            false => write!(out, "The section keeps its length of about {length}. "),
        };
        if !self.points.is_empty() {
            out.push_str("It still makes its points:\n\n");
            self.points.iter().for_each(|point| {
                let _ = writeln!(out, "- {}", point.replace('\n', " "));
            });
            out.push('\n');
        }
        out.push_str("Answer with the whole section.\n");
        out
    }

    fn contract(&self) -> Contract {
        Contract::Repair {
            language: self.language().to_owned(),
            chapter: self.chapter.slice.chapter,
            section: u32::try_from(self.position + 1).unwrap_or(u32::MAX),
            of: u32::try_from(self.brief.sections.len()).unwrap_or(u32::MAX),
            heading: self.heading().to_owned(),
            places: self.findings.iter().map(|finding| finding.quote.clone()).collect(),
            length: self.length,
            unit: self.chapter.book.context.unit(),
        }
    }

    /// Returns whether a text keeps the sentences without a fault, but for a few.
    fn keeps(&self, text: &str) -> bool {
        self.is_new() || keeps(&self.sections[self.position], text, self.findings, self.language())
    }

    /// Returns whether the whole section has to be written anew, as one in another language.
    fn is_new(&self) -> bool {
        self.findings.iter().any(|finding| matches!(finding.kind, FindingKind::Language | FindingKind::Leak))
    }
}

#[async_trait]
impl Writing for RepairWriting<'_> {
    fn name(&self) -> String {
        format!("the repair of section {}", self.position + 1)
    }

    fn kind(&self) -> &'static str {
        "repair"
    }

    fn expected_output(&self) -> u64 {
        text_tokens(self.length, self.chapter.book.context.unit(), self.language())
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let max_tokens = output_room(self.length, self.chapter.book.context.unit(), self.language());
        self.chapter.ending_with(self.request(before), None).call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let text = fit_text(text, &self.asked(), &self.chapter.slice.title)?;
        if !self.keeps(&text) {
            let explanation = "it changes sentences that were to stay word for word as they are".to_owned();
            return Err(Unfit { reason: "structure", explanation, mendable: false });
        }
        let report = targets(&SectionText::read(&text, self.language()), &self.asked());
        let left: Vec<&Finding> =
            self.findings.iter().filter(|finding| !is_mended(finding, &text, self.language())).collect();
        let mut misses: Vec<String> =
            left.iter().map(|finding| format!("“{}” still stands. {}", finding.quote, finding.advice)).collect();
        let introduced = self.introduces(&text);
        // What is mended counts before anything else, but a text with a new fault is no better than the old one.
        let mended = u32::try_from(self.findings.len() - left.len()).unwrap_or(u32::MAX);
        let score = if introduced.is_empty() { mended.saturating_mul(1_000) + report.score() } else { 0 };
        misses.extend(introduced);
        misses.extend(report.advice());
        let missed = (!misses.is_empty()).then_some("repair");
        Ok(Draft { length: report.length.got, misses, missed, score, text })
    }
}

fn first_paragraph(text: &str) -> String {
    let paragraph = text.trim().split("\n\n").next().unwrap_or_default();
    paragraph.chars().take(EDGE_CHARS).collect()
}

fn last_paragraph(text: &str) -> String {
    let paragraph = text.trim().rsplit("\n\n").next().unwrap_or_default();
    let chars = paragraph.chars().count();
    paragraph.chars().skip(chars.saturating_sub(EDGE_CHARS)).collect()
}

/// Returns how long a section is to be once the passages are out that stand elsewhere.
fn length_to_keep(section: &str, findings: &[Finding], language: &str) -> u32 {
    let whole = length(section, language);
    let repeats: BTreeSet<&str> = findings
        .iter()
        .filter(|finding| finding.kind == FindingKind::Repeat)
        .map(|finding| finding.quote.as_str())
        .collect();
    let taken_out: u32 = repeats.into_iter().map(|quote| length(quote, language)).sum();
    whole.saturating_sub(taken_out).max(whole.div_ceil(LEAST_PART))
}

/// Returns whether a new text has the sentences of the old one that have no fault, but for a few.
fn keeps(old: &str, text: &str, findings: &[Finding], language: &str) -> bool {
    let new: HashSet<String> = sentences(text, language).map(letters).collect();
    let faulty = |sentence: &&str| findings.iter().any(|finding| is_faulty(sentence, finding));
    let old: Vec<&str> = sentences(old, language).filter(|sentence| !faulty(sentence)).collect();
    let kept = old.iter().filter(|sentence| new.contains(&letters(sentence))).count();
    kept * 100 >= old.len() * KEPT || old.len() - kept <= MAY_CHANGE
}

/// Returns whether a sentence is the place of a finding, or a part of it.
fn is_faulty(sentence: &str, finding: &Finding) -> bool {
    match finding.kind {
        FindingKind::Slop => finding.quote.split(", ").any(|word| term::contains(sentence, word)),
        _ => sentence.contains(&finding.quote) || letters(&finding.quote).contains(&letters(sentence)),
    }
}

/// Returns the letters and digits of a text. A model may set other quotation marks and dashes.
fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Returns the sentences of a Markdown text.
fn sentences<'t>(text: &'t str, language: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    let paragraphs = text.split("\n\n").map(str::trim);
    let language = language.to_owned();
    paragraphs.flat_map(move |paragraph| {
        sentence::ranges(paragraph, &language).into_iter().map(move |range| paragraph[range].trim())
    })
}

#[cfg(test)]
mod tests;
