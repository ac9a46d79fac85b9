//! Renders an outline as Markdown that reads back as the same outline.

use std::fmt::{Display, Write};

use super::{
    BookKind, Chapter, Citations, Contributor, FrontMatter, Headings, Isbn, NumberStyle, Outline, Section, Series,
    Variety,
    fields::FRONT_KEYS,
    habits::{cleaned, labelled_title},
    labels::{decimal, label, roman, unmarked, without_symbols},
    markdown::{
        heading::{inline_source, plain, split_attributes, split_length, without_link},
        prose::{as_item, first_heading},
    },
    page::bold,
    role::Role,
};

/// Renders an outline as Markdown with front matter.
///
/// The result reads back as the same outline if the outline came from [`parse`](super::parse).
pub fn to_markdown(outline: &Outline) -> String {
    for marks in [Marks::None, Marks::Escapes] {
        let text = rendered(outline, marks);
        if super::parse(text.as_bytes(), super::Kind::Markdown).is_ok_and(|read| read == *outline) {
            return text;
        }
    }
    rendered(outline, Marks::All)
}

/// How plainly headings say what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Marks {
    /// As a writer would type them.
    None,
    /// With escapes in titles that look as if they had a label or a role.
    Escapes,
    /// Also with braces that name parts and chapters.
    All,
}

fn rendered(outline: &Outline, marks: Marks) -> String {
    let mut text = front_matter(&outline.front);
    heading(&mut text, 1, &escaped(&outline.title, marks));
    paragraph(&mut text, &outline.description);
    let mut open: Option<&String> = None;
    let mut parts = outline.parts.iter();
    for (at, chapter) in outline.chapters.iter().enumerate() {
        let part = chapter.part.as_ref();
        if let Some(title) = part.filter(|_| part != open) {
            // Two parts may have the same title.
            let summary = parts.find(|part| part.title == *title).map_or("", |part| &part.summary);
            let mark = if marks == Marks::All { " {part}" } else { "" };
            heading(&mut text, 1, &(escaped(title, marks) + mark));
            paragraph(&mut text, summary);
        }
        let ends_part = part.is_none() && open.is_some();
        let ends_book = || outline.chapters[at..].iter().all(|chapter| chapter.role().is_closing());
        let no_part = ends_part && (marks == Marks::All || !ends_book());
        open = part;
        heading(&mut text, 2, &(escaped(&chapter.title, marks) + &attributes(chapter, no_part, marks)));
        let (summary, below) = before_headings(&chapter.summary);
        paragraph(&mut text, summary);
        points(&mut text, &chapter.points);
        if !chapter.goals.is_empty() {
            paragraph(&mut text, "Goals:");
            points(&mut text, &chapter.goals);
        }
        paragraph(&mut text, below);
        for Section { heading: title, summary, points: below } in &chapter.sections {
            heading(&mut text, 3, &escaped(title, marks));
            let (summary, rest) = before_headings(summary);
            paragraph(&mut text, summary);
            points(&mut text, below);
            paragraph(&mut text, rest);
        }
    }
    text
}

/// Splits a text before its first heading. Below one, a list would be a part of the text.
fn before_headings(prose: &str) -> (&str, &str) {
    let (before, below) = prose.split_at(first_heading(prose).unwrap_or(prose.len()));
    (before.trim_end_matches('\n'), below)
}

fn heading(text: &mut String, level: usize, title: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(&"#".repeat(level));
    text.push(' ');
    text.push_str(title);
    text.push('\n');
}

fn paragraph(text: &mut String, prose: &str) {
    if !prose.is_empty() {
        text.push('\n');
        text.push_str(prose);
        text.push('\n');
    }
}

fn points(text: &mut String, points: &[String]) {
    if !points.is_empty() {
        text.push('\n');
    }
    text.extend(points.iter().map(|point| as_item(point)));
}

fn attributes(chapter: &Chapter, no_part: bool, marks: Marks) -> String {
    let mut attributes = Vec::new();
    if marks == Marks::All {
        attributes.push("chapter".to_owned());
    }
    if chapter.last {
        attributes.push("last".to_owned());
    }
    attributes.extend(chapter.words.map(|words| format!("words={words}")));
    attributes.extend(chapter.role.map(|role| format!("role={}", role.name())));
    if no_part {
        attributes.push("no-part".to_owned());
    }
    if attributes.is_empty() { String::new() } else { format!(" {{{}}}", attributes.join(", ")) }
}

/// Returns a title as Markdown. It has escapes only where it would be read as something else.
fn escaped(title: &str, marks: Marks) -> String {
    let is_plain = |inline: &str| marks == Marks::None || !is_labelled(inline);
    let reads_back = |inline: &str| {
        !inline.contains("<!--")
            && cleaned(inline) == inline
            && split_attributes(inline).1.is_none()
            && inline_source(&format!("# {inline}")) == inline
            && without_link(inline) == inline
            && bold(inline).is_none()
            && plain(inline) == title
    };
    if reads_back(title) && is_plain(title) {
        return title.to_owned();
    }
    let mut inline = String::with_capacity(2 * title.len());
    for c in title.chars() {
        if c.is_ascii_punctuation() {
            inline.push('\\');
        }
        inline.push(c);
    }
    if is_plain(&inline) {
        return inline;
    }
    let mut chars = title.chars();
    let first = chars.next().map(u32::from).unwrap_or_default();
    format!("&#{first};{}", escaped(chars.as_str(), Marks::None))
}

/// Returns whether a reader takes a part of a title for a label, or the title for another kind of heading.
fn is_labelled(inline: &str) -> bool {
    label(inline).is_some()
        || decimal(inline).is_some()
        || without_symbols(inline) != inline
        || split_length(inline).1.is_some()
        || unmarked(inline).is_some()
        || roman(inline).is_some()
        || labelled_title(inline).is_some()
        || Role::of_title(&plain(inline)).is_some()
}

fn front_matter(front: &FrontMatter) -> String {
    let mut yaml = String::new();
    for key in FRONT_KEYS {
        match key {
            "kind" => line(&mut yaml, key, front.kind.map(BookKind::name)),
            "headings" => line(&mut yaml, key, front.headings.map(Headings::name)),
            "citations" => line(&mut yaml, key, front.citations.map(Citations::name)),
            "variety" => line(&mut yaml, key, front.variety.map(Variety::name)),
            "subtitle" => field(&mut yaml, key, front.subtitle.as_ref()),
            "author" => match &front.author[..] {
                [only] => field(&mut yaml, key, Some(only)),
                several => list(&mut yaml, key, several),
            },
            "language" => field(&mut yaml, key, front.language.as_ref()),
            "audience" => field(&mut yaml, key, front.audience.as_ref()),
            "tone" => field(&mut yaml, key, front.tone.as_ref()),
            "point_of_view" => field(&mut yaml, key, front.point_of_view.as_ref()),
            "sample" => field(&mut yaml, key, front.sample.as_ref()),
            "banned" => list(&mut yaml, key, &front.banned),
            "canon" => list(&mut yaml, key, &front.canon),
            "glossary" => glossary(&mut yaml, key, front),
            "words" => line(&mut yaml, key, front.words),
            "model" => field(&mut yaml, key, front.model.as_ref()),
            "date" => line(&mut yaml, key, front.date.as_ref()),
            "keywords" => list(&mut yaml, key, &front.keywords),
            "isbn" => isbn(&mut yaml, key, front.isbn.as_ref()),
            "publisher" => field(&mut yaml, key, front.publisher.as_ref()),
            "rights" => field(&mut yaml, key, front.rights.as_ref()),
            "contributors" => contributors(&mut yaml, key, &front.contributors),
            "series" => series(&mut yaml, key, front.series.as_ref()),
            "edition" => field(&mut yaml, key, front.edition.as_ref()),
            "bisac" => list(&mut yaml, key, &front.bisac),
            "thema" => list(&mut yaml, key, &front.thema),
            "blurb" => field(&mut yaml, key, front.blurb.as_ref()),
            "disclosure" => field(&mut yaml, key, front.disclosure.as_ref()),
            "certified_by" => field(&mut yaml, key, front.certified_by.as_ref()),
            "cover" => field(&mut yaml, key, front.cover.as_ref()),
            "trim" => field(&mut yaml, key, front.trim.as_ref()),
            "numbering" => line(&mut yaml, key, front.numbering.map(NumberStyle::name)),
            "part_numbering" => line(&mut yaml, key, front.part_numbering.map(NumberStyle::name)),
            other => unreachable!("{other} is not a key of the front matter"),
        }
    }
    if yaml.is_empty() { yaml } else { format!("---\n{yaml}---\n") }
}

fn line(yaml: &mut String, key: &str, value: Option<impl Display>) {
    if let Some(value) = value {
        writeln!(yaml, "{key}: {value}").expect("writing to a string succeeds");
    }
}

fn field(yaml: &mut String, key: &str, value: Option<&String>) {
    let Some(value) = value else { return };
    if is_block(value) {
        let indented = value.replace('\n', "\n  ").replace("\n  \n", "\n\n");
        line(yaml, key, Some(format!("|-\n  {indented}")));
    } else {
        line(yaml, key, Some(scalar(value)));
    }
}

fn list(yaml: &mut String, key: &str, values: &[String]) {
    if !values.is_empty() {
        writeln!(yaml, "{key}:").expect("writing to a string succeeds");
    }
    for value in values {
        writeln!(yaml, "  - {}", scalar(value)).expect("writing to a string succeeds");
    }
}

fn glossary(yaml: &mut String, key: &str, front: &FrontMatter) {
    if !front.glossary.is_empty() {
        writeln!(yaml, "{key}:").expect("writing to a string succeeds");
    }
    for (term, meaning) in &front.glossary {
        line(yaml, &format!("  {}", scalar(term)), Some(scalar(meaning)));
    }
}

fn isbn(yaml: &mut String, key: &str, isbn: Option<&Isbn>) {
    match isbn {
        None => {}
        Some(Isbn::One(isbn)) => field(yaml, key, Some(isbn)),
        Some(Isbn::PerEdition(isbns)) => {
            writeln!(yaml, "{key}:").expect("writing to a string succeeds");
            for (edition, isbn) in isbns {
                line(yaml, &format!("  {edition}"), Some(scalar(isbn)));
            }
        }
    }
}

fn contributors(yaml: &mut String, key: &str, contributors: &[Contributor]) {
    if !contributors.is_empty() {
        writeln!(yaml, "{key}:").expect("writing to a string succeeds");
    }
    for Contributor { name, role } in contributors {
        line(yaml, "  - name", Some(scalar(name)));
        line(yaml, "    role", Some(role.name()));
    }
}

fn series(yaml: &mut String, key: &str, series: Option<&Series>) {
    let Some(Series { name, number }) = series else { return };
    let Some(number) = number else { return field(yaml, key, Some(name)) };
    writeln!(yaml, "{key}:").expect("writing to a string succeeds");
    line(yaml, "  name", Some(scalar(name)));
    line(yaml, "  number", Some(scalar(number)));
}

/// Returns whether a text of several lines can be written as a YAML block.
fn is_block(text: &str) -> bool {
    text.contains('\n') && !text.starts_with(' ') && text.chars().all(|c| c == '\n' || is_printable(c))
}

/// Returns a text as a YAML scalar, in quotation marks where a part of it has a meaning in YAML.
fn scalar(text: &str) -> String {
    const WORDS: [&str; 8] = ["true", "false", "null", "yes", "no", "on", "off", "nan"];
    let starts_bare = text.starts_with(char::is_alphabetic);
    let is_bare = |c: char| c.is_alphanumeric() || " ,.;()'’“”„‚‘–—-_/!?%&+、。「」・".contains(c);
    if starts_bare
        && text.chars().all(is_bare)
        && !text.ends_with(char::is_whitespace)
        && !WORDS.contains(&text.to_lowercase().as_str())
    {
        return text.to_owned();
    }
    let quoted = serde_json::to_string(text).expect("a string is JSON");
    let mut printable = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        if is_printable(c) {
            printable.push(c);
        } else {
            write!(printable, "\\u{:04x}", u32::from(c)).expect("writing to a string succeeds");
        }
    }
    printable
}

/// Returns whether YAML takes the character as it is. It reads some as line breaks or as a byte order mark.
fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}
