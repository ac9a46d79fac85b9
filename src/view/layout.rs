//! The lines of the live view for one terminal size: a row for each chapter, and the book's own lines below them.

use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

use bindery_domain::{
    Micros,
    phrasing::{Clock, Grouped, Phrased, counted, plural, without_control},
};
use console::Style;

use super::{
    Subject,
    chapter::{Chapter, Stage},
    columns::{Columns, Row},
};
use crate::screen::Size;

/// What the live view shows.
pub(super) struct Scene<'a> {
    /// The book that is being written.
    pub(super) subject: &'a Subject,
    /// Its chapters in order, or none before they are planned.
    pub(super) chapters: &'a [Tracked],
    /// The state of the book with its holds.
    pub(super) state: String,
    /// The figures of the run.
    pub(super) figures: Figures,
    /// Whether states are coloured.
    pub(super) colour: bool,
}

/// A chapter, and how long it has been in its stage.
pub(super) struct Tracked {
    /// The chapter.
    pub(super) chapter: Chapter,
    /// The time at which it entered its stage, counted from the beginning of the run.
    pub(super) since: Duration,
    /// The last failed try, while its part is tried again.
    pub(super) trouble: Option<String>,
}

/// The figures of the whole run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// The model calls that are running.
    pub(super) running: u64,
    /// The model calls that wait for a permit or for the provider.
    pub(super) waiting: u64,
    /// The tokens per second of all calls together.
    pub(super) tokens_per_second: u64,
    /// What the book has cost so far, if the prices are known.
    pub(super) cost: Option<Micros>,
    /// The time since the run began.
    pub(super) elapsed: Duration,
    /// The time that the book will probably still take.
    pub(super) left: Option<Duration>,
}

/// The number of lines about the book as a whole.
const BOOK_LINES: usize = 2;

/// Lays out a scene in at most as many lines as the terminal has, none of them wider than the terminal.
pub(super) fn lines(scene: &Scene<'_>, size: Size) -> Vec<String> {
    // The cursor takes the last row. Some terminals wrap a line that reaches the last column.
    let (width, height) = (size.width.saturating_sub(1), size.height.saturating_sub(1));
    let shown = shown(scene.chapters, height.saturating_sub(BOOK_LINES));
    let has_reason = |tracked: &Tracked| tracked.chapter.stage.reason().is_some() || tracked.trouble.is_some();
    let reasons = shown.iter().any(|index| has_reason(&scene.chapters[*index]));
    let columns = Columns::new(scene.subject, width, reasons);
    let mut lines: Vec<String> = shown.iter().map(|index| chapter_line(scene, &columns, *index)).collect();
    if shown.len() < scene.chapters.len() {
        lines.push(columns.text(&rest(scene.chapters, &shown), &scene.style().dim()));
    }
    lines.push(book_line(scene, &columns));
    lines.push(columns.text(&figures(&scene.figures), &Style::new()));
    lines.split_off(lines.len().saturating_sub(height.max(1)))
}

impl Scene<'_> {
    fn style(&self) -> Style {
        Style::new().force_styling(self.colour)
    }
}

/// Returns the indices of the chapters to show, in order. If there is no room for all, those under way come first, then
/// those that changed last. One line is left for a summary of the others.
fn shown(chapters: &[Tracked], room: usize) -> Vec<usize> {
    let mut shown: Vec<usize> = (0..chapters.len()).collect();
    if shown.len() <= room {
        return shown;
    }
    shown.sort_by_key(|index| match &chapters[*index] {
        tracked if tracked.chapter.stage.under_way() => (0, Reverse(Duration::ZERO)),
        tracked if tracked.chapter.stage == Stage::Waiting => (2, Reverse(Duration::ZERO)),
        tracked => (1, Reverse(tracked.since)),
    });
    shown.truncate(room.saturating_sub(1));
    shown.sort_unstable();
    shown
}

/// Counts the chapters that are not shown by stage.
fn rest(chapters: &[Tracked], shown: &[usize]) -> String {
    let mut counts = BTreeMap::<&str, u64>::new();
    for index in (0..chapters.len()).filter(|index| shown.binary_search(index).is_err()) {
        *counts.entry(chapters[index].chapter.stage.name()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(stage, count)| format!("{} {stage}", Grouped(*count))).collect();
    let hidden = (chapters.len() - shown.len()) as u64;
    format!("and {} more: {}", Grouped(hidden), counts.join(", "))
}

fn chapter_line(scene: &Scene<'_>, columns: &Columns, index: usize) -> String {
    let (tracked, asked) = (&scene.chapters[index], &scene.subject.chapters[index]);
    let chapter = &tracked.chapter;
    columns.row(&Row {
        number: (index + 1).to_string(),
        title: &without_control(&asked.title),
        length: chapter.length,
        target: asked.length.into(),
        done: chapter.stage == Stage::Done,
        state: &state(tracked),
        style: coloured(scene.style(), &chapter.stage),
    })
}

fn book_line(scene: &Scene<'_>, columns: &Columns) -> String {
    let done = scene.chapters.iter().filter(|tracked| tracked.chapter.stage == Stage::Done).count();
    let all = scene.subject.chapters.len();
    columns.row(&Row {
        number: String::new(),
        title: &format!("{done} of {}", counted(all as u64, "chapter", "chapters")),
        length: scene.chapters.iter().map(|tracked| tracked.chapter.length).sum(),
        target: scene.subject.length(),
        done: done == all,
        state: &format!("{}, {}", plural(scene.subject.unit), scene.state),
        style: scene.style().bold(),
    })
}

fn figures(figures: &Figures) -> String {
    let waiting = match figures.waiting {
        0 => String::new(),
        waiting => format!(", {} waiting", Grouped(waiting)),
    };
    let mut parts = vec![
        format!("{}{waiting}", counted(figures.running, "call", "calls")),
        format!("{} tokens/s", Grouped(figures.tokens_per_second)),
        figures.cost.map_or("cost unknown".to_owned(), |cost| cost.to_string()),
        Clock(figures.elapsed).to_string(),
    ];
    parts.extend(figures.left.map(left));
    parts.join("  ")
}

/// Returns the stage of a chapter, with its reason, its last failed try or its number of retries.
fn state(tracked: &Tracked) -> String {
    let chapter = &tracked.chapter;
    let stage = chapter.stage.name();
    match chapter.stage.reason().or(tracked.trouble.as_deref()) {
        Some(reason) => format!("{stage}: {}", without_control(reason)),
        None if chapter.tries > 0 => format!("{stage}, {}", counted(chapter.tries, "retry", "retries")),
        None => stage.to_owned(),
    }
}

fn coloured(style: Style, stage: &Stage) -> Style {
    match stage {
        Stage::Waiting => style.dim(),
        Stage::Brief | Stage::Writing => style,
        Stage::Rewriting => style.cyan(),
        Stage::Parked(_) => style.yellow(),
        Stage::Done => style.green(),
        Stage::Failed(_) => style.red(),
    }
}

/// Returns the time left in steps of a second, of five seconds from one minute on, of a minute from ten minutes on.
fn left(time: Duration) -> String {
    let step = match time.as_secs() {
        0..60 => 1,
        60..600 => 5,
        _ => 60,
    };
    let seconds = time.as_millis().div_ceil(1_000 * step) * step;
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    match seconds {
        0..60 => format!("about {seconds} s left"),
        _ => format!("about {} left", Phrased(Duration::from_secs(seconds))),
    }
}

#[cfg(test)]
mod tests;
