//! HTML comments are the writer's own notes. They are dropped before anything else is read.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag};

/// How often the text is searched. Where a comment is taken out, the text around it can read as another one.
const ROUNDS: usize = 8;

/// Returns the text without its comments. The error is the place of a comment that is left after all rounds.
///
/// A comment is replaced by its line feeds, so that lines keep their numbers. Comments in code stay, and so do comments
/// that are not closed.
pub(super) fn without_comments(text: &str) -> Result<String, usize> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let comments = find(&text);
        if comments.is_empty() {
            return Ok(text);
        }
        let mut kept = String::with_capacity(text.len());
        let mut at = 0;
        for Range { start, end } in comments {
            kept.push_str(&text[at..start]);
            kept.extend(text[start..end].chars().filter(|&c| c == '\n'));
            at = end;
        }
        kept.push_str(&text[at..]);
        text = kept;
    }
    match find(&text).first() {
        Some(comment) => Err(comment.start),
        None => Ok(text),
    }
}

fn find(text: &str) -> Vec<Range<usize>> {
    if !text.contains("<!--") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (event, range) in Parser::new(text).into_offset_iter() {
        if matches!(event, Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_)) {
            let mut at = range.start;
            while let Some(comment) = next(&text[at..range.end]) {
                found.push(at + comment.start..at + comment.end);
                at += comment.end;
            }
        }
    }
    found
}

/// Finds the first comment. By CommonMark, `<!-->` is one.
fn next(html: &str) -> Option<Range<usize>> {
    let start = html.find("<!--")?;
    let inside = start + 2;
    let end = html[inside..].find("-->")? + inside + 3;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_lines_keep_their_numbers() {
        let text = "a\n\n<!-- x\n\n## y\n-->\nb <!-- c --> d\n";
        assert_eq!(without_comments(text).unwrap(), "a\n\n\n\n\n\nb  d\n");
        assert_eq!(without_comments("<!-- x --> kept\n").unwrap(), " kept\n");
    }

    #[test]
    fn code_keeps_its_comments() {
        for text in ["`<!-- a -->`\n", "```\n<!-- a -->\n```\n", "    <!-- a -->\n"] {
            assert_eq!(without_comments(text).unwrap(), text);
        }
    }

    #[test]
    fn a_comment_that_appears_when_another_goes_is_dropped_too() {
        assert_eq!(without_comments("a <!-<!-- x -->- y --> b").unwrap(), "a  b");
    }

    #[test]
    fn comments_that_keep_appearing_are_an_error_at_their_place() {
        let nested = |depth: usize| "a ".to_owned() + &"<!-".repeat(depth) + "<!-- -->" + &"- -->".repeat(depth);
        assert_eq!(without_comments(&nested(ROUNDS - 1)).unwrap(), "a ");
        assert!(without_comments(&nested(ROUNDS + 1)).is_err());
    }
}
