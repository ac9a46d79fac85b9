//! What a section of exercises or a quiz gives its readers to do, as the bound book will show it.

use pulldown_cmark::LinkType;

use crate::document::{Block, Document, Surroundings, Target};

/// What could be read of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Practice {
    /// How many questions it has, with their options.
    pub questions: usize,
    /// How many exercises it has, with their answers.
    pub exercises: usize,
    /// How many items of numbered lists are neither.
    pub unread: usize,
}

/// Reads a section that stands under a heading such as "Exercises".
pub fn practice(text: &str) -> Practice {
    let mut practice = Practice::default();
    for block in Document::read(text, &Practised).blocks {
        match block {
            Block::Quiz { questions, .. } => practice.questions += questions.len(),
            Block::Exercises { exercises, .. } => practice.exercises += exercises.len(),
            Block::List { start: Some(_), items } => practice.unread += items.len(),
            _ => {}
        }
    }
    practice
}

/// A section of exercises by itself.
struct Practised;

impl Surroundings for Practised {
    fn target(&self, _: LinkType, _: &str) -> Option<Target> {
        None
    }

    fn picture(&self, _: &str) -> Option<usize> {
        None
    }

    fn is_practice(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_and_exercises_are_counted_and_so_is_what_is_neither() {
        let quiz = "Try it.\n\n1. Ebb?\n   - [ ] up\n   - [x] down\n2. Flood?\n   - [x] up\n   - [ ] down\n";
        assert_eq!(practice(quiz), Practice { questions: 2, ..Practice::default() });
        let exercises = "1. Draw it.\n\n   > So.\n";
        assert_eq!(practice(exercises), Practice { exercises: 1, ..Practice::default() });
        let neither = "1. Ebb?\n   a) up\n   b) down\n2. Flood?\n";
        assert_eq!(practice(neither), Practice { unread: 2, ..Practice::default() });
    }
}
