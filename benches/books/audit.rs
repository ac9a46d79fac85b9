//! Flaws that only a reader of the whole book can see: how many the audit finds, and how many are left after its repairs.
//!
//! A section in another language is not among them: it fails its gate when it is written. `tests/long audit` plants it.

use std::io::Write as _;

use anyhow::{Result, ensure};
use bindery_check::{
    manuscript::{ManuscriptText, chapters_of},
    shingles::Shingles,
};
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
    /// Whether its first place in a book is no fault, since only the later ones repeat or contradict it.
    repeats: bool,
    /// What stands at the first place instead; `None` where the same stands at all places.
    first: Option<&'static str>,
}

const FLAWS: [Flaw; 8] = [
    Flaw { fault: "repeats_passage", words: "a low hum that runs through the posts", repeats: true, first: None },
    Flaw {
        fault: "opens_alike",
        words: "Nobody in the valley would have believed it that year",
        repeats: true,
        first: None,
    },
    Flaw { fault: "sums_up", words: "In conclusion, all of this was to be expected", repeats: false, first: None },
    Flaw { fault: "uses_banned_words", words: "rich tapestry", repeats: false, first: None },
    Flaw { fault: "contradicts_canon", words: "finished in 1878", repeats: false, first: None },
    Flaw { fault: "tells_early", words: "Wrangholm ledger lay open", repeats: false, first: None },
    Flaw { fault: "invents_source", words: "Hartmann & Vries, 2014", repeats: false, first: None },
    Flaw { fault: "contradicts_fact", words: "painted green", repeats: true, first: Some("states_fact") },
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

/// The largest share of the runs of eight words of a repaired book that may stand in two chapters, in percent.
const OVERLAP: f64 = 0.3;

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
    /// The largest overlap between the chapters of a book, in percent.
    overlap: f64,
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
    let mut table = Table::new(&["flaw", "planted", "found", "left", "calls", "output tokens", "overlap"]);
    let mut verdicts = Vec::new();
    for flaw in &FLAWS {
        let told = sums(Some(flaw), each, "report")?;
        let mended = sums(Some(flaw), each, "repair")?;
        let planted = each * (PLACES.len() - usize::from(flaw.repeats));
        let share = |count: usize| count as f64 * 100.0 / planted as f64;
        let calls = mended.calls as f64 / clean.calls as f64;
        let tokens = mended.output as f64 / clean.output as f64;
        let overlap = format!("{:.2} %", mended.overlap);
        let (found, left) = (format!("{:.1} %", share(told.found)), format!("{:.1} %", share(mended.left)));
        table.row(&[&flaw.fault, &planted, &found, &left, &format!("{calls:.2}"), &format!("{tokens:.2}"), &overlap]);
        let kept = share(told.found) >= FOUND
            && share(mended.left) <= LEFT
            && calls <= CALLS
            && tokens <= TOKENS
            && mended.overlap <= OVERLAP;
        let promise = format!(
            "{}: {FOUND} % found, at most {LEFT} % left, {CALLS} x the calls, {TOKENS} x the tokens, {OVERLAP} % overlap",
            flaw.fault
        );
        let got = format!("{found} found, {left} left, {calls:.2} x, {tokens:.2} x, {overlap} overlap");
        verdicts.push(Verdict::new(promise, got, kept));
    }
    table.print();
    Ok(verdicts)
}

/// Writes books whose model plants this flaw.
fn sums(flaw: Option<&Flaw>, books: usize, audit: &str) -> Result<Sums> {
    let mut script = NamedTempFile::new()?;
    for (nth, (chapter, section)) in flaw.iter().flat_map(|_| PLACES).enumerate() {
        let matching = serde_json::json!({"task": "section", "chapter": chapter, "section": section});
        let fault = flaw.map(|flaw| flaw.first.filter(|_| nth == 0).unwrap_or(flaw.fault));
        writeln!(script, "{}", serde_json::json!({"match": matching, "fault": fault}))?;
    }
    let path = script.path().to_string_lossy().into_owned();
    let stand_in = StandIn::start(&["--instant", "--script", &path])?;
    let mut sums = Sums::default();
    for number in 0..books {
        let outline = batch::book_with_shorter(number, 0).to_markdown().replacen("---\n", FRONT, 1);
        let outline = outline.replacen("words: 600", WORDS, 1);
        let mut folder = BookFolder::new(&outline, stand_in.url())?;
        if flaw.is_some_and(|flaw| flaw.first.is_some()) {
            folder = folder.set("BINDERY_CHECKS__FACTS", "true");
        }
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
        let shown = usize::from(flaw.repeats && flaw.first.is_none());
        self.left += markdown.matches(flaw.words).count().saturating_sub(shown);
        let book = ManuscriptText::read("en", &chapters_of(markdown));
        self.overlap = self.overlap.max(Shingles::of(&book).across_chapters().percent());
        let told = run.report["report"]["audit"]["left"].as_array().map_or(&[][..], Vec::as_slice);
        let place = |(chapter, section): &(u32, u32)| format!("In chapter {chapter}, section {section},");
        let is_told =
            |at: &&(u32, u32)| told.iter().filter_map(Value::as_str).any(|finding| finding.starts_with(&place(at)));
        self.found += PLACES.iter().skip(usize::from(flaw.repeats)).filter(is_told).count();
        Ok(())
    }
}
