//! The lines that a terminal of a given size shows: a bar a chapter, and under them the book's own.

use std::{borrow::Cow, cmp::Reverse, time::Duration};

use bindery_shared::book::money::Micros;
use console::{Style, measure_text_width, truncate_str};

use super::{
    Subject,
    chapter::{Chapter, Stage},
};
use crate::{
    phrasing::{Clock, Grouped, Phrased, counted, plural},
    screen::Size,
};

/// All that the lines show.
pub(super) struct Scene<'a> {
    /// What is being written.
    pub(super) subject: &'a Subject,
    /// Its chapters, in order; none before they are planned.
    pub(super) chapters: &'a [Chapter],
    /// When each of them last changed its stage.
    pub(super) changed: &'a [Duration],
    /// The book's state, with its holds.
    pub(super) state: String,
    /// Its figures.
    pub(super) figures: Figures,
}

/// The figures of the whole run.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Figures {
    /// Model calls that run.
    pub(super) running: u64,
    /// Model calls that wait for a permit or the provider.
    pub(super) waiting: u64,
    /// Tokens per second, all calls together.
    pub(super) tokens_per_second: u64,
    /// What the book has cost so far, where prices are known.
    pub(super) cost: Option<Micros>,
    /// Since the run began.
    pub(super) elapsed: Duration,
    /// What it may still take.
    pub(super) left: Option<Duration>,
}

/// Lines of the book itself.
const BOOK_LINES: usize = 2;

/// Lays the scene out: never more lines than the terminal has, none wider than it is.
pub(super) fn lines(scene: &Scene<'_>, size: Size, colour: bool) -> Vec<String> {
    // The last row is left to the cursor, the last column to terminals that wrap when it is written.
    let (width, height) = (size.width.saturating_sub(1), size.height.saturating_sub(1));
    let room = height.saturating_sub(BOOK_LINES);
    let shown = if room > 0 { shown(scene, room) } else { Vec::new() };
    let reasons = shown.iter().any(|index| scene.chapters[*index].stage.reason().is_some());
    let columns = Columns::of(scene.subject, width, reasons);
    let mut lines = Vec::new();
    if room > 0 {
        lines.extend(shown.iter().map(|index| columns.chapter(scene, *index, colour)));
        if shown.len() < scene.chapters.len() {
            lines.push(columns.plain(&rest(scene, &shown), &Style::new().dim(), colour));
        }
    }
    lines.push(columns.book(scene, colour));
    lines.push(columns.figures(&scene.figures));
    let excess = lines.len().saturating_sub(height.max(1));
    lines.split_off(excess)
}

/// Chooses the chapters that are shown, in order: all that fit, or else those under way, then those that changed
/// last. One line is kept for the count of the rest.
fn shown(scene: &Scene<'_>, room: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scene.chapters.len()).collect();
    if order.len() <= room {
        return order;
    }
    order.sort_by_key(|index| match &scene.chapters[*index].stage {
        stage if stage.under_way() => (0, Reverse(Duration::ZERO)),
        Stage::Waiting => (2, Reverse(Duration::ZERO)),
        _ => (1, Reverse(scene.changed[*index])),
    });
    order.truncate(room - 1);
    order.sort_unstable();
    order
}

/// Counts the chapters that are not shown, by stage.
fn rest(scene: &Scene<'_>, shown: &[usize]) -> String {
    let hidden = (0..scene.chapters.len()).filter(|index| shown.binary_search(index).is_err());
    let mut counts: Vec<(&'static str, u64)> = Vec::new();
    for stage in hidden.map(|index| scene.chapters[index].stage.name()) {
        match counts.iter_mut().find(|(name, _)| *name == stage) {
            Some((_, count)) => *count += 1,
            None => counts.push((stage, 1)),
        }
    }
    let said: Vec<String> = counts.iter().map(|(stage, count)| format!("{} {stage}", Grouped(*count))).collect();
    let total = counts.iter().map(|(_, count)| count).sum();
    format!("and {} more: {}", Grouped(total), said.join(", "))
}

/// The widths of the columns, in cells; a column without a width is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    width: usize,
    number: usize,
    title: usize,
    bar: usize,
    count: usize,
}

const GAP: usize = 2;
const NARROWEST_TITLE: usize = 12;
const NARROWEST_STATE: usize = 16;
const WIDEST_BAR: usize = 30;

impl Columns {
    /// Shares the width out. Where there are reasons to read, titles and bars give way to them.
    fn of(subject: &Subject, width: usize, reasons: bool) -> Self {
        let number = subject.chapters.len().to_string().len();
        let longest = subject.chapters.iter().map(|chapter| u64::from(chapter.length)).max().unwrap_or(0);
        let count = 2 * Grouped(longest).to_string().len() + " / ".len();
        let state = (if reasons { width * 2 / 5 } else { width / 5 }).clamp(NARROWEST_STATE, 60);
        let taken = number + GAP + count + GAP + state + GAP;
        let Some(free) = width.checked_sub(taken).filter(|free| *free >= NARROWEST_TITLE) else {
            let title = width.saturating_sub(number + GAP + NARROWEST_STATE + GAP);
            return Self { width, number, title, bar: 0, count: 0 };
        };
        let widest = subject.chapters.iter().map(|chapter| measure_text_width(&chapter.title)).max().unwrap_or(0);
        let title = widest.max("100 of 100 chapters".len()).min(free.saturating_sub(GAP + (free / 3).clamp(8, 16)));
        if title < NARROWEST_TITLE {
            return Self { width, number, title: free, bar: 0, count };
        }
        let bar = (free - title - GAP).min(WIDEST_BAR);
        Self { width, number, title, bar, count }
    }

    fn chapter(&self, scene: &Scene<'_>, index: usize, colour: bool) -> String {
        let (chapter, asked) = (&scene.chapters[index], &scene.subject.chapters[index]);
        let style = style(&chapter.stage);
        let title = clean(&asked.title);
        let number = format!("{:>1$}", index + 1, self.number);
        let length = (chapter.length, u64::from(asked.length));
        let full = chapter.stage == Stage::Done;
        self.line([&number, &title], (length, full), (&state(chapter), &style), colour)
    }

    fn book(&self, scene: &Scene<'_>, colour: bool) -> String {
        let done = scene.chapters.iter().filter(|chapter| chapter.stage == Stage::Done).count();
        let chapters = format!("{done} of {}", counted(scene.subject.chapters.len() as u64, "chapter", "chapters"));
        let length = scene.chapters.iter().map(|chapter| chapter.length).sum();
        let unit = plural(scene.subject.unit);
        let state = format!("{unit}, {}", scene.state);
        let length = (length, scene.subject.length());
        let full = done == scene.subject.chapters.len();
        self.line(["", &chapters], (length, full), (&state, &Style::new().bold()), colour)
    }

    /// One line of cells: what is too long is cut, a line too wide for its terminal too.
    fn line(
        &self,
        [number, title]: [&str; 2],
        ((length, target), full): ((u64, u64), bool),
        (state, style): (&str, &Style),
        colour: bool,
    ) -> String {
        let count = format!("{} / {}", Grouped(length), Grouped(target));
        let mut cells = vec![fit(number, self.number), fit(title, self.title)];
        if self.bar > 0 {
            // The book's count is longer than a chapter's; its bar gives way.
            let width = (self.bar + self.count).saturating_sub(count.len().max(self.count));
            cells.push(bar(if full { target } else { length }, target, width));
        }
        if self.count > 0 {
            cells.push(format!("{count:>0$}", self.count));
        }
        let cells = cells.join("  ");
        let state = cut(state, self.width.saturating_sub(measure_text_width(&cells) + GAP));
        let line = format!("{cells}  {}", style.clone().force_styling(colour).apply_to(state));
        truncate_str(&line, self.width, "").into_owned()
    }

    fn figures(&self, figures: &Figures) -> String {
        let left = figures.left.map(left);
        let waiting = match figures.waiting {
            0 => String::new(),
            waiting => format!(", {} waiting", Grouped(waiting)),
        };
        let said = [
            Some(format!("{}{waiting}", counted(figures.running, "call", "calls"))),
            Some(format!("{} tokens/s", Grouped(figures.tokens_per_second))),
            Some(figures.cost.map_or("cost unknown".to_owned(), |cost| cost.to_string())),
            Some(Clock(figures.elapsed).to_string()),
            left,
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        self.plain(&said.join("  "), &Style::new(), false)
    }

    /// A line of text under the titles.
    fn plain(&self, text: &str, style: &Style, colour: bool) -> String {
        let indent = self.number + GAP;
        let text = cut(text, self.width.saturating_sub(indent));
        let indent = indent.min(self.width);
        format!("{:indent$}{}", "", style.clone().force_styling(colour).apply_to(text))
    }
}

/// Says where a chapter stands: why, where there is a reason, and how many tries had to be repeated.
fn state(chapter: &Chapter) -> String {
    let mut said = chapter.stage.name().to_owned();
    if let Some(reason) = chapter.stage.reason() {
        said = format!("{said}: {}", clean(reason));
    } else if chapter.tries > 0 {
        said = format!("{said}, {}", counted(chapter.tries, "retry", "retries"));
    }
    said
}

fn style(stage: &Stage) -> Style {
    match stage {
        Stage::Waiting => Style::new().dim(),
        Stage::Brief | Stage::Writing => Style::new(),
        Stage::Rewriting => Style::new().cyan(),
        Stage::Parked(_) => Style::new().yellow(),
        Stage::Done => Style::new().green(),
        Stage::Failed(_) => Style::new().red(),
    }
}

fn bar(length: u64, target: u64, width: usize) -> String {
    let cells = width as u64;
    let full = length.saturating_mul(cells).checked_div(target).unwrap_or(0).min(cells);
    let full = usize::try_from(full).unwrap_or(width);
    format!("{}{}", "━".repeat(full), "─".repeat(width - full))
}

/// Cuts or pads a text to exactly so many cells; a wide character that would stick out gives way to a space.
fn fit(text: &str, width: usize) -> String {
    let text = cut(text, width);
    let padding = width.saturating_sub(measure_text_width(&text));
    format!("{text}{:padding$}", "")
}

/// Cuts a text that takes more than so many cells.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    truncate_str(text, width, if width == 0 { "" } else { "…" })
}

/// Takes out of a text what would move the cursor.
fn clean(text: &str) -> Cow<'_, str> {
    if text.chars().any(char::is_control) {
        Cow::Owned(text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// Tells the time left as exactly as an estimate can: in seconds below a minute, then in fives of them, then in minutes.
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
