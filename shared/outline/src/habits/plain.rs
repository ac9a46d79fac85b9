//! Chapters as short lines that stand alone over paragraphs, as a word processor saves its headings in a plain text.

use super::{
    super::page::{Page, heading, is_rule, item},
    Found, head, list, names_chapter,
};

/// The longest line that can be a chapter's, in bytes.
const LONGEST: usize = 100;

/// The most words of a line in a list of titles.
const MOST_WORDS: usize = 12;

/// Turns short lines over paragraphs or lists into headings. Returns whether there are at least two.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let mut chapters: Vec<usize> = (0..page.lines.len()).filter(|&at| !code[at] && is_chapter(page, at)).collect();
    // What stands first is the title, and the text below it the description.
    if chapters.len() > 2 && page.next_text(0) == chapters.first().copied() && has_no_title(page, found) {
        chapters.remove(0);
    }
    let [begin, _, ..] = chapters[..] else { return titles(page, found) };
    for &at in &chapters {
        page.lines[at].text = format!("## {} {{chapter}}", page.lines[at].text.trim());
    }
    for at in begin..page.lines.len() {
        if is_rule(&page.lines[at].text) {
            page.clear(at);
        }
    }
    list::plain_bullets(page, begin);
    head::read(page, begin, found);
    true
}

fn has_no_title(page: &Page, found: &Found) -> bool {
    let first = page.next_text(0).map_or("", |at| page.lines[at].text.trim());
    !found.is_titled && found.title.is_none() && !names_chapter(first)
}

/// Reads a page of short lines alone, of which each is the title of a chapter and the first one that of the book.
fn titles(page: &mut Page, found: &mut Found) -> bool {
    let mut lines: Vec<usize> = (0..page.lines.len()).filter(|&at| !page.lines[at].text.trim().is_empty()).collect();
    let is_line = |at: &usize| {
        let text = page.lines[*at].text.trim();
        is_title(text.trim_end_matches(['?', '!'])) && text.split_whitespace().count() <= MOST_WORDS
    };
    let has_heading = lines.first().is_some_and(|&at| heading(&page.lines[at].text).is_some());
    if !lines.iter().skip(usize::from(has_heading)).all(is_line) {
        return false;
    }
    if has_heading || (!lines.is_empty() && has_no_title(page, found)) {
        lines.remove(0);
    }
    let [begin, _, _, ..] = lines[..] else { return false };
    for at in lines {
        page.lines[at].text = format!("## {} {{chapter}}", page.lines[at].text.trim());
    }
    head::read(page, begin, found);
    true
}

/// Returns whether a line is short, stands alone, and has a sentence or a list below it.
fn is_chapter(page: &Page, at: usize) -> bool {
    let text = page.lines[at].text.trim();
    let after = page.lines.get(at + 1).is_some_and(|line| line.text.trim().is_empty());
    let below = page.next_text(at + 1).map(|next| page.lines[next].text.trim());
    is_title(text)
        && page.is_apart(at)
        && after
        && below.is_some_and(|below| is_sentence(below) || item(below).is_some())
}

fn is_title(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_uppercase() || c.is_numeric() || !c.is_ascii())
        && heading(text).is_none()
        && item(text).is_none()
        && !is_sentence(text)
        && !text.ends_with([',', ';', ':'])
}

fn is_sentence(text: &str) -> bool {
    text.ends_with(['.', '!', '?', '…', '。', '！', '？', '”', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_over_paragraphs_are_chapters() {
        let text = "Salt\n\nA Life\n\nThe Sea\n\nIt is salt.\n\nThe Mine\n\nIt is deep.\nAnd dark.";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected =
            "# Salt\n\n\n\n## The Sea {chapter}\n\nIt is salt.\n\n## The Mine {chapter}\n\nIt is deep.\nAnd dark.";
        assert_eq!(page.text(), expected);
        assert_eq!(found.subtitle.as_deref(), Some("A Life"));
    }

    #[test]
    fn the_first_line_over_a_paragraph_is_the_title_where_two_others_follow() {
        let text = "Salt\n\nA life.\n\nThe Sea\n\nIt is salt.\n\nThe Mine\n\nIt is deep.";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected =
            "# Salt\n\nA life.\n\n## The Sea {chapter}\n\nIt is salt.\n\n## The Mine {chapter}\n\nIt is deep.";
        assert_eq!(page.text(), expected);
    }

    #[test]
    fn short_lines_alone_are_the_titles_of_chapters() {
        let text = "Salt\n\nThe Sea\nThe Mine\nWho Paid the Tax?";
        assert_eq!(
            crate::habits::converted(read, text).unwrap(),
            "# Salt\n\n## The Sea {chapter}\n## The Mine {chapter}\n## Who Paid the Tax? {chapter}"
        );
        for text in ["Salt\n\nThe Sea\nThe Mine", "Salt\n\nthe sea,\nthe mine\nthe tax", "Salt\n\nA\nB\nIt is white."] {
            assert_eq!(crate::habits::converted(read, text), None);
        }
    }

    #[test]
    fn a_text_with_one_heading_is_no_outline() {
        assert!(!read(&mut Page::new("Salt\n\nIt is white.\n\nIt is old.", 1), &mut Found::default()));
    }
}
