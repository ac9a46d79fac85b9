//! Walks over the text of a document.

use super::{Block, Inline};
use crate::direction::Direction;

/// Returns the text that a reader sees, on one line and without references to notes.
pub(crate) fn plain_text(inlines: &[Inline]) -> String {
    let mut text = String::new();
    add_text(inlines, &mut text);
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn add_text(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text { text } | Inline::Code { text } => out.push_str(text),
            Inline::Formula { tex, .. } => out.push_str(tex),
            Inline::Styled { text, .. } | Inline::Link { text, .. } => add_text(text, out),
            Inline::Picture { alt, .. } => out.push_str(alt),
            Inline::Ruby { base, .. } => add_text(base, out),
            Inline::Note { .. } => {}
            Inline::Break => out.push(' '),
        }
    }
}

/// Returns the last character of a line, if a text ends it.
pub(super) fn last_char(inlines: &[Inline]) -> Option<char> {
    match inlines.last()? {
        Inline::Text { text } | Inline::Code { text } => text.chars().next_back(),
        Inline::Styled { text, .. } | Inline::Link { text, .. } => last_char(text),
        _ => None,
    }
}

/// Returns the direction of most letters of a line, as far as its texts have one.
pub(crate) fn letters(inlines: &[Inline]) -> Option<Direction> {
    let mut pieces = Vec::new();
    add_pieces(inlines, &mut pieces);
    Direction::of(pieces.into_iter())
}

fn add_pieces<'t>(inlines: &'t [Inline], pieces: &mut Vec<&'t str>) {
    for inline in inlines {
        match inline {
            Inline::Text { text } => pieces.push(text),
            Inline::Styled { text, .. } | Inline::Link { text, .. } | Inline::Ruby { base: text, .. } => {
                add_pieces(text, pieces);
            }
            _ => {}
        }
    }
}

/// Visits every line of the blocks, in the order of the text.
pub(crate) fn lines<'t>(blocks: &'t mut [Block], visit: &mut dyn FnMut(&mut Vec<Inline>)) {
    for block in blocks {
        match block {
            Block::Paragraph { text } | Block::Plain { text } | Block::Verse { text } | Block::Heading { text, .. } => {
                visit(text);
            }
            Block::Quote { blocks, .. } => lines(blocks, visit),
            Block::List { items, .. } => items.iter_mut().for_each(|item| lines(&mut item.blocks, visit)),
            Block::Quiz { questions, .. } => {
                for question in questions {
                    lines(&mut question.text, visit);
                    question.options.iter_mut().for_each(|option| lines(&mut option.text, visit));
                    lines(&mut question.explanation, visit);
                }
            }
            Block::Exercises { exercises, .. } => {
                for exercise in exercises {
                    lines(&mut exercise.text, visit);
                    lines(&mut exercise.answer, visit);
                }
            }
            Block::Definitions { items } => {
                for item in items {
                    visit(&mut item.term);
                    item.meanings.iter_mut().for_each(|blocks| lines(blocks, visit));
                }
            }
            Block::Table { head, rows, .. } => {
                head.iter_mut().for_each(&mut *visit);
                rows.iter_mut().flatten().for_each(&mut *visit);
            }
            Block::Code { .. } | Block::Formula { .. } | Block::Figure { .. } | Block::Break => {}
        }
    }
}

/// Visits every reference to a note in a line, in the order of the text.
pub(crate) fn references(inlines: &mut [Inline], visit: &mut dyn FnMut(&mut usize)) {
    for inline in inlines {
        match inline {
            Inline::Note { note } => visit(note),
            Inline::Styled { text, .. } | Inline::Link { text, .. } | Inline::Ruby { base: text, .. } => {
                references(text, visit);
            }
            _ => {}
        }
    }
}
