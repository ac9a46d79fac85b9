//! Parses a chapter's body into the events of its Markdown, its headings and its notes.

mod events;
mod headings;
mod nesting;
mod notes;

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

pub(super) use events::Events;
pub(super) use headings::Heading;
pub(super) use notes::Notes;

/// An event and its range in the source.
pub(super) type Spanned<'a> = (Event<'a>, Range<usize>);

/// A chapter's body, parsed.
#[derive(Debug)]
pub(super) struct Body<'a> {
    /// The Markdown that the spans refer to.
    pub(super) source: &'a str,
    /// All events, without quotes, lists and emphasis that nest too deep; their content is kept.
    pub(super) events: Events<'a>,
    /// The headings, in order.
    pub(super) headings: Vec<Heading>,
    /// The footnotes, and the references to them.
    pub(super) notes: Notes,
    /// The link definitions, in order.
    pub(super) definitions: Vec<Definition>,
}

/// A link definition: `[name]: url "title"`.
#[derive(Debug)]
pub(super) struct Definition {
    /// Its range in the source, from the bracket of the name.
    pub(super) span: Range<usize>,
    /// Its destination.
    pub(super) url: String,
    /// Its title; may be empty.
    pub(super) title: String,
}

impl<'a> Body<'a> {
    /// Parses clean Markdown.
    pub(super) fn read(source: &'a str) -> Self {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM;
        let parser = Parser::new_ext(source, options);
        let mut definitions: Vec<_> = parser
            .reference_definitions()
            .iter()
            .map(|(_, definition)| Definition {
                span: definition.span.clone(),
                url: definition.dest.to_string(),
                title: definition.title.as_deref().unwrap_or_default().to_owned(),
            })
            .collect();
        definitions.sort_by_key(|definition| definition.span.start);
        let events = Events::new(nesting::bounded(parser.into_offset_iter()));
        Self { source, headings: headings::read(&events), notes: Notes::read(&events), events, definitions }
    }

    /// Returns the heading whose start is the event at `at`.
    pub(super) fn heading_at(&self, at: usize) -> Option<usize> {
        self.headings.binary_search_by_key(&at, |heading| heading.event).ok()
    }
}

/// Returns the text that a reader sees, on one line and without references to notes.
pub(super) fn plain_text(events: &[Spanned<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in events {
        match event {
            Event::Text(piece) | Event::Code(piece) | Event::InlineHtml(piece) | Event::Html(piece) => {
                text.push_str(piece);
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => text.push(' '),
            Event::Start(Tag::Item | Tag::TableCell | Tag::FootnoteDefinition(_))
            | Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::HtmlBlock) => {
                text.push(' ')
            }
            _ => {}
        }
    }
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_reads_as_one_line() {
        let body = Body::read("# A *b* `c`\nd\n\n- [e](f)\n- g[^1]\n\n[^1]: note\n");
        assert_eq!(plain_text(&body.events), "A b c d e g note");
    }
}
