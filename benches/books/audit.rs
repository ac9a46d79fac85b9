//! Flaws that only a reader of the whole book can see: how many the audit finds, and how many are left after its repairs.

use std::io::Write as _;

use anyhow::{Result, ensure};
use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{
    batch,
    stand_in::StandIn,
    table::{Table, Verdict, heading},
    write_run::{BookFolder, WriteRun},
};

/// A flaw of the stand-in, with the words by which it is recognised.
struct Flaw {
    fault: &'static str,
    words: &'static str,
    /// Whether its first place in a book is no fault, since only the later ones repeat it.
    repeats: bool,
}

const FLAWS: [Flaw; 7] = [
    Flaw { fault: "repeats_passage", words: "a low hum that runs through the posts", repeats: true },
    Flaw { fault: "opens_alike", words: "Nobody in the valley would have believed it that year", repeats: true },
    Flaw { fault: "sums_up", words: "In conclusion, all of this was to be expected", repeats: false },
    Flaw { fault: "uses_banned_words", words: "rich tapestry", repeats: false },
    Flaw { fault: "contradicts_canon", words: "finished in 1878", repeats: false },
    Flaw { fault: "tells_early", words: "Wrangholm ledger lay open", repeats: false },
    Flaw { fault: "invents_source", words: "Hartmann & Vries, 2014", repeats: false },
];

/// The sections that have the flaw, as chapter and section: a tenth of the book's.
const PLACES: [(u32, u32); 4] = [(2, 1), (4, 3), (6, 2), (9, 1)];

const FRONT: &str = "---
kind: novel
banned: [rich tapestry]
canon: [The lighthouse at Wrangholm was finished in 1871.]
";

/// A chapter is so long that a planted passage does not make its section too long.
const WORDS: &str = "words: 2400";

/// The least share of the flaws that the audit must find, in percent.
const FOUND: f64 = 95.0;

/// The largest share of the flaws that may be left after the repairs, in percent.
const LEFT: f64 = 5.0;

/// The most calls and output tokens of a repaired book, in those of a book without flaws.
const CALLS: f64 = 1.5;
const TOKENS: f64 = 1.25;

/// The sums over several books.
#[derive(Default)]
struct Sums {
    found: usize,
    left: usize,
    calls: u64,
    output: u64,
}

/// Writes so many books, each with one kind of flaw: once to be told of, once to be mended.
pub(crate) fn run(books: usize) -> Result<Vec<Verdict>> {
    let each = books.div_ceil(FLAWS.len());
    heading(
        "The audit",
        &format!(
            "Books of {} chapters with {} sections each. A tenth of the sections has one kind of flaw. Each kind has {each} \
             books. \"Found\" is what `--audit report` tells, and \"left\" is what the text still has after `--audit repair`. \
             Calls and tokens are those of a repaired book, in those of a book without flaws that is not audited.",
            batch::CHAPTERS,
            batch::SECTIONS
        ),
    );
    let clean = sums(None, each, "off")?;
    let mut table = Table::new(&["flaw", "planted", "found", "left", "calls", "output tokens"]);
    let mut verdicts = Vec::new();
    for flaw in &FLAWS {
        let told = sums(Some(flaw), each, "report")?;
        let mended = sums(Some(flaw), each, "repair")?;
        let planted = each * (PLACES.len() - usize::from(flaw.repeats));
        let share = |count: usize| count as f64 * 100.0 / planted as f64;
        let calls = mended.calls as f64 / clean.calls as f64;
        let tokens = mended.output as f64 / clean.output as f64;
        let (found, left) = (format!("{:.1} %", share(told.found)), format!("{:.1} %", share(mended.left)));
        table.row(&[&flaw.fault, &planted, &found, &left, &format!("{calls:.2}"), &format!("{tokens:.2}")]);
        let kept = share(told.found) >= FOUND && share(mended.left) <= LEFT && calls <= CALLS && tokens <= TOKENS;
        let promise = format!(
            "{}: {FOUND} % found, at most {LEFT} % left, {CALLS} x the calls, {TOKENS} x the tokens",
            flaw.fault
        );
        verdicts.push(Verdict::new(promise, format!("{found} found, {left} left, {calls:.2} x, {tokens:.2} x"), kept));
    }
    table.print();
    Ok(verdicts)
}

/// Writes books whose model plants this flaw.
fn sums(flaw: Option<&Flaw>, books: usize, audit: &str) -> Result<Sums> {
    let mut script = NamedTempFile::new()?;
    for (chapter, section) in flaw.iter().flat_map(|_| PLACES) {
        let matching = serde_json::json!({"task": "section", "chapter": chapter, "section": section});
        let fault = flaw.map(|flaw| flaw.fault);
        writeln!(script, "{}", serde_json::json!({"match": matching, "fault": fault}))?;
    }
    let path = script.path().to_string_lossy().into_owned();
    let stand_in = StandIn::start(&["--instant", "--script", &path])?;
    let mut sums = Sums::default();
    for number in 0..books {
        let outline = batch::book_with_shorter(number, 0).to_markdown().replacen("---\n", FRONT, 1);
        let outline = outline.replacen("words: 600", WORDS, 1);
        let folder = BookFolder::new(&outline, stand_in.url())?;
        sums.add(flaw, &folder.write(&["--format", "md", "--audit", audit])?.whole()?)?;
    }
    Ok(sums)
}

impl Sums {
    fn add(&mut self, flaw: Option<&Flaw>, run: &WriteRun) -> Result<()> {
        self.calls += run.count("/report/calls")?;
        self.output += run.count("/report/usage/output")?;
        let Some(flaw) = flaw else { return Ok(()) };
        let markdown = run.markdown.as_deref().unwrap_or_default();
        ensure!(!markdown.is_empty(), "a book was not bound");
        self.left += markdown.matches(flaw.words).count().saturating_sub(usize::from(flaw.repeats));
        let told = run.report["report"]["audit"]["left"].as_array().map_or(&[][..], Vec::as_slice);
        let place = |(chapter, section): &(u32, u32)| format!("In chapter {chapter}, section {section},");
        let is_told =
            |at: &&(u32, u32)| told.iter().filter_map(Value::as_str).any(|finding| finding.starts_with(&place(at)));
        self.found += PLACES.iter().skip(usize::from(flaw.repeats)).filter(is_told).count();
        Ok(())
    }
}
