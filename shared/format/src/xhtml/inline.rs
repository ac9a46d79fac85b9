//! Inline elements: emphasis, code and links, which images become too.

use pulldown_cmark::{Event, LinkType, Tag};

use super::{Writer, escaped};
use crate::{book::Target, direction::Direction};

/// What is open around the text being written.
#[derive(Default)]
pub(super) struct Inline {
    /// The level of the heading being written.
    pub(super) heading: u8,
    /// The links and images being written, the outermost first.
    open: Vec<OpenLink>,
    /// References to notes inside a link. They wait for its end, because links do not nest.
    deferred: String,
}

/// A link or an image whose end is not reached.
enum OpenLink {
    /// It became an anchor.
    Anchor {
        /// Where its text begins in the output.
        start: usize,
        /// What to show where it has no text.
        address: String,
    },
    /// Only its text is written.
    Text,
}

impl Inline {
    /// Returns whether an anchor is open; anchors do not nest.
    fn in_anchor(&self) -> bool {
        self.open.iter().any(|open| matches!(open, OpenLink::Anchor { .. }))
    }
}

impl Writer<'_> {
    pub(super) fn start_inline(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Emphasis => self.out.push_str("<em>"),
            Tag::Strong => self.out.push_str("<strong>"),
            Tag::Strikethrough => self.out.push_str("<del>"),
            Tag::Link { link_type, dest_url, .. } => self.anchor_start(*link_type, dest_url),
            // A book fetches no image. The image's text becomes a link to it.
            Tag::Image { dest_url, .. } => self.anchor_start(LinkType::Inline, dest_url),
            _ => {}
        }
    }

    fn anchor_start(&mut self, link_type: LinkType, destination: &str) {
        let target = match self.inline.in_anchor() {
            true => Target::Nowhere,
            false => self.book.target(self.index, link_type, destination),
        };
        let href = match target {
            Target::Outside(url) => url,
            Target::Inside(place) => self.medium.href(self.book, place),
            Target::Nowhere => return self.inline.open.push(OpenLink::Text),
        };
        self.out.push_str(&format!("<a href=\"{}\">", escaped(&href)));
        self.inline.open.push(OpenLink::Anchor { start: self.out.len(), address: destination.to_owned() });
    }

    pub(super) fn anchor_end(&mut self) {
        if let Some(OpenLink::Anchor { start, address }) = self.inline.open.pop() {
            if self.out[start..].trim().is_empty() {
                self.out.push_str(&escaped(&address));
            }
            self.out.push_str("</a>");
            self.out.push_str(&std::mem::take(&mut self.inline.deferred));
        }
    }

    /// Writes a reference to a note, after the link around it if there is one.
    pub(super) fn push_reference(&mut self, reference: &str) {
        if self.inline.in_anchor() {
            self.inline.deferred.push_str(reference);
        } else {
            self.out.push_str(reference);
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push_str(&escaped(text));
    }

    /// Writes a line's end inside a paragraph, except between characters of a script without spaces.
    pub(super) fn soft_break(&mut self, at: usize) {
        let next = match self.body.events.get(at + 1) {
            Some((Event::Text(text), _)) => text.chars().next(),
            _ => None,
        };
        let joined = [self.out.chars().next_back(), next];
        if !joined.iter().all(|c| c.is_some_and(is_written_without_spaces)) {
            self.out.push('\n');
        }
    }

    pub(super) fn code(&mut self, code: &str) {
        let dir = match self.book.direction {
            Direction::LeftToRight => "",
            Direction::RightToLeft => " dir=\"ltr\"",
        };
        self.out.push_str(&format!("<code{dir}>{}</code>", escaped(code)));
    }

    /// Writes an HTML tag as text. Only `<br>` keeps its meaning, for nothing else breaks a line in a table's cell.
    pub(super) fn inline_html(&mut self, html: &str) {
        if is_line_break(html) {
            self.out.push_str("<br/>");
        } else {
            self.text(html);
        }
    }
}

/// Returns whether the tag is `<br>` in any spelling.
pub(crate) fn is_line_break(html: &str) -> bool {
    html.strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .map(|name| name.trim_end_matches('/').trim_end())
        .is_some_and(|name| name.eq_ignore_ascii_case("br"))
}

/// Returns whether the character is a letter or mark of Chinese or Japanese.
fn is_written_without_spaces(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF01}'..='\u{FF9F}' | '\u{20000}'..='\u{3FFFD}')
}
