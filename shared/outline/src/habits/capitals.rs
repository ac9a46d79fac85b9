//! Chapters as lines in capitals, or as lines over indented ones, as plain text files have them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        page::{Line, Page, heading, is_rule, item},
        role::Role,
    },
    Found, head, list,
};

/// The longest line that can be a chapter's, in bytes.
const LONGEST: usize = 160;

/// Turns lines in capitals, or lines over indented ones, into headings. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    capitals(page, found) || indented(page, found)
}

fn capitals(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let mut lines: Vec<usize> =
        (0..page.lines.len()).filter(|&at| !code[at] && is_capitals(&page.lines[at].text)).collect();
    let first = page.next_text(0);
    let is_title = found.title.is_none()
        && lines.len() > 1
        && first == lines.first().copied()
        && Role::of_title(&page.lines[lines[0]].text).is_none();
    let under = lines.first().and_then(|&at| page.next_text(at + 1)).map(|at| page.lines[at].text.as_str());
    if is_title && under.is_none_or(|text| item(text).is_none()) {
        lines.remove(0);
    }
    if lines.len() < 2 {
        return false;
    }
    let begin = lines[0];
    convert(page, &lines);
    head::read(page, begin, found);
    true
}

fn convert(page: &mut Page, chapters: &[usize]) {
    let begin = chapters[0];
    let points = indented_points(page, chapters);
    for at in begin..page.lines.len() {
        let text = page.lines[at].text.trim().to_owned();
        if chapters.contains(&at) {
            page.lines[at].text = format!("## {text} {{chapter}}");
        } else if is_rule(&text) {
            page.clear(at);
        } else if item(&text).is_none() {
            page.lines[at].text = match points.get(&at) {
                Some(depth) => format!("{}- {text}", "  ".repeat((*depth).min(8))),
                None => text,
            };
        }
    }
    list::plain_bullets(page, begin);
}

/// Finds the indented lines below chapters at the margin that are points and no prose, and how deep each stands.
pub(super) fn indented_points(page: &Page, chapters: &[usize]) -> BTreeMap<usize, usize> {
    if chapters.iter().any(|&at| indent(&page.lines[at]) > 0) {
        return BTreeMap::new();
    }
    let chapters: BTreeSet<usize> = chapters.iter().copied().collect();
    let begin = chapters.first().copied().unwrap_or(page.lines.len());
    let is_end = |at: usize| chapters.contains(&at) || page.lines[at].text.trim().is_empty();
    let lines: Vec<usize> = (begin..page.lines.len()).collect();
    let groups = lines.split(|&at| is_end(at));
    let is_point = |&at: &usize| is_indented(&page.lines[at]) && !ends_sentence(&page.lines[at].text);
    let points: Vec<usize> = groups.filter(|group| group.iter().all(is_point)).flatten().copied().collect();
    let mut depths: Vec<usize> = points.iter().map(|&at| indent(&page.lines[at])).collect();
    depths.sort_unstable();
    depths.dedup();
    let depth = |at: usize| depths.iter().position(|depth| *depth == indent(&page.lines[at])).unwrap_or_default();
    points.into_iter().map(|at| (at, depth(at))).collect()
}

fn indent(line: &Line) -> usize {
    line.text.len() - line.text.trim_start().len()
}

fn is_indented(line: &Line) -> bool {
    !line.text.trim().is_empty() && (line.text.starts_with('\t') || line.text.starts_with("  "))
}

fn ends_sentence(text: &str) -> bool {
    text.trim_end().ends_with(['.', '!', '?', '…', '。', '！', '？', '”', '"'])
}

fn is_capitals(line: &str) -> bool {
    let text = line.trim();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let is_line =
        text.len() <= LONGEST && item(text).is_none() && heading(text).is_none() && !text.ends_with([',', ';']);
    is_line && letters >= 3 && text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}

/// Reads lines at the margin as chapters and the indented lines below each as its points.
fn indented(page: &mut Page, found: &mut Found) -> bool {
    let is_text = |line: &Line| !line.text.trim().is_empty();
    let mut chapters = Vec::new();
    for at in 0..page.lines.len() {
        let line = &page.lines[at];
        let over_points = page.next_text(at + 1).is_some_and(|next| is_indented(&page.lines[next]));
        let is_line = is_text(line) && indent(line) == 0 && line.text.len() <= LONGEST && heading(&line.text).is_none();
        if is_line && !line.text.trim().ends_with(['.', ',']) && (over_points || Role::of_title(&line.text).is_some()) {
            chapters.push(at);
        }
    }
    let points = page.lines.iter().filter(|line| is_indented(line)).count();
    if chapters.len() < 2 || points < 2 {
        return false;
    }
    let begin = chapters[0];
    let depths: Vec<usize> = {
        let mut depths: Vec<usize> = page.lines.iter().filter(|line| is_indented(line)).map(indent).collect();
        depths.sort_unstable();
        depths.dedup();
        depths
    };
    for at in begin..page.lines.len() {
        let line = &mut page.lines[at];
        let text = line.text.trim().to_owned();
        if chapters.contains(&at) {
            line.text = format!("## {text} {{chapter}}");
        } else if is_indented(line) {
            let depth = depths.iter().position(|depth| *depth == indent(line)).unwrap_or_default();
            let text = item(&text).map_or(text.as_str(), |item| item.text).to_owned();
            line.text = format!("{}- {text}", "  ".repeat(depth.min(8)));
        }
    }
    head::read(page, begin, found);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> Option<String> {
        crate::habits::converted(read, text)
    }

    #[test]
    fn lines_in_capitals_are_chapters() {
        let text = "THE BOOK OF SALT\nfor cooks\n\nTHE SEA\nWhere it is.\n\nTHE MINE\n- deep";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        assert_eq!(
            page.text(),
            "# THE BOOK OF SALT\n\n\n## THE SEA {chapter}\nWhere it is.\n\n## THE MINE {chapter}\n- deep"
        );
        assert_eq!(found.subtitle.as_deref(), Some("for cooks"));
    }

    #[test]
    fn indented_lines_below_capitals_are_points_unless_they_are_prose() {
        let text = "SALT\n\nTHE SEA\n    ponds\n        sun\nTHE MINE\n    It is deep.\n    And dark.";
        assert_eq!(
            converted(text).unwrap(),
            "# SALT\n\n## THE SEA {chapter}\n- ponds\n  - sun\n## THE MINE {chapter}\nIt is deep.\nAnd dark."
        );
    }

    #[test]
    fn lines_over_indented_ones_are_chapters() {
        let text = "Salt\n\nThe Sea\n\tponds\n\t\tsun\nThe Mine\n\thalls";
        assert_eq!(
            converted(text).unwrap(),
            "# Salt\n\n## The Sea {chapter}\n- ponds\n  - sun\n## The Mine {chapter}\n- halls"
        );
    }

    #[test]
    fn a_plain_text_is_no_outline() {
        for text in ["Salt\n\nA text.", "NASA and ESA\n\nTwo.", "Salt"] {
            assert_eq!(converted(text), None, "{text}");
        }
    }
}
