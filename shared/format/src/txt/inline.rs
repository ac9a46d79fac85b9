//! Pieces of a line as plain text.

use crate::document::{Inline, Style, Target, plain_text};

/// Returns a line.
pub(super) fn line(inlines: &[Inline]) -> String {
    inlines.iter().map(piece).collect()
}

fn piece(inline: &Inline) -> String {
    match inline {
        Inline::Text { text } | Inline::Code { text } => text.clone(),
        Inline::Styled { style: Style::Superscript, text } => raised(&line(text)),
        Inline::Styled { style: Style::Subscript, text } => lowered(&line(text)),
        Inline::Styled { text, .. } => line(text),
        Inline::Formula { tex, .. } => tex.clone(),
        Inline::Link { to: Target::Outside(url), text, .. } if plain_text(text) != *url => {
            format!("{} ({url})", line(text))
        }
        Inline::Link { text, .. } => line(text),
        Inline::Picture { alt, .. } => format!("[{alt}]"),
        Inline::Ruby { base, reading } => format!("{}({reading})", line(base)),
        Inline::Note { note } => format!("[{}]", note + 1),
        Inline::Break => "\n".to_owned(),
    }
}

/// Returns raised text, in Unicode's own digits where there are such.
fn raised(text: &str) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    digits(text, DIGITS).unwrap_or_else(|| format!("^{text}"))
}

fn lowered(text: &str) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    digits(text, DIGITS).unwrap_or_else(|| format!("_{text}"))
}

fn digits(text: &str, digits: [char; 10]) -> Option<String> {
    text.chars().map(|c| c.to_digit(10).map(|digit| digits[digit as usize])).collect()
}
