//! The headings of a body, their levels made to step down one at a time.

use pulldown_cmark::{Event, Tag};

use super::{Events, plain_text};
use crate::format::slug::Slugs;

/// The level of a chapter's own heading in a document of its own; the body's headings stand below it.
const CHAPTER_LEVEL: u8 = 1;
const DEEPEST_LEVEL: u8 = 6;

/// A heading inside a chapter.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::format) struct Heading {
    /// The index of the event that starts it.
    pub(in crate::format) event: usize,
    /// Its level, from 2: never more than one below the heading it belongs to.
    pub(in crate::format) level: u8,
    /// Its text.
    pub(in crate::format) text: String,
    /// Its anchor, unique in the chapter.
    pub(in crate::format) slug: String,
}

/// Reads the headings; a level 1 counts as a level 2, since the chapter's heading is the binder's.
pub(super) fn read(events: &Events<'_>) -> Vec<Heading> {
    let mut slugs = Slugs::default();
    let mut open: Vec<u8> = Vec::new();
    let mut headings = Vec::new();
    for (at, (event, _)) in events.iter().enumerate() {
        let Event::Start(Tag::Heading { level, .. }) = event else {
            continue;
        };
        let written = (*level as u8).max(CHAPTER_LEVEL + 1);
        while open.last().is_some_and(|above| *above >= written) {
            open.pop();
        }
        open.push(written);
        let depth = u8::try_from(open.len()).expect("at most five levels are open, each deeper than the last");
        let text = plain_text(&events[events.inside(at)]);
        headings.push(Heading {
            event: at,
            level: (CHAPTER_LEVEL + depth).min(DEEPEST_LEVEL),
            slug: slugs.unique(&text),
            text,
        });
    }
    headings
}

#[cfg(test)]
mod tests {
    use crate::format::body::Body;

    fn levels(source: &str) -> Vec<u8> {
        Body::read(source).headings.iter().map(|heading| heading.level).collect()
    }

    #[test]
    fn levels_start_below_the_chapter_and_never_jump() {
        assert_eq!(levels("## a\n\n### b\n\n## c\n"), [2, 3, 2]);
        assert_eq!(levels("# a\n\n## b\n"), [2, 2]);
        assert_eq!(levels("## a\n\n##### b\n\n##### c\n\n### d\n"), [2, 3, 3, 3]);
        assert_eq!(levels("#### a\n\n## b\n\n###### c\n"), [2, 2, 3]);
        assert_eq!(levels("a\n===\n\nb\n---\n\n### c\n"), [2, 2, 3]);
    }

    #[test]
    fn a_line_in_a_code_block_is_no_heading() {
        assert_eq!(levels("```sh\n# comment\n```\n\n    # indented\n"), Vec::<u8>::new());
    }

    #[test]
    fn equal_headings_get_different_anchors() {
        let body = Body::read("## Setup\n\n## Setup\n\n## *Setup*[^1]\n\n[^1]: x\n");
        let slugs: Vec<_> = body.headings.iter().map(|heading| heading.slug.as_str()).collect();
        assert_eq!(slugs, ["setup", "setup-1", "setup-2"]);
    }
}
