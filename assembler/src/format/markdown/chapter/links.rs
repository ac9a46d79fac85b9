//! Links and images of a chapter's Markdown: named ones are written out, unsafe ones become text.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{Anchors, Edits, link_label};
use crate::format::body::Body;
use crate::format::book::{Book, Place, Target};
use crate::format::markdown::escape::{destination, escaped};

/// Edits the links of one chapter.
pub(super) struct Links<'b> {
    book: &'b Book<'b>,
    index: usize,
    anchors: &'b Anchors,
    /// The definitions by what they say: address and title.
    definitions: HashMap<(&'b str, &'b str), usize>,
    /// The links and images around the event: whether each is one in the result, where none stands in another.
    open: Vec<bool>,
}

/// A link or image in the source.
struct Written<'s> {
    link_type: LinkType,
    url: &'s str,
    title: &'s str,
    /// All of it, from the bracket, or the image's mark before it.
    all: Range<usize>,
    /// Its text, between the brackets.
    text: Range<usize>,
    is_image: bool,
}

impl<'b> Links<'b> {
    pub(super) fn new(book: &'b Book<'b>, index: usize, anchors: &'b Anchors) -> Self {
        let definitions = book.chapters[index].body.definitions.iter().zip(0..);
        Self {
            book,
            index,
            anchors,
            definitions: definitions
                .map(|(definition, number)| ((&*definition.url, &*definition.title), number))
                .collect(),
            open: Vec::new(),
        }
    }

    /// Makes the edits an event calls for, if it starts or ends a link or an image.
    pub(super) fn edit(&mut self, at: usize, edits: &mut Edits) {
        let body = &self.book.chapters[self.index].body;
        match &body.events[at].0 {
            Event::Start(Tag::Link { link_type, dest_url, title, .. })
                if matches!(link_type, LinkType::Autolink | LinkType::Email) =>
            {
                let refused = self.target(*link_type, dest_url) == Target::Nowhere;
                if refused {
                    edits.replace(body.events[at].1.clone(), escaped(dest_url));
                }
                debug_assert!(title.is_empty());
                self.open.push(!refused);
            }
            Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                let link = Written::read(body, at, *link_type, (dest_url, title), false);
                self.edit_link(body, at, &link, edits);
            }
            Event::Start(Tag::Image { link_type, dest_url, title, .. }) => {
                let image = Written::read(body, at, *link_type, (dest_url, title), true);
                self.edit_link(body, at, &image, edits);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.open.pop();
            }
            _ => {}
        }
    }

    fn target(&self, link_type: LinkType, url: &str) -> Target {
        if self.open.contains(&true) {
            return Target::Nowhere;
        }
        self.book.target(self.index, link_type, url)
    }

    fn edit_link(&mut self, body: &Body<'_>, at: usize, link: &Written<'_>, edits: &mut Edits) {
        let target = self.target(link.link_type, link.url);
        self.open.push(target != Target::Nowhere);
        let behind = match &target {
            Target::Nowhere => return unlink(body, at, link, edits),
            Target::Outside(_) if link.link_type == LinkType::Inline => None,
            Target::Outside(_) => Some(self.label(link)),
            Target::Inside(place) => Some(destination(&format!("#{}", self.anchor(*place)), link.title)),
        };
        if link.is_image {
            edits.replace(link.all.start..link.all.start + 1, "");
            keep_mark_before(body.source, link.all.start, edits);
        }
        if body.source[link.text.clone()].trim().is_empty() {
            edits.replace(link.text.clone(), escaped(link.url));
        }
        if let Some(behind) = behind {
            edits.replace(link.text.end..link.all.end, format!("]{behind}"));
        }
    }

    /// Returns the name under which the book knows the link's definition.
    fn label(&self, link: &Written<'_>) -> String {
        let definition = self.definitions.get(&(link.url, link.title));
        let definition = definition.expect("a link by name has a definition that says the same");
        link_label(self.book.chapters[self.index].number, *definition)
    }

    fn anchor(&self, place: Place) -> &str {
        let (chapter, headings) = &self.anchors.chapters[place.chapter];
        place.heading.map_or(chapter, |heading| &headings[heading])
    }
}

impl<'s> Written<'s> {
    fn read(body: &Body<'_>, at: usize, link_type: LinkType, (url, title): (&'s str, &'s str), is_image: bool) -> Self {
        let mut all = body.events[at].1.clone();
        let start = all.start + if is_image { 2 } else { 1 };
        let inside = body.events.inside(at);
        let last = body.events[inside].last().map_or(start, |(_, span)| span.end);
        let end = body.source[last..all.end].find(']').map_or(all.end, |end| last + end);
        // The parser leaves the empty brackets of `[name][]` out of the link.
        if link_type == LinkType::Collapsed && body.source[all.end..].starts_with("[]") {
            all.end += 2;
        }
        Self { link_type, url, title, text: start..end, all, is_image }
    }
}

/// Leaves the text of a link alone. What stood behind a bracket may now begin a line: its first character is written
/// so that it cannot begin a heading, a list or a code block.
fn unlink(body: &Body<'_>, at: usize, link: &Written<'_>, edits: &mut Edits) {
    let text = &body.source[link.text.clone()];
    let start = link.text.start + text.len() - text.trim_start().len();
    edits.replace(link.all.start..start, "");
    let begins_with_text = matches!(&body.events[at + 1], (Event::Text(_), span) if span.start == start);
    match body.source[start..].chars().next() {
        Some(first) if begins_with_text && (first.is_ascii_punctuation() || first.is_ascii_digit()) => {
            edits.replace(start..start + 1, format!("&#{};", u32::from(first)));
        }
        _ => {}
    }
    edits.replace(link.text.end.max(start)..link.all.end, "");
}

/// Escapes an exclamation mark before a link: it would make the link an image.
fn keep_mark_before(source: &str, link: usize, edits: &mut Edits) {
    let before = &source[..link];
    if before.ends_with('!') && !before.ends_with("\\!") {
        edits.replace(link - 1..link, "\\!");
    }
}
