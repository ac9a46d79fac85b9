//! Changing one chapter as an editor asks in a note.
//!
//! The model sees the chapter's text in numbered blocks and answers with the blocks that it changes. So plain code sees to it that
//! nothing else changes, whatever the model is.

pub(crate) mod stretch;

use bindery_check::{
    Section, SectionText,
    manuscript::{SectionSource, sections_of},
};
use bindery_domain::TaskId;
use bindery_ledger::{Output, RevisionOrder, current_texts};
use bindery_runtime::{
    Halt,
    attempt::{Limits, Written, attempt},
};
use bindery_text::{
    editable::{EditableText, Stretch},
    length::length,
};
use futures_util::future;

use self::stretch::{MAX_BLOCKS, RevisionWriting};
use crate::write::Chapter;

/// A chapter that an editor wants changed.
pub(crate) struct ChapterRevision<'a> {
    chapter: Chapter<'a>,
    order: &'a RevisionOrder,
    text: String,
}

/// What became of a stretch of the text.
struct RevisedStretch {
    text: String,
    /// Why it stays as it was, where no model could change it.
    failure: Option<String>,
}

impl<'a> ChapterRevision<'a> {
    /// Reads the chapter's present text.
    pub(crate) async fn read(chapter: Chapter<'a>, order: &'a RevisionOrder) -> Result<Self, Halt> {
        let TaskId::Repair { chapter: number, .. } = chapter.work.task() else {
            return Err(Halt::GiveUp("the task changes no text".to_owned()));
        };
        let tasks = chapter.work.tasks().await?;
        let digest = current_texts(&tasks).get(&number).map(|text| text.digest.clone());
        let digest = digest.ok_or_else(|| Halt::GiveUp("nothing is written of the chapter".to_owned()))?;
        let text = chapter.work.text(&digest).await?;
        let text = text.ok_or_else(|| Halt::GiveUp("the store has lost the chapter's text".to_owned()))?;
        Ok(Self { chapter, order, text })
    }

    /// Has each section changed that the order names. All of them are asked for at once.
    pub(crate) async fn revise(self) -> Result<Output, Halt> {
        let stretches: Vec<_> = (1..).zip(EditableText::read(&self.text).sections()).flat_map(divided).collect();
        let revised = (1..).zip(&stretches).map(|(part, (section, stretch))| self.stretch(part, *section, stretch));
        let revised: Vec<RevisedStretch> = future::join_all(revised).await.into_iter().collect::<Result<_, _>>()?;
        let failures: Vec<&String> = revised.iter().filter_map(|stretch| stretch.failure.as_ref()).collect();
        let text: String = revised.iter().map(|stretch| stretch.text.as_str()).collect();
        if text == self.text {
            return Err(Halt::GiveUp(match failures.first() {
                Some(failure) => format!("the chapter was not changed: {failure}"),
                None => "the model found nothing in the chapter that the note asks to change".to_owned(),
            }));
        }
        let mut remarks = self.advice(&text);
        remarks.extend(failures.into_iter().map(|failure| format!("A part of it was not changed: {failure}")));
        let length = length(&text, self.language());
        // A person has chosen this text, so no later repair of a section touches it.
        Ok(Output::Repair { text: text.into(), length, sections: 0, remarks })
    }

    fn language(&self) -> &str {
        &self.chapter.book.context.book.language
    }

    async fn stretch(&self, part: u16, section: u32, stretch: &Stretch<'_>) -> Result<RevisedStretch, Halt> {
        let as_it_was = |failure| Ok(RevisedStretch { text: stretch.text().to_owned(), failure });
        let named = self.order.sections.is_empty() || self.order.sections.contains(&section);
        if !named || stretch.blocks().len() == 0 {
            return as_it_was(None);
        }
        let writing = RevisionWriting { chapter: self.chapter.prompt(), order: self.order, stretch };
        let limits = Limits { rewrites: 0, ..self.chapter.limits };
        match attempt(self.chapter.work, &self.chapter.models.write, limits, part, &writing).await {
            Ok(Written { text, .. }) => Ok(RevisedStretch { text, failure: None }),
            Err(Halt::GiveUp(reason)) => as_it_was(Some(reason)),
            Err(halt) => Err(halt),
        }
    }

    /// Says which targets the changed chapter misses.
    fn advice(&self, text: &str) -> Vec<String> {
        let asked = self.chapter.asked();
        let sections = sections_of(text);
        let sections: Vec<Section<'_>> = sections
            .into_iter()
            .map(|SectionSource { heading, text }| Section { heading, text: SectionText::read(text, self.language()) })
            .collect();
        bindery_check::chapter(&sections, &asked).advice()
    }
}

/// Divides a long section, so that the answer to each call has a bounded number of changes.
fn divided((section, stretch): (u32, Stretch<'_>)) -> impl Iterator<Item = (u32, Stretch<'_>)> {
    stretch.divided(MAX_BLOCKS).into_iter().map(move |piece| (section, piece))
}
