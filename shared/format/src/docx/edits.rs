//! What an editor changed in a document: the chapters whose text differs, with everything else as it was.
//!
//! The edited document is compared with the one that the book gives now. A block that is the same in both keeps the text that
//! the book has. So an edit beside it loses nothing that a document cannot hold, such as a formula or the language of a listing.

use std::collections::HashMap;

use super::{
    read::{self, ReadChapter},
    render,
};
use crate::{
    RenderError,
    book::Book,
    document::{Block, Document, Inline, Note, Target, lines, references},
    markdown,
};

/// The changes that a document brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edits {
    /// The chapters whose texts differ.
    pub chapters: Vec<EditedChapter>,
    /// What the document changes and a text cannot take over, as lines to read.
    pub remarks: Vec<String>,
}

/// A chapter with its new text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedChapter {
    /// The chapter's number in the book.
    pub number: u32,
    /// The text as Markdown, without the chapter's heading.
    pub body: String,
    /// The text's length, in the unit of the book's language.
    pub length: u32,
}

/// Why the changes of a document cannot be taken over.
#[derive(Debug, thiserror::Error)]
pub enum EditsFault {
    /// The file is no document.
    #[error("it is no DOCX: {0}")]
    NoDocument(String),
    /// A heading belongs to no chapter.
    #[error(
        "its heading `{0}` is no chapter of the book: make it a heading of level 2, or give it back the title that the chapter had"
    )]
    UnknownChapter(String),
    /// Two headings belong to one chapter.
    #[error("chapter {0} stands in it twice: remove one of the two, or make its heading one of level 2")]
    Twice(u32),
    /// The book gives no document to compare with.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Returns what a document changes in a book.
pub(crate) fn edits(book: &Book<'_>, docx: &[u8]) -> Result<Edits, EditsFault> {
    let before = by_number(book, read::chapters(&render(book)?)?)?;
    let after = by_number(book, read::chapters(docx)?)?;
    let alone = markdown::Alone::of(book);
    let mut edits = Edits { chapters: Vec::new(), remarks: Vec::new() };
    for (index, chapter) in book.chapters.iter().enumerate() {
        let number = chapter.number;
        let (Some(before), Some(after)) = (before.get(&number), after.get(&number)) else {
            edits.remarks.push(format!("chapter {number} is not in the document; it stays as it is"));
            continue;
        };
        if after.title != before.title {
            edits.remarks.push(format!(
                "chapter {number} has another title in the document, `{}`; titles are changed in the outline, by `bindery rewrite --from`",
                after.title
            ));
        }
        if after.foreign_pictures > 0 {
            edits.remarks.push(format!("chapter {number} has new pictures in the document, which are not taken over"));
        }
        if (&before.blocks, &before.notes) != (&after.blocks, &after.notes) {
            let document = merged(book.document(index), before, after);
            let body = format!("{}\n", alone.chapter(index, &document).trim_end());
            let length = bindery_text::length::length(&body, &book.manuscript.language);
            edits.chapters.push(EditedChapter { number, body, length });
        }
    }
    Ok(edits)
}

/// Returns the chapters of a document by their numbers. A bookmark tells the number; where an editor has removed it, the title
/// does.
fn by_number(book: &Book<'_>, chapters: Vec<ReadChapter>) -> Result<HashMap<u32, ReadChapter>, EditsFault> {
    let mut found = HashMap::new();
    for mut chapter in chapters {
        let number = chapter.bookmark.as_deref().and_then(|name| name.strip_prefix("chapter-")?.parse().ok());
        let known = |number: &u32| book.chapters.iter().any(|chapter| chapter.number == *number);
        let titled = || {
            let title = chapter.title.as_str();
            book.chapters
                .iter()
                .find(|known| known.heading_text() == title || known.label() == title)
                .map(|found| found.number)
        };
        let Some(number) = number.filter(known).or_else(titled) else {
            return Err(EditsFault::UnknownChapter(chapter.title));
        };
        place_links(book, &mut chapter);
        if found.insert(number, chapter).is_some() {
            return Err(EditsFault::Twice(number));
        }
    }
    Ok(found)
}

/// Makes indices of the chapters' numbers in links.
fn place_links(book: &Book<'_>, chapter: &mut ReadChapter) {
    let mut place = |line: &mut Vec<Inline>| {
        for inline in line {
            if let Inline::Link { to: Target::Inside(place), text, .. } = inline {
                let index = book.chapters.iter().position(|chapter| chapter.number as usize == place.chapter);
                let heading = index.map(|index| place.heading.filter(|at| *at < book.chapters[index].headings.len()));
                match (index, heading) {
                    (Some(index), Some(heading)) => (place.chapter, place.heading) = (index, heading),
                    _ => *inline = Inline::text(crate::document::plain_text(text)),
                }
            }
        }
    };
    lines(&mut chapter.blocks, &mut place);
    chapter.notes.iter_mut().for_each(|note| lines(&mut note.blocks, &mut place));
}

/// Returns the edited chapter, in which every unchanged block is the book's own.
fn merged(own: Document, before: &ReadChapter, after: &ReadChapter) -> Document {
    let mut notes = own.notes;
    let unreferred =
        notes.iter_mut().filter(|note| note.references == 0).flat_map(|note| std::mem::take(&mut note.blocks));
    let own_blocks: Vec<Block> = own.blocks.into_iter().chain(unreferred.collect::<Vec<_>>()).collect();
    let pictures = before.blocks.iter().zip(&own_blocks);
    // The blocks of the document are the book's, one by one, unless two of the book's became one.
    let is_paired =
        before.blocks.len() == own_blocks.len() && pictures.into_iter().all(|(one, other)| alike(one, other));
    let keys = |chapter: &ReadChapter| -> Vec<String> {
        chapter.blocks.iter().map(|block| key(block, &chapter.notes)).collect()
    };
    let (old, new) = (keys(before), keys(after));
    let same = if is_paired { pairs(&old, &new) } else { vec![None; new.len()] };
    let mut merging = Merging { notes: Vec::new(), taken: HashMap::new() };
    let mut blocks = Vec::with_capacity(after.blocks.len());
    for (block, same) in after.blocks.iter().zip(same) {
        blocks.push(match same {
            Some(old) => merging.with_notes(own_blocks[old].clone(), Source::Book, &notes),
            None => merging.with_notes(block.clone(), Source::Document, &after.notes),
        });
    }
    merging.settle(&notes, &after.notes);
    Document { blocks, notes: merging.notes, headings: own.headings, lost: Vec::new() }
}

/// Returns whether two blocks may be the same one, in the book and in the document.
fn alike(read: &Block, own: &Block) -> bool {
    let plain = |block: &Block| matches!(block, Block::Paragraph { .. } | Block::Plain { .. });
    let is_practice = matches!(own, Block::Quiz { .. } | Block::Exercises { .. });
    std::mem::discriminant(read) == std::mem::discriminant(own)
        || (plain(read) && plain(own))
        || (matches!(read, Block::List { .. }) && is_practice)
}

/// Returns a block as text, with its notes in the place of their numbers.
fn key(block: &Block, notes: &[Note]) -> String {
    let mut block = block.clone();
    let mut texts = Vec::new();
    lines(std::slice::from_mut(&mut block), &mut |line| {
        references(line, &mut |note| {
            texts.push(notes.get(*note).cloned());
            *note = 0;
        });
    });
    if let Block::Heading { index, .. } = &mut block {
        *index = 0;
    }
    serde_json::to_string(&(block, texts)).expect("a block holds only texts and numbers")
}

/// Returns for each new block the old one that it is. The longest common subsequence decides, after what both begin and end
/// with.
fn pairs(old: &[String], new: &[String]) -> Vec<Option<usize>> {
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let (middle, changed) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut length = vec![vec![0_u32; changed.len() + 1]; middle.len() + 1];
    for one in (0..middle.len()).rev() {
        for other in (0..changed.len()).rev() {
            length[one][other] = match middle[one] == changed[other] {
                true => length[one + 1][other + 1] + 1,
                false => length[one + 1][other].max(length[one][other + 1]),
            };
        }
    }
    let mut pairs: Vec<Option<usize>> = (0..start).map(Some).collect();
    let (mut one, mut other) = (0, 0);
    while other < changed.len() {
        if one < middle.len() && middle[one] == changed[other] {
            pairs.push(Some(start + one));
            (one, other) = (one + 1, other + 1);
        } else if one < middle.len() && length[one + 1][other] >= length[one][other + 1] {
            one += 1;
        } else {
            pairs.push(None);
            other += 1;
        }
    }
    pairs.extend((old.len() - end..old.len()).map(Some));
    pairs
}

/// Where a note comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Source {
    Book,
    Document,
}

/// The notes of the merged chapter, in the order of their references.
struct Merging {
    notes: Vec<Note>,
    taken: HashMap<(Source, usize), usize>,
}

impl Merging {
    fn with_notes(&mut self, mut block: Block, source: Source, notes: &[Note]) -> Block {
        lines(std::slice::from_mut(&mut block), &mut |line| self.renumber(line, source, notes));
        block
    }

    fn renumber(&mut self, line: &mut [Inline], source: Source, notes: &[Note]) {
        references(line, &mut |note| {
            let next = self.notes.len();
            let number = *self.taken.entry((source, *note)).or_insert(next);
            if number == next {
                self.notes.push(notes.get(*note).cloned().unwrap_or_default());
            }
            *note = number;
        });
    }

    /// Numbers the references inside of the notes too.
    fn settle(&mut self, book: &[Note], document: &[Note]) {
        let mut settled = 0;
        while settled < self.notes.len() {
            let source = self.taken.iter().find(|(_, number)| **number == settled).map(|((source, _), _)| *source);
            let source = source.unwrap_or(Source::Document);
            let notes = if source == Source::Book { book } else { document };
            let mut blocks = std::mem::take(&mut self.notes[settled].blocks);
            lines(&mut blocks, &mut |line| self.renumber(line, source, notes));
            self.notes[settled].blocks = blocks;
            settled += 1;
        }
    }
}

#[cfg(test)]
mod tests;
