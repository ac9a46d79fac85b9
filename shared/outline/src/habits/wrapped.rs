//! Chapters as a list, a table or bold lines below one heading among others, such as "Chapter Outline" or "Schedule".

use super::{
    super::{
        labels::{Called, label},
        page::{Line, Page, bold, heading, item},
    },
    Found, is_wrapper, read_page, table,
};

/// Turns what stands below such a heading into chapters, if it counts chapters or weeks.
pub(super) fn read(page: &mut Page) {
    let code = page.code();
    let headings: Vec<usize> =
        (0..page.lines.len()).filter(|&at| !code[at] && heading(&page.lines[at].text).is_some()).collect();
    let text = |at: usize| heading(&page.lines[at].text).map_or("", |(_, text)| text);
    if headings.iter().any(|&at| is_counted(text(at))) {
        return;
    }
    let Some(index) = headings.iter().position(|&at| is_wrapper(text(at))) else { return };
    let start = headings[index] + 1;
    let end = headings.get(index + 1).copied().unwrap_or(page.lines.len());
    let mut below = Page { lines: page.lines[start..end].to_vec() };
    let words = |line: &Line| item(&line.text).map_or(line.text.trim(), |item| item.text).to_owned();
    let counted = below.lines.iter().map(words).filter(|text| is_counted(bold(text).unwrap_or(text))).count();
    // The title of the book stands above. What is found here about it is none of its own.
    let mut apart = Found::default();
    let is_read =
        if counted >= 2 { read_page(&mut below, &mut apart) } else { table::read_counted(&mut below, &mut apart) };
    if is_read {
        page.lines.splice(start..end, below.lines);
        page.clear(start - 1);
    }
}

/// Returns whether a text begins with a label such as "Chapter 1" or "Week 1".
fn is_counted(text: &str) -> bool {
    label(text).is_some_and(|label| matches!(label.called, Called::Chapter | Called::Lesson | Called::Unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> String {
        let mut page = Page::new(text, 1);
        read(&mut page);
        page.text()
    }

    #[test]
    fn what_counts_chapters_below_one_heading_is_chapters() {
        let text =
            "# Salt\n\n## Audience\n\nCooks.\n\n## Chapter Outline\n\n- Chapter 1: Sea\n  - ponds\n- Chapter 2: Mine";
        let expected =
            "# Salt\n\n## Audience\n\nCooks.\n\n\n\n## Chapter 1: Sea {chapter}\n- ponds\n## Chapter 2: Mine {chapter}";
        assert_eq!(converted(text), expected);
        let table = "# Salt\n\n## About\n\n## Schedule\n\n| Week | Topic |\n|---|---|\n| 1 | Sea |\n| 2 | Mine |\n";
        assert_eq!(converted(table), "# Salt\n\n## About\n\n\n\n## Sea {chapter}\n## Mine {chapter}\n");
    }

    #[test]
    fn a_chapter_with_such_a_title_keeps_its_points() {
        let text = "# Talks\n\n## Structure\n\n- a beginning\n- an end\n\n## Voice";
        assert_eq!(converted(text), text);
    }
}
