//! Escapes of JSON that were written out: `\n\n` between paragraphs, and `\u2019` for an apostrophe.

use crate::garbled::names_of_encodings;

/// Returns the text with its escapes undone; `None` where there are none, or where the text may be about them.
pub(super) fn undo(text: &str) -> Option<String> {
    if !text.contains('\\') || text.contains('`') {
        return None;
    }
    let is_one_line = !text.trim().contains('\n');
    let lines = is_one_line && text.contains("\\n\\n");
    let letters = text
        .match_indices("\\u")
        .any(|(at, _)| letter(&text[at..]).is_some() && (is_one_line || text[..at].ends_with(char::is_alphabetic)));
    if (!lines && !letters) || names_of_encodings(text) > 0 {
        return None;
    }
    let has_formulas = text.contains('$');
    let mut undone = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        undone.push_str(&rest[..at]);
        rest = &rest[at..];
        let next = rest[1..].chars().next();
        let command = has_formulas
            && rest.get(2..).is_some_and(|after| after.starts_with(|char: char| char.is_ascii_lowercase()));
        let (written, length) = match (next, letter(rest)) {
            (Some('u'), Some((char, length))) => (Some(char), length),
            (Some('n'), _) if lines && !command => (Some('\n'), 2),
            (Some('"'), _) if lines => (Some('"'), 2),
            _ => (None, 1),
        };
        undone.push(written.unwrap_or('\\'));
        rest = &rest[length..];
    }
    undone.push_str(rest);
    Some(undone)
}

/// Returns the letter that an escape like `\u2019` at the beginning of a text stands for, and the length of the escape.
fn letter(text: &str) -> Option<(char, usize)> {
    const LENGTH: usize = 6;

    let unit = |at: usize| u16::from_str_radix(text.get(at + 2..at + LENGTH)?, 16).ok();
    let first = unit(0).filter(|_| text.starts_with("\\u"))?;
    let second = text.get(LENGTH..)?.starts_with("\\u").then(|| unit(LENGTH)).flatten();
    let mut read = char::decode_utf16([first].into_iter().chain(second));
    let char = read.next()?.ok().filter(|char| !char.is_ascii())?;
    Some((char, LENGTH * char.len_utf16()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone_where_nothing_else_divides_the_paragraphs() {
        for (text, expected) in [
            ("It turned.\\n\\nIt rose.\\n- a", "It turned.\n\nIt rose.\n- a"),
            ("\\u201cNo,\\u201d she said.", "“No,” she said."),
            ("It doesn\\u2019t turn.\n\nIt won\\u2019t.", "It doesn’t turn.\n\nIt won’t."),
            ("She said \\\"no\\\".\\n\\nIt rose \\ud83d\\ude00.", "She said \"no\".\n\nIt rose 😀."),
            ("It is $\\nu$.\\n\\nIt rose.", "It is $\\nu$.\n\nIt rose."),
        ] {
            assert_eq!(undo(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn commands_and_code_are_no_escapes() {
        for text in [
            "It is $\\nu \\neq \\mu$.",
            "The string `a\\n\\nb` has three lines.",
            "In Unicode, \\u2019 is the apostrophe.",
            "A backslash \\n ends the line.",
            "The file C:\\new\\users\\u is old.",
            "He wrote \\u2019.\n\nIt rose.",
        ] {
            assert_eq!(undo(text), None, "{text}");
        }
    }
}
