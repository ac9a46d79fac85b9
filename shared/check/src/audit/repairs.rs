//! Which findings are mended, in which round, and whether a new text has mended one.

use std::collections::{BTreeMap, BTreeSet};

use bindery_text::markdown;

use super::{Finding, FindingKind, facts, folded_words, formulas, slop};
use crate::{SectionText, language, meta_talk};

/// The largest share of a book's sections that one audit has mended, in percent.
const MAX_REPAIRED_PERCENT: usize = 15;

/// So many sections may be mended in any book: 15 % of a small one are no section at all.
const ALWAYS: usize = 3;

/// In a book of fewer sections, all passages that stand twice are mended: a reader sees each of them.
const SMALL: usize = 20;

/// The round in which single sections are mended.
const SECTIONS: u16 = 1;

/// The round in which sections are joined, once the sections themselves stand.
const SEAMS: u16 = 2;

/// A run of this many words of a passage shows that the passage still stands.
const RUN: usize = 8;

/// How many words of an opening or an ending make it like another one.
const EDGE: usize = 5;

/// Returns the most sections that one audit has mended, in a book of so many sections where no passage stands twice.
pub fn most_repaired(sections: usize) -> usize {
    (sections * MAX_REPAIRED_PERCENT).div_ceil(100).max(ALWAYS).min(sections)
}

/// Chooses the findings that are to be mended: whole sections, by the worst of their findings, up to the allowed share.
pub(super) fn order(findings: &mut [Finding], sections: usize, repairable: impl Fn(u32, u32) -> bool) {
    let mut worst: BTreeMap<(u32, u32), (FindingKind, usize)> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.kind != FindingKind::Length) {
        let section = (finding.place.chapter, finding.place.section);
        if repairable(section.0, section.1) {
            let entry = worst.entry(section).or_insert((finding.kind, 0));
            *entry = (entry.0.min(finding.kind), entry.1 + 1);
        }
    }
    let mut ranked: Vec<((u32, u32), (FindingKind, usize))> = worst.into_iter().collect();
    ranked.sort_by_key(|(section, (kind, count))| (*kind, std::cmp::Reverse(*count), *section));
    // A section is written once: its seam is mended with its other faults.
    let round = |worst: FindingKind| if worst == FindingKind::Seam { SEAMS } else { SECTIONS };
    let most = most_repaired(sections);
    let repeats = |section: &(u32, u32)| {
        let mut own = findings.iter().filter(|finding| (finding.place.chapter, finding.place.section) == *section);
        sections < SMALL && own.any(|finding| finding.kind == FindingKind::Repeat)
    };
    let ranked = ranked.into_iter().enumerate().filter(|(nth, (section, _))| *nth < most || repeats(section));
    let chosen: BTreeMap<(u32, u32), u16> = ranked.map(|(_, (section, (worst, _)))| (section, round(worst))).collect();
    for finding in findings.iter_mut().filter(|finding| finding.kind != FindingKind::Length) {
        finding.round = chosen.get(&(finding.place.chapter, finding.place.section)).copied();
    }
}

/// Returns whether a section's new Markdown has mended a finding.
pub fn is_mended(finding: &Finding, text: &str, tag: &str) -> bool {
    match finding.kind {
        FindingKind::Leak => meta_talk::check(text, &markdown::blocks(text)).is_ok(),
        FindingKind::Language => language::check(&SectionText::read(text, tag), tag).is_ok(),
        FindingKind::Spelling | FindingKind::Name | FindingKind::Citation => !text.contains(&finding.quote),
        FindingKind::Early => !bindery_text::term::contains(text, &finding.quote),
        FindingKind::Opening => !edge_stays(finding, &plain(text), tag, true),
        FindingKind::Ending => !edge_stays(finding, &plain(text), tag, false),
        FindingKind::Banned => !run_stands(finding, text, tag, usize::MAX),
        FindingKind::Contradiction | FindingKind::Discrepancy => {
            let agrees = finding.right.is_empty() || !facts::contradicts_in(&plain(text), &finding.right, tag);
            agrees && !run_stands(finding, text, tag, usize::MAX)
        }
        FindingKind::Formula => !formulas::stands(&finding.quote, &plain(text), tag),
        FindingKind::Slop => slop::is_thinned(&finding.quote, &plain(text), tag),
        // Nobody is asked to mend it.
        FindingKind::Length => false,
        FindingKind::Repeat | FindingKind::Reference | FindingKind::Seam => !run_stands(finding, text, tag, RUN),
    }
}

/// Returns whether a text holds a run of so many words of the finding's quote, or the whole quote where it is shorter.
fn run_stands(finding: &Finding, text: &str, tag: &str, longest: usize) -> bool {
    let (quote, words) = (folded_words(&finding.quote, tag), folded_words(&plain(text), tag));
    let length = quote.len().min(longest);
    let runs: BTreeSet<&[String]> = words.windows(length.max(1)).collect();
    length > 0 && quote.windows(length).any(|run| runs.contains(run))
}

/// Returns whether a text begins or ends with the words of the finding's quote.
fn edge_stays(finding: &Finding, text: &str, tag: &str, at_start: bool) -> bool {
    let (quote, words) = (folded_words(&finding.quote, tag), folded_words(text, tag));
    let length = EDGE.min(quote.len());
    match at_start {
        true => words.starts_with(&quote[..length]),
        false => words.ends_with(&quote[quote.len() - length..]),
    }
}

/// Returns the running text of a section's Markdown.
fn plain(text: &str) -> String {
    let blocks = markdown::blocks(text);
    let prose: Vec<&str> = blocks.iter().filter(|block| block.is_prose()).map(|block| block.text.as_str()).collect();
    prose.join("\n\n")
}
