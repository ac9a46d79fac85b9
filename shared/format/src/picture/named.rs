//! The pictures that a text in Markdown names.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::links;

/// A picture as a text names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPicture {
    /// Its path, from the folder of the text.
    pub path: String,
    /// What it shows, for those who do not see it; may be empty.
    pub alt: String,
}

impl NamedPicture {
    /// Returns the pictures that a text in Markdown names, in order. Pictures on the web are not among them.
    pub fn of(markdown: &str) -> Vec<Self> {
        let mut named = Vec::new();
        let mut open: Option<Self> = None;
        for event in Parser::new(markdown) {
            match event {
                Event::Start(Tag::Image { dest_url, .. })
                    if !dest_url.contains("://") && !dest_url.starts_with("data:") =>
                {
                    let path = links::decoded(&dest_url).trim_start_matches("./").to_owned();
                    open = Some(Self { path, alt: String::new() });
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(picture) = &mut open {
                        picture.alt.push_str(&text);
                    }
                }
                Event::End(TagEnd::Image) => named.extend(open.take()),
                _ => {}
            }
        }
        named
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_found_by_their_paths() {
        let text = "Show ![The *old* quay](./art/old%20quay.png) and\n\n- a map: ![](map.jpg)\n- ![web](https://example.org/x.png)\n";
        let named = NamedPicture::of(text);
        let expected = [("art/old quay.png", "The old quay"), ("map.jpg", "")];
        let expected = expected.map(|(path, alt)| NamedPicture { path: path.to_owned(), alt: alt.to_owned() });
        assert_eq!(named, expected);
    }
}
