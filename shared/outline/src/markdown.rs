//! Reads the outline as a writer types it.
//!
//! The habits of writers are rewritten into headings first. Then the parser finds the places of headings and lists, and
//! every text is a slice of the source between them. So no word of the writer is lost or changed.

mod blocks;
mod book;
mod comments;
mod front;
pub(super) mod heading;
mod heads;
mod numbering;
pub(super) mod prose;
mod ranks;

use blocks::{BlockKind, Unclosed};
use front::Front;
use heads::Head;

use super::{
    check::Draft,
    fault::{Fault, Faults, Problem},
    habits,
    page::{Page, Places},
    reading::{Note, Shape},
    source::LineCounter,
};

/// A draft with the way in which it was read.
pub(super) struct Read {
    pub(super) draft: Draft,
    pub(super) notes: Vec<Note>,
    pub(super) alternative: Option<Shape>,
}

/// Reads a Markdown outline. It adds the faults that it finds; the error is a fault after which it cannot go on.
pub(super) fn read(source: &str, wish: Option<Shape>, faults: &mut Faults) -> Result<Read, Problem> {
    let Front { meta, body, line } = Front::of(source, faults)?;
    let text = comments::without_comments(body).map_err(|at| {
        let line = LineCounter::new(body, line).line_at(at);
        Problem::new(line, Fault::Entangled)
    })?;
    let mut page = Page::new(&text, line);
    let mut found = habits::read(&mut page, meta.title.is_some());
    found.notes.0.splice(..0, meta.notes());
    let text = page.text();
    let mut places = Places::new(&text, &page);
    let blocks =
        blocks::blocks(&text).map_err(|Unclosed { start, fault }| Problem::new(places.line_at(start), fault))?;
    let mut places = Places::new(&text, &page);
    let heads: Vec<Head> =
        blocks.iter().enumerate().filter_map(|(at, block)| Head::read(&text, at, block, &mut places)).collect();
    let title = ranks::title(&heads, meta.title.as_ref().map(|title| title.text.as_str()));
    // Chapters at the level of a title leave no place for one.
    found.is_untitled |= title.is_none() && heads.iter().any(|head| head.level == 1);
    let ranked = ranks::ranks(&heads, title, wish);
    let source = book::Source { text: &text, blocks: &blocks, heads: &heads, ranks: &ranked.ranks, page: &page };
    let (draft, found) = book::build(&source, meta, found, faults);
    let mut notes = found.notes.0;
    notes.sort_by_key(|note| note.line);
    Ok(Read { draft, notes, alternative: ranked.alternative })
}

/// Returns the texts of all headings; `None` where the text has a block that is not closed.
pub(super) fn headings(text: &str) -> Option<Vec<String>> {
    let blocks = blocks::blocks(text).ok()?;
    let headings = blocks.into_iter().filter(|block| matches!(block.kind, BlockKind::Heading(_)));
    Some(headings.map(|block| heading::inline_source(&text[block.range])).collect())
}
