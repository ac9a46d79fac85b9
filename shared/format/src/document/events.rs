//! The events of a text, with the end of each element.

use std::ops::{Deref, Range};

use pulldown_cmark::Event;

/// An event and its range in the source.
pub(super) type Spanned<'a> = (Event<'a>, Range<usize>);

/// Balanced events. They can be read as a slice.
#[derive(Debug)]
pub(super) struct Events<'a> {
    spanned: Vec<Spanned<'a>>,
    /// For each event that starts an element, the index of the event that ends it. Without it, nested notes would take
    /// quadratic time.
    ends: Vec<usize>,
}

impl<'a> Events<'a> {
    pub(super) fn new(spanned: Vec<Spanned<'a>>) -> Self {
        let mut ends: Vec<usize> = (0..spanned.len()).collect();
        let mut open = Vec::new();
        for (at, (event, _)) in spanned.iter().enumerate() {
            match event {
                Event::Start(_) => open.push(at),
                Event::End(_) => ends[open.pop().expect("the parser's events are balanced")] = at,
                _ => {}
            }
        }
        Self { spanned, ends }
    }

    /// Returns the indices of the events inside the element that starts at `start`.
    pub(super) fn inside(&self, start: usize) -> Range<usize> {
        start + 1..self.ends[start].max(start + 1)
    }
}

impl<'a> Deref for Events<'a> {
    type Target = [Spanned<'a>];

    fn deref(&self) -> &Self::Target {
        &self.spanned
    }
}
