//! The formats in which outlines are written.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The format an outline is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Headings, paragraphs and lists, with optional front matter.
    Markdown,
    /// The schema of [`Outline`](super::Outline) as YAML.
    Yaml,
    /// The schema of [`Outline`](super::Outline) as JSON.
    Json,
    /// A document of a word processor, as Office Open XML.
    Docx,
}

impl Kind {
    /// Returns the format that a file's extension stands for.
    pub fn of(path: &Path) -> Option<Self> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "md" | "markdown" | "mdown" | "mkd" | "qmd" | "rmd" | "txt" | "text" | "org" | "adoc" | "asciidoc"
            | "typ" | "rst" | "tex" | "opml" | "csv" | "tsv" => Some(Self::Markdown),
            "yaml" | "yml" => Some(Self::Yaml),
            "json" => Some(Self::Json),
            "docx" => Some(Self::Docx),
            _ => None,
        }
    }
}
