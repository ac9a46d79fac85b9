//! Obsidian's notes: links in double brackets, tags, marks of blocks, tasks, and comments between `%%`.

use std::borrow::Cow;

use super::super::page::{Page, item};

/// Returns a text without Obsidian's marks.
pub(super) fn cleaned(text: &str) -> Cow<'_, str> {
    if !["[[", "%%", "[ ]", "[x]", "[X]", "[-]", "[/]"].iter().any(|mark| text.contains(mark)) {
        return Cow::Borrowed(text);
    }
    let mut page = Page::new(text, 1);
    clean(&mut page);
    Cow::Owned(page.text())
}

/// Takes Obsidian's marks off the text that they belong to.
pub(super) fn clean(page: &mut Page) {
    let code = page.code();
    let is_noted = page.lines.iter().zip(&code).any(|(line, code)| !code && is_sign(&line.text));
    let mut is_comment = false;
    for (line, code) in page.lines.iter_mut().zip(code) {
        if code {
            continue;
        }
        if is_noted && line.text.trim() == "%%" {
            is_comment = !is_comment;
            line.text.clear();
            continue;
        }
        if is_comment {
            line.text.clear();
            continue;
        }
        let text = without_task(&line.text);
        let text = if is_noted { without_all_marks(text) } else { text };
        if text != line.text {
            line.text = if item(&text).is_some_and(|item| item.text.is_empty()) { String::new() } else { text };
        }
    }
}

fn is_sign(line: &str) -> bool {
    let links = line.find("[[").is_some_and(|at| line[at..].contains("]]"));
    links || line.matches("%%").count() >= 2 || line.trim() == "%%" || line.trim_start().starts_with("> [!")
}

/// Drops the box of a task: `- [ ] call Anna` is `- call Anna`.
fn without_task(line: &str) -> String {
    let Some(found) = item(line) else { return line.to_owned() };
    let text = ["[ ] ", "[x] ", "[X] ", "[-] ", "[/] "].into_iter().find_map(|task| found.text.strip_prefix(task));
    match text {
        Some(text) => format!("{}{} {}", " ".repeat(found.indent), found.marker, text.trim_start()),
        None => line.to_owned(),
    }
}

/// How often a line is searched. Where a mark is taken off, the text around it can read as another one.
const ROUNDS: usize = 4;

fn without_all_marks(mut line: String) -> String {
    for _ in 0..ROUNDS {
        let text = without_marks(&line);
        if text == line {
            break;
        }
        line = text;
    }
    line
}

fn without_marks(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    // A mark that is not closed once is not looked for again, so that a long line takes linear time.
    let mut is_open = [false; MARKS.len()];
    while let Some(at) = rest.find(['!', '[', '%', '=']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = MARKS.iter().zip(&mut is_open).find_map(|(mark, is_open)| marked(rest, mark, is_open));
        let Some(Marked { shown, length }) = found else {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
            continue;
        };
        out.push_str(shown);
        rest = &rest[length..];
    }
    out.push_str(rest);
    if is_tags(&out) || is_field(&out) {
        return String::new();
    }
    without_tags(without_block(&out)).to_owned()
}

/// A mark: how it opens and closes.
struct Mark {
    open: &'static str,
    close: &'static str,
}

const MARKS: [Mark; 4] = [
    Mark { open: "![[", close: "]]" },
    Mark { open: "[[", close: "]]" },
    Mark { open: "%%", close: "%%" },
    Mark { open: "==", close: "==" },
];

/// A text in marks.
struct Marked<'a> {
    /// What a reader sees of it.
    shown: &'a str,
    length: usize,
}

fn marked<'a>(text: &'a str, mark: &Mark, is_open: &mut bool) -> Option<Marked<'a>> {
    let inside = text.strip_prefix(mark.open).filter(|_| !*is_open)?;
    let Some(end) = inside.find(mark.close) else {
        *is_open = true;
        return None;
    };
    let words = &inside[..end];
    let is_text = mark.open != "==" || words.starts_with(|c: char| !c.is_whitespace() && c != '=');
    let shown = match mark.open {
        "[[" => shown(words),
        "==" => words,
        _ => "",
    };
    (end > 0 && is_text).then_some(Marked { shown, length: mark.open.len() + end + mark.close.len() })
}

/// Returns what a reader sees of a link: its alias, or the name of the note or of the place in it.
fn shown(link: &str) -> &str {
    let (target, alias) = link.split_once('|').unwrap_or((link, ""));
    let name = target.split(['#', '^']).next().unwrap_or(target);
    let name = if name.is_empty() { target.trim_start_matches(['#', '^']) } else { name };
    if alias.is_empty() { name } else { alias }
}

/// Returns whether a line holds tags alone.
fn is_tags(line: &str) -> bool {
    let mut words = line.split_whitespace().peekable();
    words.peek().is_some()
        && words.all(|word| word.strip_prefix('#').is_some_and(|name| name.starts_with(char::is_alphabetic)))
}

/// Returns whether a line is a field of Dataview: `status:: draft`.
fn is_field(line: &str) -> bool {
    line.split_once(":: ")
        .is_some_and(|(key, _)| !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_')))
}

/// Drops the tags and the mark of a block at the end of a heading.
fn without_tags(line: &str) -> &str {
    let mut kept = line;
    while let Some((before, last)) = kept.trim_end().rsplit_once(' ') {
        let name = last.strip_prefix(['#', '^']).unwrap_or_default();
        let is_tag = name.starts_with(char::is_alphabetic)
            && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/'));
        if !is_tag || before.trim_matches([' ', '#']).is_empty() {
            break;
        }
        kept = before.trim_end();
    }
    kept
}

/// Drops the mark of a block at the end of a line.
fn without_block(line: &str) -> &str {
    match line.rsplit_once(" ^") {
        Some((before, id)) if !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') => before,
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_its_words() {
        assert_eq!(cleaned("## [[Ch 1 - Salt]] #chapter ^one"), "## Ch 1 - Salt");
        assert_eq!(cleaned("see [[Notes/Sea|the sea]] and [[Salt#Taste]]"), "see the sea and Salt");
    }

    #[test]
    fn comments_embedded_files_and_boxes_of_tasks_go() {
        assert_eq!(cleaned("- [ ] call [[Anna]] ==soon== %%check%%\n- ![[map.png]]"), "- call Anna soon \n");
        assert_eq!(cleaned("[[a]]\n%%\nnot this\n%%\nb"), "a\n\n\n\nb");
    }

    #[test]
    fn tags_and_fields_go_where_notes_are_linked() {
        assert_eq!(cleaned("[[a]]\n#book #draft/two\nstatus:: new\n- call #todo\n"), "a\n\n\n- call\n");
    }

    #[test]
    fn a_text_without_these_marks_stays() {
        for text in ["## The Rise of #MeToo", "a == b == c", "```\n[[x]] %%y%%\n```", "[a](b)", "50%% off"] {
            assert_eq!(cleaned(text), text);
        }
    }
}
