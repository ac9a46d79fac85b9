//! Brackets and quotation marks that a paragraph opens and does not close.

use super::Cut;
use crate::quotation::Quotations;

/// Returns what `paragraph`, given without inline code, leaves open.
pub(super) fn unclosed(paragraph: &str) -> Option<Cut> {
    open_bracket(paragraph).map(Cut::OpenBracket).or_else(|| open_quote(paragraph).then_some(Cut::OpenQuote))
}

/// Any closing bracket closes any open one, so that a half-open interval like `[0, 1)` is balanced.
fn open_bracket(paragraph: &str) -> Option<char> {
    let mut open = Vec::new();
    let mut before = ' ';
    for char in paragraph.chars() {
        match char {
            '(' if matches!(before, ':' | ';') => {}
            '(' | '[' | '{' | '（' | '［' | '｛' | '「' | '『' | '【' | '《' | '〈' | '〔' => open.push(char),
            ')' | ']' | '}' | '）' | '］' | '｝' | '」' | '』' | '】' | '》' | '〉' | '〕' => {
                open.pop();
            }
            _ => {}
        }
        before = char;
    }
    open.pop()
}

/// Returns whether the paragraph ends inside of a quotation.
fn open_quote(paragraph: &str) -> bool {
    let mut quotations = Quotations::default();
    let mut before = None;
    let mut chars = paragraph.chars().peekable();
    while let Some(char) = chars.next() {
        if !matches!(char, '「' | '『' | '」' | '』') {
            quotations.read(before, char, chars.peek().copied());
        }
        before = Some(char);
    }
    quotations.is_open()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn balanced_paragraphs_are_closed_in_every_convention() {
        for paragraph in [
            "“Go,” she said. “Go now.”",
            "He left (it was late) [as always].",
            "„Nein“, sagte er.",
            "»Nein«, sagte er.",
            "”Nej”, sade hon.",
            "« Non ! » dit-elle.",
            "「はい」と『彼』は言った（昨日）。",
            "她说：“不。”",
            "The interval [0, 1) and the 12\" pipe :(",
            "and so he ended his speech.”",
            "צה\"ל נכנס.",
            "a) first, b) second.",
            "She said \"no\" and \"yes\".",
        ] {
            assert_eq!(unclosed(paragraph), None, "{paragraph}");
        }
    }

    #[test]
    fn what_is_opened_and_not_closed_is_found() {
        for (paragraph, cut) in [
            ("He left (it was late.", Cut::OpenBracket('(')),
            ("彼は「はい、と言った。", Cut::OpenBracket('「')),
            ("“Go,” she said. “But not today.", Cut::OpenQuote),
            ("Er sagte: „Nein.", Cut::OpenQuote),
            ("Er sagte: »Nein.", Cut::OpenQuote),
            ("Elle dit : « Non.", Cut::OpenQuote),
            ("She said \"no.", Cut::OpenQuote),
        ] {
            assert_eq!(unclosed(paragraph), Some(cut), "{paragraph}");
        }
    }
}
