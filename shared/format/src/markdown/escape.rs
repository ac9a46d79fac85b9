//! Escapes text for Markdown and for YAML.

/// Returns text with everything escaped that Markdown could read as markup inside a line.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for (at, c) in text.char_indices() {
        let markup = match c {
            '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '~' => true,
            '&' => is_entity(&text[at..]),
            _ => false,
        };
        match c {
            // Also with a backslash before it, a backtick closes code that an earlier one opened.
            '`' => out.push_str("&#96;"),
            _ if markup => out.extend(['\\', c]),
            _ => out.push(c),
        }
    }
    out
}

/// Returns escaped text for the beginning of a line, where it also begins no list and underlines no heading.
pub(crate) fn escaped_line(line: &str) -> String {
    match ordinal(line) {
        Some(number) => format!("{number}\\{}", escaped(&line[number.len()..])),
        None if line.starts_with(['-', '+', '=']) => format!("\\{}", escaped(line)),
        None => escaped(line),
    }
}

/// Returns the number of `12.` or `12)` at a line's start, which would begin a list.
fn ordinal(line: &str) -> Option<&str> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let followed = matches!(line.as_bytes().get(digits), Some(b'.' | b')'));
    (digits > 0 && followed).then(|| &line[..digits])
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

/// Returns a text as a YAML string. Strings of JSON are also strings of YAML.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Parser, Tag};

    use super::*;
    use crate::body::{Body, plain_text};

    #[test]
    fn escaped_text_is_read_back_as_it_was() {
        let lines = [
            "# not a heading",
            "1. not a list",
            "12) nor this",
            "- nor this",
            "+ nor that",
            "a *b* _c_ `d` [e](f) <g> ~~h~~ &amp; &#35; AT&T \\*",
            "===",
            "> quote",
            "| a | b |",
        ];
        for line in lines {
            let markdown = escaped_line(line);
            let body = Body::read(&markdown);
            assert_eq!(plain_text(&body.events), line);
            assert!(matches!(body.events[0].0, Event::Start(Tag::Paragraph)), "{line}");
        }
    }

    #[test]
    fn a_destination_is_read_back_as_it_was() {
        let title = "a \"quoted\" `title`\nand *more*";
        let link = format!("[x]{}", destination("https://e.org/a(b)?c=\\&copy;&d", title));
        let events: Vec<_> = Parser::new(&link).collect();
        let Event::Start(Tag::Link { dest_url, title, .. }) = &events[1] else {
            panic!("{events:?}");
        };
        assert_eq!(&**dest_url, "https://e.org/a%28b%29?c=%5C&copy;&d");
        assert_eq!(&**title, "a \"quoted\" `title` and *more*");
    }

    #[test]
    fn a_quoted_text_cannot_end_its_string() {
        assert_eq!(quoted("a \"b\" \\ c\nd: #e é"), r#""a \"b\" \\ c\nd: #e é""#);
    }
}
