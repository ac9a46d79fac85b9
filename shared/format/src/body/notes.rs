//! The footnotes of a body: their definitions, and the definition that each reference means.

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{Event, Tag};

use super::Events;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::Body;

    fn meant(source: &str) -> Vec<Option<usize>> {
        let body = Body::read(source);
        body.events
            .iter()
            .enumerate()
            .filter(|(_, (event, _))| matches!(event, Event::FootnoteReference(_)))
            .map(|(at, _)| body.notes.meant(at))
            .collect()
    }

    #[test]
    fn a_label_defined_twice_means_the_next_definition() {
        let sections = "One[^1].\n\n[^1]: first\n\nTwo[^1] and[^2].\n\n[^1]: second\n\n[^2]: third\n\nThree[^1].\n";
        assert_eq!(meant(sections), [Some(0), Some(1), Some(2), Some(1)]);
    }

    #[test]
    fn a_note_may_refer_to_itself_and_to_others() {
        assert_eq!(meant("x[^a]\n\n[^a]: see[^b] or[^A]\n\n[^b]: y\n"), [Some(0), Some(1), Some(0)]);
    }

    #[test]
    fn a_reference_to_nothing_is_text() {
        assert!(meant("x[^nowhere]\n").is_empty());
    }
}
