//! Sections as bold lines over lists below the heading of a chapter.

use super::super::{
    goals,
    labels::decimal,
    page::{Page, bold, heading, item},
};

/// What a bold line over points is called that names no section, in lower case.
const CAPTIONS: [&str; 12] = [
    "key points",
    "main points",
    "points",
    "topics",
    "key topics",
    "content",
    "contents",
    "summary",
    "description",
    "themen",
    "kernpunkte",
    "points clés",
];

/// Turns bold lines over lists into headings below those of their chapters. A chapter must have two or more of them, or
/// their numbers must say that they are sections.
pub(super) fn read(page: &mut Page) {
    let code = page.code();
    let mut headings: Vec<usize> =
        (0..page.lines.len()).filter(|&at| !code[at] && heading(&page.lines[at].text).is_some()).collect();
    headings.push(page.lines.len());
    // What stands above the second heading is the description of the book.
    for (index, pair) in headings.windows(2).enumerate().skip(1) {
        let [at, end] = pair else { continue };
        let Some((level, _)) = heading(&page.lines[*at].text).filter(|(level, _)| *level < 6) else { continue };
        let captions: Vec<usize> = (at + 1..*end).filter(|&line| !code[line] && is_caption(page, line)).collect();
        let is_over_list = |line: usize| {
            page.next_text(line + 1).is_some_and(|next| next < *end && item(&page.lines[next].text).is_some())
        };
        let over_lists: Vec<usize> = captions.iter().copied().filter(|&line| is_over_list(line)).collect();
        // A list directly below a number is no list of the chapter's own.
        let is_tight = |line: usize| page.lines.get(line + 1).is_some_and(|next| item(&next.text).is_some());
        let numbered = over_lists.iter().any(|&line| number(&page.lines[line].text) && is_tight(line));
        let is_leaf =
            index + 2 >= headings.len() || heading(&page.lines[*end].text).is_none_or(|(next, _)| next <= level);
        if !is_leaf || over_lists.is_empty() || (over_lists.len() < 2 && !numbered) {
            continue;
        }
        for line in captions {
            let text = bold(&page.lines[line].text).unwrap_or_default().trim_end_matches([':', '：']).to_owned();
            if over_lists.contains(&line) || number(&page.lines[line].text) {
                page.lines[line].text = format!("{} {text}", "#".repeat(level + 1));
            }
        }
    }
}

fn is_caption(page: &Page, at: usize) -> bool {
    let line = &page.lines[at].text;
    let before = at.checked_sub(1).map_or("", |before| page.lines[before].text.as_str());
    let is_apart = page.is_apart(at) || item(before).is_some() || heading(before).is_some() || before.starts_with(' ');
    let name = |text: &str| text.trim_end_matches([':', '：']).to_lowercase();
    is_apart
        && !line.starts_with("    ")
        && !goals::is_label(line)
        && bold(line).is_some_and(|text| !text.contains("](") && !CAPTIONS.contains(&name(text).as_str()))
}

fn number(line: &str) -> bool {
    bold(line).and_then(decimal).is_some_and(|found| found.levels.len() == 2)
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
    fn bold_lines_over_lists_are_sections() {
        let numbered = "# Wax\n\n## Chapter 1: Bees\n\n**1.1 Queens**\n- eggs\n\n## Chapter 2: Combs\n\nOn combs.";
        let expected = "# Wax\n\n## Chapter 1: Bees\n\n### 1.1 Queens\n- eggs\n\n## Chapter 2: Combs\n\nOn combs.";
        assert_eq!(converted(numbered), expected);
        let two = "# Wax\n\n## Bees\n\n**Queens:**\n\n- eggs\n\n**Drones**\n\n- wings";
        assert_eq!(converted(two), "# Wax\n\n## Bees\n\n### Queens\n\n- eggs\n\n### Drones\n\n- wings");
    }

    #[test]
    fn other_bold_lines_stay() {
        for text in [
            "# Wax\n\n**For whom**\n- keepers\n\n**Why**\n- honey\n\n## Bees",
            "# Wax\n\n## Bees\n\n**Queens**\n\n- eggs",
            "# Wax\n\n## Bees\n\n**Key points:**\n- eggs\n\n**Goals:**\n- count eggs",
            "# Wax\n\n## Bees\n\n**Queens**\n\n**Drones**\n\n- wings",
        ] {
            assert_eq!(converted(text), text);
        }
    }
}
