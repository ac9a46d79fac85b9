//! Definitions that Markdown keeps apart from the text: comments as `[//]: # (a comment)`, and footnotes.

use std::collections::BTreeMap;

use super::{
    super::{
        markdown::prose::one_line,
        page::{Line, Page, heading},
    },
    Found,
};

/// Drops the comments, and puts each footnote where the text refers to it, so that it stays with its chapter.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    if !page.lines.iter().any(|line| line.text.contains("]:")) {
        return;
    }
    let code = page.code();
    for (line, code) in page.lines.iter_mut().zip(&code) {
        if !code && is_comment(&line.text) {
            line.text.clear();
        }
    }
    let notes = notes(page, &code);
    if let Some(first) = notes.values().map(|note| note.lines[0]).min() {
        found.notes.add(page.lines[first].number, "the footnotes are put into the texts that refer to them");
    }
    notes.values().flat_map(|note| &note.lines).for_each(|&at| page.clear(at));
    for at in (0..page.lines.len()).rev() {
        if code[at] || !page.lines[at].text.contains("[^") {
            continue;
        }
        let is_heading = heading(&page.lines[at].text).is_some();
        for (mark, note) in &notes {
            if !page.lines[at].text.contains(mark.as_str()) {
                continue;
            }
            let Line { number, text } = &page.lines[at];
            let number = *number;
            if is_heading {
                page.lines[at].text = text.replace(mark, "");
                let lines = ["", &note.text, ""].map(|text| Line { number, text: text.to_owned() });
                page.lines.splice(at + 1..at + 1, lines);
            } else {
                page.lines[at].text = text.replace(mark, &format!(" ({})", note.text.trim_end_matches('.')));
            }
        }
    }
}

/// A footnote and the lines of its definition.
struct Footnote {
    text: String,
    lines: Vec<usize>,
}

/// Returns the footnotes that the text refers to, by their marks.
fn notes(page: &Page, code: &[bool]) -> BTreeMap<String, Footnote> {
    let mut notes = BTreeMap::new();
    for at in (0..page.lines.len()).filter(|&at| !code[at]) {
        let Some((mark, text)) = definition(&page.lines[at].text) else { continue };
        let is_further = |&at: &usize| page.lines[at].text.starts_with([' ', '\t']) && !code[at];
        let further = (at + 1..page.lines.len()).take_while(is_further);
        let lines: Vec<usize> = [at].into_iter().chain(further).collect();
        let rest = lines[1..].iter().map(|&at| page.lines[at].text.as_str());
        let text = one_line(&[text].into_iter().chain(rest).collect::<Vec<_>>().join(" "));
        let is_used = page.lines.iter().zip(code).any(|(line, code)| {
            !code && line.text.contains(mark) && definition(&line.text).is_none_or(|(other, _)| other != mark)
        });
        if is_used && !text.is_empty() && !text.contains("[^") {
            notes.entry(mark.to_owned()).or_insert(Footnote { text, lines });
        }
    }
    notes
}

/// Reads the definition of a footnote: its mark and its text.
fn definition(line: &str) -> Option<(&str, &str)> {
    let (mark, text) = line.split_once("]:")?;
    let name = mark.strip_prefix("[^")?;
    let is_name = !name.is_empty() && !name.contains(['[', ']', ' ']);
    is_name.then(|| (&line[..=mark.len()], text.trim()))
}

/// Returns whether a line defines a link to nowhere, by which writers hide a comment.
fn is_comment(line: &str) -> bool {
    let inside = || {
        let (name, rest) = line.trim().strip_prefix('[')?.split_once("]:")?;
        let rest = rest.trim_start();
        let text = ["<>", "<#>", "#"].into_iter().find_map(|target| rest.strip_prefix(target))?.trim();
        let is_text = [('(', ')'), ('"', '"'), ('\'', '\'')]
            .into_iter()
            .any(|(open, close)| text.len() > 1 && text.starts_with(open) && text.ends_with(close));
        Some(!name.starts_with('^') && (text.is_empty() || is_text))
    };
    inside().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::page_after, *};

    fn read_page(text: &str) -> String {
        page_after(read, text)
    }

    #[test]
    fn hidden_comments_go() {
        assert_eq!(read_page("[//]: # (draft 2)\n# Salt\n[comment]: <> \"later\"\n[x]: #"), "\n# Salt\n\n");
        for text in ["[sea]: #sea", "[sea]: http://example.org (sea)", "```\n[//]: # (a)\n```"] {
            assert_eq!(read_page(text), text);
        }
    }

    #[test]
    fn a_footnote_stands_where_the_text_refers_to_it() {
        let text = "# Salt\n## Sea[^a]\n- ponds[^1]\n\n[^1]: Lee 1990,\n    p. 4.\n[^a]: By Bo.\n[^2]: unused";
        assert_eq!(read_page(text), "# Salt\n## Sea\n\nBy Bo.\n\n- ponds (Lee 1990, p. 4)\n\n\n\n\n[^2]: unused");
    }
}
