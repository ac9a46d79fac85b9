//! What the first lines of a description state about the book, such as `**Audience:** cooks` and `Language: de`.

use bindery_text::language;

use super::{
    FrontMatter, Outline,
    fields::language_tag,
    habits::{Stated, stated},
    markdown::prose::{one_line, paragraphs},
    values,
};

/// Moves such lines from the beginning of the description to the fields that they are about. A field that has a value keeps it,
/// and the line stays.
pub(super) fn take(outline: &mut Outline) {
    let Outline { description, front, .. } = outline;
    let mut kept: Vec<&str> = Vec::new();
    let (mut is_head, mut has_taken) = (true, false);
    for line in description.lines() {
        let is_taken = is_head && stated(line).is_some_and(|stated| put(front, stated));
        has_taken |= is_taken;
        // Where lines went, no more than one blank line is left.
        let is_second_blank = is_head && has_taken && line.is_empty() && kept.last().is_none_or(|last| last.is_empty());
        if is_taken || is_second_blank {
            continue;
        }
        is_head &= line.trim().is_empty() || is_field(line);
        kept.push(line);
    }
    if has_taken {
        *description = paragraphs(&kept.join("\n"));
    }
}

/// Puts what a line states into its field. Returns whether it could.
fn put(front: &mut FrontMatter, stated: Stated) -> bool {
    let text = |field: &mut Option<String>, text: &str| {
        let text = Some(one_line(text)).filter(|text| !text.is_empty() && field.is_none());
        let is_put = text.is_some();
        *field = text.or(field.take());
        is_put
    };
    match stated {
        Stated::Subtitle(typed) => text(&mut front.subtitle, &typed),
        Stated::Audience(typed) => text(&mut front.audience, &typed),
        Stated::Tone(typed) => text(&mut front.tone, &typed),
        Stated::Language(name) => {
            let tag = language_tag(&name).or_else(|| language::tag(&name).map(|tag| tag.into_inner()));
            tag.is_some_and(|tag| text(&mut front.language, &tag))
        }
        Stated::Words(typed) => match values::counted_words(&typed).filter(|_| front.words.is_none()) {
            Some(words) => {
                front.words = Some(words);
                true
            }
            None => false,
        },
        Stated::Authors(names) if front.author.is_empty() => {
            front.author = names.iter().map(|name| one_line(name)).filter(|name| !name.is_empty()).collect();
            !front.author.is_empty()
        }
        Stated::Authors(_) => false,
    }
}

/// Returns whether a line has the form `Key: value`, among which such lines stand.
fn is_field(line: &str) -> bool {
    let key = line.split_once(':').map(|(key, _)| key.trim_matches(|c: char| !c.is_alphanumeric()));
    key.is_some_and(|key| (1..=3).contains(&key.split_whitespace().count()))
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, parse};

    #[test]
    fn the_first_lines_of_a_description_state_what_they_are_about() {
        let text = "# Wax\n\n**Zielgruppe:** Imker\nGenre: nature\n**Tone:** dry\n\nLanguage: German\n\nWords per chapter: 2,000\n\nOn bees.\n\nAudience: all\n\n## Bees\n";
        let outline = parse(text.as_bytes(), Kind::Markdown).unwrap();
        let front = &outline.front;
        assert_eq!((front.audience.as_deref(), front.tone.as_deref()), (Some("Imker"), Some("dry")));
        assert_eq!((front.language.as_deref(), front.words), (Some("de"), Some(2_000)));
        assert_eq!(outline.description, "Genre: nature\n\nOn bees.\n\nAudience: all");
        let json = serde_json::to_vec(&outline).unwrap();
        assert_eq!(parse(&json, Kind::Json).unwrap(), outline);
    }

    #[test]
    fn a_line_stays_where_the_front_matter_says_the_same() {
        let text = "---\ntone: warm\nlanguage: fr\n---\n\n# Wax\n\nTone: dry\nLanguage: nobody's\n\n## Bees\n";
        let outline = parse(text.as_bytes(), Kind::Markdown).unwrap();
        assert_eq!((outline.front.tone.as_deref(), outline.front.language.as_deref()), (Some("warm"), Some("fr")));
        assert_eq!(outline.description, "Tone: dry\nLanguage: nobody's");
    }
}
