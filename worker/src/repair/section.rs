//! How one section is asked to be mended, and how the answer is judged.

use std::{collections::HashSet, fmt::Write as _};

use async_trait::async_trait;
use bindery_check::{
    Asked, SectionText,
    audit::{Finding, is_mended},
    targets,
};
use bindery_context::{contract::Contract, expected::text_tokens};
use bindery_domain::output_room;
use bindery_model::{Call, Caller, Prompt};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::{length::length, sentence};

use crate::{
    brief::Brief,
    prompt::measure,
    section::{fit_text, heading},
    write::Chapter,
};

/// The share of the sentences without a fault, in percent, that must stay as they are.
const KEPT: usize = 60;

/// How many characters of a neighbour's edge a prompt shows.
const EDGE_CHARS: usize = 600;

/// A section that is to be mended.
pub(super) struct RepairWriting<'a> {
    chapter: &'a Chapter<'a>,
    brief: &'a Brief,
    sections: &'a [String],
    position: usize,
    findings: &'a [Finding],
    /// The length of the section as it stands.
    length: u32,
}

impl<'a> RepairWriting<'a> {
    pub(super) fn new(
        chapter: &'a Chapter<'a>,
        brief: &'a Brief,
        sections: &'a [String],
        position: usize,
        findings: &'a [Finding],
    ) -> Self {
        let language = &chapter.book.context.book.language;
        let length = length(&sections[position], language);
        Self { chapter, brief, sections, position, findings, length }
    }

    fn language(&self) -> &str {
        &self.chapter.book.context.book.language
    }

    fn heading(&self) -> &str {
        heading(self.brief, self.position, self.chapter.slice)
    }

    fn asked(&self) -> Asked<'_> {
        Asked { language: self.language(), heading: self.heading(), points: &[], length: self.length }
    }

    fn request(&self, before: Before<'_>) -> String {
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
        let length = measure(self.length, self.chapter.book.context.unit());
        let _ = writeln!(
            out,
            "\nKeep every other sentence word for word and in its order. The section keeps its length of about {length}. \
             Answer with the whole section."
        );
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

    /// Returns the share of the sentences without a fault that a text has kept, in percent.
    fn kept(&self, text: &str) -> usize {
        let new: HashSet<&str> = sentences(text, self.language()).collect();
        let faulty = |sentence: &&str| self.findings.iter().any(|finding| finding.quote.contains(*sentence));
        let old: Vec<&str> =
            sentences(&self.sections[self.position], self.language()).filter(|sentence| !faulty(sentence)).collect();
        let kept = old.iter().filter(|sentence| new.contains(*sentence)).count();
        (kept * 100).checked_div(old.len()).unwrap_or(100)
    }

    /// Returns whether the whole section has to be written anew, as one in another language.
    fn is_new(&self) -> bool {
        use bindery_check::audit::FindingKind::{Language, Leak};
        self.findings.iter().any(|finding| matches!(finding.kind, Language | Leak))
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

    fn call(&self, caller: &Caller, attempt: u32, before: Before<'_>) -> Call {
        let max_tokens = output_room(self.length, self.chapter.book.context.unit(), self.language());
        Prompt {
            prefix: self.chapter.book.prefix.clone(),
            slice: self.chapter.slice_part.to_owned(),
            request: self.request(before),
            schema: None,
        }
        .call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let text = fit_text(text, &self.asked(), &self.chapter.slice.title)?;
        let report = targets(&SectionText::read(&text, self.language()), &self.asked());
        let left: Vec<&Finding> =
            self.findings.iter().filter(|finding| !is_mended(finding, &text, self.language())).collect();
        let mut misses: Vec<String> =
            left.iter().map(|finding| format!("“{}” still stands. {}", finding.quote, finding.advice)).collect();
        if !self.is_new() && self.kept(&text) < KEPT {
            misses.push("It changes sentences that were to stay as they are.".to_owned());
        }
        misses.extend(report.advice());
        // What is mended counts before anything else.
        let mended = u32::try_from(self.findings.len() - left.len()).unwrap_or(u32::MAX);
        let score = mended.saturating_mul(1_000) + report.score();
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

/// Returns the sentences of a Markdown text.
fn sentences<'t>(text: &'t str, language: &str) -> impl Iterator<Item = &'t str> + use<'t> {
    let paragraphs = text.split("\n\n").map(str::trim);
    let language = language.to_owned();
    paragraphs.flat_map(move |paragraph| {
        sentence::ranges(paragraph, &language).into_iter().map(move |range| paragraph[range].trim())
    })
}
