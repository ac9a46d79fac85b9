//! Limits how deep quotes, lists and emphasis nest.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::events::Spanned;

/// How many elements of one kind may be open at once: more than any book needs, and few enough for every XML parser.
pub(super) const MAX_OPEN: usize = 12;

/// Collects the events without elements that nest too deep; their content stays.
pub(super) fn bounded<'a>(events: impl Iterator<Item = (Event<'a>, Range<usize>)>) -> Vec<Spanned<'a>> {
    let mut kept = Vec::new();
    let mut blocks = Depth::default();
    let mut inlines = Depth::default();
    for (event, span) in events {
        let keep = match &event {
            Event::Start(Tag::BlockQuote(_) | Tag::List(_)) => blocks.open(),
            Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_)) => blocks.close(),
            Event::Start(Tag::Item) | Event::End(TagEnd::Item) => blocks.innermost_is_kept(),
            Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough) => inlines.open(),
            Event::End(TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough) => inlines.close(),
            _ => true,
        };
        if keep {
            kept.push((event, span));
        } else if matches!(event, Event::Start(Tag::Item)) {
            kept.push((Event::SoftBreak, span.start..span.start));
        }
    }
    kept
}

/// The number of open elements of one kind.
#[derive(Default)]
struct Depth(usize);

impl Depth {
    fn open(&mut self) -> bool {
        self.0 += 1;
        self.innermost_is_kept()
    }

    fn close(&mut self) -> bool {
        let kept = self.innermost_is_kept();
        self.0 -= 1;
        kept
    }

    fn innermost_is_kept(&self) -> bool {
        self.0 <= MAX_OPEN
    }
}
