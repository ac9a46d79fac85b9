//! Moves the headings of a chapter's Markdown below the chapter's own, which has level 2 in the book.

use std::ops::Range;

use pulldown_cmark::Event;

use super::{Replacements, note_label};
use crate::{body::Body, markdown::escape::escaped, xhtml::is_line_break};

const DEEPEST_LEVEL: usize = 6;

/// Moves a heading to one level below its level in the chapter.
pub(super) fn edit(chapter: u32, body: &Body<'_>, heading: usize, replacements: &mut Replacements) {
    let heading = &body.headings[heading];
    let hashes = "#".repeat((usize::from(heading.level) + 1).min(DEEPEST_LEVEL));
    let span = trimmed(body.source, &body.events[heading.event].1);
    let written = &body.source[span.clone()];
    let run = written.len() - written.trim_start_matches('#').len();
    let is_marked = (1..=6).contains(&run) && !written.contains('\n');
    if is_marked && (run == written.len() || written[run..].starts_with([' ', '\t'])) {
        return replacements.add(span.start..span.start + run, hashes);
    }
    // An underlined heading can only have level 1 or 2.
    match written.split_once('\n') {
        Some((line, underline)) if !underline.contains('\n') => {
            let line = line.trim_end();
            let is_task = heading.event > 0 && matches!(body.events[heading.event - 1].0, Event::TaskListMarker(_));
            // After a task's box no mark begins a heading. A mark at the end would be read as a closing one, unless another
            // one follows it.
            let (opening, closing) = match (is_task, line.ends_with('#')) {
                (true, _) => (String::new(), ""),
                (false, true) => (format!("{hashes} "), " #"),
                (false, false) => (format!("{hashes} "), ""),
            };
            replacements.add(span.start..span.start, opening);
            replacements.add(span.start + line.len()..span.end, closing);
        }
        _ => replacements.add(span, format!("{hashes} {}", on_one_line(chapter, body, heading.event))),
    }
}

/// Returns the span without white space around it.
fn trimmed(source: &str, span: &Range<usize>) -> Range<usize> {
    let text = &source[span.clone()];
    span.end - text.trim_start().len()..span.start + text.trim_end().len()
}

/// Returns the text of a heading that has several lines, without its markup but with its references to notes.
fn on_one_line(chapter: u32, body: &Body<'_>, start: usize) -> String {
    let pieces = body.events.inside(start).map(|at| match &body.events[at].0 {
        Event::InlineHtml(html) if is_line_break(html) => " ".to_owned(),
        Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => escaped(&text.replace('\n', " ")),
        Event::SoftBreak | Event::HardBreak => " ".to_owned(),
        Event::FootnoteReference(_) => body.notes.meant(at).map(|note| note_label(chapter, note)).unwrap_or_default(),
        _ => String::new(),
    });
    pieces.collect()
}
