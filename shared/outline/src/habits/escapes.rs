//! The escapes of Google Docs, which exports the heading "1. Knots" as `# **1\. Knots** {#1.-knots}`.

use super::super::page::{Page, bold, heading};

/// Takes the backslashes out of the numbers of headings, if the page was exported so. Elsewhere, a backslash after a number says
/// that the number belongs to the title.
pub(super) fn clean(page: &mut Page) {
    let code = page.code();
    let is_export = |text: &str| {
        let (words, name) = text.split_once(" {#").unwrap_or((text, ""));
        escaped(bold(words).unwrap_or(words)).is_some()
            && (bold(words).is_some() || name.starts_with(|c: char| c.is_ascii_digit()))
    };
    let headings =
        || page.lines.iter().zip(&code).filter(|(_, code)| !**code).filter_map(|(line, _)| heading(&line.text));
    if !headings().any(|(_, text)| is_export(text)) {
        return;
    }
    for (line, code) in page.lines.iter_mut().zip(&code) {
        if let Some(at) = heading(&line.text).filter(|_| !code).and_then(|_| line.text.find(['\\'])) {
            let before = line.text[..at].trim_start_matches(['#', ' ', '*', '_']);
            if !before.is_empty() && is_number(before) && line.text[at + 1..].starts_with(['.', ')']) {
                line.text.remove(at);
            }
        }
    }
}

/// Returns what stands after an escaped mark of a number.
fn escaped(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once('\\')?;
    (!number.is_empty() && is_number(number) && rest.starts_with(['.', ')'])).then_some(rest)
}

/// Returns whether a text is a number, or a word with a number such as "Chapter 1".
fn is_number(text: &str) -> bool {
    text.rsplit(' ').next().is_some_and(|last| super::super::labels::number(last).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        let mut page = Page::new(text, 1);
        clean(&mut page);
        page.text()
    }

    #[test]
    fn the_numbers_of_an_export_lose_their_backslashes() {
        assert_eq!(
            cleaned("# **1\\. Wax** {#1.-wax}\n\n## **2\\) Honey**"),
            "# **1. Wax** {#1.-wax}\n\n## **2) Honey**"
        );
        assert_eq!(cleaned("# 1\\. Wax {#1.-wax}"), "# 1. Wax {#1.-wax}");
    }

    #[test]
    fn a_number_that_its_author_kept_stays() {
        for text in ["## 1\\. Weltkrieg", "## 1\\. Weltkrieg {#krieg}", "## **A \\* B**"] {
            assert_eq!(cleaned(text), text);
        }
    }
}
