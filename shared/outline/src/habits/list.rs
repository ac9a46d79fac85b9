//! Chapters as items of a list: with bullets, with numbers, with the letters and Roman numerals of a school outline, or
//! as short lines over lists of points.

mod root;
mod scheme;

pub(super) use scheme::entries;

use scheme::Entry;

use super::{
    super::{
        labels::{Called, decimal, label},
        page::{Line, Page, bold, heading, is_rule, item},
        role::Role,
    },
    Found, head, is_wrapper, mdbook,
};

/// The longest line that can be a chapter's title, in bytes.
const LONGEST: usize = 160;

/// Turns the items of a list, or the lines over lists, into headings. Returns whether there are any.
pub(super) fn read(page: &mut Page, found: &mut Found) -> bool {
    captions(page, found) || items(page, found)
}

/// Reads short lines that stand over lists of points.
fn captions(page: &mut Page, found: &mut Found) -> bool {
    let code = page.code();
    let is_plain = |page: &Page, at: usize| {
        let text = page.lines[at].text.as_str();
        let is_line = !text.trim().is_empty() && !code[at] && !text.starts_with([' ', '\t']);
        is_line && item(text).is_none() && heading(text).is_none() && scheme::entry(text).is_none() && !is_rule(text)
    };
    let is_caption = |page: &Page, at: usize| {
        let text = page.lines[at].text.trim();
        let over_list =
            page.next_text(at + 1).is_some_and(|next| next <= at + 2 && item(&page.lines[next].text).is_some());
        let names = Role::of_title(text).is_some() && page.is_apart(at);
        is_plain(page, at) && text.len() <= LONGEST && !text.ends_with(['.', '!', ',']) && (over_list || names)
    };
    let captions: Vec<usize> = (0..page.lines.len()).filter(|&at| is_caption(page, at)).collect();
    let over_lists = captions.iter().filter(|&&at| Role::of_title(page.lines[at].text.trim()).is_none()).count();
    if over_lists < 2 {
        return false;
    }
    let begin = captions[0];
    for &at in &captions {
        let text = page.lines[at].text.trim().trim_end_matches([':', '：']);
        let text = bold(text).unwrap_or(text);
        page.lines[at].text = format!("## {text} {{chapter}}");
    }
    plain_bullets(page, begin);
    number_sections(page, begin);
    head::read(page, begin, found);
    true
}

/// Reads a list whose outermost items are the chapters.
fn items(page: &mut Page, found: &mut Found) -> bool {
    root::raise(page, found);
    let Some(begin) = rewrite(page, 2) else { return false };
    drop_wrapper(page, begin);
    head::read(page, begin, found);
    true
}

/// Turns a list of at least `least` outermost items into headings. Returns the line in which it begins.
pub(super) fn rewrite(page: &mut Page, least: usize) -> Option<usize> {
    let mut entries = entries(page);
    let chapters = entries.iter().filter(|entry| entry.depth == 0).count();
    let begin = entries.first().map(|entry| entry.at)?;
    if chapters < least {
        return None;
    }
    let base = usize::from(is_of_parts(&entries));
    join_wrapped(page, &mut entries, base);
    let wide = sections(&entries, base);
    let begin = (0..begin).find(|&at| is_piece(page, at)).unwrap_or(begin);
    let mut rewritten: Vec<Line> = Vec::with_capacity(page.lines.len());
    let mut next = entries.iter().peekable();
    let mut depth = 0;
    let mut chapter = 0;
    let mut is_first = true;
    for (at, line) in page.lines.iter().enumerate() {
        let mut push = |text: String| rewritten.push(Line { number: line.number, text });
        let Some(entry) = next.next_if(|entry| entry.at == at) else {
            if at >= begin && is_piece(page, at) {
                push(format!("## {} {{chapter}}", line.text.trim()));
                depth = base;
                continue;
            }
            let text = if at < begin {
                line.text.clone()
            } else {
                continuation(&line.text, depth, base + usize::from(wide.get(chapter).copied().unwrap_or_default()))
            };
            push(text);
            continue;
        };
        chapter += usize::from(entry.depth <= base && !std::mem::take(&mut is_first));
        depth = entry.depth;
        let has_sections = wide.get(chapter).copied().unwrap_or_default();
        let (title, rest) = split(&entry.text);
        let heading = match entry.depth.checked_sub(base) {
            None => Some(format!("# {title} {{part}}")),
            Some(0) => Some(format!("## {title} {{chapter}}")),
            Some(1) if has_sections => Some(format!("### {title}")),
            Some(_) => None,
        };
        match heading {
            Some(heading) => {
                push(heading);
                rest.into_iter().for_each(push);
            }
            None => {
                push(format!("{}- {}", "  ".repeat(entry.depth - base - 1 - usize::from(has_sections)), entry.text))
            }
        }
    }
    page.lines = rewritten;
    Some(begin)
}

/// Returns whether a list counts its items or has points below some of them, as a list of chapters does.
pub(super) fn is_of_chapters(page: &Page) -> bool {
    let entries = entries(page);
    let outer = entries.iter().filter(|entry| entry.depth == 0);
    let counted = outer.clone().filter(|entry| entry.is_counted).count();
    let all = outer.count();
    all >= 2 && (counted == all || entries.iter().any(|entry| entry.depth == 1))
}

/// Returns whether the outermost items are parts: each has a part's label or none has and their items have chapters'.
fn is_of_parts(entries: &[Entry]) -> bool {
    let called = |text: &str| label(bold(text).unwrap_or(text)).map(|label| label.called);
    let mut outer = entries.iter().filter(|entry| entry.depth == 0);
    let parts = outer.clone().filter(|entry| called(&entry.text) == Some(Called::Part)).count();
    let plain = outer.all(|entry| called(&entry.text).is_none_or(|called| called != Called::Chapter));
    let inner = entries.iter().filter(|entry| entry.depth == 1 && called(&entry.text) == Some(Called::Chapter)).count();
    parts >= 1 || (plain && inner >= 2)
}

/// Joins the lines of long titles, which go on in the next line with a small letter.
fn join_wrapped(page: &mut Page, entries: &mut [Entry], depth: usize) {
    for entry in entries.iter_mut().filter(|entry| entry.depth <= depth) {
        let mut at = entry.at + 1;
        while let Some(line) = page.lines.get(at).filter(|line| goes_on(&entry.text, &line.text)) {
            entry.text = format!("{} {}", entry.text, line.text.trim());
            page.clear(at);
            at += 1;
        }
    }
}

fn goes_on(text: &str, line: &str) -> bool {
    !text.ends_with(['.', ':', '!', '?', ';', '*', ')'])
        && line.trim_start().starts_with(char::is_lowercase)
        && scheme::entry(line).is_none()
}

/// Returns whether a line beside the items names a piece such as an introduction.
fn is_piece(page: &Page, at: usize) -> bool {
    let text = page.lines[at].text.as_str();
    let is_line = text.len() <= LONGEST && !text.starts_with([' ', '\t']) && !text.trim_end().ends_with(['.', ',']);
    is_line && heading(text).is_none() && scheme::entry(text).is_none() && Role::of_title(text.trim()).is_some()
}

/// Returns for each part and chapter whether its items are sections: they have items themselves, or numbers such as `1.2`.
/// The chapters stand at depth `base`.
fn sections(entries: &[Entry], base: usize) -> Vec<bool> {
    let mut wide = Vec::new();
    for chapter in entries.chunk_by(|_, next| next.depth > base) {
        let inner: Vec<&Entry> = chapter.iter().filter(|entry| entry.depth == base + 1).collect();
        let is_deep = |pair: &&[Entry]| pair[0].depth == base + 1 && pair[1].depth == base + 2;
        let deep = chapter.windows(2).filter(is_deep).count();
        let numbered = !inner.is_empty() && inner.iter().all(|entry| entry.is_decimal);
        wide.push(numbered || (deep >= 2 && deep * 2 >= inner.len()));
    }
    wide
}

/// Splits an item into a title and a text after it: `**Sea**: where salt is` and `[Sea](sea.md)`.
fn split(text: &str) -> (String, Option<String>) {
    if let Some(words) = mdbook::link(text).or_else(|| bold(text)) {
        return (words.to_owned(), None);
    }
    let bold_start = text.strip_prefix("**").and_then(|rest| rest.split_once("**"));
    if let Some((inside, after)) = bold_start {
        let rest = after.trim_start_matches([':', '-', '–', '—', '.', ' ']);
        if !inside.is_empty() && !rest.is_empty() {
            return (inside.trim_end_matches([':', '.']).to_owned(), Some(rest.to_owned()));
        }
    }
    let long = [" — ", " – ", " - ", ": "].into_iter().filter_map(|mark| text.split_once(mark));
    let long = long.filter(|(title, _)| label(title).is_none_or(|label| !label.title.is_empty()));
    match long.min_by_key(|(title, _)| title.len()) {
        Some((title, rest)) if text.len() > 120 && title.len() <= LONGEST => (title.to_owned(), Some(rest.to_owned())),
        _ => (text.to_owned(), None),
    }
}

/// Takes the indentation of an item's further lines away.
fn continuation(line: &str, depth: usize, flat: usize) -> String {
    match depth.checked_sub(flat + 1) {
        None => line.trim().to_owned(),
        Some(level) if line.trim().is_empty() || level > 8 => String::new(),
        Some(level) => format!("{}{}", "  ".repeat(level + 1), line.trim()),
    }
}

/// Blanks a heading such as "Outline" over the list.
fn drop_wrapper(page: &mut Page, begin: usize) {
    for at in 0..begin {
        let text = page.lines[at].text.trim();
        let name = heading(text).map_or(text, |(_, text)| text);
        if !name.is_empty() && is_wrapper(name) {
            page.clear(at);
        }
    }
}

/// Turns the bullets of word processors into those of Markdown.
pub(super) fn plain_bullets(page: &mut Page, begin: usize) {
    for line in &mut page.lines[begin..] {
        if let Some(found) = item(&line.text).filter(|found| !found.marker.is_ascii()) {
            line.text = format!("{}- {}", " ".repeat(found.indent), found.text);
        }
    }
}

/// Does the same below headings, where a dash may begin what somebody says.
pub(super) fn plain_bullets_below(page: &mut Page, begin: usize) {
    let code = page.code();
    for (line, _) in page.lines.iter_mut().zip(code).skip(begin).filter(|(_, code)| !code) {
        if let Some(found) =
            item(&line.text).filter(|found| !found.marker.is_ascii() && !matches!(found.marker, "–" | "·"))
        {
            line.text = format!("{}- {}", " ".repeat(found.indent), found.text);
        }
    }
}

/// Makes sections of a chapter's items where each of them has a number such as `1.2`. The chapters begin in line `begin`.
pub(super) fn number_sections(page: &mut Page, begin: usize) {
    let mut at = begin;
    while at < page.lines.len() {
        let level = heading(&page.lines[at].text).map_or(2, |(level, _)| level);
        let end =
            (at + 1..page.lines.len()).find(|&at| heading(&page.lines[at].text).is_some()).unwrap_or(page.lines.len());
        let is_outer = |line: &Line| item(&line.text).is_some_and(|item| item.indent == 0);
        let is_numbered = |line: &Line| {
            item(&line.text).is_some_and(|item| {
                decimal(bold(item.text).unwrap_or(item.text)).is_some_and(|found| found.levels.len() == 2)
            })
        };
        let lines = &mut page.lines[at + 1..end];
        if level < 6 && lines.iter().any(is_outer) && lines.iter().filter(|line| is_outer(line)).all(is_numbered) {
            let inner = lines
                .iter()
                .filter_map(|line| item(&line.text))
                .map(|item| item.indent)
                .filter(|indent| *indent > 0)
                .min();
            for line in lines {
                if is_outer(line) {
                    let text = item(&line.text).map_or("", |item| item.text);
                    line.text = format!("{} {}", "#".repeat(level + 1), bold(text).unwrap_or(text));
                } else {
                    let indent = line.text.len() - line.text.trim_start().len();
                    line.text = line.text[indent.min(inner.unwrap_or_default())..].to_owned();
                }
            }
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn converted(text: &str) -> Option<String> {
        crate::habits::converted(read, text)
    }

    #[test]
    fn the_outermost_items_are_chapters() {
        let text = "Salt\n\n1. Sea\n   - ponds\n   - boats\n2. **Mine**: deep down\n3. [Tax](tax.md)";
        let expected = "# Salt\n\n## Sea {chapter}\n- ponds\n- boats\n## Mine {chapter}\ndeep down\n## Tax {chapter}";
        assert_eq!(converted(text).unwrap(), expected);
    }

    #[test]
    fn items_with_items_of_their_own_are_sections() {
        let text = "- Sea\n  - Ponds\n    - sun\n  - Boats\n    - wind\n- Mine\n  - deep";
        let expected = "## Sea {chapter}\n### Ponds\n- sun\n### Boats\n- wind\n## Mine {chapter}\n- deep";
        assert_eq!(converted(text).unwrap(), expected);
    }

    #[test]
    fn a_long_title_goes_on_in_the_next_line() {
        let text = "Salt\n\nForeword\n1. Sea, and what\n   it leaves\n   - ponds\n2. Mine\nIt is deep.\nIndex of places\nGlossary";
        let expected = "# Salt\n\n## Foreword {chapter}\n## Sea, and what it leaves {chapter}\n\n- ponds\n## Mine {chapter}\nIt is deep.\nIndex of places\n## Glossary {chapter}";
        assert_eq!(converted(text).unwrap(), expected);
    }

    #[test]
    fn the_chapters_of_parts_have_points_or_sections_of_their_own() {
        let text = "Salt\n\n- Part A: Sea\n  - Ponds\n    - sun\n  - Boats\n    - wind\n- Part B: Mine\n  - Halls\n    - Lamps\n      - oil\n    - Ropes\n      - hemp";
        let expected = "# Salt\n\n# Part A: Sea {part}\n## Ponds {chapter}\n- sun\n## Boats {chapter}\n- wind\n# Part B: Mine {part}\n## Halls {chapter}\n### Lamps\n- oil\n### Ropes\n- hemp";
        assert_eq!(converted(text).unwrap(), expected);
    }

    #[test]
    fn a_school_outline_is_a_list() {
        let text = "Salt\n\nI. Sea\n   A. Ponds\n   B. Boats\nII. Mine\n   A. Halls";
        assert_eq!(
            converted(text).unwrap(),
            "# Salt\n\n## Sea {chapter}\n- Ponds\n- Boats\n## Mine {chapter}\n- Halls"
        );
    }

    #[test]
    fn short_lines_over_lists_are_chapters() {
        let text = "Salt\n\nThe Sea\n• ponds\n• boats\n\nThe Mine:\n\n• halls";
        let expected = "# Salt\n\n## The Sea {chapter}\n- ponds\n- boats\n\n## The Mine {chapter}\n\n- halls";
        assert_eq!(converted(text).unwrap(), expected);
    }

    #[test]
    fn one_item_and_plain_text_are_no_outline() {
        assert_eq!(converted("Salt\n\n- one"), None);
        assert_eq!(converted("Salt\n\nA text."), None);
    }
}
