//! Blocks that are no running text: pictures with a caption, formulas on lines of their own, drawings in a language.

use super::{
    Block, Inline,
    frame::Frame,
    tags::{self, Token},
};

/// Returns the block that a paragraph is if one picture or one formula is all it holds.
pub(super) fn of(text: &[Inline]) -> Option<Block> {
    match text {
        [Inline::Formula { tex, display: true }] => Some(Block::Formula { tex: tex.clone() }),
        [Inline::Picture { picture, alt }] => {
            Some(Block::Figure { picture: *picture, alt: alt.clone(), caption: alt.clone() })
        }
        _ => None,
    }
}

/// Keeps a picture's title as the text behind it, where it is its caption.
pub(super) fn remember(frame: &mut Frame, title: &str) {
    frame.push(Inline::text(format!(" {title}")));
}

/// Returns a drawing in SVG as a listing. A book shows no drawing that a model wrote, since nobody has checked its content.
pub(super) fn drawing(html: &str) -> Option<Block> {
    html.trim_start()
        .starts_with("<svg")
        .then(|| Block::Code { language: "svg".to_owned(), text: format!("{}\n", html.trim_end()) })
}

/// Returns text that HTML keeps as it is typed, as a listing.
pub(super) fn preformatted(html: &str) -> Option<Block> {
    let inside = html.trim();
    if !inside.starts_with("<pre") || !inside.ends_with("</pre>") {
        return None;
    }
    let mut text = String::new();
    for token in tags::tokens(inside) {
        match token {
            Token::Text(piece) => text.push_str(&tags::decoded(piece)),
            Token::Tag(tag) if tag.name == "br" => text.push('\n'),
            Token::Tag(_) | Token::Comment => {}
        }
    }
    let text = format!("{}\n", text.trim_matches('\n'));
    Some(Block::Code { language: String::new(), text })
}
