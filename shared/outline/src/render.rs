//! Renders an outline as Markdown that reads back as the same outline.

use std::fmt::{Display, Write};

use super::{
    Chapter, FrontMatter, Outline, Section,
    fields::FRONT_KEYS,
    markdown::{
        heading::{inline_source, plain, split_attributes, without_number},
        prose::as_item,
    },
};

/// Renders an outline as Markdown with front matter.
///
/// The result reads back as the same outline if the outline came from [`parse`](super::parse).
pub fn to_markdown(outline: &Outline) -> String {
    let mut text = front_matter(&outline.front);
    heading(&mut text, 1, &escaped(&outline.title, None));
    paragraph(&mut text, &outline.description);
    for (chapter, position) in outline.chapters.iter().zip(1..) {
        let title = escaped(&chapter.title, Some(position));
        heading(&mut text, 2, &(title + &attributes(chapter)));
        paragraph(&mut text, &chapter.summary);
        points(&mut text, &chapter.points);
        for Section { heading: title, summary, points: below } in &chapter.sections {
            heading(&mut text, 3, &escaped(title, None));
            paragraph(&mut text, summary);
            points(&mut text, below);
        }
    }
    text
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

fn attributes(chapter: &Chapter) -> String {
    let words = chapter.words.map(|words| format!("words={words}"));
    let last = chapter.last.then(|| "last".to_owned());
    let attributes: Vec<_> = last.into_iter().chain(words).collect();
    if attributes.is_empty() { String::new() } else { format!(" {{{}}}", attributes.join(", ")) }
}

/// Returns a title as Markdown. It has escapes only where it would be read as something else.
fn escaped(title: &str, position: Option<usize>) -> String {
    let keeps_number = |inline: &str| position.is_none_or(|position| without_number(inline, position) == inline);
    let reads_back = |inline: &str| {
        !inline.contains("<!--")
            && split_attributes(inline).1.is_none()
            && inline_source(&format!("# {inline}")) == inline
            && plain(inline) == title
    };
    if reads_back(title) && keeps_number(title) {
        return title.to_owned();
    }
    let mut inline = String::with_capacity(2 * title.len());
    for c in title.chars() {
        if c.is_ascii_punctuation() {
            inline.push('\\');
        }
        inline.push(c);
    }
    if keeps_number(&inline) {
        return inline;
    }
    let mut chars = title.chars();
    let first = chars.next().map(u32::from).unwrap_or_default();
    format!("&#{first};{}", escaped(chars.as_str(), None))
}

fn front_matter(front: &FrontMatter) -> String {
    let mut yaml = String::new();
    for key in FRONT_KEYS {
        match key {
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
            "publisher" => field(&mut yaml, key, front.publisher.as_ref()),
            "rights" => field(&mut yaml, key, front.rights.as_ref()),
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
