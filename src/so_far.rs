//! The texts of a book that may not be finished.

use std::collections::{BTreeMap, HashMap};

use bindery_domain::Digest;
use bindery_ledger::{Book, Request, Task, TaskResult, Texts, current_texts};
use bindery_worker::unfinished::{UnfinishedChapter, unfinished};

use crate::{app::App, exit::Failure, phrasing::counted};

/// The number of the part that holds a chapter's brief.
const BRIEF: u16 = 0;

/// The most texts that are read from the store in one round trip.
const MAX_TEXTS_PER_READ: usize = 16;

/// A chapter as far as it is written.
pub(crate) struct ChapterSoFar {
    /// The number of the chapter.
    pub(crate) number: u32,
    /// The text, as Markdown; empty where there is none.
    pub(crate) text: String,
    /// How far it is.
    pub(crate) progress: Progress,
}

/// How far a chapter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
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
    pub(crate) fn lack(&self) -> Option<String> {
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

/// A book as far as it is written.
pub(crate) struct BookSoFar {
    /// The book's request.
    pub(crate) request: Request,
    /// Its chapters, in order.
    pub(crate) chapters: Vec<ChapterSoFar>,
}

impl BookSoFar {
    /// Reads what is written of a book.
    pub(crate) async fn read(app: &App, book: &Book) -> Result<Self, Failure> {
        if matches!(book.texts, Texts::Leaving(_) | Texts::Left) {
            return Err(app.texts_left(&book.id));
        }
        let store = &app.ports.store;
        let request = store.request(&book.id).await?;
        let request = request.ok_or_else(|| Failure::internal("the store has a book without its request"))?;
        let tasks = store.tasks(&book.id).await?;
        let finished = current_texts(&tasks);
        let chapters: Vec<(u32, &Task)> = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task))).collect();
        let wanted = chapters.iter().flat_map(|(number, task)| digests(task, finished.get(number).copied()));
        let wanted: Vec<Digest> = wanted.collect();
        let mut texts = HashMap::with_capacity(wanted.len());
        for page in wanted.chunks(MAX_TEXTS_PER_READ) {
            let found = store.texts(&book.id, page).await?;
            texts.extend(page.iter().cloned().zip(found).filter_map(|(digest, text)| Some((digest, text?))));
        }
        let so_far = |(number, task)| chapter(number, task, finished.get(&number).copied(), &texts);
        Ok(Self { request, chapters: chapters.into_iter().map(so_far).collect() })
    }

    /// Returns the chapters that have a text, by their numbers.
    pub(crate) fn texts(&self) -> BTreeMap<u32, String> {
        let written = self.chapters.iter().filter(|chapter| !chapter.text.is_empty());
        written.map(|chapter| (chapter.number, chapter.text.clone())).collect()
    }

    /// Says what the book lacks; `None` where all chapters are finished.
    pub(crate) fn lack(&self) -> Option<String> {
        let finished = self.chapters.iter().filter(|chapter| chapter.progress == Progress::Finished).count();
        let all = counted(self.chapters.len() as u64, "chapter", "chapters");
        (finished < self.chapters.len()).then(|| format!("{finished} of {all} are finished"))
    }
}

/// Returns the digests of the texts of a chapter: of the whole one, or of the parts that are written.
fn digests(task: &Task, finished: Option<&TaskResult>) -> Vec<Digest> {
    match finished {
        Some(result) => vec![result.digest.clone()],
        None => task.parts.values().filter_map(|part| part.digest.clone()).collect(),
    }
}

fn chapter(number: u32, task: &Task, finished: Option<&TaskResult>, texts: &HashMap<Digest, String>) -> ChapterSoFar {
    if let Some(text) = finished.and_then(|result| texts.get(&result.digest)) {
        return ChapterSoFar { number, text: text.clone(), progress: Progress::Finished };
    }
    let part = |number: u16| texts.get(task.parts.get(&number)?.digest.as_ref()?).map(String::as_str);
    let begun = part(BRIEF).and_then(|brief| unfinished(brief, part));
    let (text, written, sections) = match begun {
        Some(UnfinishedChapter { text, written, sections }) => (text, written, Some(sections)),
        None => (String::new(), 0, None),
    };
    ChapterSoFar { number, text, progress: Progress::Begun { written, sections } }
}
