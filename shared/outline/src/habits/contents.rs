//! A list of contents before the outline, which only repeats the titles of the chapters.

use std::collections::HashSet;

use super::{
    super::{
        labels::label,
        page::{Page, bold, heading, item},
    },
    Found, mdbook,
};

const NAMES: [&str; 12] = [
    "table of contents",
    "contents",
    "toc",
    "inhalt",
    "inhaltsverzeichnis",
    "sommaire",
    "table des matières",
    "índice",
    "indice",
    "inhoud",
    "содержание",
    "目次",
];

/// Drops the list of contents if its entries are the titles of what follows.
pub(super) fn drop(page: &mut Page, found: &mut Found) {
    let Some(start) = page.lines.iter().position(|line| is_name(&line.text)) else { return };
    let mut entries = HashSet::new();
    let mut end = page.lines.len();
    for at in start + 1..page.lines.len() {
        let text = page.lines[at].text.trim();
        if text.is_empty() {
            continue;
        }
        let entry = bare(text);
        if heading(text).is_some() || !entries.insert(entry) {
            end = at;
            break;
        }
    }
    let later: HashSet<String> = page.lines[end..].iter().map(|line| bare(&line.text)).collect();
    let repeated = entries.iter().filter(|entry| later.contains(*entry)).count();
    if repeated < 2 || repeated * 2 < entries.len() {
        return;
    }
    found
        .notes
        .add(page.lines[start].number, "the list of contents is left out, since it repeats the titles of the chapters");
    (start..end).for_each(|at| page.clear(at));
}

/// Returns whether a line is the heading of a list of contents.
pub(super) fn is_name(line: &str) -> bool {
    let text = line.trim();
    let text = heading(text).map_or(text, |(_, text)| text);
    let text = bold(text).unwrap_or(text).trim_matches([':', ' ', '[', ']', '_']).to_lowercase();
    NAMES.contains(&text.as_str())
}

/// Returns the title in a line of a list of contents or in a heading, without its marks, its number and its page.
fn bare(line: &str) -> String {
    let text = line.trim();
    let text = heading(text).map_or(text, |(_, text)| text);
    let text = item(text).map_or(text, |item| item.text);
    let text = mdbook::link(text).unwrap_or(text);
    let text = bold(text).unwrap_or(text);
    let text = text.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['.', ' ', '\t', '…', '·', '_']);
    let text = label(text).filter(|label| !label.title.is_empty()).map_or(text, |label| label.title);
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dropped(text: &str) -> String {
        let mut page = Page::new(text, 1);
        drop(&mut page, &mut Found::default());
        page.text()
    }

    #[test]
    fn a_list_of_contents_that_repeats_the_titles_goes() {
        let text =
            "# Salt\n## Contents\n1. [The Sea](#sea)\n2. [The Mine](#mine)\n\n## The Sea\n## Chapter 2: The Mine";
        assert_eq!(dropped(text), "# Salt\n\n\n\n\n## The Sea\n## Chapter 2: The Mine");
        let plain =
            "Contents\nChapter 1: The Sea .... 3\nChapter 2: Mine\t7\n\nChapter 1: The Sea\na\nChapter 2: Mine\nb";
        assert_eq!(dropped(plain), "\n\n\n\nChapter 1: The Sea\na\nChapter 2: Mine\nb");
    }

    #[test]
    fn a_list_that_is_the_outline_stays() {
        let text = "# Salt\n\n## Table of Contents\n\n1. The Sea\n2. The Mine";
        assert_eq!(dropped(text), text);
    }
}
