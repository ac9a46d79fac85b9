//! Paragraphs that are marked as HTML, and its comments. A book would show the tags.

/// Returns the text with every line that is one paragraph of HTML as plain text; `None` where there is none.
pub(super) fn unwrap_paragraphs(text: &str) -> Option<String> {
    let mut fenced = false;
    let mut changed = false;
    let lines: Vec<&str> = text
        .split('\n')
        .map(|line| {
            fenced ^= line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
            let inner = paragraph(line).filter(|_| !fenced);
            changed |= inner.is_some();
            inner.unwrap_or(line)
        })
        .collect();
    changed.then(|| lines.join("\n"))
}

/// Returns what stands between the tags of a line like `<p>…</p>`; either tag may be on a line of its own.
fn paragraph(line: &str) -> Option<&str> {
    let line = line.trim();
    if line.starts_with("<!--") && line.ends_with("-->") {
        return Some("");
    }
    let opened = ["<p>", "<P>"].iter().find_map(|tag| line.strip_prefix(tag));
    let closed = |line: &str| ["</p>", "</P>"].iter().any(|tag| line.ends_with(tag));
    match opened {
        Some(inner) if closed(inner) => Some(inner[..inner.len() - 4].trim()),
        Some(inner) => Some(inner.trim_start()),
        None if closed(line) => Some(line[..line.len() - 4].trim_end()),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_of_html_become_plain() {
        assert_eq!(unwrap_paragraphs("<p>It turned.</p>\n\nIt rose.").as_deref(), Some("It turned.\n\nIt rose."));
        assert_eq!(unwrap_paragraphs("<p>\nIt turned.\n</p>").as_deref(), Some("\nIt turned.\n"));
        assert_eq!(unwrap_paragraphs("It turned.\n\n<!-- 650 words -->").as_deref(), Some("It turned.\n\n"));
        assert_eq!(unwrap_paragraphs("Write:\n\n```html\n<p>It turned.</p>\n```"), None);
    }
}
