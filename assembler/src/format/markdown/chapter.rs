//! One chapter's Markdown, edited to stand in the book.

mod links;

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use self::links::Links;
use super::Anchors;
use super::edits::Edits;
use super::escape::escaped;
use crate::format::body::{Body, Heading};
use crate::format::book::Book;
use crate::format::xhtml::is_line_break;

const DEEPEST_LEVEL: usize = 6;

/// Returns the chapter's text, without white space around it.
pub(super) fn render(book: &Book<'_>, index: usize, anchors: &Anchors) -> String {
    let chapter = &book.chapters[index];
    let body = &chapter.body;
    let mut edits = Edits::default();
    let mut links = Links::new(book, index, anchors);
    for definition in &body.definitions {
        edits.replace(definition.clone(), "");
    }
    for (at, (event, span)) in body.events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                let heading = body.heading_at(at).expect("the body lists the headings among its events");
                edit_heading(body, &body.headings[heading], span, &mut edits);
            }
            Event::Start(Tag::FootnoteDefinition(_)) => {
                let note = body.notes.defined_at(at).expect("the body lists the notes among its events");
                let end = span.start + label_length(&body.source[span.start..]);
                edits.replace(span.start..end, note_label(chapter.number, note));
            }
            Event::FootnoteReference(_) => {
                if let Some(note) = body.notes.meant(at) {
                    edits.replace(span.clone(), note_label(chapter.number, note));
                }
            }
            Event::Html(line) => edits.replace(span.clone(), html_line(line)),
            Event::InlineHtml(html) if !is_line_break(html) => {
                edits.replace(span.clone(), escaped(&html.replace('\n', " ")));
            }
            _ => links.edit(at, &mut edits),
        }
    }
    close_code(body, &mut edits);
    edits.apply(body.source).trim_matches('\n').trim_end().to_owned()
}

fn note_label(chapter: u32, note: usize) -> String {
    format!("[^{chapter}-{}]", note + 1)
}

/// Returns the length of `[^label]` at the start of a text.
fn label_length(text: &str) -> usize {
    let mut escape = false;
    let end = text.bytes().position(|byte| {
        let closing = byte == b']' && !escape;
        escape = byte == b'\\' && !escape;
        closing
    });
    end.map_or(text.len(), |end| end + 1)
}

/// Sets the heading one level below its place in the chapter, for the chapter's own is the second.
fn edit_heading(body: &Body<'_>, heading: &Heading, span: &Range<usize>, edits: &mut Edits) {
    let hashes = "#".repeat((usize::from(heading.level) + 1).min(DEEPEST_LEVEL));
    let source = &body.source[span.clone()];
    let start = span.start + source.len() - source.trim_start().len();
    let run = source.trim_start().bytes().take_while(|byte| *byte == b'#').count();
    let behind = body.source.as_bytes().get(start + run);
    if (1..=6).contains(&run) && matches!(behind, None | Some(b' ' | b'\t' | b'\n')) {
        edits.replace(start..start + run, hashes);
        return;
    }
    // Underlined: there is no third level of it, and it may run over lines. The text is set in one, as text.
    let inside = body.events.inside(heading.event);
    let lines = source.trim_end().lines().count();
    match body.events[inside].first() {
        Some((_, first)) if lines == 2 => {
            edits.replace(start..start, format!("{hashes} "));
            let content = source.find('\n').map_or(span.end, |end| span.start + end);
            let closing = body.source[first.start..content].trim_end().ends_with('#');
            let content = span.start + source[..content - span.start].trim_end().len();
            edits.replace(content..trimmed_end(body.source, span), if closing { " #" } else { "" });
        }
        _ => edits.replace(start..trimmed_end(body.source, span), format!("{hashes} {}", escaped(&heading.text))),
    }
}

/// Returns where a span ends without the line ends behind its last line.
fn trimmed_end(source: &str, span: &Range<usize>) -> usize {
    span.start + source[span.clone()].trim_end().len()
}

/// Returns a line of raw HTML as text; its indent is dropped, for it could make the line code.
fn html_line(line: &str) -> String {
    let text = line.trim();
    if text.is_empty() { line.to_owned() } else { format!("{}\n", escaped(text)) }
}

/// Closes a fenced code block that the chapter ends in: it would swallow the rest of the book. One in a quote or a
/// list ends with it.
fn close_code(body: &Body<'_>, edits: &mut Edits) {
    let Some(fence) = open_fence(body) else {
        return;
    };
    let end = body.source.len();
    edits.replace(end..end, format!("\n{fence}"));
}

/// Returns the fence of a code block that is still open at the end of the chapter.
fn open_fence<'s>(body: &Body<'s>) -> Option<&'s str> {
    let (Event::End(TagEnd::CodeBlock), span) = body.events.last()? else {
        return None;
    };
    let source: &'s str = body.source;
    let code = source[span.clone()].trim_end();
    let mark = code.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = code.len() - code.trim_start_matches(mark).len();
    let last = code.lines().skip(1).last().unwrap_or_default();
    let indent = last.len() - last.trim_start().len();
    let closed = indent < 4 && last.trim().len() >= length && last.trim().chars().all(|c| c == mark);
    (length >= 3 && !closed).then(|| &code[..length])
}
