//! One chapter's Markdown, changed to fit into the book.

mod headings;
mod links;
mod tags;

use pulldown_cmark::{CodeBlockKind, Event, Tag};

use self::links::Links;
use super::{Anchors, replacements::Replacements};
use crate::{
    body::{Body, Definition, Spanned},
    book::Book,
    xhtml::is_line_break,
};

/// Returns the chapter's text, without white space around it.
pub(super) fn render(book: &Book<'_>, index: usize, anchors: &Anchors) -> String {
    let chapter = &book.chapters[index];
    let body = &chapter.body();
    let mut replacements = Replacements::default();
    let mut links = Links::new(book, index, body, anchors);
    for (definition, Definition { span, .. }) in body.definitions.iter().enumerate() {
        let end = span.start + label_length(&body.source[span.start..]);
        replacements.add(span.start..end, link_label(chapter.number, definition));
    }
    for (at, (event, span)) in body.events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                let heading = body.heading_at(at).expect("the body lists the headings among its events");
                headings::edit(chapter.number, body, heading, &mut replacements);
            }
            Event::Start(Tag::FootnoteDefinition(_)) => {
                let note = body.notes.defined_at(at).expect("the body lists the notes among its events");
                let end = span.start + label_length(&body.source[span.start..]);
                replacements.add(span.start..end, note_label(chapter.number, note));
            }
            Event::FootnoteReference(_) => {
                if let Some(note) = body.notes.meant(at) {
                    replacements.add(span.clone(), note_label(chapter.number, note));
                }
            }
            Event::Start(Tag::HtmlBlock) => tags::set_apart(body, at, &mut replacements),
            Event::Html(line) => tags::edit_line(body, at, line, &mut replacements),
            Event::InlineHtml(tag) if !is_line_break(tag) => tags::edit_tag(body, at, tag, &mut replacements),
            _ => links.edit(at, &mut replacements),
        }
    }
    close_code(body, &mut replacements);
    replacements.apply(body.source).trim_matches('\n').trim_end().to_owned()
}

fn note_label(chapter: u32, note: usize) -> String {
    format!("[^{chapter}-{}]", note + 1)
}

fn link_label(chapter: u32, definition: usize) -> String {
    format!("[link-{chapter}-{}]", definition + 1)
}

/// Returns the length of `[label]` or `[^label]` at the start of a text.
fn label_length(text: &str) -> usize {
    let mut escape = false;
    let end = text.bytes().position(|byte| {
        let closing = byte == b']' && !escape;
        escape = byte == b'\\' && !escape;
        closing
    });
    end.map_or(text.len(), |end| end + 1)
}

/// Closes a fenced code block that is open at the chapter's end, for it would contain the rest of the book. A block in a
/// quote or a list ends with it.
fn close_code(body: &Body<'_>, replacements: &mut Replacements) {
    let Some(fence) = open_fence(body) else {
        return;
    };
    let end = body.source.len();
    replacements.add(end..end, format!("\n{fence}"));
}

/// Returns the fence of a code block that is still open at the end of the chapter.
fn open_fence<'s>(body: &Body<'s>) -> Option<&'s str> {
    let last = body.events.len().checked_sub(1)?;
    let is_last = |(at, (event, _)): &(usize, &Spanned<'_>)| {
        matches!(event, Event::Start(_)) && body.events.inside(*at).end == last
    };
    let (_, (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))), span)) =
        body.events.iter().enumerate().rev().find(is_last)?
    else {
        return None;
    };
    let source: &'s str = body.source;
    let code = source[span.clone()].trim_end();
    let mark = code.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let length = code.len() - code.trim_start_matches(mark).len();
    let last = code.lines().skip(1).last().unwrap_or_default();
    let indent = last.len() - last.trim_start().len();
    let closed = indent < 4 && last.trim().len() >= length && last.trim().chars().all(|c| c == mark);
    (!closed).then(|| &code[..length])
}
