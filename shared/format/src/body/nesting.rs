//! Limits how deep quotes, lists and emphasis nest.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::Spanned;

/// How many elements of one kind may be open at once: more than any book needs, and few enough for every XML parser.
const MAX_OPEN: usize = 12;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{Body, plain_text};

    fn deepest(body: &Body<'_>) -> i32 {
        let mut depth = 0;
        let mut deepest = 0;
        for (event, _) in body.events.iter() {
            depth += match event {
                Event::Start(_) => 1,
                Event::End(_) => -1,
                _ => 0,
            };
            deepest = deepest.max(depth);
        }
        assert_eq!(depth, 0, "every element that starts ends");
        deepest
    }

    #[test]
    fn a_thousand_levels_become_few_and_lose_no_text() {
        for (opening, closing) in [("> ", ""), ("- ", ""), ("> 1. ", ""), ("*a **b ", " c** d*")] {
            let source = format!("{}core{}", opening.repeat(1_000), closing.repeat(1_000));
            let body = Body::read(&source);
            assert!(deepest(&body) <= 2 * (MAX_OPEN as i32) + 2, "{opening}");
            assert!(plain_text(&body.events).contains("core"), "{opening}");
        }
    }

    #[test]
    fn items_of_a_flattened_list_do_not_run_together() {
        let nested = "- ".repeat(MAX_OPEN);
        let source = format!("{nested}- one\n{}- two\n", "  ".repeat(MAX_OPEN));
        assert_eq!(plain_text(&Body::read(&source).events), "one two");
    }

    #[test]
    fn ordinary_nesting_is_left_alone() {
        let source = "> - *a **b***\n>   1. c\n";
        let body = Body::read(source);
        let all: Vec<_> = pulldown_cmark::Parser::new(source).collect();
        assert_eq!(body.events.iter().map(|(event, _)| event.clone()).collect::<Vec<_>>(), all);
    }
}
