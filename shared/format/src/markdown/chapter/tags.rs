//! Raw HTML of a chapter's Markdown: it becomes text, and stays where it stood.

use pulldown_cmark::Event;

use super::Edits;
use crate::{
    body::Body,
    markdown::escape::{escaped, escaped_line},
};

/// Puts blank lines around a block of raw HTML where it stands close to other text: as text it would be drawn into the
/// paragraph above, or be underlined by what follows.
pub(super) fn set_apart(body: &Body<'_>, at: usize, edits: &mut Edits) {
    let (source, span) = (body.source, &body.events[at].1);
    let line = source[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let prefix = &source[line..span.start];
    let is_first = at == 0 || matches!(body.events[at - 1].0, Event::Start(_) | Event::TaskListMarker(_));
    let is_apart = is_first || source[..line].ends_with("\n\n");
    if !is_apart && prefix.chars().all(|c| matches!(c, '>' | ' ' | '\t')) {
        edits.replace(span.start..span.start, format!("\n{prefix}"));
    }
    let below = source[span.end..].lines().next().unwrap_or_default();
    if !below.trim().is_empty() {
        let blank: String = prefix.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
        edits.replace(span.end..span.end, format!("{}\n", blank.trim_end()));
    }
}

/// Makes text of a line of a block; its indent is dropped, for it could make the line code.
pub(super) fn edit_line(body: &Body<'_>, at: usize, line: &str, edits: &mut Edits) {
    let text = line.trim();
    if !text.is_empty() {
        edits.replace(body.events[at].1.clone(), format!("{}\n", escaped_line(text)));
    }
}

/// Makes text of a tag inside a line.
pub(super) fn edit_tag(body: &Body<'_>, at: usize, tag: &str, edits: &mut Edits) {
    let span = &body.events[at].1;
    let before = body.source[..span.start].trim_end();
    let is_text = at > 0 && matches!(&body.events[at - 1], (Event::Text(_), text) if text.end >= before.len());
    if is_text && (before.ends_with("]:") || before.ends_with("](")) {
        // A tag in the place of a destination is none; its text would be one.
        edits.replace(before.len() - 1..before.len() - 1, "\\");
    }
    edits.replace(span.clone(), escaped(&tag.replace('\n', " ")));
}
