//! AsciiDoc and Typst: headings of equals signs.

use super::{
    super::page::{Page, heading},
    Found, Role, head,
};

/// Turns headings of equals signs into those of Markdown, and drops what the other lines of these languages say to their tools.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let prose = || page.lines.iter().zip(&code).filter(|(_, code)| !**code).map(|(line, _)| line.text.as_str());
    let is_typst =
        prose().any(|text| ["#set ", "#show ", "#import ", "#let "].iter().any(|word| text.starts_with(word)));
    let count = prose().filter(|text| equals(text).is_some()).count();
    if count == 0 || (!is_typst && count < 2) || prose().any(|text| heading(text).is_some()) {
        return;
    }
    if is_typst { typst(page, found) } else { asciidoc(page, found) }
}

fn equals(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches('=');
    let level = line.len() - text.len();
    ((1..=6).contains(&level) && text.starts_with(' ') && !text.trim().is_empty()).then(|| (level, text.trim()))
}

fn asciidoc(page: &mut Page, found: &mut Found) {
    let title = page.next_text(0).filter(|&at| equals(&page.lines[at].text).is_some_and(|(level, _)| level == 1));
    let mut role: Option<Role> = None;
    let mut is_head = title.is_some();
    for at in 0..page.lines.len() {
        let text = page.lines[at].text.trim_end().to_owned();
        is_head &= Some(at) <= title || !text.is_empty();
        if let Some((level, words)) = equals(&text) {
            let mark = role.take().filter(|_| Role::of_title(words).is_none());
            let mark = mark.map_or(String::new(), |role| format!(" {{role={}}}", role.name()));
            page.lines[at].text = format!("{} {words}{mark}", "#".repeat(level));
        } else if let Some(style) =
            text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).filter(|text| !text.contains(['[', '(']))
        {
            role = Role::named(style);
            page.clear(at);
        } else if let Some((key, value)) = attribute(&text) {
            if key == "author" && found.authors.is_empty() {
                found.authors = vec![value.to_owned()];
            }
            page.clear(at);
        } else if is_head && Some(at) > title && !text.is_empty() {
            // The line below the title names the author and the address.
            let name = text.split('<').next().unwrap_or_default().trim();
            found.authors.extend(head::by_line(&format!("by {name}")).into_iter().flatten());
            page.clear(at);
        } else if text.starts_with("//") || text.starts_with("toc::") || text == "<<<" || text == "'''" {
            page.clear(at);
        } else if text.len() >= 4 && text.bytes().all(|b| b == b'-') {
            page.lines[at].text = "```".to_owned();
        } else if let Some((level, words)) = bullets(&text) {
            page.lines[at].text = format!("{}- {words}", "  ".repeat(level - 1));
        }
    }
}

/// Reads `:author: Bo Fox`.
fn attribute(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.strip_prefix(':')?.split_once(':')?;
    let is_key = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '!'));
    is_key.then(|| (key, value.trim()))
}

/// Reads an item of a list: as many signs as it is deep.
fn bullets(line: &str) -> Option<(usize, &str)> {
    ['*', '.', '-'].into_iter().find_map(|sign| {
        let text = line.trim_start().trim_start_matches(sign);
        let level = line.trim_start().len() - text.len();
        ((1..=5).contains(&level) && text.starts_with(' ')).then(|| (level, text.trim()))
    })
}

fn typst(page: &mut Page, found: &mut Found) {
    let text = page.text();
    let value = |key: &str| {
        let (_, rest) = text.split_once("#set document(")?;
        let (_, rest) = rest.split_once(&format!("{key}:"))?;
        let rest = rest.trim_start().trim_start_matches('(').strip_prefix('"')?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    found.title = found.title.take().or_else(|| value("title"));
    found.authors.extend(value("author"));
    let down = usize::from(found.title.is_some());
    let mut open = 0_usize;
    for line in &mut page.lines {
        let is_call = open > 0 || line.text.starts_with('#');
        if is_call {
            let count = |sign: char| line.text.matches(sign).count();
            open = (open + count('(') + count('[')).saturating_sub(count(')') + count(']'));
            line.text.clear();
        } else if let Some((level, words)) = equals(&line.text) {
            line.text = format!("{} {words}", "#".repeat((level + down).min(6)));
        } else if line.text.trim_start().starts_with("//") {
            line.text.clear();
        }
    }
    if found.title.is_none() {
        found.is_untitled = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> (String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        let lines: Vec<&str> =
            page.lines.iter().map(|line| line.text.as_str()).filter(|line| !line.is_empty()).collect();
        (lines.join("\n"), found)
    }

    #[test]
    fn asciidoc_has_its_title_author_and_roles() {
        let text = "= Wax\nBo Fox <bo@example.org>\n:toc:\n\n[preface]\n== Why Bees\n\nThey hum.\n\n== Bees\n\n* queens\n** eggs\n\n// note\n=== Drones\n\n[appendix]\n== Tables";
        let (text, found) = converted(text);
        assert_eq!(
            text,
            "# Wax\n## Why Bees {role=preface}\nThey hum.\n## Bees\n- queens\n  - eggs\n### Drones\n## Tables {role=appendix}"
        );
        assert_eq!(found.authors, ["Bo Fox"]);
    }

    #[test]
    fn typst_has_its_title_in_a_call() {
        let (text, found) = converted(
            "#set document(title: \"Wax\", author: \"Bo Fox\")\n#set page(\n  width: 9cm,\n)\n= Bees\n- a\n== Queens\n= Combs",
        );
        assert_eq!(text, "## Bees\n- a\n### Queens\n## Combs");
        assert_eq!((found.title.as_deref(), found.authors.len()), (Some("Wax"), 1));
    }

    #[test]
    fn other_lines_with_equals_signs_stay() {
        for text in ["Wax\n===\n\nBees\n---", "# Wax\n\n## Bees\n\n== a ==\n\n== b ==", "a = b\n= c"] {
            assert_eq!(converted(text).0, text.replace("\n\n", "\n"));
        }
    }
}
