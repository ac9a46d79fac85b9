//! Numbered lists that go on from heading to heading: the items count the chapters, so that the headings are parts.

use super::{
    super::{
        page::{Line, Page, heading, item},
        role::Role,
    },
    list,
};

/// Turns the headings over such lists into parts, and the items into chapters.
pub(super) fn read(page: &mut Page) {
    let code = page.code();
    let headings: Vec<(usize, usize)> = (0..page.lines.len())
        .filter(|&at| !code[at])
        .filter_map(|at| heading(&page.lines[at].text).map(|(level, _)| (at, level)))
        .collect();
    let Some(top) = headings.iter().skip(1).map(|(_, level)| *level).min() else { return };
    let parts: Vec<(usize, usize)> = headings
        .iter()
        .enumerate()
        .filter(|(index, (at, level))| *level == top && (*index > 0 || has_list(page, *at)))
        .map(|(index, (at, _))| (*at, headings.get(index + 1).map_or(page.lines.len(), |(next, _)| *next)))
        .collect();
    let over_lists: Vec<&(usize, usize)> = parts.iter().filter(|(at, _)| !is_piece(page, *at)).collect();
    let is_flat =
        headings.iter().all(|(at, level)| *level <= top || !over_lists.iter().any(|(part, end)| part < at && at < end));
    let mut next = 1;
    let mut restarts = 0;
    for (at, end) in &over_lists {
        let numbers = numbers(&page.lines[at + 1..*end]);
        let is_run = numbers.first() == Some(&next) && numbers.windows(2).all(|pair| pair[1] == pair[0] + 1);
        restarts += usize::from(!is_run);
        next = numbers.last().map_or(next, |last| last + 1);
    }
    if over_lists.len() < 2 || restarts > 0 || !is_flat {
        return;
    }
    let over_lists: Vec<(usize, usize)> = over_lists.into_iter().copied().collect();
    for (at, end) in over_lists.into_iter().rev() {
        let title = heading(&page.lines[at].text).map_or("", |(_, text)| text).to_owned();
        let mut below = Page { lines: page.lines[at + 1..end].to_vec() };
        list::rewrite(&mut below, 1);
        page.lines.splice(at + 1..end, below.lines);
        page.lines[at].text = format!("# {title} {{part}}");
    }
    for Line { text, .. } in &mut page.lines {
        if let Some((_, title)) =
            heading(text).filter(|(level, title)| *level == top && Role::of_title(title).is_some())
        {
            *text = format!("## {title} {{chapter}}");
        }
    }
}

fn is_piece(page: &Page, at: usize) -> bool {
    heading(&page.lines[at].text).is_some_and(|(_, text)| Role::of_title(text).is_some())
}

fn has_list(page: &Page, at: usize) -> bool {
    page.next_text(at + 1).is_some_and(|next| item(&page.lines[next].text).is_some())
}

/// Returns the numbers of the outermost items.
fn numbers(lines: &[Line]) -> Vec<u32> {
    let outer = lines.iter().filter_map(|line| item(&line.text)).filter(|item| item.indent == 0);
    outer.map(|item| item.marker.trim_end_matches(['.', ')']).parse().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_page(text: &str) -> String {
        let mut page = Page::new(text, 1);
        read(&mut page);
        page.text()
    }

    #[test]
    fn numbers_that_go_on_count_chapters() {
        let text = "# Salt\n\n## Preface\n\n## Sea\n\n1. Ponds\n   - sun\n2. Boats\n\n## Mine\n\n3. Halls";
        let expected = "# Salt\n\n## Preface {chapter}\n\n# Sea {part}\n\n## Ponds {chapter}\n- sun\n## Boats {chapter}\n\n# Mine {part}\n\n## Halls {chapter}";
        assert_eq!(read_page(text), expected);
    }

    #[test]
    fn numbers_that_begin_anew_count_points() {
        for text in ["# Salt\n\n## Sea\n\n1. a\n2. b\n\n## Mine\n\n1. c", "# Salt\n\n## Sea\n\n1. a\n\n## Mine\n\n- c"]
        {
            assert_eq!(read_page(text), text);
        }
    }
}
