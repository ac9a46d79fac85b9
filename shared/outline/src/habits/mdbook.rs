//! The `SUMMARY.md` of mdBook and GitBook: a list of links, with chapters before and after it that have no number.

use std::collections::HashMap;

use super::{
    super::page::{Page, heading, is_rule, item},
    Found, list,
};

/// Turns the list of a summary into chapters and sections.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let Some(first) = page.next_text(0) else { return };
    let title = heading(&page.lines[first].text).map(|(_, text)| text.to_lowercase());
    let is_summary = match title.as_deref() {
        Some("summary") => true,
        Some("table of contents" | "contents" | "sommaire" | "inhaltsverzeichnis") => links_alone(page, first),
        _ => false,
    };
    let links = page.lines.iter().filter(|line| item(&line.text).is_some_and(|item| link(item.text).is_some())).count();
    if !is_summary || links == 0 {
        return;
    }
    let line = page.lines[first].number;
    let typed = heading(&page.lines[first].text).map_or("", |(_, text)| text).to_owned();
    let tool = if typed.eq_ignore_ascii_case("summary") { "mdBook" } else { "GitBook" };
    let note = format!("\"{typed}\" is {tool}'s name for the list of chapters and not taken as the book's title");
    found.notes.add(line, note);
    found.is_untitled = true;
    page.clear(first);
    let last_item = page.lines.iter().rposition(|line| item(&line.text).is_some()).unwrap_or_default();
    let depths: HashMap<usize, usize> = list::entries(page).iter().map(|entry| (entry.at, entry.depth)).collect();
    let mut is_before = true;
    for (at, line) in page.lines.iter_mut().enumerate() {
        let text = line.text.clone();
        if let Some((_, text)) = heading(&text) {
            line.text = format!("# {} {{part}}", link(text).unwrap_or(text));
            is_before = false;
        } else if is_rule(&text) {
            line.text.clear();
        } else if let Some(found) = item(&text) {
            is_before = false;
            let words = link(found.text).unwrap_or(found.text);
            line.text = match depths.get(&at).copied().unwrap_or_default() {
                0 => format!("## {words} {{chapter}}"),
                1 => format!("### {words}"),
                depth => format!("{}- {words}", "  ".repeat(depth.min(8) - 2)),
            };
        } else if let Some(words) = link(&text) {
            let role = if is_before { "front_matter" } else { "back_matter" };
            if is_before || at > last_item {
                let named = super::Role::of_title(words).is_some();
                let role = if named { String::new() } else { format!(", role={role}") };
                line.text = format!("## {words} {{chapter{role}, no-part}}");
            }
        }
    }
}

/// Returns whether nothing stands below the title but links to files and headings over them. A list of contents has links to
/// headings below it.
fn links_alone(page: &Page, title: usize) -> bool {
    let is_file = |text: &str| link(text).is_some() && !text.contains("](#");
    page.lines[title + 1..].iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).all(|text| {
        heading(text).is_some() || is_rule(text) || item(text).map_or_else(|| is_file(text), |item| is_file(item.text))
    })
}

/// Returns the text of a link that is all of a line.
pub(super) fn link(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix('[')?;
    let (words, target) = inside.split_once("](")?;
    let is_whole = target.ends_with(')') && !target[..target.len() - 1].contains(['(', ')']);
    (is_whole && !words.trim().is_empty()).then(|| words.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_read_with_its_parts_and_what_has_no_number() {
        let text = "# Summary\n[Hello](a.md)\n# One\n- [A](b.md)\n  - [S](c.md)\n    - [P](d.md)\n- [B]()\n---\n[Thanks to all](e.md)";
        let mut page = Page::new(text, 1);
        read(&mut page, &mut Found::default());
        let expected = "\n## Hello {chapter, role=front_matter, no-part}\n# One {part}\n## A {chapter}\n### S\n- P\n## B {chapter}\n\n\
                        ## Thanks to all {chapter, role=back_matter, no-part}";
        assert_eq!(page.text(), expected);
    }

    #[test]
    fn the_contents_of_gitbook_are_a_summary_and_a_list_of_contents_is_none() {
        let text = "# Table of contents\n\n* [Hello](README.md)\n\n## One\n\n* [A](a.md)\n  * [S](s.md)\n";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        assert_eq!(page.text(), "\n\n## Hello {chapter}\n\n# One {part}\n\n## A {chapter}\n### S\n");
        assert!(found.is_untitled);
        for text in ["# Contents\n\n- [A](#a)\n\n## A\n\n- x", "# Contents\n\n- [A](a.md)\n\nA text."] {
            let mut page = Page::new(text, 1);
            read(&mut page, &mut Found::default());
            assert_eq!(page.text(), text);
        }
    }
}
