//! OPML, as outliners export it: nested elements with texts.

use roxmltree::{Document, Node};

use super::{super::page::Page, Found};

/// How deep elements are read. An outline has no more levels.
const DEEPEST: usize = 12;

/// Turns an OPML document into a list.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let Some(first) = page.next_text(0) else { return };
    let begins = page.lines[first].text.trim_start();
    if !begins.starts_with("<?xml") && !begins.starts_with("<opml") {
        return;
    }
    let text = page.text();
    let Ok(document) = Document::parse(text.trim_start()) else { return };
    let named = |name: &str| document.descendants().find(|node| node.has_tag_name(name));
    let Some(body) = named("body").filter(|_| document.root_element().has_tag_name("opml")) else { return };
    let title = named("title").and_then(|title| title.text()).map(str::trim).filter(|title| !title.is_empty());
    found.title = found.title.take().or_else(|| title.map(str::to_owned));
    let mut lines = Vec::new();
    items(body, 0, &mut lines);
    *page = Page::new(&lines.join("\n"), page.lines[first].number);
}

fn items(parent: Node<'_, '_>, depth: usize, lines: &mut Vec<String>) {
    let outlines = parent.children().filter(|node| node.has_tag_name("outline"));
    for outline in outlines.filter(|_| depth < DEEPEST) {
        let one_line =
            |name: &str| outline.attribute(name).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let (text, note) = (one_line("text"), one_line("_note"));
        lines.push(format!("{}- {text}", "  ".repeat(depth)));
        if !note.is_empty() {
            lines.push(format!("{}{note}", "  ".repeat(depth + 1)));
        }
        items(outline, depth + 1, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_items_of_a_list() {
        let text = "<?xml version=\"1.0\"?>\n<opml version=\"2.0\"><head><title>Wax</title></head><body>\n<outline text=\"Bees &amp; wasps\" _note=\"They fly.\">\
                    <outline text=\"queens\"/></outline><outline text=\"Combs\"/></body></opml>";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        assert_eq!(page.text(), "- Bees & wasps\n  They fly.\n  - queens\n- Combs");
        assert_eq!(found.title.as_deref(), Some("Wax"));
    }

    #[test]
    fn other_documents_stay() {
        for text in ["<?xml version=\"1.0\"?><a><body/></a>", "<opml", "<opml><body>"] {
            let mut page = Page::new(text, 1);
            read(&mut page, &mut Found::default());
            assert_eq!(page.text(), text);
        }
    }
}
