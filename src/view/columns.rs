//! The columns of the live view: their widths, and how a row is fitted into them.

use std::borrow::Cow;

use bindery_domain::phrasing::Grouped;
use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};

use super::Subject;

/// A row of cells.
pub(super) struct Row<'a> {
    /// The number of the chapter, or nothing for the book.
    pub(super) number: String,
    /// The title.
    pub(super) title: &'a str,
    /// The length so far.
    pub(super) length: u64,
    /// The target length.
    pub(super) target: u64,
    /// Whether the bar is full whatever the length is.
    pub(super) done: bool,
    /// The state, with its reason.
    pub(super) state: &'a str,
    /// The style of the state.
    pub(super) style: Style,
}

/// The widths of the columns in cells. A column of width 0 is left out.
pub(super) struct Columns {
    width: usize,
    number: usize,
    title: usize,
    bar: usize,
    count: usize,
}

const GAP: usize = 2;
const NARROWEST_TITLE: usize = 12;
const NARROWEST_STATE: usize = 16;
const WIDEST_STATE: usize = 60;
const WIDEST_BAR: usize = 30;

// However long the titles are, they leave the bar a third of the cells that both share, within these limits.
const LEAST_LEFT_TO_BAR: usize = 8;
const MOST_LEFT_TO_BAR: usize = 16;

impl Columns {
    /// Divides a width among the columns. With reasons to show, titles and bars get less of it.
    pub(super) fn new(subject: &Subject, width: usize, reasons: bool) -> Self {
        let number = subject.chapters.len().to_string().len();
        let longest = subject.chapters.iter().map(|chapter| u64::from(chapter.length)).max().unwrap_or(0);
        let count = 2 * Grouped(longest).to_string().len() + " / ".len();
        let state = (if reasons { width * 2 / 5 } else { width / 5 }).clamp(NARROWEST_STATE, WIDEST_STATE);
        let taken = number + GAP + count + GAP + state + GAP;
        let Some(free) = width.checked_sub(taken).filter(|free| *free >= NARROWEST_TITLE) else {
            let title = width.saturating_sub(number + GAP + NARROWEST_STATE + GAP);
            return Self { width, number, title, bar: 0, count: 0 };
        };
        let widest = subject.chapters.iter().map(|chapter| measure_text_width(&chapter.title)).max().unwrap_or(0);
        let beside = free.saturating_sub(GAP + (free / 3).clamp(LEAST_LEFT_TO_BAR, MOST_LEFT_TO_BAR));
        let title = widest.max("100 of 100 chapters".len()).min(beside);
        if title < NARROWEST_TITLE {
            return Self { width, number, title: free, bar: 0, count };
        }
        let bar = (free - title - GAP).min(WIDEST_BAR);
        Self { width, number, title, bar, count }
    }

    /// Fits a row into the columns.
    pub(super) fn row(&self, row: &Row<'_>) -> String {
        let title = cut(row.title, self.title);
        let title = pad_str(&title, self.title, Alignment::Left, None);
        let mut line = format!("{:>1$}  {title}", row.number, self.number);
        let count = format!("{} / {}", Grouped(row.length), Grouped(row.target));
        if self.bar > 0 {
            // A count that is wider than its column, as the book's is, takes cells of the bar.
            let width = (self.bar + self.count).saturating_sub(count.len().max(self.count));
            let length = if row.done { row.target } else { row.length };
            line.extend(["  ", &bar(length, row.target, width)]);
        }
        if self.count > 0 {
            line.push_str(&format!("  {count:>0$}", self.count));
        }
        let room = self.width.saturating_sub(measure_text_width(&line) + GAP);
        let line = format!("{line}  {}", row.style.apply_to(cut(row.state, room)));
        truncate_str(&line, self.width, "").into_owned()
    }

    /// Fits a text under the titles.
    pub(super) fn text(&self, text: &str, style: &Style) -> String {
        let indent = (self.number + GAP).min(self.width);
        format!("{:indent$}{}", "", style.apply_to(cut(text, self.width - indent)))
    }
}

fn bar(length: u64, target: u64, width: usize) -> String {
    let cells = width as u64;
    let full = length.saturating_mul(cells).checked_div(target).unwrap_or(0).min(cells);
    let full = usize::try_from(full).unwrap_or(width);
    format!("{}{}", "━".repeat(full), "─".repeat(width - full))
}

/// Cuts a text that is wider than a number of cells.
fn cut(text: &str, width: usize) -> Cow<'_, str> {
    truncate_str(text, width, if width == 0 { "" } else { "…" })
}
