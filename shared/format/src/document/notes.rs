//! The footnotes of a body: their definitions, and the definition that each reference means.

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{Event, Tag};

use super::{Block, Document, events::Events, walk};

/// A footnote's definition.
#[derive(Debug)]
pub(crate) struct Note {
    /// The index of the event that starts the definition.
    pub(crate) event: usize,
    /// The indices of the events inside it.
    pub(crate) content: Range<usize>,
}

/// All footnotes of a chapter.
#[derive(Debug)]
pub(crate) struct Notes {
    /// The definitions, in order.
    pub(crate) all: Vec<Note>,
    /// The note each reference means, by the index of the reference's event.
    meant: HashMap<usize, usize>,
}

impl Notes {
    pub(super) fn read(events: &Events<'_>) -> Self {
        let mut all: Vec<Note> = Vec::new();
        let mut by_label: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, (event, _)) in events.iter().enumerate() {
            if let Event::Start(Tag::FootnoteDefinition(label)) = event {
                by_label.entry(label.to_lowercase()).or_default().push(all.len());
                all.push(Note { event: at, content: events.inside(at) });
            }
        }
        let mut meant = HashMap::new();
        for (at, (event, _)) in events.iter().enumerate() {
            if let Event::FootnoteReference(label) = event
                && let Some(notes) = by_label.get(&label.to_lowercase())
            {
                meant.insert(at, nearest(notes, &all, at));
            }
        }
        Self { all, meant }
    }

    /// Returns the note that the reference at event `at` means.
    pub(crate) fn meant(&self, at: usize) -> Option<usize> {
        self.meant.get(&at).copied()
    }

    /// Returns the note whose definition starts at event `at`.
    pub(crate) fn defined_at(&self, at: usize) -> Option<usize> {
        self.all.binary_search_by_key(&at, |note| note.event).ok()
    }
}

/// Returns the first definition that ends after the reference, or the last one before it. A label may be defined several
/// times, because the sections of a chapter are written apart and each begins its notes with 1.
fn nearest(notes: &[usize], all: &[Note], reference: usize) -> usize {
    let next = notes.partition_point(|note| all[*note].content.end <= reference);
    notes[next.min(notes.len() - 1)]
}

/// Numbers the notes in the order of their first references. Notes without a reference come last, for their text belongs to
/// the chapter too.
pub(super) fn number(document: &mut Document) {
    let mut numbers = Numbers { by_note: vec![None; document.notes.len()], order: Vec::new(), references: Vec::new() };
    numbers.visit(&mut document.blocks);
    let mut numbered = 0;
    for unreferred in 0..=document.notes.len() {
        // A note may refer to further ones and to earlier ones.
        while let Some(note) = numbers.order.get(numbered).copied() {
            let mut blocks = std::mem::take(&mut document.notes[note].blocks);
            numbers.visit(&mut blocks);
            document.notes[note].blocks = blocks;
            numbered += 1;
        }
        if unreferred < document.notes.len() {
            numbers.number(unreferred);
        }
    }
    let mut notes = std::mem::take(&mut document.notes);
    for (note, references) in numbers.order.iter().zip(numbers.references) {
        let mut moved = std::mem::take(&mut notes[*note]);
        moved.references = references;
        document.notes.push(moved);
    }
}

struct Numbers {
    /// The number of each note, from 0.
    by_note: Vec<Option<usize>>,
    /// The notes by number.
    order: Vec<usize>,
    /// The number of references to each note, by number.
    references: Vec<usize>,
}

impl Numbers {
    fn number(&mut self, note: usize) -> usize {
        *self.by_note[note].get_or_insert_with(|| {
            self.order.push(note);
            self.references.push(0);
            self.order.len() - 1
        })
    }

    fn visit(&mut self, blocks: &mut [Block]) {
        walk::lines(blocks, &mut |line| {
            walk::references(line, &mut |note| {
                let number = self.number(*note);
                self.references[number] += 1;
                *note = number;
            });
        });
    }
}
