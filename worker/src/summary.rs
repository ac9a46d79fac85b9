//! A true summary of a finished chapter, for the chapters that are written after all others.

use async_trait::async_trait;
use bindery_context::{
    Slice,
    contract::{Contract, summary_length},
};
use bindery_domain::{Unit, estimate_tokens, output_room};
use bindery_ledger::{Standing, Task};
use bindery_model::{Call, Caller};
use bindery_runtime::attempt::{Draft, Unfit, Writing};
use bindery_text::{clean::clean, ending, length::length};

use crate::{contexts::Ready, prompt::measure};

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
        (summary_length(unit), unit)
    }
}

#[async_trait]
impl Writing for SummaryWriting<'_> {
    fn name(&self) -> String {
        "its summary".to_owned()
    }

    fn kind(&self) -> &'static str {
        "summary"
    }

    fn call(&self, attempt: u32, _draft: Option<&Draft>) -> Call {
        let (length, unit) = self.size();
        let language = self.ready.context.book.language.clone();
        let max_tokens = output_room(length, unit, &language);
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
            place: None,
        }
    }

    fn judge(&self, text: &str) -> Result<Draft, Unfit> {
        let language = &self.ready.context.book.language;
        let text = clean(text).trim().to_owned();
        if let Some(cut) = ending::cut(&text, language) {
            return Err(Unfit { reason: "truncated", said: format!("the summary {cut}") });
        }
        let length = length(&text, language);
        // Far too long a summary would crowd the prompts it goes into.
        if length == 0 || length > 3 * self.size().0 {
            let said = format!("the summary has {length} of {} asked", self.size().0);
            return Err(Unfit { reason: "length", said });
        }
        Ok(Draft { text, length, ..Draft::default() })
    }
}

/// The most tokens all summaries together may take in a prompt: beside the book part, small enough for the models in
/// use; some 60 chapters' whole summaries.
const EARLIER_TOKENS: u64 = 16_000;

/// Renders what the finished chapters say, for a chapter that is written from them. Where they are too many, each
/// gives as much of the beginning of its summary as its share of the room holds.
pub(crate) fn earlier(ready: &Ready, tasks: &[Task]) -> String {
    let done = tasks.iter().filter(|task| task.standing == Standing::Done);
    let summed: Vec<(&Slice, &str)> = done
        .filter_map(|task| {
            let summary = task.result.as_ref()?.summary.as_deref()?;
            Some((ready.context.slice(task.id.chapter()?)?, summary))
        })
        .collect();
    let share = EARLIER_TOKENS / (summed.len() as u64).max(1);
    let mut out = String::from("\n# What the finished chapters say\n");
    for (slice, summary) in summed {
        out.push_str(&format!("\nChapter {}, {}: {}\n", slice.chapter, slice.title, beginning(summary, share)));
    }
    out
}

/// Cuts a summary at the last word that fits so many tokens.
fn beginning(summary: &str, tokens: u64) -> String {
    if estimate_tokens(summary) <= tokens {
        return summary.to_owned();
    }
    let mut kept = String::new();
    for word in summary.split_inclusive(' ') {
        if estimate_tokens(&kept) + estimate_tokens(word) > tokens {
            break;
        }
        kept.push_str(word);
    }
    format!("{} …", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bindery_context::{Context, Lengths};
    use bindery_domain::{Digest, TaskId, UnknownFields};
    use bindery_ledger::TaskResult;
    use bindery_outline::{Chapter, Outline};

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
            resends: 0,
            note: None,
            parts: BTreeMap::new(),
            result: Some(result),
            reason: None,
            unknown: UnknownFields::default(),
        }
    }

    #[test]
    fn a_chapter_that_is_left_out_has_no_summary_in_the_conclusions_prompt() {
        let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
        let outline = Outline { chapters: vec![chapter(1), chapter(2)], ..Outline::default() };
        let context = Context::compile(&outline, Lengths { chapter: 100, section: 50 });
        let ready = Ready { context, prefix: String::new() };
        let said = earlier(&ready, &[task(1, Standing::Done), task(2, Standing::Dead)]);
        assert!(said.contains("Summary 1.") && !said.contains("Summary 2."), "{said}");
    }

    #[test]
    fn the_summaries_of_a_very_long_book_share_the_room_there_is() {
        let chapters = 500;
        let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
        let outline = Outline { chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() };
        let context = Context::compile(&outline, Lengths { chapter: 100, section: 50 });
        let ready = Ready { context, prefix: String::new() };
        let mut tasks: Vec<Task> = (1..=chapters).map(|n| task(n, Standing::Done)).collect();
        for task in &mut tasks {
            task.result.as_mut().unwrap().summary = Some("The chapter shows how it is done. ".repeat(20));
        }
        let said = earlier(&ready, &tasks);
        let titles = 24 * u64::from(chapters);
        assert!(estimate_tokens(&said) < EARLIER_TOKENS + titles, "{}", estimate_tokens(&said));
        assert!(said.contains("Chapter 500, Chapter 500: The chapter shows"));
    }
}
