//! The lines before the first chapter of an outline without headings: its title, its author, for whom it is.

use super::{
    super::page::{Page, bold, heading, is_rule, item},
    Found,
};

/// The longest line that can be a title or a subtitle, in bytes.
const LONGEST: usize = 200;

/// What a line before the first chapter is.
enum Line {
    Title(String),
    Subtitle(String),
    Authors(Vec<String>),
    Audience(String),
    Tone(String),
    Text,
}

/// Reads the lines before line `end`. What is no title, author or the like stays as the description.
pub(super) fn read(page: &mut Page, end: usize, found: &mut Found) {
    let titled = (0..end).find(|&at| {
        let text = &page.lines[at].text;
        heading(text).is_some() || matches!(field(text), Some(Line::Title(_)))
    });
    let mut title = None;
    let mut is_fresh = false;
    for at in 0..end {
        let text = page.lines[at].text.trim().to_owned();
        if text.is_empty() || item(&text).is_some() || is_rule(&text) {
            if is_rule(&text) {
                page.clear(at);
            }
            is_fresh &= text.is_empty();
            continue;
        }
        let line = match title {
            None if titled.is_none() => first(&text),
            None if titled == Some(at) => first(heading(&text).map_or(text.as_str(), |(_, text)| text)),
            _ => later(&text, is_fresh, found.subtitle.is_none()),
        };
        is_fresh &= !matches!(line, Line::Text);
        match line {
            Line::Title(text) => {
                title = Some(at);
                is_fresh = true;
                page.lines[at].text = format!("# {text}");
                continue;
            }
            Line::Subtitle(text) => found.subtitle = Some(text),
            Line::Authors(names) => found.authors.extend(names),
            Line::Audience(text) => found.audience = Some(text),
            Line::Tone(text) => found.tone = Some(text),
            Line::Text => {
                page.lines[at].text = text;
                continue;
            }
        }
        page.clear(at);
    }
    match title {
        Some(at) => move_first(page, at),
        None => found.is_untitled |= found.title.is_none(),
    }
}

/// Puts the title before the text that stands above it.
fn move_first(page: &mut Page, title: usize) {
    let line = page.lines.remove(title);
    page.lines.insert(0, line);
}

fn first(text: &str) -> Line {
    let known = field(text);
    let text = bold(text).unwrap_or(text);
    match known.or_else(|| field(text)).or_else(|| by_line(text).map(Line::Authors)) {
        Some(line) => line,
        None if is_short(text) => Line::Title(text.to_owned()),
        None => Line::Text,
    }
}

fn later(text: &str, is_fresh: bool, may_be_subtitle: bool) -> Line {
    if let Some(line) = field(text).or_else(|| by_line(text.trim_matches(['*', '_'])).map(Line::Authors)) {
        return line;
    }
    let italic = text.strip_prefix(['*', '_']).and_then(|text| text.strip_suffix(['*', '_']));
    let plain = Some(text).filter(|text| !text.contains(':'));
    let subtitle = bold(text).or(italic).or(plain).filter(|text| is_short(text));
    match subtitle {
        Some(text) if is_fresh && may_be_subtitle => Line::Subtitle(text.trim_matches(['*', '_']).to_owned()),
        _ => Line::Text,
    }
}

fn is_short(text: &str) -> bool {
    text.len() <= LONGEST && !text.ends_with(['.', ':', ';', ',', '。']) && item(text).is_none() && !text.contains(". ")
}

/// Reads a line such as `Title: Salt` or `**Target audience:** cooks`.
fn field(text: &str) -> Option<Line> {
    let (key, value) = text.split_once([':', '：'])?;
    let key = key.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let value = value.trim_matches(|c: char| matches!(c, '*' | '_') || c.is_whitespace());
    let value = value.trim_matches(['"', '“', '”']).to_owned();
    if value.is_empty() {
        return None;
    }
    match key.as_str() {
        "title" | "book title" | "book" | "working title" | "titel" | "arbeitstitel" | "titre" | "título"
        | "titolo" | "название" | "书名" | "タイトル" => Some(Line::Title(value)),
        "subtitle" | "untertitel" | "sous-titre" | "subtítulo" | "sottotitolo" | "ondertitel" => {
            Some(Line::Subtitle(value))
        }
        "author" | "authors" | "by" | "written by" | "autor" | "autorin" | "auteur" | "autore" | "автор" | "作者"
        | "著者" => Some(Line::Authors(names(&value))),
        "audience" | "target audience" | "target reader" | "target readers" | "readers" | "intended audience"
        | "zielgruppe" | "public" | "public cible" | "público" | "público objetivo" | "destinatari" => {
            Some(Line::Audience(value))
        }
        "tone" | "style" | "voice" | "tone and style" | "ton" | "tono" | "stil" => Some(Line::Tone(value)),
        _ => None,
    }
}

/// Returns the title in a line such as `Title: Salt`.
pub(in super::super) fn labelled_title(text: &str) -> Option<String> {
    match field(text)? {
        Line::Title(title) => Some(title),
        _ => None,
    }
}

/// What a line of a description states about the book.
pub(in super::super) enum Stated {
    Subtitle(String),
    Authors(Vec<String>),
    Audience(String),
    Tone(String),
    Language(String),
    Words(String),
}

/// Reads a line such as `**Language:** de`.
pub(in super::super) fn stated(line: &str) -> Option<Stated> {
    match field(line.trim()) {
        Some(Line::Subtitle(text)) => return Some(Stated::Subtitle(text)),
        Some(Line::Authors(names)) => return Some(Stated::Authors(names)),
        Some(Line::Audience(text)) => return Some(Stated::Audience(text)),
        Some(Line::Tone(text)) => return Some(Stated::Tone(text)),
        _ => {}
    }
    let (key, value) = line.split_once([':', '：'])?;
    let key = key.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let value = value.trim_matches(|c: char| matches!(c, '*' | '_') || c.is_whitespace()).to_owned();
    match key.as_str() {
        "language" | "sprache" | "langue" | "idioma" | "lingua" | "taal" | "язык" | "言語" | "语言" => {
            Some(Stated::Language(value))
        }
        "words per chapter"
        | "words a chapter"
        | "chapter length"
        | "wörter je kapitel"
        | "wörter pro kapitel"
        | "mots par chapitre"
        | "palabras por capítulo" => Some(Stated::Words(value)),
        _ => None,
    }
}

/// Reads the authors in a line such as `By Jane Doe`.
pub(super) fn by_line(text: &str) -> Option<Vec<String>> {
    let (word, rest) = text.trim().split_once(char::is_whitespace)?;
    let is_by =
        matches!(word.to_lowercase().trim_end_matches(':'), "by" | "von" | "par" | "por" | "di" | "door" | "av" | "af");
    let is_name = |word: &str| {
        word.starts_with(char::is_uppercase)
            || matches!(word, "and" | "und" | "et" | "y" | "e" | "en" | "&" | "de" | "van" | "von" | "der" | "la")
    };
    let rest = rest.trim();
    let words = rest.split_whitespace().count();
    let is_line = is_by && words <= 10 && rest.split_whitespace().all(is_name) && rest.starts_with(char::is_uppercase);
    (is_line && !rest.ends_with('.')).then(|| names(rest))
}

fn names(text: &str) -> Vec<String> {
    let mut text = text.to_owned();
    for and in [" and ", " und ", " et ", " y ", " & "] {
        text = text.replace(and, ", ");
    }
    let names = text.split([',', ';']).map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| name.strip_prefix("and ").unwrap_or(name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> (String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        let end = page.lines.len();
        read(&mut page, end, &mut found);
        let lines: Vec<&str> =
            page.lines.iter().map(|line| line.text.as_str()).filter(|line| !line.is_empty()).collect();
        (lines.join("\n"), found)
    }

    #[test]
    fn the_lines_of_a_title_page_are_read() {
        let (text, found) = head("**Salt**\n\n*A Long History*\n\nBy Ann Lee and Bo Fox\n\nFor cooks, with love.");
        assert_eq!(text, "# Salt\nFor cooks, with love.");
        assert_eq!(found.subtitle.as_deref(), Some("A Long History"));
        assert_eq!(found.authors, ["Ann Lee", "Bo Fox"]);
    }

    #[test]
    fn fields_are_read_in_any_order() {
        let (text, found) = head("**Target audience:** cooks\nGenre: history\n### **Title: Salt: A Life**\nTone: dry");
        assert_eq!(text, "# Salt: A Life\nGenre: history");
        assert_eq!((found.audience.as_deref(), found.tone.as_deref()), (Some("cooks"), Some("dry")));
        assert!(!found.is_untitled);
    }

    #[test]
    fn a_sentence_is_no_title() {
        let (text, found) = head("This book is about salt.");
        assert_eq!(text, "This book is about salt.");
        assert!(found.is_untitled);
    }
}
