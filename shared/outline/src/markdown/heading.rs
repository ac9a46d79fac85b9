//! Headings: their text, the attributes in braces, and a number that the binder writes itself.

use pulldown_cmark::{Event, Parser, Tag};

use super::{
    super::{
        fault::{Fault, shortened},
        labels::{Called, Label, label},
        role::Role,
        suggest::misspelt,
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

/// Returns the text of a heading that is a link to another file or place of the same work; other headings stay whole.
pub(crate) fn without_link(inline: &str) -> &str {
    let parts = inline.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')).and_then(|rest| rest.split_once("]("));
    match parts {
        Some((words, target))
            if !words.trim().is_empty() && !words.contains(['[', ']']) && !target.contains([':', '(', ')', ' ']) =>
        {
            words
        }
        _ => inline,
    }
}

/// Splits the length in brackets from the end of a heading: `Salt (3,000 words)`. Brackets after a backslash are text.
pub(crate) fn split_length(inline: &str) -> (&str, Option<u32>) {
    let parts = inline.strip_suffix(')').and_then(|rest| rest.rsplit_once('('));
    let length = parts.and_then(|(title, length)| {
        // A number alone or with a letter may be a year or a model.
        let has_unit = length.chars().filter(|c| c.is_alphabetic()).count() > 1;
        let is_title = !title.trim().is_empty() && !title.ends_with('\\');
        Some((title.trim_end(), values::counted_words(length)?)).filter(|_| has_unit && is_title)
    });
    length.map_or((inline, None), |(title, words)| (title, Some(words)))
}

/// Splits the attributes in braces from the end of a heading. Braces after a backslash, and braces that hold another
/// closing brace, are text.
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
    if inside.is_empty() || inside.contains('}') {
        return none;
    }
    (trimmed[..start].trim_end(), Some(inside))
}

fn is_escaped(before: &str) -> bool {
    let without = before.trim_end_matches('\\');
    (before.len() - without.len()) % 2 == 1
}

/// The attributes in the braces of a heading.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) last: bool,
    pub(super) words: Option<u32>,
    /// What the heading is, where its level and its label do not tell.
    pub(super) part: bool,
    pub(super) chapter: bool,
    /// Whether the chapter stands in no part although one stands before it.
    pub(super) no_part: bool,
    pub(super) role: Option<Role>,
    /// Whether Pandoc's mark for a chapter without a number stands there.
    pub(super) is_unnumbered: bool,
    /// The attributes of other tools, which say nothing here.
    pub(super) ignored: Vec<String>,
}

impl Attributes {
    /// Reads `last` and `words=3000`, separated by commas or spaces.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let mut attributes = Self::default();
        for attribute in pieces(text) {
            match attribute.split_once('=') {
                None if attribute == "last" => attributes.last = true,
                None if attribute == "part" => attributes.part = true,
                None if attribute == "chapter" => attributes.chapter = true,
                None if attribute == "no-part" => attributes.no_part = true,
                // Pandoc marks headings without a number so, and gives them names.
                None if matches!(attribute, "-" | ".unnumbered") => attributes.is_unnumbered = true,
                None if attribute.starts_with(['#', '.']) && attribute.len() > 1 => {}
                Some(("words", digits)) => {
                    let found = shortened(digits);
                    let words = values::words(digits).ok_or(Fault::WordsOutOfRange { found })?;
                    attributes.words = Some(words);
                }
                Some(("role", name)) => {
                    let found = shortened(name);
                    attributes.role = Some(Role::named(name).ok_or(Fault::BadRole { found })?);
                }
                Some((key, _)) if !misspelt(key, &["words", "role"]) && !key.is_empty() => {
                    attributes.ignored.push(shortened(attribute));
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

/// Returns the attributes between commas and spaces. A value in quotation marks may hold both.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let parts = move |c: char| {
        is_quoted ^= c == '"';
        !is_quoted && matches!(c, ',' | ' ' | '\t')
    };
    text.split(parts).filter(|piece| !piece.is_empty())
}

/// Returns a chapter's heading without a label whose number is one of `numbers`.
///
/// The binder numbers the chapters. Only a label or a plain number counts (`3.`, `Chapter Three:`, `第3章`), so that
/// "1984" and the third chapter "Apollo 3: The Landing" stay whole.
pub(crate) fn without_number<'a>(inline: &'a str, numbers: &[u32]) -> &'a str {
    match label(inline) {
        Some(Label { called: Called::Chapter | Called::Number, number, title })
            if numbers.contains(&number) && !title.is_empty() =>
        {
            title
        }
        _ => inline,
    }
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
        for title in [r"Sets \{a}", r"Sets {a\}", "Sets {}", "{last} words", "Sets }", "{last} words}"] {
            assert_eq!(split_attributes(title), (title, None));
        }
    }

    #[test]
    fn a_length_in_brackets_at_the_end_is_split_off() {
        for (inline, expected) in [
            ("Salt (3,000 words)", ("Salt", Some(3_000))),
            ("Salt (~2.5k words)", ("Salt", Some(2_500))),
            ("Salz (1200 Wörter)", ("Salz", Some(1_200))),
            ("Salt (1984)", ("Salt (1984)", None)),
            ("Salt (last words)", ("Salt (last words)", None)),
            (r"Salt \(3\,000 words\)", (r"Salt \(3\,000 words\)", None)),
            ("(300 words)", ("(300 words)", None)),
        ] {
            assert_eq!(split_length(inline), expected);
        }
    }

    #[test]
    fn attributes_are_read_and_unknown_ones_are_named() {
        let read = |text| Attributes::read(text);
        let both = Attributes { last: true, words: Some(1500), ..Attributes::default() };
        assert_eq!(read("last, words=1500"), Ok(both));
        assert_eq!(read(" last\t"), Ok(Attributes { last: true, ..Attributes::default() }));
        let role = Some(Role::Appendix);
        assert_eq!(read("role=appendix, no-part"), Ok(Attributes { role, no_part: true, ..Attributes::default() }));
        assert_eq!(read("#intro .unnumbered"), Ok(Attributes { is_unnumbered: true, ..Attributes::default() }));
        let ignored = vec!["data-x=1".to_owned(), "title=\"a b\"".to_owned()];
        assert_eq!(read("#intro data-x=1 title=\"a b\""), Ok(Attributes { ignored, ..Attributes::default() }));
        let attribute = "word=900".to_owned();
        assert_eq!(read("word=900"), Err(Fault::UnknownAttribute { attribute }));
        let attribute = "intro".to_owned();
        assert_eq!(read("intro"), Err(Fault::UnknownAttribute { attribute }));
        let found = "hero".to_owned();
        assert_eq!(read("role=hero"), Err(Fault::BadRole { found }));
        let found = "10".to_owned();
        assert_eq!(read("words=10"), Err(Fault::WordsOutOfRange { found }));
    }

    #[test]
    fn a_number_equal_to_the_position_is_left_to_the_binder() {
        for (inline, title) in [
            ("3. Salt", "Salt"),
            ("3: Salt", "Salt"),
            ("3) Salt", "Salt"),
            ("Chapter 3: Salt", "Salt"),
            ("CHAPTER 3 – Salt", "Salt"),
            ("Chapter Three: Salt", "Salt"),
            ("Chapter III - Salt", "Salt"),
            ("III. Salt", "Salt"),
            ("Kapitel 3: Salz", "Salz"),
            ("Chapitre 3. Le sel", "Le sel"),
            ("Глава 3. Соль", "Соль"),
            ("第3章　塩", "塩"),
            ("第 3 章：塩", "塩"),
            ("제3장 소금", "소금"),
        ] {
            assert_eq!(without_number(inline, &[3]), title, "{inline}");
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
            assert_eq!(without_number(inline, &[3]), inline);
        }
    }
}
