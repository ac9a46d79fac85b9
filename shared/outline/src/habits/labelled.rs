//! Chapters as lines with a label in a plain text: `Chapter 1: The Sea`, or `PART ONE` with its title in the next line.

use super::{
    super::{
        labels::{Called, decimal, label},
        page::{Page, heading, is_rule, item},
        role::Role,
    },
    Found, capitals, head, list,
};

/// The longest line that can be a chapter's, in bytes.
const LONGEST: usize = 160;

/// Turns lines with labels into headings. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let lines: Vec<usize> = (0..page.lines.len()).filter(|&at| !code[at] && is_chapter(&page.lines[at].text)).collect();
    let is_labelled = |at: &&usize| called(&page.lines[**at].text).is_some();
    let labelled = lines.iter().filter(is_labelled).count();
    let chapters =
        lines.iter().filter(|&&at| called(&page.lines[at].text).is_some_and(|called| called != Called::Part));
    if labelled == 0 || (labelled < 2 && lines.len() < 2) || chapters.count() == 0 {
        return false;
    }
    let begin = lines[0];
    for &at in &lines {
        let text = page.lines[at].text.trim().to_owned();
        let text = with_next_line(page, at, &text);
        page.lines[at].text = match called(&text) {
            Some(Called::Part) => format!("# {text} {{part}}"),
            _ => format!("## {text} {{chapter}}"),
        };
    }
    let points = capitals::indented_points(page, &lines);
    for (at, is_code) in code.iter().enumerate().skip(begin) {
        let text = page.lines[at].text.trim().to_owned();
        if lines.contains(&at) {
            continue;
        }
        if is_rule(&text) {
            page.clear(at);
        } else if !is_code && item(&text).is_none() {
            let section = decimal(&text).is_some_and(|found| found.levels.len() == 2) && text.len() <= LONGEST;
            page.lines[at].text = match points.get(&at) {
                _ if section => format!("### {text}"),
                Some(depth) => format!("{}- {text}", "  ".repeat((*depth).min(8))),
                None => text,
            };
        }
    }
    list::plain_bullets(page, begin);
    list::number_sections(page, begin);
    head::read(page, begin, found);
    true
}

fn called(text: &str) -> Option<Called> {
    label(text.trim()).map(|label| label.called).filter(|called| *called != Called::Number)
}

fn is_chapter(line: &str) -> bool {
    let text = line.trim();
    let is_line =
        text.len() <= LONGEST && heading(text).is_none() && item(text).is_none() && !text.ends_with([',', ';']);
    is_line && (called(text).is_some() || (Role::of_title(text).is_some() && !text.ends_with('.')))
}

/// Adds the title from the line below to a label that stands alone.
fn with_next_line(page: &mut Page, at: usize, text: &str) -> String {
    let is_alone = label(text).is_some_and(|label| label.title.is_empty());
    let next = page.next_text(at + 1).filter(|_| is_alone);
    let Some(next) = next.filter(|&next| next <= at + 2) else { return text.to_owned() };
    let title = page.lines[next].text.trim().to_owned();
    let is_title = title.len() <= LONGEST
        && !title.ends_with(['.', ':', ';', ','])
        && item(&title).is_none()
        && !is_chapter(&title)
        && !is_rule(&title)
        && decimal(&title).is_none();
    if !is_title {
        return text.to_owned();
    }
    page.clear(next);
    format!("{}: {title}", text.trim_end_matches(['.', ':', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_headings_and_the_line_below_may_be_the_title() {
        let text = "Salt\n\nPART ONE\nThe Sea\n\nChapter 1\n\nPonds\n\nSlow work.\n• sun\n\nChapter 2: Boats\n\nEpilogue\nThe end.";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected = "# Salt\n\n# PART ONE: The Sea {part}\n\n\n## Chapter 1: Ponds {chapter}\n\n\n\nSlow work.\n- sun\n\n\
                        ## Chapter 2: Boats {chapter}\n\n## Epilogue {chapter}\nThe end.";
        assert_eq!(page.text(), expected);
    }

    #[test]
    fn a_text_about_a_chapter_is_no_outline() {
        let text = "Salt\n\nThe text of Chapter 1 is long.\nChapter 2 explains more.";
        assert!(!read(&mut Page::new(text, 1), &mut Found::default()));
    }

    #[test]
    fn indented_lines_below_a_label_are_points() {
        let text =
            "Wax\n\nCHAPTER ONE\nBees\n    queens\n        eggs\n\nCHAPTER TWO\nCombs\n    Cells have six sides.";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        assert!(read(&mut page, &mut found));
        let expected = "# Wax\n\n## CHAPTER ONE: Bees {chapter}\n\n- queens\n  - eggs\n\n## CHAPTER TWO: Combs {chapter}\n\nCells have six sides.";
        assert_eq!(page.text(), expected);
    }
}
