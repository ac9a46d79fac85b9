//! Headings that a text repeats, and the levels of its own.

use bindery_text::markdown::{self, Kind};

use crate::form::INNER_LEVEL;

/// Takes away a first line that only repeats the heading of the section or the chapter.
pub(super) fn strip<'a>(text: &'a str, heading: &str, chapter_title: &str) -> &'a str {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if !same_heading(first, heading) && !same_heading(first, chapter_title) {
        return text;
    }
    // A heading may be underlined instead of marked.
    match rest.split_once('\n') {
        Some((line, after)) if line.len() >= 2 && line.trim_end().trim_matches(['=', '-']).is_empty() => after,
        _ => rest,
    }
}

/// Returns whether a line says only `heading`, with any marks, number or label.
pub(crate) fn same_heading(line: &str, heading: &str) -> bool {
    let heading = letters(heading);
    if heading.is_empty() || line.len() > 4 * heading.len() + 80 {
        return false;
    }
    let line = line.trim_start_matches(|char: char| !char.is_alphanumeric());
    letters(line) == heading || letters(unlabelled(line)) == heading
}

fn letters(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Takes "Chapter 3:", "2.1", "Abschnitt IV –" or "第三章" off the front of a heading.
fn unlabelled(line: &str) -> &str {
    const LABELS: &[&str] = &[
        "chapter",
        "section",
        "part",
        "kapitel",
        "abschnitt",
        "teil",
        "chapitre",
        "partie",
        "capítulo",
        "sección",
        "capitolo",
        "sezione",
        "seção",
        "secção",
        "hoofdstuk",
        "paragraaf",
        "глава",
        "раздел",
        "rozdział",
        "avsnitt",
    ];
    if let Some(rest) = line.strip_prefix('第')
        && let Some(end) = rest.find(['章', '节', '節', '部'])
        && end <= 12
    {
        return rest[end..].trim_start_matches(['章', '节', '節', '部']);
    }
    let mut words = line.splitn(2, char::is_whitespace);
    let first = words.next().unwrap_or_default();
    let labelled = LABELS.contains(&first.to_lowercase().as_str());
    let numbered = if labelled { words.next().unwrap_or_default() } else { line };
    let number_end =
        numbered.find(|char: char| char.is_whitespace() || matches!(char, ':' | '–' | '—')).unwrap_or(numbered.len());
    let number = numbered[..number_end].trim_end_matches(['.', ')', ':']);
    let is_number = number.starts_with(char::is_numeric) && number.chars().all(|char| char.is_numeric() || char == '.');
    let is_roman = labelled && !number.is_empty() && number.chars().all(|char| "IVXLC".contains(char));
    if is_number || is_roman { &numbered[number_end..] } else { line }
}

/// Moves the headings so that the highest level is [`INNER_LEVEL`] and no level is left out.
pub(super) fn lower(text: &str) -> String {
    /// The lowest heading of Markdown.
    const LOWEST: u8 = 6;

    // A heading begins with a number sign, or has a line of equals signs or hyphens below it.
    if !text.lines().any(|line| line.trim_start().starts_with(['#', '=', '-'])) {
        return text.to_owned();
    }
    let mut moved = String::new();
    let mut from = 0;
    // The headings above the present one, each by its level and the level it was moved to.
    let mut above: Vec<(u8, u8)> = Vec::new();
    for block in markdown::blocks(text).into_iter().filter(|block| block.top) {
        let Kind::Heading(level) = block.kind else {
            continue;
        };
        above.retain(|(higher, _)| *higher < level);
        let target = above.last().map_or(INNER_LEVEL, |(_, parent)| (parent + 1).min(LOWEST));
        above.push((level, target));
        let source = &text[block.source.clone()];
        if level == target {
            continue;
        }
        moved.push_str(&text[from..block.source.start]);
        moved.push_str(&"#".repeat(usize::from(target)));
        let heading = heading_text(source);
        moved.push_str(if heading.is_empty() { "" } else { " " });
        moved.push_str(&heading);
        moved.push_str(if source.ends_with('\n') { "\n" } else { "" });
        from = block.source.end;
    }
    moved.push_str(&text[from..]);
    moved
}

/// Returns a heading's Markdown without its number signs or its underline.
fn heading_text(source: &str) -> String {
    let source = source.trim();
    match source.rsplit_once('\n') {
        Some((text, _)) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        None => source.trim_start_matches('#').trim().to_owned(),
    }
}
