//! Org mode: headings of stars, keys such as `#+TITLE:`, and drawers.

use super::{
    super::page::{Page, heading},
    Found,
};

/// Turns the headings of Org mode into those of Markdown.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let keys = page.lines.iter().filter(|line| key(&line.text).is_some()).count();
    let is_deep = |text: &str| stars(text).is_some_and(|(level, text)| level > 1 && !text.contains("**"));
    let is_org = keys > 0 || page.lines.iter().any(|line| is_deep(&line.text));
    let has_headings = page.lines.iter().any(|line| heading(&line.text).is_some_and(|(level, _)| level > 1));
    if !is_org || has_headings {
        return;
    }
    let has_title = page.lines.iter().any(|line| key(&line.text).is_some_and(|(key, _)| key == "title"));
    let mut is_drawer = false;
    for line in &mut page.lines {
        let text = line.text.clone();
        if is_drawer || is_drawer_name(&text) {
            is_drawer = !text.trim().eq_ignore_ascii_case(":end:");
            line.text.clear();
        } else if let Some((key, value)) = key(&text) {
            line.text = match key.as_str() {
                "title" => format!("# {value}"),
                _ => String::new(),
            };
            match key.as_str() {
                "author" => found.authors.push(value.to_owned()),
                "subtitle" => found.subtitle = Some(value.to_owned()),
                _ => {}
            }
        } else if text.starts_with("# ") || text.trim() == "#" {
            line.text.clear();
        } else if let Some((level, text)) = stars(&text) {
            line.text = format!("{} {}", "#".repeat((level + usize::from(has_title)).min(6)), words(text));
        }
    }
}

/// Reads a line such as `#+TITLE: Salt`.
fn key(line: &str) -> Option<(String, &str)> {
    let (key, value) = line.trim().strip_prefix("#+")?.split_once(':')?;
    (!key.is_empty() && !key.contains(' ')).then(|| (key.to_lowercase(), value.trim()))
}

fn stars(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('*');
    let level = line.len() - text.len();
    (level > 0 && text.starts_with(' ') && !text.trim().is_empty()).then(|| (level, text.trim()))
}

fn is_drawer_name(line: &str) -> bool {
    let name = line.trim();
    name.len() > 2
        && name.starts_with(':')
        && name.ends_with(':')
        && name[1..name.len() - 1].bytes().all(|b| b.is_ascii_alphabetic())
}

/// Returns the words of a heading without its state, its priority and its tags.
fn words(text: &str) -> &str {
    let text =
        ["TODO ", "DONE ", "NEXT ", "WAITING "].iter().find_map(|state| text.strip_prefix(state)).unwrap_or(text);
    let text = ["[#A] ", "[#B] ", "[#C] "].iter().find_map(|priority| text.strip_prefix(priority)).unwrap_or(text);
    match text.rsplit_once(" :") {
        Some((words, tags)) if tags.ends_with(':') && !tags.contains(' ') => words.trim_end(),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_are_headings() {
        let text = "#+TITLE: Wax\n#+AUTHOR: Bo Fox\n#+OPTIONS: toc:nil\n\n* TODO Bees :draft:\n:PROPERTIES:\n:ID: 1\n:END:\n** Queens\n- eggs\n# a comment\n* Combs";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        assert_eq!(page.text(), "# Wax\n\n\n\n## Bees\n\n\n\n### Queens\n- eggs\n\n## Combs");
        assert_eq!(found.authors, ["Bo Fox"]);
    }

    #[test]
    fn a_list_of_stars_stays() {
        for text in ["* Bees\n* Combs", "# Wax\n\n## Bees\n\n** bold ** text", "* a\n  ** b **"] {
            let mut page = Page::new(text, 1);
            read(&mut page, &mut Found::default());
            assert_eq!(page.text(), text);
        }
    }
}
