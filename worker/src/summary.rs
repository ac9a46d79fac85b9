//! A true summary of a finished chapter, for the chapters that are written after all others.

use async_trait::async_trait;
use bindery_shared::{
    attempt::{Draft, Writing},
    book::context::Slice,
    contract::{Contract, Unit},
    ledger::{Standing, Task},
    model::{Call, Caller},
    text::{clean::clean, ending, length::length},
};

use crate::{
    contexts::Ready,
    prompt::{measure, room},
};

/// A summary's length in words; in characters twice that.
const WORDS: u32 = 120;

/// What is asked for a chapter's summary.
pub(crate) struct SummaryWriting<'a> {
    pub(crate) ready: &'a Ready,
    pub(crate) slice: &'a Slice,
    pub(crate) slice_part: &'a str,
    /// The finished chapter.
    pub(crate) text: &'a str,
    pub(crate) caller: &'a Caller,
}

impl SummaryWriting<'_> {
    fn size(&self) -> (u32, Unit) {
        let unit = self.ready.context.unit();
        (if unit == Unit::Characters { 2 * WORDS } else { WORDS }, unit)
    }
}

#[async_trait]
impl Writing for SummaryWriting<'_> {
    fn call(&self, attempt: u32, _draft: Option<&Draft>) -> Call {
        let (length, unit) = self.size();
        let language = self.ready.context.book.language.clone();
        let max_tokens = room(length, unit, &language);
        let contract = Contract::Summary { language, chapter: self.slice.chapter, length, unit };
        let request = format!(
            "This is the finished text of chapter {}:\n\n<chapter>\n{}\n</chapter>\n\nSum up in about {} what it says \
             and shows, for the writer of the book's introduction or conclusion: its argument, its examples, its \
             results. One paragraph.\n\n{}",
            self.slice.chapter,
            self.text,
            measure(length, unit),
            contract.block()
        );
        Call {
            prefix: self.ready.prefix.clone(),
            slice: self.slice_part.to_owned(),
            request,
            continued: None,
            json: false,
            max_tokens,
            attempt,
            cap: self.caller.cap(max_tokens),
        }
    }

    fn judge(&self, text: &str) -> Result<Draft, String> {
        let language = &self.ready.context.book.language;
        let text = clean(text).trim().to_owned();
        if let Some(cut) = ending::cut(&text, language) {
            return Err(format!("the summary {cut}"));
        }
        let length = length(&text, language);
        // Far too long a summary would crowd the prompts it goes into.
        if length == 0 || length > 3 * self.size().0 {
            return Err(format!("the summary has {length} of {} asked", self.size().0));
        }
        Ok(Draft { text, length, ..Draft::default() })
    }
}

/// Renders what the finished chapters say, for a chapter that is written from them.
pub(crate) fn earlier(ready: &Ready, tasks: &[Task]) -> String {
    let mut out = String::from("\n# What the finished chapters say\n");
    for task in tasks.iter().filter(|task| task.standing == Standing::Done) {
        let summary = task.result.as_ref().and_then(|result| result.summary.as_ref());
        let slice = task.id.chapter().and_then(|chapter| ready.context.slice(chapter));
        if let (Some(summary), Some(slice)) = (summary, slice) {
            out.push_str(&format!("\nChapter {}, {}: {summary}\n", slice.chapter, slice.title));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bindery_shared::{
        book::{
            context::{Context, Lengths},
            digest::Digest,
            id::TaskId,
            outline,
        },
        ledger::TaskResult,
    };

    use super::*;

    fn task(chapter: u32, standing: Standing) -> Task {
        let summary = Some(format!("Summary {chapter}."));
        let digest = Digest::of("text");
        let result = TaskResult { edition: 1, fence: 1, digest, length: 1, summary, remarks: Vec::new() };
        Task {
            id: TaskId::Write(chapter),
            edition: 2,
            wave: 0,
            standing,
            published: false,
            due: None,
            fence: 1,
            lease: None,
            parked: None,
            ended: None,
            lapses: 0,
            note: None,
            parts: BTreeMap::new(),
            result: Some(result),
            reason: None,
        }
    }

    #[test]
    fn a_chapter_that_is_left_out_has_no_summary_in_the_conclusions_prompt() {
        let chapter = |n: u32| outline::Chapter { title: format!("Chapter {n}"), ..outline::Chapter::default() };
        let outline = outline::Outline { chapters: vec![chapter(1), chapter(2)], ..outline::Outline::default() };
        let context = Context::compile(&outline, Lengths { chapter: 100, section: 50 });
        let ready = Ready { context, prefix: String::new() };
        let said = earlier(&ready, &[task(1, Standing::Done), task(2, Standing::Dead)]);
        assert!(said.contains("Summary 1.") && !said.contains("Summary 2."), "{said}");
    }
}
