//! Writing one chapter: first the brief, then all sections at once, each checkpointed, then the judgement and the summary.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_check::{Asked, ChapterReport, Judging, Section, SectionText};
use bindery_context::Slice;
use bindery_domain::TaskId;
use bindery_ledger::{Book, BookChecks, Output, Parking};
use bindery_model::{Models, Preferred};
use bindery_outline::Headings;
use bindery_protocol::task::TaskMessage;
use bindery_runtime::{
    Halt, Handler, Outcome, Work,
    attempt::{Limits, Written, attempt, improve, keep},
    compute::compute_with,
};
use bindery_store::Store;
use futures_util::{StreamExt as _, stream::FuturesOrdered};

use crate::{
    brief::{self, Brief, BriefWriting},
    context_cache::{BookContext, ContextCache},
    drafts::part_number,
    improve::Improved,
    judging::Verdict,
    prompt::ChapterPrompt,
    repair::ChapterRepair,
    revision::ChapterRevision,
    section::SectionWriting,
    summary::{SummaryWriting, summaries_part},
};

/// The part number of the brief. The sections follow from 1, then the summary.
pub(crate) const BRIEF_PART: u16 = 0;

/// What a model is asked about a finished chapter.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChapterChecks {
    /// Which chapters are judged for the points that they leave out.
    pub judging: Judging,
    /// Whether the facts of each chapter are listed for the audit.
    pub facts: bool,
}

/// Writes chapters, and repairs them.
pub struct Writer {
    models: Arc<Models>,
    limits: Limits,
    checks: ChapterChecks,
    contexts: ContextCache,
}

impl Writer {
    /// Makes a writer that calls these models, tries each part within these limits and has these checks made.
    pub fn new(models: Arc<Models>, limits: Limits, checks: ChapterChecks) -> Self {
        Self { models, limits, checks, contexts: ContextCache::default() }
    }

    fn stage_models(&self, book: &Book) -> Result<ChapterModels, Halt> {
        let names = book.models();
        let preferred =
            |names: &[String]| self.models.preferred(names).map_err(|error| Halt::GiveUp(error.to_string()));
        Ok(ChapterModels {
            brief: preferred(&names.brief)?,
            write: preferred(&names.write)?,
            judge: preferred(&names.judge)?,
        })
    }

    /// Returns the limits and the checks of a book: its own, or else those of this worker.
    fn care(&self, book: &Book) -> (Limits, ChapterChecks) {
        match book.terms.checks {
            Some(BookChecks { rewrites, judge, facts }) => {
                (Limits { rewrites, ..self.limits }, ChapterChecks { judging: judge, facts })
            }
            None => (self.limits, self.checks),
        }
    }

    async fn write(&self, work: &Work) -> Result<Output, Halt> {
        let models = self.stage_models(&work.grant.book)?;
        let contexts = [models.brief.context_tokens().await, models.write.context_tokens().await];
        let book = self.contexts.of(work).await?.within(contexts.into_iter().flatten().min());
        let number = match work.task() {
            TaskId::Write(chapter) | TaskId::Repair { chapter, .. } => Some(chapter),
            TaskId::Plan | TaskId::Audit | TaskId::Bind => None,
        };
        let slice = number.and_then(|number| book.context.slice(number));
        let slice = slice.ok_or_else(|| Halt::GiveUp("the book's context does not have this chapter".to_owned()))?;
        let slice_part = slice_part(work, &book, slice).await?;
        let (limits, checks) = self.care(&work.grant.book);
        let chapter = Chapter { work, models: &models, limits, checks, book: &book, slice, slice_part: &slice_part };
        match work.task() {
            TaskId::Repair { .. } => match &work.grant.task.revision {
                Some(order) => ChapterRevision::read(chapter, order).await?.revise().await,
                None => ChapterRepair::read(chapter).await?.mend().await,
            },
            _ => chapter.write().await,
        }
    }
}

#[async_trait]
impl Handler for Writer {
    async fn expect(&self, store: &Arc<dyn Store>, message: &TaskMessage) {
        if let Some(digest) = &message.context {
            self.contexts.expect(store, &message.book, digest).await;
        }
    }

    async fn handle(&self, work: &Work) -> Outcome {
        match self.write(work).await {
            Ok(result) => Outcome::Done(result),
            Err(halt) => halt.into(),
        }
    }
}

/// Renders the slice with the summaries of the finished chapters and an operator's note, which only this task has.
async fn slice_part(work: &Work, book: &BookContext, slice: &Slice) -> Result<String, Halt> {
    let mut part = book.context.slice_part(slice);
    if slice.last {
        part.push_str(&summaries_part(book, &work.tasks().await?));
    }
    if let Some(note) = &work.grant.task.note {
        part.push_str(&format!("\nA remark of the editor, for this writing of the chapter:\n\n{note}\n"));
    }
    Ok(part)
}

/// The models that write a chapter.
pub(crate) struct ChapterModels {
    pub(crate) brief: Preferred,
    pub(crate) write: Preferred,
    pub(crate) judge: Preferred,
}

/// One chapter under way.
pub(crate) struct Chapter<'a> {
    pub(crate) work: &'a Work,
    pub(crate) models: &'a ChapterModels,
    pub(crate) limits: Limits,
    pub(crate) checks: ChapterChecks,
    pub(crate) book: &'a BookContext,
    pub(crate) slice: &'a Slice,
    pub(crate) slice_part: &'a str,
}

/// A chapter that is joined from its sections.
pub(crate) struct JoinedChapter {
    pub(crate) text: String,
    pub(crate) report: ChapterReport,
}

impl<'a> Chapter<'a> {
    /// Returns what its prompts begin with.
    pub(crate) fn prompt(&self) -> ChapterPrompt<'a> {
        ChapterPrompt { book: self.book, slice: self.slice, slice_part: self.slice_part }
    }

    async fn write(&self) -> Result<Output, Halt> {
        if self.slice.typed {
            return Ok(self.as_typed());
        }
        let brief = self.brief().await?;
        let recorded = self.recorded_verdict().await?;
        let sections = self.sections(&brief, recorded.as_ref()).await?;
        let Improved { sections, remarks } = match recorded {
            // What that verdict asked for was begun at once, and its sections are finished now.
            Some(verdict) => Improved { sections, remarks: verdict.failure_remark().into_iter().collect() },
            None => self.improved(&brief, sections).await?,
        };
        let bytes = sections.iter().map(|section| section.text.len()).sum();
        let sections: Vec<String> = sections.into_iter().map(|section| section.text).collect();
        let JoinedChapter { text, report } = compute_with(bytes, || self.join(&brief, &sections)).await;
        let summary = self.summary(&brief, &text).await?;
        self.list_facts(&text).await?;
        let length = report.targets.length.got;
        let remarks = [report.advice(), remarks].concat();
        let sections = u16::try_from(brief.sections.len()).unwrap_or(u16::MAX);
        Ok(Output::Chapter { text: text.into(), length, summary, remarks, sections })
    }

    /// Returns the text that the author typed. No model is asked about it, and it is its own summary.
    fn as_typed(&self) -> Output {
        let text = self.slice.summary.trim().to_owned() + "\n";
        let summary = (!self.slice.last && self.book.context.has_last()).then(|| text.clone());
        let length = self.slice.length;
        Output::Chapter { text: text.into(), length, summary, remarks: Vec::new(), sections: 0 }
    }

    async fn brief(&self) -> Result<Brief, Halt> {
        let Self { book, slice, slice_part, .. } = *self;
        let text = if slice.needs_brief() {
            let writing = BriefWriting { book, slice, slice_part };
            attempt(self.work, &self.models.brief, self.limits, BRIEF_PART, &writing).await?.text
        } else {
            keep(self.work, BRIEF_PART, || brief::by_rule(slice, &book.context.book.language)).await?
        };
        serde_json::from_str(&text).map_err(|error| Halt::GiveUp(format!("its stored brief cannot be read: {error}")))
    }

    /// Writes all sections at once and returns their texts, each the best of its drafts. A finished section stays saved even when
    /// another one fails.
    ///
    /// `verdict` is what an earlier claim of the chapter found out about the sections that it had written.
    async fn sections(&self, brief: &Brief, verdict: Option<&Verdict>) -> Result<Vec<Written>, Halt> {
        let mut chosen = self.chosen_drafts(brief).await?.into_iter().flatten();
        let write = |(position, draft): (usize, Option<Written>)| async move {
            let number = part_number(position);
            let writing = SectionWriting::new(self.book, self.slice, self.slice_part, brief, position, verdict);
            match draft {
                Some(draft) => improve(self.work, &self.models.write, self.limits, number, &writing, draft).await,
                None => attempt(self.work, &self.models.write, self.limits, number, &writing).await,
            }
        };
        // `FuturesOrdered` polls a section only when its own stream wakes it, and not at every token of the others.
        let written: FuturesOrdered<_> =
            (0..brief.sections.len()).map(|position| (position, chosen.next())).map(write).collect();
        let (sections, halts): (Vec<_>, Vec<_>) =
            written.collect::<Vec<_>>().await.into_iter().partition(Result::is_ok);
        match halts.into_iter().filter_map(Result::err).max_by_key(precedence) {
            Some(halt) => Err(halt),
            None => Ok(sections.into_iter().filter_map(Result::ok).collect()),
        }
    }

    /// Joins the sections under their headings, and measures the whole against the chapter's own targets.
    pub(crate) fn join(&self, brief: &Brief, sections: &[String]) -> JoinedChapter {
        let titled = brief.sections.iter().zip(sections);
        let text = joined_text(
            self.book.context.book.headings,
            titled.clone().map(|(section, text)| Titled { heading: &section.heading, text }),
        );
        let language = &self.book.context.book.language;
        let parts: Vec<Section<'_>> = titled
            .map(|(section, text)| Section { heading: &section.heading, text: SectionText::read(text, language) })
            .collect();
        JoinedChapter { text, report: bindery_check::chapter(&parts, &self.asked()) }
    }

    /// Returns what the whole chapter is measured against.
    pub(crate) fn asked(&self) -> Asked<'_> {
        let language = &self.book.context.book.language;
        Asked { language, heading: &self.slice.title, points: &[], length: self.slice.length }
    }

    /// Sums the chapter up if later chapters are written from its summary.
    async fn summary(&self, brief: &Brief, text: &str) -> Result<Option<String>, Halt> {
        if self.slice.last || !self.book.context.has_last() {
            return Ok(None);
        }
        let Self { book, slice, slice_part, .. } = *self;
        let writing = SummaryWriting { book, slice, slice_part, text };
        let number = u16::try_from(brief.sections.len() + 1).unwrap_or(u16::MAX);
        Ok(Some(attempt(self.work, &self.models.write, self.limits, number, &writing).await?.text))
    }
}

/// A section with the heading under which it was written.
pub(crate) struct Titled<'a> {
    pub(crate) heading: &'a str,
    pub(crate) text: &'a str,
}

/// Joins sections under their headings, with lines across the page between them, or with nothing.
pub(crate) fn joined_text<'a>(headings: Headings, sections: impl Iterator<Item = Titled<'a>>) -> String {
    let text = |Titled { heading, text }: Titled<'_>| match (headings, heading) {
        (Headings::Titles, heading) if !heading.is_empty() => format!("## {heading}\n\n{}\n", text.trim()),
        _ => format!("{}\n", text.trim()),
    };
    let between = if headings == Headings::Breaks { "\n***\n\n" } else { "\n" };
    sections.map(text).collect::<Vec<_>>().join(between)
}

/// Orders halts by which of them decides. A lost lease comes before a section that is given up, that before a wait, and a
/// longer wait before a shorter one.
pub(crate) fn precedence(halt: &Halt) -> (u8, Duration) {
    match halt {
        Halt::Stopped => (3, Duration::ZERO),
        Halt::GiveUp(_) => (2, Duration::ZERO),
        Halt::Park(wait, Parking::Wait(_)) => (1, *wait),
        Halt::Park(wait, _) => (0, *wait),
    }
}
