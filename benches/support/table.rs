//! Tables and verdicts, printed as Markdown.

use std::fmt::Display;

/// A table that is printed when it is complete, so that its columns line up.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Makes a table with these columns.
    pub(crate) fn new(columns: &[&str]) -> Self {
        Self { rows: vec![columns.iter().map(|name| (*name).to_owned()).collect()] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: &[&dyn Display]) {
        self.rows.push(cells.iter().map(ToString::to_string).collect());
    }

    /// Prints the table and an empty line.
    #[expect(clippy::print_stdout, reason = "the tables are the result of a benchmark")]
    pub(crate) fn print(&self) {
        let columns = self.rows[0].len();
        let width = |column: usize| self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!(" {cell:<width$} "));
            println!("|{}|", cells.collect::<Vec<_>>().join("|"));
            if number == 0 {
                let rules = widths.iter().map(|width| "-".repeat(width + 2));
                println!("|{}|", rules.collect::<Vec<_>>().join("|"));
            }
        }
        println!();
    }
}

/// Prints a benchmark's heading, and a paragraph that says what it measures.
#[expect(clippy::print_stdout, reason = "the tables are the result of a benchmark")]
pub(crate) fn heading(title: &str, lead: &str) {
    println!("\n## {title}\n\n{lead}\n");
}

/// A promise, what was found, and whether the promise was kept.
pub(crate) struct Verdict {
    promise: String,
    found: String,
    kept: bool,
}

impl Verdict {
    /// Makes a verdict.
    pub(crate) fn new(promise: impl Into<String>, found: impl Into<String>, kept: bool) -> Self {
        Self { promise: promise.into(), found: found.into(), kept }
    }

    /// Returns whether the promise was kept.
    pub(crate) fn kept(&self) -> bool {
        self.kept
    }
}

/// Prints verdicts as a list.
#[expect(clippy::print_stdout, reason = "the tables are the result of a benchmark")]
pub(crate) fn verdicts(verdicts: &[Verdict]) {
    for Verdict { promise, found, kept } in verdicts {
        println!("- {}: {promise}: {found}", if *kept { "met" } else { "MISSED" });
    }
}
