//! The rules for a whole outline, whatever format it was written in.

mod parts;

use super::{
    Chapter, MAX_CHAPTERS, MAX_GOALS, MAX_POINTS, MAX_SECTIONS, MAX_TITLE, Outline, OutlineError, Section, captions,
    fault::{Fault, Faults},
    role, stated,
};

/// An outline that was read but not checked, with the lines of its parts.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) outline: Outline,
    pub(super) lines: Lines,
}

/// The lines of an outline's parts.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub(super) title: Option<usize>,
    /// One entry for each part that is listed.
    pub(super) parts: Vec<Option<usize>>,
    /// One entry for each chapter.
    pub(super) chapters: Vec<ChapterLines>,
}

/// The lines of a chapter's parts.
#[derive(Debug, Default)]
pub(super) struct ChapterLines {
    pub(super) line: Option<usize>,
    /// One entry for each section.
    pub(super) sections: Vec<Option<usize>>,
}

/// Returns the outline, or its faults: those that its reader found and those that are found here.
pub(super) fn check(draft: Draft, mut faults: Faults) -> Result<Outline, OutlineError> {
    let Draft { mut outline, mut lines } = draft;
    stated::take(&mut outline);
    for (chapter, lines) in outline.chapters.iter_mut().zip(&mut lines.chapters) {
        captions::take(chapter, lines);
    }
    role::place(&mut outline.chapters);
    parts::check(&mut outline, &lines, &mut faults);
    if outline.title.is_empty() {
        faults.add(lines.title, Fault::NoTitle);
    }
    check_length("title", &outline.title, lines.title, &mut faults);
    let count = outline.chapters.len();
    if count == 0 {
        // Where nothing is a chapter, the other headings are not what they seem.
        faults.leave_out(|fault| matches!(fault, Fault::NoTitle | Fault::TextBeforeTitle | Fault::EmptyPart { .. }));
        faults.add(None, Fault::NoChapters);
    }
    if count > MAX_CHAPTERS {
        faults.add(None, Fault::TooManyChapters { count });
    }
    for (index, (chapter, lines)) in outline.chapters.iter().zip(&lines.chapters).enumerate() {
        let number = index + 1;
        if chapter.title.is_empty() {
            faults.add(lines.line, Fault::UntitledChapter { number });
        }
        check_chapter(number, chapter, lines, &mut faults);
    }
    faults.into_result(outline)
}

fn check_chapter(number: usize, chapter: &Chapter, lines: &ChapterLines, faults: &mut Faults) {
    check_length("title", &chapter.title, lines.line, faults);
    let of_sections = chapter.sections.iter().map(|section| section.points.len());
    let count = chapter.points.len() + of_sections.sum::<usize>();
    if count > MAX_POINTS {
        faults.add(lines.line, Fault::TooManyPoints { count });
    }
    let count = chapter.goals.len();
    if count > MAX_GOALS {
        faults.add(lines.line, Fault::TooManyGoals { count });
    }
    let count = chapter.sections.len();
    if count > MAX_SECTIONS {
        faults.add(lines.line, Fault::TooManySections { count });
    }
    for (Section { heading, .. }, &line) in chapter.sections.iter().zip(&lines.sections) {
        check_length("heading", heading, line, faults);
        if heading.is_empty() {
            faults.add(line, Fault::UntitledSection { chapter: number });
        }
    }
}

fn check_length(what: &'static str, text: &str, line: Option<usize>, faults: &mut Faults) {
    let chars = text.chars().count();
    if chars > MAX_TITLE {
        faults.add(line, Fault::TooLong { what, chars });
    }
}
