//! Compares a bound book with its outline: every chapter and section is there once, in order, and no text is one that a
//! reader must not see.

use std::collections::HashSet;

use crate::outline::Outline;

/// What the stand-in writes where it is told to talk about its own text.
const META_TALK: &str = "Here is the section you asked for";

/// Returns what is wrong with a bound book, or nothing where it is as ordered.
pub(crate) fn faults(outline: &Outline, markdown: &str) -> Option<String> {
    let found: Vec<&str> = markdown.lines().filter(|line| line.starts_with('#')).collect();
    let expected = headings(outline);
    if found != expected {
        let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
        let at = first.unwrap_or(found.len().min(expected.len()));
        return Some(format!(
            "{} headings instead of {}; the first that differs is {:?} instead of {:?}",
            found.len(),
            expected.len(),
            found.get(at),
            expected.get(at)
        ));
    }
    let mut seen = HashSet::new();
    sections(markdown).find_map(|(heading, text)| {
        section_fault(text).or((!seen.insert(text)).then_some("stands twice")).map(|what| format!("{heading} {what}"))
    })
}

/// Returns the headings that a bound book must have: its chapters and their sections.
fn headings(outline: &Outline) -> Vec<String> {
    let mut all = Vec::new();
    for chapter in &outline.chapters {
        all.push(format!("# {}", chapter.title));
        all.extend(chapter.sections.iter().map(|section| format!("## {section}")));
    }
    all
}

/// Returns the sections' headings with their texts.
fn sections(markdown: &str) -> impl Iterator<Item = (&str, &str)> {
    let pieces = markdown.split("\n## ").skip(1);
    pieces.filter_map(|piece| {
        let (heading, text) = piece.split_once('\n')?;
        Some((heading, text.split("\n# ").next()?.trim()))
    })
}

fn section_fault(text: &str) -> Option<&'static str> {
    if text.split_whitespace().count() < 50 {
        Some("is not written")
    } else if text.contains(META_TALK) {
        Some("talks about itself")
    } else if !text.ends_with(['.', '!', '?', '"', '\u{201d}']) {
        Some("breaks off")
    } else {
        None
    }
}
