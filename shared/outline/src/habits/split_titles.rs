//! Labels of chapters over their titles: `## Chapter One` over `### The Train` alone.

use super::super::{
    labels::{Called, label},
    page::{Page, bold, heading},
};

/// Joins each label with the only heading below it, if all labels of chapters stand so.
pub(super) fn join(page: &mut Page) {
    let code = page.code();
    let headings: Vec<(usize, usize)> = (0..page.lines.len())
        .filter(|&at| !code[at])
        .filter_map(|at| heading(&page.lines[at].text).map(|(level, _)| (at, level)))
        .collect();
    let is_label = |at: usize| {
        let text = heading(&page.lines[at].text).map_or("", |(_, text)| text);
        label(bold(text).unwrap_or(text)).is_some_and(|label| label.called == Called::Chapter && label.title.is_empty())
    };
    let labels: Vec<usize> = (0..headings.len()).filter(|&index| is_label(headings[index].0)).collect();
    let title_of = |&index: &usize| {
        let (at, level) = headings[index];
        let below: Vec<(usize, usize)> =
            headings[index + 1..].iter().copied().take_while(|(_, other)| *other > level).collect();
        let &(title, depth) = below.first()?;
        let is_only = below.iter().filter(|(_, other)| *other <= depth).count() == 1;
        (is_only && page.next_text(at + 1) == Some(title)).then_some((at, title))
    };
    let pairs: Option<Vec<(usize, usize)>> = labels.iter().map(title_of).collect();
    let Some(pairs) = pairs.filter(|pairs| pairs.len() >= 2) else { return };
    for (at, title) in pairs {
        let text = heading(&page.lines[title].text).map_or("", |(_, text)| text);
        let title_text = bold(text).unwrap_or(text).to_owned();
        let label = page.lines[at].text.trim_end_matches(['*', '_', ' ', ':', '.']).replace("**", "");
        page.lines[at].text = format!("{label}: {title_text}");
        page.clear(title);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        let mut page = Page::new(text, 1);
        join(&mut page);
        page.text()
    }

    #[test]
    fn a_label_takes_the_only_heading_below_it() {
        let text = "# Wax\n## Chapter One\n\n### Bees\n\nThey fly.\n## Chapter Two\n### Combs\n#### Cells";
        let expected = "# Wax\n## Chapter One: Bees\n\n\n\nThey fly.\n## Chapter Two: Combs\n\n#### Cells";
        assert_eq!(joined(text), expected);
    }

    #[test]
    fn sections_below_labels_stay() {
        for text in [
            "# Wax\n## Chapter 1\n### Bees\n### Combs\n## Chapter 2\n### Honey",
            "# Wax\n## Chapter 1\nOn bees.\n### Bees\n## Chapter 2\n### Honey",
        ] {
            assert_eq!(joined(text), text);
        }
    }
}
