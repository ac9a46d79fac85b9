//! Turns the unsafe links of a chapter's Markdown into text, and its images into links to them.

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::{Anchors, Replacements, link_label};
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
    /// The definitions by their address and title.
    definitions: HashMap<(&'b str, &'b str), usize>,
    /// The links and images around the event, each with whether it stays a link. Links do not nest in the result.
    open: Vec<bool>,
}

/// A link or image in the source.
struct SourceLink<'s> {
    link_type: LinkType,
    url: &'s str,
    title: &'s str,
    /// The range of the whole, with the mark of an image.
    span: Range<usize>,
    /// The range of its text, between the brackets.
    text: Range<usize>,
    is_image: bool,
}

impl<'b> Links<'b> {
    pub(super) fn new(book: &'b Book<'b>, index: usize, body: &'b Body<'b>, anchors: &'b Anchors) -> Self {
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

    /// Adds the replacements for an event that starts or ends a link or an image.
    pub(super) fn edit(&mut self, at: usize, replacements: &mut Replacements) {
        let is_link = match &self.body.events[at].0 {
            Event::Start(tag @ (Tag::Link { .. } | Tag::Image { .. })) => {
                let link = SourceLink::read(self.body, at, tag);
                match link.link_type {
                    LinkType::Autolink | LinkType::Email => self.edit_address(&link, replacements),
                    _ => self.edit_link(at, &link, replacements),
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

    /// Edits an address in angle brackets and returns whether it stays a link.
    fn edit_address(&self, link: &SourceLink<'_>, replacements: &mut Replacements) -> bool {
        let refused = self.target(link) == Target::Nowhere;
        if refused {
            let text = escaped(link.url);
            let stands_alone = self.stands_alone(link);
            replacements.add(link.span.clone(), if stands_alone { text } else { inert(&text) });
        }
        !refused
    }

    /// Edits a link or an image and returns whether it stays a link.
    fn edit_link(&self, at: usize, link: &SourceLink<'_>, replacements: &mut Replacements) -> bool {
        let after_text = match self.target(link) {
            Target::Nowhere => return self.refuse(link, replacements),
            // As a link, an image cannot hold others.
            _ if link.is_image && holds_links(self.body, at) => return self.refuse(link, replacements),
            Target::Outside(_) if link.link_type == LinkType::Inline => None,
            Target::Outside(_) => Some(self.label(link)),
            Target::Inside(place) => Some(destination(&format!("#{}", self.anchor(place)), link.title)),
        };
        if link.is_image {
            drop_mark(self.body.source, link.span.start, replacements);
        }
        if self.body.source[link.text.clone()].trim().is_empty() {
            replacements.add(link.text.clone(), escaped(link.url));
        }
        if let Some(after_text) = after_text {
            replacements.add(link.text.end..link.span.end, format!("]{after_text}"));
        }
        true
    }

    /// Makes text of a link. Where the text could begin or end markup without the brackets, they stay and lead nowhere.
    fn refuse(&self, link: &SourceLink<'_>, replacements: &mut Replacements) -> bool {
        let text = &self.body.source[link.text.clone()];
        let disappears = text.trim().is_empty() && ends_paragraph(&self.body.source[link.span.end..]);
        if disappears || (is_plain(text) && self.stands_alone(link)) {
            replacements.add(link.span.start..link.text.start, "");
            replacements.add(link.text.end..link.span.end, "");
        } else {
            replacements.add(link.text.end..link.span.end, "]()");
        }
        false
    }

    /// Returns whether no markup adjoins a link, except for that of a link around it.
    fn stands_alone(&self, link: &SourceLink<'_>) -> bool {
        let in_link = self.open.contains(&true);
        let harmless = |c: char| match c {
            '[' | ']' => in_link,
            _ => c.is_alphanumeric() || c.is_whitespace() || matches!(c, ',' | '.' | ':' | ';' | '?' | '(' | ')' | '"'),
        };
        let source = self.body.source;
        source[..link.span.start].chars().next_back().is_none_or(harmless)
            && source[link.span.end..].chars().next().is_none_or(harmless)
    }

    fn target(&self, link: &SourceLink<'_>) -> Target {
        if self.open.contains(&true) {
            return Target::Nowhere;
        }
        self.book.target(self.index, link.link_type, link.url)
    }

    /// Returns the label of the link's definition in the book.
    fn label(&self, link: &SourceLink<'_>) -> String {
        let definition = self.definitions.get(&(link.url, link.title));
        let definition = definition.expect("a link by name has a definition that says the same");
        link_label(self.book.chapters[self.index].number, *definition)
    }

    fn anchor(&self, place: Place) -> &str {
        let anchors = &self.anchors.chapters[place.chapter];
        place.heading.map_or(&anchors.own, |heading| &anchors.headings[heading])
    }
}

impl<'s> SourceLink<'s> {
    fn read(body: &Body<'_>, at: usize, tag: &'s Tag<'_>) -> Self {
        let (Tag::Link { link_type, dest_url, title, .. } | Tag::Image { link_type, dest_url, title, .. }) = tag else {
            unreachable!("only links and images are read");
        };
        let is_image = matches!(tag, Tag::Image { .. });
        let mut span = body.events[at].1.clone();
        let start = span.start + if is_image { 2 } else { 1 };
        let inside = body.events.inside(at);
        let last = body.events[inside].last().map_or(start, |(_, span)| span.end);
        let end = body.source[last..span.end].find(']').map_or(span.end, |end| last + end);
        // The parser ends the range of `[name][]` before the empty brackets.
        if *link_type == LinkType::Collapsed && body.source[span.end..].starts_with("[]") {
            span.end += 2;
        }
        Self { link_type: *link_type, url: dest_url, title, text: start..end, span, is_image }
    }
}

/// Returns whether a text is no markup, wherever it stands.
fn is_plain(text: &str) -> bool {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | ':' | ';' | '\'' | '-' | '–' | '’');
    text.starts_with(char::is_alphabetic) && text.ends_with(char::is_alphanumeric) && text.chars().all(harmless)
}

/// Returns whether the paragraph ends before `rest`.
fn ends_paragraph(rest: &str) -> bool {
    rest.lines().take(2).all(|line| line.trim().is_empty())
}

fn holds_links(body: &Body<'_>, at: usize) -> bool {
    let inside = &body.events[body.events.inside(at)];
    inside.iter().any(|(event, _)| matches!(event, Event::Start(Tag::Link { .. } | Tag::Image { .. })))
}

/// Returns a link that leads nowhere.
fn inert(text: &str) -> String {
    format!("[{text}]()")
}

/// Drops the mark that makes a link an image. What stands before it must not become the mark, or take the brackets.
fn drop_mark(source: &str, mark: usize, replacements: &mut Replacements) {
    let before = &source[..mark];
    if before.ends_with('!') && !before.ends_with("\\!") {
        replacements.add(mark - 1..mark, "\\!");
    }
    replacements.add(mark..mark + 1, if before.ends_with(']') { " " } else { "" });
}
