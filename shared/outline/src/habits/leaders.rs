//! The page numbers of a list of contents that is the outline: `Chapter 1: Salt ........ 7`.

use super::{
    super::{
        labels::{Called, label},
        page::{Page, bold, heading, item},
    },
    Found, contents, pages,
};

/// The fewest lines with a page number that make a list of contents.
const FEWEST: usize = 3;

/// Takes the page numbers off, and turns the lines into a list where they do not say themselves that they are chapters.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let lines: Vec<(usize, String, Option<u32>)> = (0..page.lines.len())
        .filter(|&at| !code[at] && heading(&page.lines[at].text).is_none())
        .filter_map(|at| without_page(&page.lines[at].text).map(|(text, page)| (at, text.to_owned(), page)))
        .collect();
    let numbers: Vec<u32> = lines.iter().filter_map(|(.., number)| *number).collect();
    if lines.len() < FEWEST || !numbers.is_sorted() {
        return;
    }
    let first = lines[0].0;
    found.notes.add(page.lines[first].number, "the page numbers of the list of contents are left out");
    let name = page.lines[..first].iter().rposition(|line| !line.text.trim().is_empty());
    if let Some(name) = name.filter(|&at| contents::is_name(&page.lines[at].text)) {
        page.clear(name);
    }
    let is_called = |text: &str| label(text).is_some_and(|label| label.called != Called::Number);
    let is_labelled = lines.iter().any(|(_, text, _)| is_called(text.trim()));
    for (at, text, _) in lines {
        page.lines[at].text = match text.trim() {
            made if pages::is_made(made) => String::new(),
            _ if is_labelled || is_list(&text) => text,
            title => format!("{}- {title}", &text[..text.len() - text.trim_start().len()]),
        };
    }
}

fn is_list(text: &str) -> bool {
    item(text).is_some() || bold(text).is_some()
}

/// Returns a line without the page number at its end, and the number where it is no Roman one.
fn without_page(line: &str) -> Option<(&str, Option<u32>)> {
    let line = line.trim_end();
    let before = line.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = &line[before.len()..];
    let roman = line.trim_end_matches(['i', 'v', 'x', 'l']);
    let (before, number) = match digits.parse() {
        Ok(number) => (before, Some(number)),
        Err(_) if roman.len() < line.len() => (roman, None),
        Err(_) => return None,
    };
    let text = before.trim_end_matches(['.', '…', '·', '_', '-', ' ', '\t']);
    let leader = &before[text.len()..];
    let dots = leader.chars().filter(|c| matches!(c, '.' | '·' | '_' | '-')).count() + 3 * leader.matches('…').count();
    let is_leader = dots >= 3 || (leader.ends_with('\t') && number.is_some());
    (is_leader && text.chars().any(char::is_alphabetic)).then_some((text, number))
}

#[cfg(test)]
mod tests {
    use super::{super::page_after, *};

    fn read_page(text: &str) -> String {
        page_after(read, text)
    }

    #[test]
    fn the_page_numbers_go_and_the_lines_are_a_list() {
        let text = "Salt\n\nContents\nSea ....... 3\n  Ponds\t5\nMine…… 9\nIndex ..... 80";
        assert_eq!(read_page(text), "Salt\n\n\n- Sea\n  - Ponds\n- Mine\n");
        let labelled = "Foreword ... vii\nChapter 1: Sea ... 3\nChapter 2: Mine ... 9";
        assert_eq!(read_page(labelled), "Foreword\nChapter 1: Sea\nChapter 2: Mine");
    }

    #[test]
    fn other_numbers_at_the_end_of_lines_stay() {
        for text in
            ["Sea ... 9\nMine ... 3\nTax ... 1", "Sea 3\nMine 5\nTax 9", "1\t3\n2\t5\n3\t9", "Sea ... 3\nMine ... 5"]
        {
            assert_eq!(read_page(text), text);
        }
    }
}
