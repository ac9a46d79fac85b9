//! The texts of a book that may not be finished.

use std::collections::{BTreeMap, HashMap};

use bindery_domain::{Digest, phrasing::counted};
use bindery_ledger::{Book, Request, Task, TaskResult, Texts, current_texts};
use bindery_store::{Store, StoreError};

use crate::unfinished::{UnfinishedChapter, headings, unfinished};

/// The number of the part that holds a chapter's brief.
const BRIEF: u16 = 0;

/// A chapter as far as it is written.
pub struct ChapterSoFar {
    /// The number of the chapter.
    pub number: u32,
    /// The text, as Markdown; empty where there is none.
    pub text: String,
    /// The headings of its sections, in order; empty while they are not planned, and where only the whole text is read.
    pub headings: Vec<String>,
    /// How far it is.
    pub progress: Progress,
}

/// How far a chapter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is finished.
    Finished,
    /// Some of its sections may be written.
    Begun {
        /// How many sections are written.
        written: usize,
        /// How many it has, once they are planned.
        sections: Option<usize>,
    },
}

impl ChapterSoFar {
    /// Says what a chapter lacks; `None` for a finished one.
    pub fn lack(&self) -> Option<String> {
        let Progress::Begun { written, sections } = self.progress else { return None };
        let number = self.number;
        Some(match sections {
            Some(sections) => {
                format!(
                    "chapter {number} is not finished: {written} of {} are written",
                    counted(sections as u64, "section", "sections")
                )
            }
            None => format!("nothing is written of chapter {number}"),
        })
    }
}

/// Why what is written of a book cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SoFarError {
    /// The texts have left the store.
    #[error("the texts of the book have left the store after the time that store.retention gives")]
    TextsLeft,
    /// The store has the book without its request.
    #[error("the store has a book without its request")]
    NoRequest,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A book as far as it is written.
pub struct BookSoFar {
    /// The book's request.
    pub request: Request,
    /// Its chapters, in order.
    pub chapters: Vec<ChapterSoFar>,
}

impl BookSoFar {
    /// Reads what is written of a book, or of one of its chapters.
    pub async fn read(store: &dyn Store, book: &Book, chapter: Option<u32>) -> Result<Self, SoFarError> {
        if !texts_are_here(book) {
            return Err(SoFarError::TextsLeft);
        }
        let request = store.request(&book.id).await?.ok_or(SoFarError::NoRequest)?;
        let tasks = store.tasks(&book.id).await?;
        let finished = current_texts(&tasks);
        let chapters = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task)));
        let chapters: Vec<_> = chapters.filter(|(number, _)| chapter.is_none_or(|chosen| chosen == *number)).collect();
        let wanted = chapters.iter().flat_map(|(number, task)| digests(task, finished.get(number).copied()));
        // The headings of a finished chapter are of interest only to those who look at it alone.
        let briefs = chapters
            .iter()
            .filter(|_| chapter.is_some())
            .filter_map(|(_, task)| task.parts.get(&BRIEF)?.digest.clone());
        let wanted: Vec<Digest> = wanted.chain(briefs).collect();
        let texts = store.many_texts(&book.id, &wanted).await?;
        let so_far = |(number, task)| chapter_so_far(number, task, finished.get(&number).copied(), &texts);
        Ok(Self { request, chapters: chapters.into_iter().map(so_far).collect() })
    }

    /// Returns the chapters that have a text, by their numbers.
    pub fn texts(&self) -> BTreeMap<u32, String> {
        let written = self.chapters.iter().filter(|chapter| !chapter.text.is_empty());
        written.map(|chapter| (chapter.number, chapter.text.clone())).collect()
    }

    /// Says what the book lacks; `None` where all chapters are finished.
    pub fn lack(&self) -> Option<String> {
        let finished = self.chapters.iter().filter(|chapter| chapter.progress == Progress::Finished).count();
        let all = counted(self.chapters.len() as u64, "chapter", "chapters");
        (finished < self.chapters.len()).then(|| format!("{finished} of {all} are finished"))
    }
}

/// Returns whether the store still has the texts of a book.
pub(crate) fn texts_are_here(book: &Book) -> bool {
    !matches!(book.texts, Texts::Leaving(_) | Texts::Left)
}

/// Returns the digests of the texts of a chapter: of the whole one, or of the parts that are written.
fn digests(task: &Task, finished: Option<&TaskResult>) -> Vec<Digest> {
    match finished {
        Some(result) => vec![result.digest.clone()],
        None => task.parts.values().filter_map(|part| part.digest.clone()).collect(),
    }
}

fn chapter_so_far(
    number: u32,
    task: &Task,
    finished: Option<&TaskResult>,
    texts: &HashMap<Digest, String>,
) -> ChapterSoFar {
    let part = |number: u16| texts.get(task.parts.get(&number)?.digest.as_ref()?).map(String::as_str);
    let planned = part(BRIEF).and_then(headings);
    if let Some(text) = finished.and_then(|result| texts.get(&result.digest)) {
        let headings = planned.unwrap_or_default();
        return ChapterSoFar { number, text: text.clone(), headings, progress: Progress::Finished };
    }
    let Some(headings) = planned else {
        let progress = Progress::Begun { written: 0, sections: None };
        return ChapterSoFar { number, text: String::new(), headings: Vec::new(), progress };
    };
    let UnfinishedChapter { text, written } = unfinished(&headings, part);
    let progress = Progress::Begun { written, sections: Some(headings.len()) };
    ChapterSoFar { number, text, headings, progress }
}
