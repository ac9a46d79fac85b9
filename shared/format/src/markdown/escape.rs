//! Escapes text for Markdown and for YAML.

/// Returns text with everything escaped that Markdown could read as markup inside a line. Pandoc's own marks are escaped too:
/// formulas, citations, attributes, and raised and lowered text.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let next = rest.chars().next();
        let markup = match c {
            '\\' | '*' | '[' | '<' | '>' | '#' | '|' | '~' | '$' | '^' | '{' => true,
            '_' => !before.is_some_and(char::is_alphanumeric) || !next.is_some_and(char::is_alphanumeric),
            '@' => !before.is_some_and(char::is_alphanumeric),
            '!' => next.is_none(),
            '&' => is_entity(&text[at..]),
            _ => false,
        };
        match c {
            // Also with a backslash before it, a backtick closes code that an earlier one opened.
            '`' => out.push_str("&#96;"),
            '\n' | '\t' => out.push(' '),
            _ if markup => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Returns Markdown without the brackets that would end the text of a link. A backslash before them would make a formula of
/// what stands between two of them.
pub(super) fn without_brackets(markdown: &str) -> String {
    markdown.replace(']', "&#93;")
}

/// Returns escaped text for the beginning of a line, where it also begins no list and underlines no heading.
pub(crate) fn escaped_line(line: &str) -> String {
    guarded(escaped(line))
}

/// Returns a line of Markdown that begins with text, with a mark before what would begin a block.
pub(crate) fn guarded(line: String) -> String {
    let marked = |at: usize| format!("{}\\{}", &line[..at], &line[at..]);
    match label(&line) {
        Some(length) => marked(length),
        None if line.starts_with(['-', '+', '=', ':', '%']) => marked(0),
        None => line,
    }
}

/// Returns where the mark of a list's label stands, as in `12.`, `12)`, `a.` or `(iv)`.
fn label(line: &str) -> Option<usize> {
    let start = usize::from(line.starts_with('('));
    let rest = &line[start..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let is_roman = letters <= 8 && rest[..letters].bytes().all(|c| b"ivxlcdmIVXLCDM".contains(&c));
    let length = match (digits, letters) {
        (1.., _) => digits,
        (0, 1) => 1,
        (0, 2..) if is_roman => letters,
        _ => return None,
    };
    let is_label = matches!(rest.as_bytes().get(length), Some(b'.' | b')'))
        && rest[length + 1..].chars().next().is_none_or(char::is_whitespace);
    let is_number = digits > 0 && matches!(rest.as_bytes().get(length), Some(b'.' | b')'));
    (is_label || is_number).then_some(start + length)
}

/// Returns whether a text, which starts with an ampersand, could begin with an entity.
fn is_entity(text: &str) -> bool {
    let name = text[1..].trim_start_matches('#');
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name[end..].starts_with(';'))
}

/// Returns the part of a link after its text: its destination and title.
pub(super) fn destination(url: &str, title: &str) -> String {
    let mut address = String::new();
    for (at, c) in url.char_indices() {
        match c {
            '\\' => address.push_str("%5C"),
            '(' => address.push_str("%28"),
            ')' => address.push_str("%29"),
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            ' ' => address.push_str("%20"),
            '&' if is_entity(&url[at..]) => address.push_str("&amp;"),
            _ => address.push(c),
        }
    }
    if title.is_empty() {
        return format!("({address})");
    }
    let title = escaped(&title.split_whitespace().collect::<Vec<_>>().join(" ")).replace('"', "\\\"");
    format!("({address} \"{title}\")")
}

/// Returns code between as many backticks as it needs.
pub(super) fn code(text: &str) -> String {
    let text = text.replace('\n', " ");
    let fence = "`".repeat(longest_run(&text) + 1);
    let is_blank = text.trim_matches(' ').is_empty();
    let pad = if !is_blank && (text.starts_with(['`', ' ']) || text.ends_with(['`', ' '])) { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Returns the length of the longest run of backticks.
pub(super) fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or_default()
}

/// Returns a text as a YAML string. Strings of JSON are also strings of YAML.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Alone, Block, Document, Inline, plain_text};

    fn paragraph(markdown: &str) -> Vec<Inline> {
        match &Document::read(markdown, &Alone).blocks[..] {
            [Block::Paragraph { text }] => text.clone(),
            other => panic!("{markdown}: {other:?}"),
        }
    }

    #[test]
    fn escaped_text_is_read_back_as_it_was() {
        let lines = [
            "# not a heading",
            "1. not a list",
            "12) nor this",
            "a. nor this",
            "- nor this",
            "+ nor that",
            ": nor a definition",
            "a *b* _c_ `d` [e](f) <g> ~~h~~ &amp; &#35; AT&T \\*",
            "$5 and $x$ and 2^10^ and @someone and {.class}",
            "===",
            "> quote",
            "| a | b |",
        ];
        for line in lines {
            assert_eq!(plain_text(&paragraph(&escaped_line(line))), line);
        }
    }

    #[test]
    fn words_stay_readable() {
        for line in ["snake_case and a.b@example.org", "A. Author said so!", "It's 5 % of 1.5 million (see above)."] {
            assert_eq!(
                escaped(line),
                line.trim_end_matches('!').to_owned() + if line.ends_with('!') { "\\!" } else { "" }
            );
        }
    }

    #[test]
    fn code_keeps_its_backticks() {
        for text in ["a", "`", "a `` b", " a ", "``"] {
            assert_eq!(paragraph(&code(text)), [Inline::Code { text: text.to_owned() }]);
        }
    }

    #[test]
    fn a_quoted_text_cannot_end_its_string() {
        assert_eq!(quoted("a \"b\" \\ c\nd: #e é"), r#""a \"b\" \\ c\nd: #e é""#);
    }
}
