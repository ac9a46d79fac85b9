//! Turns the raw HTML of a chapter's Markdown into text.

use pulldown_cmark::Event;

use super::Replacements;
use crate::{
    body::Body,
    markdown::escape::{escaped, escaped_line},
};

/// Puts blank lines around a block of raw HTML where other text adjoins it. As text, the block would otherwise join the
/// paragraph above, or what follows could underline it as a heading.
pub(super) fn set_apart(body: &Body<'_>, at: usize, replacements: &mut Replacements) {
    let (source, span) = (body.source, &body.events[at].1);
    let line = source[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let prefix = &source[line..span.start];
    let is_first = at == 0 || matches!(body.events[at - 1].0, Event::Start(_) | Event::TaskListMarker(_));
    let is_apart = is_first || source[..line].ends_with("\n\n");
    if !is_apart && prefix.chars().all(|c| matches!(c, '>' | ' ' | '\t')) {
        replacements.add(span.start..span.start, format!("\n{prefix}"));
    }
    let below = source[span.end..].lines().next().unwrap_or_default();
    if !below.trim().is_empty() {
        let blank: String = prefix.chars().map(|c| if c == '>' { '>' } else { ' ' }).collect();
        replacements.add(span.end..span.end, format!("{}\n", blank.trim_end()));
    }
}

/// Makes text of a line of a block, without its indent, which could make the line code.
pub(super) fn edit_line(body: &Body<'_>, at: usize, line: &str, replacements: &mut Replacements) {
    let text = line.trim();
    if !text.is_empty() {
        replacements.add(body.events[at].1.clone(), format!("{}\n", escaped_line(text)));
    }
}

/// Makes text of a tag inside a line.
pub(super) fn edit_tag(body: &Body<'_>, at: usize, tag: &str, replacements: &mut Replacements) {
    let span = &body.events[at].1;
    let before = body.source[..span.start].trim_end();
    let is_text = at > 0 && matches!(&body.events[at - 1], (Event::Text(_), text) if text.end >= before.len());
    if is_text && (before.ends_with("]:") || before.ends_with("](")) {
        // A tag in the place of a destination is none; its text would be one.
        replacements.add(before.len() - 1..before.len() - 1, "\\");
    }
    replacements.add(span.clone(), escaped(&tag.replace('\n', " ")));
}
