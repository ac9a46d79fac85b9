//! The levels of headings, which step down one at a time.

/// The level of a chapter's own heading in a document of its own; the text's headings stand below it.
const CHAPTER_LEVEL: u8 = 1;
/// The level of a heading in a note: below the heading of all notes.
const NOTE_LEVEL: u8 = CHAPTER_LEVEL + 2;

/// The headings that are open above the next one.
#[derive(Default)]
pub(super) struct Levels(Vec<u8>);

impl Levels {
    /// Returns the level of a heading below those that are open above it. Level 1 counts as level 2, because the binding adds
    /// the chapter's heading.
    pub(super) fn next(&mut self, written: u8, in_note: bool) -> u8 {
        if in_note {
            return NOTE_LEVEL;
        }
        let written = written.max(CHAPTER_LEVEL + 1);
        while self.0.last().is_some_and(|above| *above >= written) {
            self.0.pop();
        }
        self.0.push(written);
        let depth = u8::try_from(self.0.len()).expect("at most five levels are open, each deeper than the last");
        CHAPTER_LEVEL + depth
    }
}
