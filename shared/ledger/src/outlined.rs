//! The chapters that an outline gives a book.

use bindery_domain::TaskId;
use bindery_outline::Outline;

use super::Task;

/// Returns how many chapters an outline has.
pub(super) fn chapters(outline: &Outline) -> u32 {
    u32::try_from(outline.chapters.len()).expect("an outline holds at most 2,000 chapters")
}

/// Returns a chapter's wave: chapters marked `last` are written from the summaries of all the others.
///
/// A book in which every chapter is marked `last` has one wave.
pub(super) fn wave(outline: &Outline, chapter: u32) -> u16 {
    let marked = outline.chapters.get(chapter as usize - 1).is_some_and(|chapter| chapter.last);
    u16::from(marked && !outline.chapters.iter().all(|chapter| chapter.last))
}

/// Makes the records of all chapters, by wave and number.
pub(super) fn tasks(outline: &Outline, edition: u32) -> Vec<Task> {
    let task = |number| Task::waiting(TaskId::Write(number), edition, wave(outline, number));
    let mut tasks: Vec<Task> = (1..=chapters(outline)).map(task).collect();
    tasks.sort_by_key(|task| (task.wave, task.id));
    tasks
}
