//! Pages that Bindery makes itself, such as the title page and the contents. As headings without a text they are no chapters.

use super::{
    super::{
        labels::without_symbols,
        page::{Page, bold, heading},
        role,
    },
    Found,
};

const NAMES: [&str; 34] = [
    "half title",
    "half-title",
    "half title page",
    "title page",
    "cover",
    "cover page",
    "front cover",
    "back cover",
    "copyright",
    "copyright page",
    "copyright notice",
    "imprint",
    "table of contents",
    "contents",
    "list of figures",
    "list of tables",
    "list of illustrations",
    "index",
    "titelseite",
    "schmutztitel",
    "impressum",
    "inhaltsverzeichnis",
    "stichwortverzeichnis",
    "page de titre",
    "faux-titre",
    "page de copyright",
    "table des matières",
    "portada",
    "página de créditos",
    "índice",
    "frontespizio",
    "titelpagina",
    "扉",
    "目次",
];

/// The names that chapters have too. They are names of pages only before and after the chapters.
const AMBIGUOUS: [&str; 5] = ["cover", "copyright", "imprint", "contents", "index"];

/// Returns whether a title names a page that Bindery makes.
pub(super) fn is_made(title: &str) -> bool {
    NAMES.contains(&name(title).as_str())
}

fn name(title: &str) -> String {
    let title = bold(title).unwrap_or(title);
    without_symbols(title).trim_end_matches([':', '：']).to_lowercase()
}

/// Leaves such headings out, if nothing stands below them. The line of a copyright stands below one, and is the statement of rights.
pub(super) fn drop(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let headings: Vec<usize> =
        (0..page.lines.len()).filter(|&at| !code[at] && heading(&page.lines[at].text).is_some()).collect();
    if headings.len() < 3 {
        return;
    }
    let titles: Vec<String> =
        headings.iter().map(|&at| heading(&page.lines[at].text).map_or("", |(_, text)| text).to_owned()).collect();
    for (index, &at) in headings.iter().enumerate().skip(1) {
        let title = &titles[index];
        let are_around =
            |titles: &[String]| titles.iter().all(|title| is_made(title) || role::is_around_chapters(title));
        let is_at_edge = || are_around(&titles[1..index]) || are_around(&titles[index + 1..]);
        if !is_made(title) || (AMBIGUOUS.contains(&name(title).as_str()) && !is_at_edge()) {
            continue;
        }
        let end = headings.get(index + 1).copied().unwrap_or(page.lines.len());
        let below: Vec<usize> = (at + 1..end).filter(|&at| !page.lines[at].text.trim().is_empty()).collect();
        let rights = below.iter().map(|&at| page.lines[at].text.trim()).collect::<Vec<_>>().join(" ");
        if !below.is_empty() && !is_rights(&rights) {
            continue;
        }
        let number = page.lines[at].number;
        if !below.is_empty() {
            found.rights = Some(rights);
            found.notes.add(number, "the text of the copyright page is read as `rights`");
        } else {
            found.notes.add(
                number,
                format!("\"{title}\" is left out: it is a page that the program or a shop makes, and no chapter"),
            );
        }
        (at..end).for_each(|at| page.clear(at));
    }
}

fn is_rights(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.len() <= 1_000
        && (text.contains('©') || lower.starts_with("copyright") || lower.contains("all rights reserved"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_that_are_made_anyway_are_left_out_and_rights_are_kept() {
        let text = "# Wax\n\n## Title Page\n\n## Copyright\n\n© 2026 Bo Fox\n\n## Bees\n\n- a\n\n## Index\n";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        drop(&mut page, &mut found);
        assert_eq!(page.text().trim(), "# Wax\n\n\n\n\n\n\n\n## Bees\n\n- a");
        assert_eq!((found.rights.as_deref(), found.notes.0.len()), (Some("© 2026 Bo Fox"), 3));
    }

    #[test]
    fn a_chapter_with_such_a_name_stays() {
        let text = "# Law\n\n## Copyright\n\n- authors\n- heirs\n\n## Patents\n\n- a";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        drop(&mut page, &mut found);
        assert_eq!((page.text().as_str(), found.notes.0.len()), (text, 0));
    }
}
