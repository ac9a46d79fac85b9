//! An outliner's lines that are indented and have no signs, three levels or more, or two below one line that holds all.

use super::{
    super::page::{Page, heading, item},
    Found, list,
};

/// The longest line that can be a heading, in bytes.
const LONGEST: usize = 160;

/// Turns the lines into a list, and reads it. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    let lines: Vec<usize> = (0..page.lines.len()).filter(|&at| !page.lines[at].text.trim().is_empty()).collect();
    let mut widths: Vec<usize> = lines.iter().map(|&at| width(&page.lines[at].text)).collect();
    let is_title = |&at: &usize| {
        let text = page.lines[at].text.trim();
        text.len() <= LONGEST && heading(text).is_none() && item(text).is_none() && !text.ends_with(['.', ',', ';'])
    };
    let margin = widths.iter().filter(|width| **width == 0).count();
    widths.sort_unstable();
    widths.dedup();
    if widths.len() < 3 || margin == 0 || !lines.iter().all(is_title) {
        return false;
    }
    for at in lines {
        let text = &page.lines[at].text;
        let depth = widths.iter().position(|width| *width == self::width(text)).unwrap_or_default();
        page.lines[at].text = format!("{}- {}", "  ".repeat(depth), text.trim());
    }
    // A title at the margin with nothing below it is none of the chapters.
    if let Some(first) = page.next_text(0)
        && page.lines.get(first + 1).is_none_or(|line| line.text.trim().is_empty())
    {
        page.lines[first].text = page.lines[first].text.trim_start_matches("- ").to_owned();
    }
    list::read(page, found)
}

fn width(line: &str) -> usize {
    let blank = &line[..line.len() - line.trim_start().len()];
    blank.chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_levels_of_an_outliner_are_those_of_a_list() {
        let text = "Salt\n\nPart One\n\tSea\n\t\tponds\n\tBoats\nPart Two\n\tMine";
        let expected = "# Salt\n\n# Part One {part}\n## Sea {chapter}\n- ponds\n## Boats {chapter}\n# Part Two {part}\n## Mine {chapter}";
        assert_eq!(crate::habits::converted(read, text).unwrap(), expected);
    }

    #[test]
    fn two_levels_and_prose_are_left_to_others() {
        for text in ["Sea\n\tponds\nMine\n\thalls", "Sea\n\tIt is wide.\n\t\tAnd deep.\nMine"] {
            assert_eq!(crate::habits::converted(read, text), None);
        }
    }
}
