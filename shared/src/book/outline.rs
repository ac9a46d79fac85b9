//! The outline: what a writer gives, kept word for word.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A whole outline: one schema, whether it was typed as Markdown, YAML or JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outline {
    /// The book's title.
    pub title: String,
    /// What the book is about and for whom, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Settings and metadata that a Markdown outline carries in its front matter.
    #[serde(flatten)]
    pub front: FrontMatter,
    /// The chapters, in order; at least one.
    pub chapters: Vec<Chapter>,
}

/// Settings and metadata of a book; all optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FrontMatter {
    /// Subtitle, for the title page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subtitle: Option<String>,
    /// Author, or several.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub author: Vec<String>,
    /// BCP 47 tag of the language the book is written in; `en` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Who the book is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audience: Option<String>,
    /// How the book sounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<String>,
    /// Who speaks, and in which person and tense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point_of_view: Option<String>,
    /// A paragraph in the voice the book should have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample: Option<String>,
    /// Words and phrases the book must not use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<String>,
    /// Facts, names and dates every chapter must agree on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canon: Vec<String>,
    /// Terms with their meaning, spelled one way throughout the book.
    #[serde(default, skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    pub glossary: std::collections::BTreeMap<String, String>,
    /// Target length of a chapter: words, or characters for Japanese and Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// Model as `provider:model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Date of the book, `YYYY-MM-DD`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Publisher, for the metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publisher: Option<String>,
    /// Rights statement, for the metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
}

/// One chapter of an outline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Chapter {
    /// The chapter's title; no two are alike.
    pub title: String,
    /// What the chapter is about, as Markdown: everything the user wrote that is neither key point nor section.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Key points the chapter must make; a nested list stays inside its point.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
    /// Sections the user fixed; empty when the brief chooses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<Section>,
    /// Target length of this chapter; the book's when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// Whether the chapter is written after all others, from their true summaries: an introduction, a conclusion.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
}

/// One section of a chapter, as the user fixed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The section's heading.
    pub heading: String,
    /// What the section is about, as Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Key points the section must make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
}
