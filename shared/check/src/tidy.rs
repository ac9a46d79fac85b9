//! Takes away harmless faults of a good text, so that no try is lost over them.

use bindery_text::{
    clean::line_feeds,
    markdown::{self, Kind},
};

use super::structure::INNER_LEVEL;

/// Returns `text` without a byte order mark, carriage returns, a fence around the whole answer, rules at its ends and
/// headings it repeats. Its own headings are moved to begin at level 3 and to descend by one.
///
/// Control characters are dropped where the text is stored.
pub fn tidy(text: &str, heading: &str, chapter_title: &str) -> String {
    /// Each round may uncover something that the next one takes away.
    const ROUNDS: usize = 8;

    let mut text = line_feeds(text.trim_start_matches('\u{feff}')).into_owned();
    for _ in 0..ROUNDS {
        let inner = strip_rules(strip_outer_fence(trim(&text)));
        let tidied = lower_headings(trim(strip_heading(trim(inner), heading, chapter_title)));
        if tidied == text {
            break;
        }
        text = tidied;
    }
    text
}

/// Trims blank lines and trailing space. The first line keeps its indentation where it is code.
fn trim(text: &str) -> &str {
    let text = text.trim_end();
    let blank = text.len() - text.trim_start().len();
    let start = text[..blank].rfind('\n').map_or(0, |newline| newline + 1);
    let text = &text[start..];
    if text.starts_with("    ") || text.starts_with('\t') { text } else { text.trim_start() }
}

/// Takes away a code fence around the whole answer, unless it may be part of the text.
fn strip_outer_fence(text: &str) -> &str {
    let Some((first, rest)) = text.split_once('\n') else {
        return text;
    };
    let Some((inner, last)) = rest.rsplit_once('\n') else {
        return text;
    };
    let Some(outer) = Fence::read(first).filter(|fence| fence.signs == last.trim()) else {
        return text;
    };
    let inner_fences = inner.lines().filter_map(Fence::read).filter(|fence| fence.signs.starts_with(outer.signs));
    let holds_markdown = match outer.language.to_ascii_lowercase().as_str() {
        "markdown" | "md" => alternate(inner_fences),
        "" | "text" | "txt" | "plaintext" => inner_fences.count() == 0,
        _ => false,
    };
    if holds_markdown { trim(inner) } else { text }
}

/// A line that opens or closes a code block.
struct Fence<'a> {
    signs: &'a str,
    /// Empty where the line closes a block.
    language: &'a str,
}

impl<'a> Fence<'a> {
    fn read(line: &'a str) -> Option<Self> {
        const LEAST: usize = 3;

        let line = line.trim();
        let sign = line.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
        let (signs, language) = line.split_at(line.len() - line.trim_start_matches(sign).len());
        (signs.len() >= LEAST && !language.contains('`')).then(|| Self { signs, language: language.trim() })
    }
}

/// Returns whether fences open, with a language, and close, without one, by turns.
fn alternate<'a>(mut fences: impl Iterator<Item = Fence<'a>>) -> bool {
    while let Some(opening) = fences.next() {
        let closed = fences.next().is_some_and(|fence| fence.language.is_empty());
        if opening.language.is_empty() || !closed {
            return false;
        }
    }
    true
}

/// Takes away thematic breaks at both ends. One below the last paragraph would make it a heading.
fn strip_rules(text: &str) -> &str {
    let text = text.rsplit_once('\n').filter(|(_, last)| is_rule(last)).map_or(text, |(before, _)| before);
    text.split_once('\n').filter(|(first, _)| is_rule(first)).map_or(text, |(_, after)| after)
}

fn is_rule(line: &str) -> bool {
    let line: String = line.chars().filter(|char| !char.is_whitespace()).collect();
    let sign = line.chars().next();
    line.len() >= 3 && matches!(sign, Some('-' | '*' | '_')) && line.chars().all(|char| Some(char) == sign)
}

/// Takes away a first line that only repeats the heading of the section or the chapter.
fn strip_heading<'a>(text: &'a str, heading: &str, chapter_title: &str) -> &'a str {
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
pub(super) fn same_heading(line: &str, heading: &str) -> bool {
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
fn lower_headings(text: &str) -> String {
    /// The lowest heading of Markdown.
    const LOWEST: u8 = 6;

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

#[cfg(test)]
mod tests {
    use super::*;

    fn tidied(text: &str) -> String {
        tidy(text, "The Turn of the Tide", "Harbours")
    }

    #[test]
    fn a_repeated_heading_is_dropped_however_it_is_written() {
        for first in [
            "# The Turn of the Tide",
            "## The turn of the tide ##",
            "**The Turn of the Tide**",
            "**The Turn of the Tide:**",
            "The Turn of the Tide",
            "### 2.1 The Turn of the Tide",
            "## Section 3: The Turn of the Tide",
            "# Harbours\n\n## The Turn of the Tide",
            "# Chapter 4: Harbours",
            "The Turn of the Tide\n====================",
            "---\n\n## The Turn of the Tide\n\n---",
        ] {
            assert_eq!(tidied(&format!("{first}\n\nIt turned.")), "It turned.", "{first}");
        }
        assert_eq!(tidy("第三章：潮汐\n\n水退了。", "潮汐", ""), "水退了。");
    }

    #[test]
    fn a_first_sentence_that_only_begins_like_the_heading_stays() {
        for text in ["The turn of the tide came at six.", "2 boats left.", "Harbours, all of them, silt up."] {
            assert_eq!(tidied(text), text);
        }
    }

    #[test]
    fn a_fence_around_the_whole_answer_is_dropped() {
        for (text, expected) in [
            ("```markdown\nIt turned.\n```", "It turned."),
            ("```\nIt turned.\n```\n", "It turned."),
            ("````md\nRun:\n\n```sh\nmake\n```\n````", "Run:\n\n```sh\nmake\n```"),
            ("```markdown\nRun:\n\n```sh\nmake\n```\n\nDone.\n```", "Run:\n\n```sh\nmake\n```\n\nDone."),
        ] {
            assert_eq!(tidied(text), expected);
        }
    }

    #[test]
    fn a_fence_that_is_part_of_the_text_stays() {
        for text in [
            "```sh\nmake\n```",
            "```\na\n```\n\nThen:\n\n```\nb\n```",
            "```markdown\n# One\n```\n\nThen:\n\n```markdown\n# Two\n```",
            "Text.\n\n```\nb\n```",
        ] {
            assert_eq!(tidied(text), text);
        }
    }

    #[test]
    fn inner_headings_begin_at_level_three_and_leave_no_level_out() {
        let text = "Text.\n\n# A\n\na\n\n### B\n\nb\n\n## C\n\nc\n\nD *d*\n---\n\nd\n\n```\n# no heading\n```";
        let expected = "Text.\n\n### A\n\na\n\n#### B\n\nb\n\n#### C\n\nc\n\n#### D *d*\n\nd\n\n```\n# no heading\n```";
        assert_eq!(tidied(text), expected);
        assert_eq!(tidied("##### A\n\na"), "### A\n\na");
    }

    #[test]
    fn line_ends_marks_and_rules_at_the_ends_are_dropped() {
        assert_eq!(tidied("\u{feff}\n\nIt turned.\r\nIt rose.\n\n* * *\n\n"), "It turned.\nIt rose.");
        assert_eq!(tidied("It turned.\n---"), "It turned.");
        assert_eq!(tidied("    indented code\n\nText."), "    indented code\n\nText.");
    }

    proptest::proptest! {
        #[test]
        fn tidying_twice_changes_nothing_more(text in r"([a-zA `#*_>~=\-\n\u{7ae0}第]|```|\n# |\n## |Harbours|---\n){0,40}") {
            let once = tidied(&text);
            proptest::prop_assert_eq!(tidied(&once), once);
        }
    }
}
