//! bookdown's parts and appendices: `# (PART) Basics {-}` and `# (APPENDIX) Tables {-}`.

use super::{
    super::page::{Page, heading},
    Found, Role,
};

/// Turns the headings of parts into parts, and gives the chapters below the appendix their role.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let code = page.code();
    let lines = || (0..page.lines.len()).filter(|&at| !code[at]);
    let Some(first) = lines().find(|&at| sign(&page.lines[at].text).is_some()) else { return };
    let level = heading(&page.lines[first].text).map_or(1, |(level, _)| level);
    let mut is_appendix = false;
    for at in lines().collect::<Vec<_>>() {
        let text = page.lines[at].text.clone();
        match sign(&text) {
            Some(Sign::Part(title)) => {
                is_appendix = false;
                page.lines[at].text = format!("{} {title} {{part}}", "#".repeat(level));
            }
            Some(Sign::Appendix) => {
                is_appendix = true;
                let note = "the heading over the appendices is left out, since each of them is called an appendix";
                found.notes.add(page.lines[at].number, note);
                page.clear(at);
            }
            None if is_appendix && heading(&text).is_some_and(|(other, _)| other == level) => {
                page.lines[at].text = as_appendix(&text);
            }
            None => {}
        }
    }
}

enum Sign<'a> {
    Part(&'a str),
    Appendix,
}

fn sign(line: &str) -> Option<Sign<'_>> {
    let (_, text) = heading(line)?;
    let text = text.rsplit_once('{').map_or(text, |(words, _)| words.trim_end());
    let (name, title) = text.strip_prefix('(')?.split_once(')')?;
    match name.trim_end_matches(['*', '\\']) {
        "PART" if !title.trim().is_empty() => Some(Sign::Part(title.trim())),
        "APPENDIX" => Some(Sign::Appendix),
        _ => None,
    }
}

fn as_appendix(line: &str) -> String {
    let text = line.trim_end();
    let (words, names) = text.strip_suffix('}').and_then(|text| text.rsplit_once('{')).unwrap_or((text, ""));
    let is_told = heading(words).is_some_and(|(_, title)| Role::of_title(title).is_some());
    let role = if is_told { "" } else { "role=appendix " };
    format!("{} {{{role}no-part {names}}}", words.trim_end()).replace(" }", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_appendices_are_marked() {
        let text = "# Preface {-}\n# (PART\\*) Bees {-}\n# Wax {#wax}\n# (APPENDIX) Anhang {-}\n# Tables {#tab}\n## One\n# Glossary";
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        let expected = "# Preface {-}\n# Bees {part}\n# Wax {#wax}\n\n# Tables {role=appendix no-part #tab}\n## One\n# Glossary {no-part}";
        assert_eq!(page.text(), expected);
        assert_eq!(found.notes.0.len(), 1);
    }
}
