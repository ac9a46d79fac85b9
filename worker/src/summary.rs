//! The summary of a finished chapter, for the chapters that are written after all others.

use async_trait::async_trait;
use bindery_context::{
    Slice,
    contract::{Contract, summary_length},
    expected::summary_tokens,
};
use bindery_domain::{Unit, estimate_tokens, output_room};
use bindery_ledger::{Standing, Task};
use bindery_model::{Call, ModelCaller, Prompt};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};
use bindery_text::{clean::clean, ending, length::length};

use crate::{context_cache::BookContext, prompt::measure};

/// How a chapter's summary is asked for and judged.
pub(crate) struct SummaryWriting<'a> {
    pub(crate) book: &'a BookContext,
    pub(crate) slice: &'a Slice,
    pub(crate) slice_part: &'a str,
    /// The text of the finished chapter.
    pub(crate) text: &'a str,
}

impl SummaryWriting<'_> {
    fn unit(&self) -> Unit {
        self.book.context.unit()
    }

    fn length(&self) -> u32 {
        summary_length(self.unit())
    }

    fn contract(&self) -> Contract {
        let (language, chapter) = (self.book.context.book.language.clone(), self.slice.chapter);
        Contract::Summary { language, chapter, length: self.length(), unit: self.unit() }
    }

    pub(crate) fn request(&self, before: Before<'_>) -> String {
        let matter = match self.book.context.kind().is_fiction() {
            true => {
                "what happens in it: who wants what, what changes and how it ends, with the names of people and places"
            }
            false => "what it says and shows: its argument, its examples, its results",
        };
        format!(
            "This is the finished text of chapter {}:\n\n<chapter>\n{}\n</chapter>\n\nSum up in about {} {matter}. Those who write \
             the chapters that come after all others read it. One paragraph.\n\n{}{}",
            self.slice.chapter,
            self.text,
            measure(self.length(), self.unit()),
            before.fault.map(|fault| format!("{}\n\n", fault.lesson())).unwrap_or_default(),
            self.contract().block()
        )
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

    fn expected_output(&self) -> u64 {
        summary_tokens(&self.book.context)
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let (length, unit) = (self.length(), self.unit());
        let max_tokens = output_room(length, unit, &self.book.context.book.language);
        let request = self.request(before);
        Prompt { prefix: self.book.prefix.clone(), slice: self.slice_part.to_owned(), request, schema: None }
            .call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, _draft: Option<&Draft>) -> Result<Draft, Unfit> {
        let text = clean(text);
        self.shortened(text.trim()).ok_or_else(|| Unfit {
            reason: "empty",
            explanation: "the summary has no whole sentence".to_owned(),
            mendable: false,
        })
    }

    /// The beginning of the chapter stands for its summary.
    fn fallback(&self) -> Option<Draft> {
        let prose: Vec<&str> = self.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
        let draft = self.shortened(&prose.join(" "))?;
        let misses = vec!["its summary is its own beginning, because the model gave none".to_owned()];
        Some(Draft { misses, ..draft })
    }
}

impl SummaryWriting<'_> {
    /// Returns the whole sentences of a text that have room in the prompts that carry the summary; `None` where not even the
    /// first one has.
    fn shortened(&self, text: &str) -> Option<Draft> {
        let (language, most) = (&self.book.context.book.language, MAX_SUMMARY_FACTOR * self.length());
        let end = text.char_indices().nth((most * MAX_WORD_CHARS) as usize).map_or(text.len(), |(end, _)| end);
        let mut text = &text[..end];
        loop {
            let length = length(text, language);
            let fits = length > 0 && length <= most;
            if fits && ending::cut(text, language).is_none() {
                return Some(Draft { text: text.to_owned(), length, ..Draft::default() });
            }
            text = without_last_sentence(text)?;
        }
    }
}

/// How many times its asked length a summary may have.
const MAX_SUMMARY_FACTOR: u32 = 3;

/// More letters than words have on average. What is beyond is cut off before words are counted.
const MAX_WORD_CHARS: u32 = 12;

/// Returns a text up to the end of the last sentence but one; `None` where there is none.
fn without_last_sentence(text: &str) -> Option<&str> {
    let ends = |char: char| matches!(char, '.' | '!' | '?' | '…' | '。' | '！' | '？' | '।' | '؟');
    let before_last_char = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let end = text[..before_last_char].rfind(ends)?;
    let after = text[end..].chars().next().map_or(end, |mark| end + mark.len_utf8());
    Some(text[..after].trim_end())
}

/// The most tokens of all summaries in a prompt. The models in use have room for them beside the book part, and some 60
/// chapters' summaries fit whole.
const MAX_SUMMARIES_TOKENS: u64 = 16_000;

/// Renders the summaries of the finished chapters, for a chapter that is written from them. If there are too many, each
/// summary is cut to an equal share of the room.
pub(crate) fn summaries_part(book: &BookContext, tasks: &[Task]) -> String {
    let done = tasks.iter().filter(|task| task.standing == Standing::Done);
    let summed: Vec<(&Slice, &str)> = done
        .filter_map(|task| {
            let summary = task.result.as_ref()?.summary.as_deref()?;
            Some((book.context.slice(task.id.chapter()?)?, summary))
        })
        .collect();
    let share = MAX_SUMMARIES_TOKENS / (summed.len() as u64).max(1);
    let mut out = String::from("\n# What the finished chapters say\n");
    for (slice, summary) in summed {
        out.push_str(&format!("\nChapter {}, {}: {}\n", slice.chapter, slice.title, beginning(summary, share)));
    }
    out
}

/// Cuts a summary after the last word that fits into `tokens` tokens.
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
    use bindery_context::{Context, Lengths};
    use bindery_domain::{Digest, TaskId};
    use bindery_ledger::TaskResult;
    use bindery_outline::{Chapter, Outline};

    use super::*;

    fn task(chapter: u32, standing: Standing) -> Task {
        let summary = Some(format!("Summary {chapter}."));
        let digest = Digest::of("text");
        let result = TaskResult { summary, ..TaskResult::new(1, 1, digest, 1) };
        Task { standing, result: Some(result), ..Task::waiting(TaskId::Write(chapter), 2, 0) }
    }

    #[test]
    fn the_prompt_of_the_conclusion_has_no_summary_of_a_chapter_that_is_left_out() {
        let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
        let outline = Outline { chapters: vec![chapter(1), chapter(2)], ..Outline::default() };
        let context = Context::compile(&outline, Lengths { chapter: 100, section: 50 });
        let book = BookContext { context, prefix: String::new() };
        let part = summaries_part(&book, &[task(1, Standing::Done), task(2, Standing::Dead)]);
        assert!(part.contains("Summary 1.") && !part.contains("Summary 2."), "{part}");
    }

    #[test]
    fn the_summaries_of_a_very_long_book_are_cut_to_fit_the_prompt() {
        let chapters = 500;
        let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
        let outline = Outline { chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() };
        let context = Context::compile(&outline, Lengths { chapter: 100, section: 50 });
        let book = BookContext { context, prefix: String::new() };
        let mut tasks: Vec<Task> = (1..=chapters).map(|n| task(n, Standing::Done)).collect();
        for task in &mut tasks {
            task.result.as_mut().unwrap().summary = Some("The chapter shows how it is done. ".repeat(20));
        }
        let part = summaries_part(&book, &tasks);
        let titles = 24 * u64::from(chapters);
        assert!(estimate_tokens(&part) < MAX_SUMMARIES_TOKENS + titles, "{}", estimate_tokens(&part));
        assert!(part.contains("Chapter 500, Chapter 500: The chapter shows"));
    }
}
