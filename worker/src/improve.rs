//! Judging a finished chapter, and writing the sections again that leave out a point.

use bindery_check::{Asked, Judging, Section, SectionText, suspect_points};
use bindery_context::Point;
use bindery_ledger::{JUDGEMENT_PART, Parking};
use bindery_outline::Headings;
use bindery_runtime::{
    Halt,
    attempt::{Limits, Written, attempt, improve},
    compute::compute_with,
};
use futures_util::{StreamExt as _, stream::FuturesOrdered};

use crate::{
    brief::Brief,
    judging::{JudgementWriting, Verdict},
    section::SectionWriting,
    write::{Chapter, Titled, joined_text},
};

/// How often a judgement is tried. A chapter is sound without one.
const TRIES: u32 = 2;

/// The sections of a chapter after the judgement.
pub(crate) struct Improved {
    pub(crate) sections: Vec<Written>,
    /// What is to be said of the chapter's points.
    pub(crate) remarks: Vec<String>,
}

/// A section after the judgement.
struct ImprovedSection {
    written: Written,
    /// The points that it still leaves out.
    left_out: Vec<String>,
}

impl Chapter<'_> {
    /// Returns the verdict that was recorded before this claim of the chapter.
    pub(crate) async fn recorded_verdict(&self) -> Result<Option<Verdict>, Halt> {
        let part = self.work.grant.task.parts.get(&JUDGEMENT_PART);
        let Some(digest) = part.filter(|part| part.finished()).and_then(|part| part.digest.as_ref()) else {
            return Ok(None);
        };
        let text = self.work.text(digest).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Has the chapter judged, and the sections written again that leave out a point.
    pub(crate) async fn improved(&self, brief: &Brief, sections: Vec<Written>) -> Result<Improved, Halt> {
        let bytes = sections.iter().map(|section| section.text.len()).sum();
        let points = compute_with(bytes, || self.points_to_judge(brief, &sections)).await;
        if points.is_empty() {
            return Ok(Improved { sections, remarks: Vec::new() });
        }
        let verdict = self.verdict(brief, &sections, points).await?;
        let improved = sections.into_iter().enumerate();
        let improved: FuturesOrdered<_> =
            improved.map(|(position, written)| self.improved_section(brief, position, written, &verdict)).collect();
        let improved: Vec<Result<ImprovedSection, Halt>> = improved.collect().await;
        let improved: Vec<ImprovedSection> = improved.into_iter().collect::<Result<_, _>>()?;
        let left_out = improved.iter().flat_map(|section| &section.left_out);
        let left_out = left_out.map(|point| format!("It does not treat this point: {point}"));
        let remarks = left_out.chain(verdict.failure_remark()).collect();
        Ok(Improved { remarks, sections: improved.into_iter().map(|section| section.written).collect() })
    }

    async fn improved_section(
        &self,
        brief: &Brief,
        position: usize,
        written: Written,
        verdict: &Verdict,
    ) -> Result<ImprovedSection, Halt> {
        let writing = SectionWriting::new(self.book, self.slice, self.slice_part, brief, position, Some(verdict));
        if writing.missed.is_empty() {
            return Ok(ImprovedSection { written, left_out: Vec::new() });
        }
        let number = u16::try_from(position + 1).unwrap_or(u16::MAX);
        let judged = written.text.clone();
        let written = improve(self.work, &self.models.write, self.limits, number, &writing, written).await?;
        // A section that may not be written again, or whose rewrite was worse, still leaves its points out.
        let left_out = if written.text == judged { writing.missed_points() } else { Vec::new() };
        Ok(ImprovedSection { written, left_out })
    }

    /// Returns the points that are to be judged.
    fn points_to_judge(&self, brief: &Brief, sections: &[Written]) -> Vec<&Point> {
        match self.checks.judging {
            Judging::Off => Vec::new(),
            Judging::All => self.slice.owns.iter().collect(),
            Judging::Flagged if self.book.context.kind().is_fiction() => Vec::new(),
            Judging::Flagged => self.suspect_points(brief, sections),
        }
    }

    fn suspect_points(&self, brief: &Brief, sections: &[Written]) -> Vec<&Point> {
        let (language, points) = (&self.book.context.book.language, &self.slice.owns);
        let texts: Vec<String> = points.iter().map(|point| point.text.clone()).collect();
        let asked = Asked { language, heading: &self.slice.title, points: &texts, length: self.slice.length };
        let titled = brief.sections.iter().zip(sections);
        let read: Vec<Section<'_>> = titled
            .map(|(section, written)| Section {
                heading: &section.heading,
                text: SectionText::read(&written.text, language),
            })
            .collect();
        suspect_points(&read, &asked).into_iter().map(|index| &points[index]).collect()
    }

    /// Asks which of the points the chapter leaves out. A judgement that cannot be had costs the chapter nothing.
    async fn verdict(&self, brief: &Brief, sections: &[Written], points: Vec<&Point>) -> Result<Verdict, Halt> {
        let titled = brief.sections.iter().zip(sections);
        let titled = titled.map(|(section, written)| Titled { heading: &section.heading, text: &written.text });
        let (language, text) = (self.book.context.book.language.as_str(), joined_text(Headings::Titles, titled));
        let writing = JudgementWriting { language, slice: self.slice, text: &text, points };
        let limits = Limits { tries: TRIES, rewrites: 0 };
        let failure = match attempt(self.work, &self.models.judge, limits, JUDGEMENT_PART, &writing).await {
            Ok(written) => return Ok(serde_json::from_str(&written.text).unwrap_or_default()),
            Err(Halt::Stopped) => return Err(Halt::Stopped),
            Err(Halt::Park(_, Parking::Wait(reason)) | Halt::GiveUp(reason)) => reason,
            Err(Halt::Park(..)) => "the budget does not cover it".to_owned(),
        };
        Ok(Verdict { failure: Some(failure), ..Verdict::default() })
    }
}
