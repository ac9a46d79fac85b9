//! Headings: their text, the attributes in braces, and a number that the binder writes itself.

use pulldown_cmark::{Event, Parser, Tag};

use super::{
    super::{
        fault::{Fault, shortened},
        values,
    },
    prose::one_line,
};

/// Returns the inline Markdown of a heading from its source, which begins with `#` or is underlined.
pub(crate) fn inline_source(heading: &str) -> String {
    let heading = heading.trim();
    let Some(after) = heading.strip_prefix('#') else {
        let underlined = heading.rsplit_once('\n').map_or("", |(text, _)| text);
        return underlined.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    };
    let text = after.trim_start_matches('#').trim();
    let without_closing = text.trim_end_matches('#');
    let is_closed = without_closing.is_empty() || without_closing.ends_with([' ', '\t']);
    let text = if is_closed { without_closing } else { text };
    text.trim_end().to_owned()
}

/// Returns the text of a heading as a reader sees it: without emphasis, escapes and entities.
///
/// Links, images and HTML stay as typed, because a part of them would be lost.
pub(crate) fn plain(inline: &str) -> String {
    // Without the closing `#`, one at the end of the text would be taken for it.
    let source = format!("# {inline} #");
    let mut text = String::new();
    let mut kept_until = 0;
    for (event, range) in Parser::new(&source).into_offset_iter() {
        if range.start < kept_until {
            continue;
        }
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::InlineHtml(_) => {
                text.push_str(&source[range.clone()]);
                kept_until = range.end;
            }
            Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    one_line(&text)
}

/// Splits the attributes in braces from the end of a heading. Braces after a backslash are text.
pub(crate) fn split_attributes(inline: &str) -> (&str, Option<&str>) {
    let trimmed = inline.trim_end();
    let none = (trimmed, None);
    let Some(open) = trimmed.strip_suffix('}') else {
        return none;
    };
    if is_escaped(open) {
        return none;
    }
    let mut starts = open.rmatch_indices('{').map(|(at, _)| at);
    let Some(start) = starts.find(|&at| !is_escaped(&open[..at])) else {
        return none;
    };
    let inside = open[start + 1..].trim();
    if inside.is_empty() {
        return none;
    }
    (trimmed[..start].trim_end(), Some(inside))
}

fn is_escaped(before: &str) -> bool {
    let without = before.trim_end_matches('\\');
    (before.len() - without.len()) % 2 == 1
}

/// The attributes in the braces of a chapter's heading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) last: bool,
    pub(super) words: Option<u32>,
}

impl Attributes {
    /// Reads `last` and `words=3000`, separated by commas or spaces.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let mut attributes = Self::default();
        for attribute in text.split([',', ' ', '\t']).filter(|piece| !piece.is_empty()) {
            match attribute.split_once('=') {
                None if attribute == "last" => attributes.last = true,
                Some(("words", digits)) => {
                    let found = shortened(digits);
                    let words = values::words(digits).ok_or(Fault::WordsOutOfRange { found })?;
                    attributes.words = Some(words);
                }
                _ => {
                    let attribute = shortened(attribute);
                    return Err(Fault::UnknownAttribute { attribute });
                }
            }
        }
        Ok(attributes)
    }
}

/// The words for a chapter that stand before its number.
const CHAPTER_WORDS: [&str; 20] = [
    "chapter",
    "ch.",
    "kapitel",
    "chapitre",
    "capítulo",
    "capitulo",
    "capitolo",
    "hoofdstuk",
    "kapittel",
    "luku",
    "rozdział",
    "kapitola",
    "fejezet",
    "capitolul",
    "bölüm",
    "глава",
    "розділ",
    "κεφάλαιο",
    "chương",
    "bab",
];

/// Returns a chapter's heading without a number that equals its position.
///
/// The binder numbers the chapters. Only a plain number counts (`3.`, `3:`, `Chapter 3 -`, `第3章`), so that "1984" and
/// the third chapter "Apollo 3: The Landing" stay whole.
pub(crate) fn without_number(inline: &str, position: usize) -> &str {
    let rest = after_cjk_number(inline, position).or_else(|| {
        let (numbered, is_called_chapter) = after_chapter_word(inline);
        let rest = numbered.strip_prefix(&position.to_string())?;
        let unspaced = rest.trim_start();
        let is_dash = unspaced.starts_with(['-', '–', '—']) && is_called_chapter;
        let rest = if is_dash { unspaced } else { rest };
        let mark = rest.chars().next().filter(|&mark| is_dash || matches!(mark, '.' | ':' | ')' | '：'))?;
        let title = &rest[mark.len_utf8()..];
        (mark == '：' || title.starts_with(char::is_whitespace)).then_some(title)
    });
    match rest.map(str::trim_start) {
        Some(title) if !title.is_empty() => title,
        _ => inline,
    }
}

fn after_chapter_word(inline: &str) -> (&str, bool) {
    let Some((word, rest)) = inline.split_once(char::is_whitespace) else {
        return (inline, false);
    };
    if CHAPTER_WORDS.contains(&word.to_lowercase().as_str()) { (rest.trim_start(), true) } else { (inline, false) }
}

fn after_cjk_number(inline: &str, position: usize) -> Option<&str> {
    let numbered = inline.strip_prefix(['第', '제'])?.trim_start();
    let rest = numbered.strip_prefix(&position.to_string())?.trim_start();
    let title = rest.strip_prefix(['章', '장'])?;
    let separators = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | '、' | '.');
    title.starts_with(separators).then(|| title.trim_start_matches(separators))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_headings_give_their_text() {
        for (source, inline) in [
            ("## Plain", "Plain"),
            ("  ##   Closed ##  ", "Closed"),
            ("# C#", "C#"),
            ("# C# #", "C#"),
            ("##", ""),
            ("## #", ""),
            ("Under\nlined\n===\n", "Under lined"),
        ] {
            assert_eq!(inline_source(source), inline, "{source}");
        }
    }

    #[test]
    fn a_title_is_what_a_reader_sees() {
        for (inline, text) in [
            ("The *Voyage* of the `Beagle`", "The Voyage of the Beagle"),
            (r"1\. Weltkrieg \{sic\}", "1. Weltkrieg {sic}"),
            ("Salt &amp; Water  in   Bread", "Salt & Water in Bread"),
            ("See [the map](a.png) <b>now</b>", "See [the map](a.png) <b>now</b>"),
            ("C #", "C #"),
            ("", ""),
        ] {
            assert_eq!(plain(inline), text, "{inline}");
        }
    }

    #[test]
    fn braces_at_the_end_are_attributes_unless_escaped_or_empty() {
        assert_eq!(split_attributes("End {last, words=9}"), ("End", Some("last, words=9")));
        assert_eq!(split_attributes("{last}"), ("", Some("last")));
        for title in [r"Sets \{a}", r"Sets {a\}", "Sets {}", "{last} words", "Sets }"] {
            assert_eq!(split_attributes(title), (title, None));
        }
    }

    #[test]
    fn attributes_are_read_and_unknown_ones_are_named() {
        let read = |text| Attributes::read(text);
        let both = Attributes { last: true, words: Some(1500) };
        assert_eq!(read("last, words=1500"), Ok(both));
        assert_eq!(read(" last\t"), Ok(Attributes { last: true, words: None }));
        let attribute = "#intro".to_owned();
        assert_eq!(read("#intro"), Err(Fault::UnknownAttribute { attribute }));
        let found = "50".to_owned();
        assert_eq!(read("words=50"), Err(Fault::WordsOutOfRange { found }));
    }

    #[test]
    fn a_number_equal_to_the_position_is_left_to_the_binder() {
        for (inline, title) in [
            ("3. Salt", "Salt"),
            ("3: Salt", "Salt"),
            ("3) Salt", "Salt"),
            ("Chapter 3: Salt", "Salt"),
            ("CHAPTER 3 – Salt", "Salt"),
            ("Kapitel 3: Salz", "Salz"),
            ("Chapitre 3. Le sel", "Le sel"),
            ("Глава 3. Соль", "Соль"),
            ("第3章　塩", "塩"),
            ("第 3 章：塩", "塩"),
            ("제3장 소금", "소금"),
        ] {
            assert_eq!(without_number(inline, 3), title, "{inline}");
        }
    }

    #[test]
    fn any_other_number_is_part_of_the_title() {
        for inline in [
            "4. Salt",
            "3 Sisters",
            "3.5 Ounces",
            "30. Salt",
            "3",
            "3.",
            "Chapter 3",
            "Chapter 3:",
            "Apollo 3: The Landing",
            r"3\. Armee",
            "3 - 2 = 1",
            "第3章",
            "第3章塩",
        ] {
            assert_eq!(without_number(inline, 3), inline);
        }
    }
}
