//! The gate against answers that are data and not a text.

use bindery_text::markdown::Kind;
use serde::de::IgnoredAny;

use super::SectionText;

/// The answer is data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is {0}, not prose in Markdown")]
pub struct Data(&'static str);

pub(super) fn check(text: &SectionText<'_>) -> Result<(), Data> {
    let source = text.source.trim();
    let braced = source.starts_with(['{', '[']) && source.ends_with(['}', ']']);
    if source.starts_with("{\"") || (braced && serde_json::from_str::<IgnoredAny>(source).is_ok()) {
        return Err(Data("a JSON value"));
    }
    let blocks = text.blocks.iter().filter(|block| block.kind != Kind::Rule).count();
    let html = text.blocks.iter().filter(|block| block.kind == Kind::Html).count();
    if html * 2 > blocks { Err(Data("a page of HTML")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_in_place_of_prose_is_found() {
        for (text, what) in [
            ("{\"heading\": \"The Tide\", \"text\": \"It turned.\"}", "a JSON value"),
            ("{\"heading\": \"The Tide\", \"text\": \"It tur", "a JSON value"),
            ("[1, 2]", "a JSON value"),
            ("<html>\n<body>\n<p>It turned.</p>\n</body>\n</html>", "a page of HTML"),
        ] {
            assert_eq!(check(&SectionText::read(text, "en")), Err(Data(what)), "{text}");
        }
    }

    #[test]
    fn prose_with_brackets_is_no_data() {
        for text in
            ["[Sic] is what editors write [when they must]", "{Braces} are rare.", "It turned.\n\n```json\n{}\n```"]
        {
            assert_eq!(check(&SectionText::read(text, "en")), Ok(()), "{text}");
        }
    }
}
