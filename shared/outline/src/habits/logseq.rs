//! Logseq: every line is an item of a list, and some items are headings.

use super::{
    super::page::{Page, heading, item},
    Found,
};

/// Takes the headings out of the list that they stand in, with the items below them.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let is_heading =
        |text: &str| item(text).is_some_and(|item| heading(item.text).is_some_and(|(_, text)| !text.is_empty()));
    let is_field = |text: &str| text.trim().split_once(":: ").is_some_and(|(key, _)| !key.contains(' '));
    let is_of_list =
        |text: &str| text.trim().is_empty() || item(text).is_some() || text.starts_with([' ', '\t']) || is_field(text);
    let headings = page.lines.iter().filter(|line| is_heading(&line.text)).count();
    if headings < 2 || !page.lines.iter().all(|line| is_of_list(&line.text)) {
        return;
    }
    // The items of a heading stand one level deeper than it.
    let mut out = 0;
    let mut is_after_heading = false;
    for line in &mut page.lines {
        let text = line.text.clone();
        if is_field(&text) {
            if let Some((_, title)) = text.trim().split_once("title:: ").filter(|(before, _)| before.is_empty()) {
                found.title = Some(title.to_owned());
            }
            line.text.clear();
            continue;
        }
        let Some(item) = item(&text) else { continue };
        if let Some((level, words)) = heading(item.text) {
            line.text = format!("{} {words}", "#".repeat(level));
            is_after_heading = true;
            continue;
        }
        if is_after_heading {
            out = item.indent;
            is_after_heading = false;
        }
        line.text = format!("{}{} {}", " ".repeat(item.indent.saturating_sub(out)), item.marker, item.text);
    }
    let is_title = |line: &&super::super::page::Line| {
        heading(&line.text).is_some_and(|(_, text)| Some(text) == found.title.as_deref())
    };
    if page.lines.iter().any(|line| is_title(&line)) {
        found.title = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> String {
        let mut page = Page::new(text, 1);
        read(&mut page, &mut Found::default());
        page.text()
    }

    #[test]
    fn headings_leave_the_list_that_they_stand_in() {
        let text = "title:: Wax\n\n- # Wax\n\t- ## Bees\n\t\t- queens\n\t\t\t- eggs\n\t- ## Combs\n\t\t- six";
        assert_eq!(converted(text), "\n\n# Wax\n## Bees\n- queens\n    - eggs\n## Combs\n- six");
    }

    #[test]
    fn a_list_without_headings_stays() {
        for text in ["- # of bees\n- b", "# Wax\n\n- ## a\n- ## b"] {
            assert_eq!(converted(text), text);
        }
    }
}
