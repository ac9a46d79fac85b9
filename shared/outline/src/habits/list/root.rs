//! A list with one outermost item, which is the title: outliners such as Workflowy export so.

use super::{
    super::{
        super::page::{Page, bold, item},
        Found, readme,
    },
    scheme::entries,
};

/// Takes the title from the only outermost item of a page that has nothing else, and raises the items below it.
pub(super) fn raise(page: &mut Page, found: &mut Found) {
    let entries = entries(page);
    let count = |depth: usize| entries.iter().filter(|entry| entry.depth == depth).count();
    let [root, ..] = &entries[..] else { return };
    let is_alone = page.next_text(0) == Some(root.at) && found.title.is_none();
    if count(0) != 1 || count(1) < 2 || !is_alone {
        return;
    }
    let indent =
        entries[1..].iter().filter(|entry| entry.depth == 1).map(|entry| indent(&page.lines[entry.at].text)).min();
    let root_at = root.at;
    let title = bold(&root.text).unwrap_or(&root.text);
    if readme::is_name(title) {
        found.is_untitled = true;
    } else {
        found.title = Some(title.to_owned());
        found.notes.add(page.lines[root_at].number, "the only outermost item of the list is read as the title");
    }
    page.clear(root_at);
    for line in &mut page.lines[root_at + 1..] {
        if item(&line.text).is_some() || line.text.starts_with([' ', '\t']) {
            let rest = line.text.trim_start();
            let deeper = self::indent(&line.text).saturating_sub(indent.unwrap_or_default());
            line.text = format!("{}{rest}", " ".repeat(deeper));
        }
    }
}

fn indent(line: &str) -> usize {
    let blank = &line[..line.len() - line.trim_start().len()];
    blank.chars().fold(0, |at, c| if c == '\t' { at + 4 - at % 4 } else { at + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_outermost_item_is_the_title() {
        let (mut page, mut found) = (Page::new("- Wax\n\t- Bees\n\t\t- queens\n\t- Combs", 1), Found::default());
        raise(&mut page, &mut found);
        assert_eq!(page.text(), "\n- Bees\n    - queens\n- Combs");
        assert_eq!(found.title.as_deref(), Some("Wax"));
        for text in ["- Wax\n  - Bees", "Wax\n\n- All\n  - Bees\n  - Combs", "- Wax\n- Bees\n  - a\n  - b"] {
            let mut page = Page::new(text, 1);
            raise(&mut page, &mut Found::default());
            assert_eq!(page.text(), text);
        }
    }
}
