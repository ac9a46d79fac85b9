//! Divides a block of HTML into lines of text, as far as a book shows them.

use super::tags::{Meaning, Token, tokens};

/// A piece of a block of HTML.
pub(super) enum Piece<'s> {
    Line(Vec<Token<'s>>),
    /// A break between scenes.
    Break,
}

/// Returns the lines of a block of HTML. Elements that stand on lines of their own divide it.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut line = Vec::new();
    for token in tokens(html) {
        let meaning = match &token {
            Token::Tag(tag) => Some(tag.meaning()),
            _ => None,
        };
        match meaning {
            Some(Meaning::BlockWrapper) => end(&mut line, &mut pieces),
            Some(Meaning::SceneBreak) => {
                end(&mut line, &mut pieces);
                pieces.push(Piece::Break);
            }
            _ => line.push(token),
        }
    }
    end(&mut line, &mut pieces);
    pieces
}

fn end<'s>(line: &mut Vec<Token<'s>>, pieces: &mut Vec<Piece<'s>>) {
    let line = std::mem::take(line);
    let is_blank = line.iter().all(|token| match token {
        Token::Text(text) => text.trim().is_empty(),
        Token::Comment => true,
        Token::Tag(_) => false,
    });
    if !is_blank {
        pieces.push(Piece::Line(line));
    }
}
