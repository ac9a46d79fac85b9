//! Leanpub's manuscripts: lines in braces, chapters as `#`, and parts that a line in braces or `-#` announces.

use super::{
    super::page::{Page, heading},
    Found,
};

/// Turns Leanpub's chapters into chapters and its parts into parts, and drops the lines in braces.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let prose = || page.lines.iter().zip(&code).filter(|(_, code)| !**code).map(|(line, _)| &*line.text);
    // `-#` alone may be a list item without its space. Leanpub has each chapter under a `#`, other outlines their title.
    let chapters = prose().filter(|line| heading(line).is_some_and(|(level, _)| level == 1)).count();
    let is_leanpub = prose().any(is_sign) || chapters > 1 && prose().any(|line| part(line).is_some());
    if !is_leanpub {
        return;
    }
    found.is_untitled = true;
    let mut is_part = false;
    let mut matter = None;
    let title = title(page);
    for (at, (line, code)) in page.lines.iter_mut().zip(code).enumerate() {
        if code || Some(at) == title {
            continue;
        }
        if let Some(inside) = braces(&line.text) {
            let words: String = inside.chars().filter(|c| !matches!(c, ' ' | '"' | ':' | '=')).collect();
            is_part |= words == "classpart";
            matter = match inside {
                "frontmatter" => Some("front_matter"),
                "backmatter" => Some("back_matter"),
                "mainmatter" => None,
                _ => matter,
            };
            line.text.clear();
        } else if let Some((_, text)) = part(&line.text) {
            line.text = format!("# {text} {{part}}");
        } else if let Some((level, text)) = heading(&line.text) {
            let text = without_name(text);
            let role = matter.filter(|_| super::Role::of_title(text).is_none());
            line.text = match (level, role) {
                (1, _) if is_part => format!("# {text} {{part}}"),
                (1, Some(role)) => format!("## {text} {{chapter, role={role}}}"),
                (1, None) => format!("## {text} {{chapter}}"),
                _ => format!("#{}", line.text.trim_start()),
            };
            is_part = false;
        }
    }
}

/// Returns the line of the title: a heading before the line that announces the front matter or the chapters.
fn title(page: &Page) -> Option<usize> {
    let first = page.next_text(0)?;
    let next = page.next_text(first + 1)?;
    let announces = matches!(braces(&page.lines[next].text), Some("frontmatter" | "mainmatter"));
    (announces && heading(&page.lines[first].text).is_some()).then_some(first)
}

/// Returns a heading without the name for links at its end.
fn without_name(text: &str) -> &str {
    match text.rsplit_once('{') {
        Some((before, name)) if name.starts_with('#') && name.ends_with('}') => before.trim_end(),
        _ => Some(text.trim_end_matches('#')).filter(|bare| bare.ends_with(' ')).map_or(text, str::trim_end),
    }
}

fn is_sign(line: &str) -> bool {
    braces(line).is_some_and(|inside| {
        matches!(inside, "mainmatter" | "frontmatter" | "backmatter")
            || inside.starts_with("class:")
            || inside.starts_with("sample:")
            || inside.starts_with("class=")
            || inside.starts_with("sample=")
    })
}

/// Reads a part as earlier versions of Leanpub have it: `-# Part`.
fn part(line: &str) -> Option<(usize, &str)> {
    line.strip_prefix('-').filter(|rest| rest.starts_with('#')).and_then(heading).filter(|(_, text)| !text.is_empty())
}

/// Returns the attributes of a line that holds nothing else.
fn braces(line: &str) -> Option<&str> {
    line.trim().strip_prefix('{')?.strip_suffix('}').map(str::trim).filter(|inside| !inside.contains(['{', '}']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_before_the_front_matter_is_the_title() {
        let mut page = Page::new("# Salt\n\n{mainmatter}\n\n# Sea {#sea}\n# Mine #", 1);
        read(&mut page, &mut Found::default());
        assert_eq!(page.text(), "# Salt\n\n\n\n## Sea {chapter}\n## Mine {chapter}");
    }

    #[test]
    fn chapters_and_parts_are_marked_and_braces_go() {
        let text = "{frontmatter}\n# Hello\n{mainmatter}\n{class: part}\n# One\n# A\n## S\n-# Two\n# B\n{backmatter}\n# Glossary";
        let mut page = Page::new(text, 1);
        read(&mut page, &mut Found::default());
        let expected = "\n## Hello {chapter, role=front_matter}\n\n\n# One {part}\n## A {chapter}\n### S\n# Two {part}\n## B {chapter}\n\n\
                        ## Glossary {chapter}";
        assert_eq!(page.text(), expected);
    }
}
