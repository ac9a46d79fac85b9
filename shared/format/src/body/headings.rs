//! The headings of a body, with levels that step down one at a time.

use pulldown_cmark::{Event, Tag};

use super::{Events, plain_text};
use crate::slug::Slugs;

/// The level of a chapter's own heading in a document of its own; the body's headings stand below it.
const CHAPTER_LEVEL: u8 = 1;
/// The level of a heading in a note: below the heading of all notes.
const NOTE_LEVEL: u8 = CHAPTER_LEVEL + 2;

/// A heading inside a chapter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    /// The index of the event that starts it.
    pub(crate) event: usize,
    /// Its level, from 2. It is at most one below the heading it belongs to.
    pub(crate) level: u8,
    /// Its text.
    pub(crate) text: String,
    /// Whether it stands in a footnote, and is therefore shown at the chapter's end.
    pub(crate) in_note: bool,
    /// Its anchor, unique in the chapter.
    pub(crate) slug: String,
}

/// Reads the headings. Level 1 counts as level 2, because the binding adds the chapter's heading.
pub(super) fn read(events: &Events<'_>) -> Vec<Heading> {
    let mut slugs = Slugs::default();
    let mut open: Vec<u8> = Vec::new();
    let mut headings = Vec::new();
    let mut notes_end = 0;
    for (at, (event, _)) in events.iter().enumerate() {
        let level = match event {
            Event::Start(Tag::Heading { level, .. }) => *level as u8,
            Event::Start(Tag::FootnoteDefinition(_)) => {
                notes_end = notes_end.max(events.inside(at).end);
                continue;
            }
            _ => continue,
        };
        let in_note = at < notes_end;
        let level = if in_note { NOTE_LEVEL } else { nested(level, &mut open) };
        let text = plain_text(&events[events.inside(at)]);
        headings.push(Heading { event: at, level, in_note, slug: slugs.unique(&text), text });
    }
    headings
}

/// Returns the level of a heading below those that are open above it.
fn nested(written: u8, open: &mut Vec<u8>) -> u8 {
    let written = written.max(CHAPTER_LEVEL + 1);
    while open.last().is_some_and(|above| *above >= written) {
        open.pop();
    }
    open.push(written);
    let depth = u8::try_from(open.len()).expect("at most five levels are open, each deeper than the last");
    CHAPTER_LEVEL + depth
}

#[cfg(test)]
mod tests {
    use crate::body::Body;

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
    fn a_heading_in_a_note_stands_below_the_notes_and_moves_no_other() {
        let body = Body::read("## a\n\n[^1]: ## b\n\n    ##### c\n\n### d[^1]\n");
        let headings: Vec<_> = body.headings.iter().map(|heading| (heading.level, heading.in_note)).collect();
        assert_eq!(headings, [(2, false), (3, true), (3, true), (3, false)]);
    }

    #[test]
    fn equal_headings_get_different_anchors() {
        let body = Body::read("## Setup\n\n## Setup\n\n## *Setup*[^1]\n\n[^1]: x\n");
        let slugs: Vec<_> = body.headings.iter().map(|heading| heading.slug.as_str()).collect();
        assert_eq!(slugs, ["setup", "setup-1", "setup-2"]);
    }
}
