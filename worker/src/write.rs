//! Writing one chapter: the brief, then all sections at once, each checkpointed, then the commit.

use std::sync::Arc;

use async_trait::async_trait;
use bindery_check::{Asked, ChapterReport, Section, SectionText};
use bindery_context::Slice;
use bindery_ledger::{Parking, Part};
use bindery_model::{Caller, Models};
use bindery_protocol::task::TaskMessage;
use bindery_runtime::{
    Halt, Handler, Outcome, Work,
    attempt::{Limits, attempt},
    compute::compute_with,
};
use bindery_store::Store;
use futures_util::{StreamExt as _, stream::FuturesOrdered};

use crate::{
    brief::{Brief, BriefWriting},
    contexts::{Contexts, Ready},
    section::SectionWriting,
    summary::{SummaryWriting, earlier},
};

/// The brief's part number; sections follow from 1, the summary after them.
const BRIEF: u16 = 0;

/// Writes chapters.
pub struct Writer {
    models: Arc<Models>,
    limits: Limits,
    contexts: Contexts,
}

impl Writer {
    /// Makes a writer that calls these models, each part within these limits.
    pub fn new(models: Arc<Models>, limits: Limits) -> Self {
        Self { models, limits, contexts: Contexts::default() }
    }

    async fn write(&self, work: &Work) -> Result<bindery_ledger::Output, Halt> {
        let caller = self.models.caller(&work.grant.book.model).map_err(|error| Halt::GiveUp(error.to_string()))?;
        let ready = self.contexts.of(work).await?;
        let slice = work.task().chapter().and_then(|chapter| ready.context.slice(chapter));
        let slice = slice.ok_or_else(|| Halt::GiveUp("the book's context does not have this chapter".to_owned()))?;
        let slice_part = slice_part(work, &ready, slice).await?;
        let chapter =
            Chapter { work, caller: &caller, limits: self.limits, ready: &ready, slice, slice_part: &slice_part };
        chapter.write().await
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

/// Renders the slice with what only this writing of it knows: the finished chapters, an operator's remark.
async fn slice_part(work: &Work, ready: &Ready, slice: &Slice) -> Result<String, Halt> {
    let mut part = ready.context.slice_part(slice);
    if slice.last {
        part.push_str(&earlier(ready, &work.tasks().await?));
    }
    if let Some(note) = &work.grant.task.note {
        part.push_str(&format!("\nA remark of the editor, for this writing of the chapter:\n\n{note}\n"));
    }
    Ok(part)
}

/// One chapter under way.
struct Chapter<'a> {
    work: &'a Work,
    caller: &'a Caller,
    limits: Limits,
    ready: &'a Ready,
    slice: &'a Slice,
    slice_part: &'a str,
}

impl Chapter<'_> {
    async fn write(&self) -> Result<bindery_ledger::Output, Halt> {
        let brief = self.brief().await?;
        let sections = self.sections(&brief).await?;
        let bytes = sections.iter().map(|(text, _)| text.len()).sum();
        let (text, report) = compute_with(bytes, || self.join(&brief, &sections)).await;
        let summary = self.summary(&brief, &text).await?;
        let length = report.targets.length.got;
        Ok(bindery_ledger::Output::Chapter { text: text.into(), length, summary, remarks: report.advice() })
    }

    async fn brief(&self) -> Result<Brief, Halt> {
        let Self { ready, slice, slice_part, caller, .. } = *self;
        let writing = BriefWriting { ready, slice, slice_part, caller };
        let (text, _) = attempt(self.work, caller, self.limits, BRIEF, &writing).await?;
        serde_json::from_str(&text).map_err(|error| Halt::GiveUp(format!("its stored brief cannot be read: {error}")))
    }

    /// Writes all sections at once. What finishes is kept even when another section fails.
    async fn sections(&self, brief: &Brief) -> Result<Vec<(String, Part)>, Halt> {
        let writing = |position| {
            let subject = (self.ready, self.slice, self.slice_part);
            SectionWriting::new(subject, brief, position, self.caller)
        };
        let write = |position: usize| async move {
            let number = u16::try_from(position + 1).unwrap_or(u16::MAX);
            attempt(self.work, self.caller, self.limits, number, &writing(position)).await
        };
        // Each is polled when its own stream wakes it, and not with every token of the others.
        let written: FuturesOrdered<_> = (0..brief.sections.len()).map(write).collect();
        let (sections, halts): (Vec<_>, Vec<_>) =
            written.collect::<Vec<_>>().await.into_iter().partition(Result::is_ok);
        match halts.into_iter().filter_map(Result::err).max_by_key(weight) {
            Some(halt) => Err(halt),
            None => Ok(sections.into_iter().filter_map(Result::ok).collect()),
        }
    }

    /// Joins the sections under their headings and holds the whole against the chapter's own targets.
    fn join(&self, brief: &Brief, sections: &[(String, Part)]) -> (String, ChapterReport) {
        let titled = brief.sections.iter().zip(sections);
        let text: Vec<String> =
            titled.clone().map(|(section, (text, _))| format!("## {}\n\n{}\n", section.heading, text.trim())).collect();
        let points: Vec<String> = self.slice.owns.iter().map(|point| point.text.clone()).collect();
        let language = &self.ready.context.book.language;
        let asked = Asked { language, heading: &self.slice.title, points: &points, length: self.slice.length };
        let parts: Vec<Section<'_>> = titled
            .map(|(section, (text, _))| Section { heading: &section.heading, text: SectionText::read(text, language) })
            .collect();
        (text.join("\n"), bindery_check::chapter(&parts, &asked))
    }

    /// Sums the chapter up where later ones are written from it.
    async fn summary(&self, brief: &Brief, text: &str) -> Result<Option<String>, Halt> {
        if self.slice.last || !self.ready.context.has_last() {
            return Ok(None);
        }
        let Self { ready, slice, slice_part, caller, .. } = *self;
        let writing = SummaryWriting { ready, slice, slice_part, text, caller };
        let number = u16::try_from(brief.sections.len() + 1).unwrap_or(u16::MAX);
        let (summary, _) = attempt(self.work, caller, self.limits, number, &writing).await?;
        Ok(Some(summary))
    }
}

/// Which of several halts decides: a lost lease over a dead section, a dead section over a wait, the longest wait.
fn weight(halt: &Halt) -> (u8, std::time::Duration) {
    match halt {
        Halt::Stopped => (3, std::time::Duration::ZERO),
        Halt::GiveUp(_) => (2, std::time::Duration::ZERO),
        Halt::Park(wait, Parking::Wait(_)) => (1, *wait),
        Halt::Park(wait, _) => (0, *wait),
    }
}
