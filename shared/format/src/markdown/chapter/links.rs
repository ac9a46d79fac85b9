//! Links and images of a chapter's Markdown: unsafe ones become text, images become links to them.

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{Anchors, Edits, link_label};
use crate::{
    body::Body,
    book::{Book, Place, Target},
    markdown::escape::{destination, escaped},
};

/// Edits the links of one chapter.
pub(super) struct Links<'b> {
    book: &'b Book<'b>,
    body: &'b Body<'b>,
    index: usize,
    anchors: &'b Anchors,
    /// The definitions by what they say: address and title.
    definitions: HashMap<(&'b str, &'b str), usize>,
    /// The links and images around the event: whether each is a link in the result, where none stands in another.
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
    pub(super) fn new((book, index): (&'b Book<'b>, usize), body: &'b Body<'b>, anchors: &'b Anchors) -> Self {
        let definitions = body.definitions.iter().zip(0..);
        Self {
            book,
            body,
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
        let is_link = match &self.body.events[at].0 {
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                let link = Written::read(self.body, at, tag);
                match link.link_type {
                    LinkType::Autolink | LinkType::Email => self.edit_address(&link, edits),
                    _ => self.edit_link(at, &link, edits),
                }
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                self.open.pop();
                return;
            }
            _ => return,
        };
        self.open.push(is_link);
    }

    /// Edits an address in angle brackets and returns whether it is a link still.
    fn edit_address(&self, link: &Written<'_>, edits: &mut Edits) -> bool {
        let refused = self.target(link) == Target::Nowhere;
        if refused {
            let text = escaped(link.url);
            let stands_alone = self.stands_alone(link);
            edits.replace(link.all.clone(), if stands_alone { text } else { inert(&text) });
        }
        !refused
    }

    /// Edits a link or an image and returns whether it is a link then.
    fn edit_link(&self, at: usize, link: &Written<'_>, edits: &mut Edits) -> bool {
        let behind = match self.target(link) {
            Target::Nowhere => return self.refuse(link, edits),
            // As a link, an image cannot hold others.
            _ if link.is_image && holds_links(self.body, at) => return self.refuse(link, edits),
            Target::Outside(_) if link.link_type == LinkType::Inline => None,
            Target::Outside(_) => Some(self.label(link)),
            Target::Inside(place) => Some(destination(&format!("#{}", self.anchor(place)), link.title)),
        };
        if link.is_image {
            drop_mark(self.body.source, link.all.start, edits);
        }
        if self.body.source[link.text.clone()].trim().is_empty() {
            edits.replace(link.text.clone(), escaped(link.url));
        }
        if let Some(behind) = behind {
            edits.replace(link.text.end..link.all.end, format!("]{behind}"));
        }
        true
    }

    /// Makes a link its text. Where that could begin or end markup without its brackets, they stay and lead nowhere.
    fn refuse(&self, link: &Written<'_>, edits: &mut Edits) -> bool {
        let text = &self.body.source[link.text.clone()];
        let disappears = text.trim().is_empty() && ends_paragraph(&self.body.source[link.all.end..]);
        if disappears || (is_plain(text) && self.stands_alone(link)) {
            edits.replace(link.all.start..link.text.start, "");
            edits.replace(link.text.end..link.all.end, "");
        } else {
            edits.replace(link.text.end..link.all.end, "]()");
        }
        false
    }

    /// Tells whether no markup touches a link, but for that of the link it stands in.
    fn stands_alone(&self, link: &Written<'_>) -> bool {
        let in_link = self.open.contains(&true);
        let harmless = |c: char| match c {
            '[' | ']' => in_link,
            _ => c.is_alphanumeric() || c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '?' | '(' | ')' | '"'),
        };
        let source = self.body.source;
        source[..link.all.start].chars().next_back().is_none_or(harmless)
            && source[link.all.end..].chars().next().is_none_or(harmless)
    }

    fn target(&self, link: &Written<'_>) -> Target {
        if self.open.contains(&true) {
            return Target::Nowhere;
        }
        self.book.target(self.index, link.link_type, link.url)
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
    fn read(body: &Body<'_>, at: usize, tag: &'s Tag<'_>) -> Self {
        let (Tag::Link { link_type, dest_url, title, .. } | Tag::Image { link_type, dest_url, title, .. }) = tag else {
            unreachable!("only links and images are read");
        };
        let is_image = matches!(tag, Tag::Image { .. });
        let mut all = body.events[at].1.clone();
        let start = all.start + if is_image { 2 } else { 1 };
        let inside = body.events.inside(at);
        let last = body.events[inside].last().map_or(start, |(_, span)| span.end);
        let end = body.source[last..all.end].find(']').map_or(all.end, |end| last + end);
        // The parser leaves the empty brackets of `[name][]` out of the link.
        if *link_type == LinkType::Collapsed && body.source[all.end..].starts_with("[]") {
            all.end += 2;
        }
        Self { link_type: *link_type, url: dest_url, title, text: start..end, all, is_image }
    }
}

/// Tells whether a text means nothing in Markdown wherever it stands.
fn is_plain(text: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | ':' | ';' | '\'' | '-' | '–' | '’');
    text.starts_with(char::is_alphabetic) && text.ends_with(char::is_alphanumeric) && text.chars().all(harmless)
}

/// Tells whether nothing of the paragraph follows.
fn ends_paragraph(behind: &str) -> bool {
    behind.lines().take(2).all(|line| line.trim().is_empty())
}

fn holds_links(body: &Body<'_>, at: usize) -> bool {
    let inside = &body.events[body.events.inside(at)];
    inside.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })))
}

/// Returns a link that leads nowhere.
fn inert(text: &str) -> String {
    format!("[{text}]()")
}

/// Drops the mark that makes a link an image, and keeps what stands before it from taking its place or the brackets.
fn drop_mark(source: &str, mark: usize, edits: &mut Edits) {
    let before = &source[..mark];
    if before.ends_with('!') && !before.ends_with("\\!") {
        edits.replace(mark - 1..mark, "\\!");
    }
    edits.replace(mark..mark + 1, if before.ends_with(']') { " " } else { "" });
}
