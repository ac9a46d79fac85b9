//! HTML comments are notes to oneself: they are dropped before anything else is read.

use pulldown_cmark::{Event, Parser, Tag};

/// How often the text is searched: taking a comment out can make what is left read as another.
const ROUNDS: usize = 8;

/// Returns the text without its comments, each replaced by the line feeds it holds so that lines keep
/// their numbers; or the place of a comment that was still there at the end.
///
/// Code keeps what looks like a comment in it, and so does a comment that is never closed.
pub(super) fn without_comments(text: &str) -> Result<String, usize> {
    let mut text = text.to_owned();
    for _ in 0..ROUNDS {
        let comments = find(&text);
        if comments.is_empty() {
            return Ok(text);
        }
        let mut kept = String::with_capacity(text.len());
        let mut at = 0;
        for (start, end) in comments {
            kept.push_str(&text[at..start]);
            kept.extend(text[start..end].chars().filter(|&c| c == '\n'));
            at = end;
        }
        kept.push_str(&text[at..]);
        text = kept;
    }
    match find(&text).first() {
        Some(&(start, _)) => Err(start),
        None => Ok(text),
    }
}

fn find(text: &str) -> Vec<(usize, usize)> {
    if !text.contains("<!--") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (event, range) in Parser::new(text).into_offset_iter() {
        if matches!(event, Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_)) {
            let mut at = range.start;
            while let Some((start, end)) = next(&text[at..range.end]) {
                found.push((at + start, at + end));
                at += end;
            }
        }
    }
    found
}

/// Finds a comment; by CommonMark `<!-->` is one.
fn next(html: &str) -> Option<(usize, usize)> {
    let start = html.find("<!--")?;
    let inside = start + 2;
    let end = html[inside..].find("-->")? + inside + 3;
    Some((start, end))
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
    fn what_appears_when_a_comment_goes_is_a_comment_too() {
        assert_eq!(without_comments("a <!-<!-- x -->- y --> b").unwrap(), "a  b");
    }

    #[test]
    fn comments_that_keep_appearing_are_an_error_at_their_place() {
        let nested = |depth: usize| "a ".to_owned() + &"<!-".repeat(depth) + "<!-- -->" + &"- -->".repeat(depth);
        assert_eq!(without_comments(&nested(ROUNDS - 1)).unwrap(), "a ");
        assert!(without_comments(&nested(ROUNDS + 1)).is_err());
    }
}
