//! A score as a table for the terminal.

use std::fmt::Write as _;

use bindery_check::score::{Band, Score, ScoredFigure, Verdict};
use bindery_domain::phrasing::{Grouped, counted};
use console::{Alignment, measure_text_width, pad_str, truncate_str};

/// The cells of the evidence. `NAME.score.html` has it in full.
const EVIDENCE: usize = 150;

/// Describes the score of a book.
pub(super) fn of(title: &str, score: &Score) -> String {
    let mark = score.mark.map_or_else(|| "not scored".to_owned(), |mark| format!("{mark} of 100"));
    let chapters = counted(score.chapters as u64, "chapter", "chapters");
    let mut out = format!("{title}: {mark} ({} words in {chapters})\n\n", Grouped(score.words as u64));
    let rows: Vec<[String; 5]> = score.figures.iter().map(cells).collect();
    let head = ["figure", "this book", "printed books", "machine-written", "mark"].map(str::to_owned);
    let widths: Vec<usize> = (0..head.len())
        .map(|column| rows.iter().chain([&head]).map(|row| measure_text_width(&row[column])).max().unwrap_or(0))
        .collect();
    for row in [&head].into_iter().chain(&rows) {
        let cells = row.iter().zip(&widths).map(|(cell, width)| pad_str(cell, *width, Alignment::Left, None));
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "  {}", line.trim_end());
    }
    out.push('\n');
    let mut faults: Vec<&ScoredFigure> = score.figures.iter().filter(|figure| is_fault(figure)).collect();
    faults.sort_by_key(|figure| figure.mark);
    for figure in faults {
        let _ = writeln!(out, "{}", figure.says);
        if let Some(evidence) = figure.evidence.first() {
            let place = format!("{}: {}", evidence.place, evidence.says);
            let _ = writeln!(out, "  {}", truncate_str(&place, EVIDENCE, "…"));
        }
    }
    out
}

fn is_fault(figure: &ScoredFigure) -> bool {
    matches!(figure.verdict, Verdict::Poor | Verdict::Fair)
}

fn cells(figure: &ScoredFigure) -> [String; 5] {
    let band = |band: &Option<Band>| band.as_ref().map_or_else(|| "none published".to_owned(), ToString::to_string);
    let mark = figure.mark.map_or_else(|| "–".to_owned(), |mark| mark.to_string());
    [figure.title.clone(), figure.shown(), band(&figure.human), band(&figure.machine), mark]
}
