//! Tags, or an object, around a whole text.

use super::object;

/// Names of tags that hold a text. One half of such a pair is taken away alone.
const NAMES: &[&str] = &[
    "draft",
    "section",
    "section_text",
    "subsection",
    "chapter",
    "text",
    "answer",
    "final_answer",
    "final",
    "output",
    "response",
    "result",
    "content",
    "article",
    "story",
    "scene",
    "prose",
    "document",
    "revised",
    "revised_section",
    "revised_draft",
    "revised_text",
    "rewritten",
    "rewritten_section",
    "rewrite",
    "revision",
    "markdown",
    "body",
    "main",
    "entwurf",
    "abschnitt",
    "texte",
    "texto",
    "testo",
    "tekst",
];

/// Names of tags whose inside alone is the text, although something stands before or after them.
const ANSWERS: &[&str] =
    &["answer", "final_answer", "output", "response", "draft", "final", "section_text", "revised_section"];

/// Returns the text without what is around the whole of it; `None` where nothing is.
pub(super) fn strip(text: &str) -> Option<String> {
    let text = text.trim();
    strip_pair(text)
        .or_else(|| strip_half(text))
        .or_else(|| answer(text))
        .map(str::to_owned)
        .or_else(|| object::text_of(text))
}

/// A tag at the start of a text: `<draft>` or `<section id="2">`.
struct Tag<'a> {
    name: &'a str,
    length: usize,
}

impl<'a> Tag<'a> {
    fn at_start(text: &'a str) -> Option<Self> {
        const LONGEST: usize = 80;

        let inner = text.strip_prefix('<')?;
        let end = inner.find('>').filter(|end| *end <= LONGEST)?;
        let name = inner[..end].split(char::is_whitespace).next()?;
        let named = name.starts_with(|char: char| char.is_alphabetic())
            && name.chars().all(|char| char.is_alphanumeric() || matches!(char, '_' | '-' | ':' | '.'));
        (named && !is_inline(name)).then_some(Self { name, length: end + 2 })
    }
}

/// Returns whether a tag marks words or a paragraph and not a text.
fn is_inline(name: &str) -> bool {
    matches!(
        name.to_lowercase().as_str(),
        "p" | "b" | "i" | "em" | "strong" | "u" | "a" | "span" | "code" | "sub" | "sup" | "br" | "img"
    )
}

fn is_known(name: &str) -> bool {
    NAMES.contains(&name.to_lowercase().as_str())
}

fn strip_pair(text: &str) -> Option<&str> {
    let tag = Tag::at_start(text)?;
    let closing = format!("</{}>", tag.name);
    let inner = text[tag.length..].strip_suffix(closing.as_str())?;
    (!inner.contains(closing.as_str()) && !inner.trim().is_empty()).then_some(inner)
}

fn strip_half(text: &str) -> Option<&str> {
    let opening = Tag::at_start(text).filter(|tag| is_known(tag.name));
    if let Some(tag) = opening
        && !text.contains(&format!("</{}>", tag.name))
    {
        return Some(&text[tag.length..]).filter(|rest| !rest.trim().is_empty());
    }
    let (before, name) = text.strip_suffix('>')?.rsplit_once("</")?;
    let is_alone = is_known(name) && !before.contains(&format!("<{name}"));
    (is_alone && !before.trim().is_empty()).then_some(before)
}

/// Returns the inside of a pair of tags that marks the answer, where it is most of the text.
fn answer(text: &str) -> Option<&str> {
    if !text.contains("</") {
        return None;
    }
    ANSWERS.iter().find_map(|name| {
        let (opening, closing) = (format!("<{name}>"), format!("</{name}>"));
        let (before, rest) = text.split_once(opening.as_str())?;
        let (inner, after) = rest.split_once(closing.as_str())?;
        let is_line = before.is_empty() || before.ends_with('\n');
        (is_line && !after.contains(opening.as_str()) && inner.len() * 2 > text.len()).then_some(inner)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_around_the_whole_are_dropped_also_where_one_was_lost() {
        for text in [
            "<draft>\nIt turned.\n</draft>",
            "<section id=\"2\">\n\nIt turned.\n\n</section>",
            "<chapter_text>It turned.</chapter_text>",
            "<draft>\n\nIt turned.",
            "It turned.\n</section>",
            "Plan.\n\n<answer>\nIt turned. It turned. It turned.\n</answer>",
        ] {
            let inner = strip(text).expect("something is around it");
            assert!(inner.trim().starts_with("It turned.") && inner.trim().ends_with('.'), "{text}: {inner}");
        }
    }

    #[test]
    fn tags_and_objects_that_are_part_of_the_text_stay() {
        for text in [
            "<p>It turned.</p>",
            "<b>It</b> turned, and it <b>rose</b>",
            "It turned.",
            "{\"a\": 1}",
            "Write `</section>`",
            "A pair is <draft> and </draft>, and it is closed.",
        ] {
            assert_eq!(strip(text), None, "{text}");
        }
    }
}
