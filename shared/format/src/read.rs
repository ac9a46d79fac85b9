//! Reads books that may come from anywhere, as Markdown: an EPUB, a Markdown file or plain text.

mod document;
mod epub;
mod plain;

pub use epub::EpubError;

/// A book's text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookText {
    /// Its title, where the file says it.
    pub title: Option<String>,
    /// BCP 47 tag of its language, where the file says it.
    pub language: Option<String>,
    /// The text: each chapter under a heading of level 1, or of level 2 below the title.
    pub markdown: String,
}

impl BookText {
    /// Reads an EPUB.
    pub fn of_epub(bytes: &[u8]) -> Result<Self, EpubError> {
        epub::read(bytes)
    }

    /// Reads a Markdown file, with the title and the language of its front matter.
    pub fn of_markdown(text: &str) -> Self {
        let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
        let metadata = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
        let field = |names: [&str; 2]| {
            let lines = metadata.map(|(lines, _)| lines).unwrap_or_default().lines();
            let mut values = lines.filter_map(|line| line.split_once(':').filter(|(name, _)| names.contains(name)));
            values.next().map(|(_, value)| value.trim().trim_matches(['"', '\'']).to_owned())
        };
        let heading = text.lines().find_map(|line| line.strip_prefix("# ")).map(|title| title.trim().to_owned());
        Self { title: field(["title", "Title"]).or(heading), language: field(["lang", "language"]), markdown: text }
    }

    /// Reads plain text: a line such as “Chapter 3” begins a chapter, and an empty line ends a paragraph.
    pub fn of_plain_text(text: &str) -> Self {
        Self { markdown: plain::markdown(text), ..Self::default() }
    }
}

#[cfg(test)]
mod tests;
