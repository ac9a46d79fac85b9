//! Headings of a chapter's Markdown: they sink below the chapter's own, which is the second level of the book.

use std::ops::Range;

use pulldown_cmark::Event;

use super::{Edits, note_label};
use crate::{body::Body, markdown::escape::escaped, xhtml::is_line_break};

const DEEPEST_LEVEL: usize = 6;

/// Sets a heading of the chapter one level below its place there.
pub(super) fn edit(chapter: u32, body: &Body<'_>, heading: usize, edits: &mut Edits) {
    let heading = &body.headings[heading];
    let hashes = "#".repeat((usize::from(heading.level) + 1).min(DEEPEST_LEVEL));
    let span = trimmed(body.source, &body.events[heading.event].1);
    let written = &body.source[span.clone()];
    let run = written.len() - written.trim_start_matches('#').len();
    let is_marked = (1..=6).contains(&run) && !written.contains('\n');
    if is_marked && (run == written.len() || written[run..].starts_with([' ', '\t'])) {
        return edits.replace(span.start..span.start + run, hashes);
    }
    // Underlined: there are only two levels of that.
    match written.split_once('\n') {
        Some((line, underline)) if !underline.contains('\n') => {
            let line = line.trim_end();
            let is_task = heading.event > 0 && matches!(body.events[heading.event - 1].0, Event::TaskListMarker(_));
            // Behind a task's box no mark begins a heading. A mark at the end would count as a closing one, unless
            // another stands behind it.
            let (opening, closing) = match (is_task, line.ends_with('#')) {
                (true, _) => (String::new(), ""),
                (false, true) => (format!("{hashes} "), " #"),
                (false, false) => (format!("{hashes} "), ""),
            };
            edits.replace(span.start..span.start, opening);
            edits.replace(span.start + line.len()..span.end, closing);
        }
        _ => edits.replace(span, format!("{hashes} {}", on_one_line(chapter, body, heading.event))),
    }
}

/// Returns the span without white space around it.
fn trimmed(source: &str, span: &Range<usize>) -> Range<usize> {
    let text = &source[span.clone()];
    span.end - text.trim_start().len()..span.start + text.trim_end().len()
}

/// Returns what a heading that runs over lines says, without its markup but with its references to notes.
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
