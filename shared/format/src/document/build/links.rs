//! Links, pictures and references to notes.

use pulldown_cmark::LinkType;

use super::Builder;
use crate::document::{Block, Inline, Lost, Target, figure, frame::Open, tags::Meaning, walk};

impl Builder<'_> {
    pub(super) fn target(&mut self, link_type: LinkType, destination: &str) -> Option<Target> {
        // Links do not nest: the outermost one stays.
        let in_link = self.stack.iter().any(|frame| match &frame.open {
            Open::Link { .. } => true,
            Open::Tag(tag) => tag.meaning == Meaning::Link,
            _ => false,
        });
        if in_link {
            return None;
        }
        let target = self.book.target(link_type, destination);
        if target.is_none() {
            self.lost.push(Lost::Place(destination.to_owned()));
        }
        target
    }

    /// Ends a link. One that leads nowhere leaves its text.
    pub(super) fn link(&mut self, text: Vec<Inline>, target: Option<Target>, destination: &str, title: String) {
        let Some(to) = target else { return self.top().extend(text) };
        // The text of a picture may hold links of its own.
        let mut text = without_links(text);
        let notes = taken_notes(&mut text);
        if walk::plain_text(&text).is_empty() && !text.iter().any(|inline| matches!(inline, Inline::Picture { .. })) {
            text = vec![Inline::text(destination)];
        }
        self.top().push(Inline::Link { to, title, text });
        // A reference to a note is a link too, so it stands after the one around it.
        self.top().extend(notes);
    }

    /// Ends a picture. Only those that the author gave stand in the book. For any other the text stands there, as a link
    /// where the picture is on the web, since a book fetches nothing.
    pub(super) fn picture(&mut self, text: Vec<Inline>, destination: &str, title: String) {
        let alt = walk::plain_text(&text);
        match self.book.picture(destination) {
            Some(picture) => {
                self.top().push(Inline::Picture { picture, alt });
                if !title.is_empty() {
                    figure::remember(self.top(), &title);
                }
            }
            None => {
                let target = self.picture_target(destination);
                self.link(text, target, destination, title);
            }
        }
    }

    fn picture_target(&mut self, destination: &str) -> Option<Target> {
        let outside = destination.starts_with("http://") || destination.starts_with("https://");
        if !outside {
            let shown: String = destination.chars().take(80).collect();
            self.lost.push(Lost::Picture(shown));
            return None;
        }
        self.target(LinkType::Inline, destination)
    }
}

/// Returns the references to notes without a text: the parser leaves them as they were typed.
pub(super) fn lost_notes(blocks: &mut [Block]) -> Vec<Lost> {
    let mut lost = Vec::new();
    walk::lines(blocks, &mut |line| {
        for inline in line {
            if let Inline::Text { text } = inline {
                lost.extend(text.split("[^").skip(1).filter_map(|rest| {
                    let label = rest.split(']').next().filter(|label| label.len() < rest.len())?;
                    let is_label = !label.is_empty() && label.len() < 40 && !label.contains(char::is_whitespace);
                    is_label.then(|| Lost::Note(label.to_owned()))
                }));
            }
        }
    });
    lost
}

/// Returns a line whose links are only their texts.
fn without_links(inlines: Vec<Inline>) -> Vec<Inline> {
    let plain = |inline| match inline {
        Inline::Link { text, .. } => without_links(text),
        Inline::Styled { style, text } => vec![Inline::Styled { style, text: without_links(text) }],
        other => vec![other],
    };
    inlines.into_iter().flat_map(plain).collect()
}

/// Takes the references to notes out of a line.
fn taken_notes(inlines: &mut Vec<Inline>) -> Vec<Inline> {
    let mut notes = Vec::new();
    inlines.retain_mut(|inline| match inline {
        Inline::Note { .. } => {
            notes.push(inline.clone());
            false
        }
        Inline::Styled { text, .. } | Inline::Ruby { base: text, .. } => {
            notes.extend(taken_notes(text));
            true
        }
        _ => true,
    });
    notes
}
