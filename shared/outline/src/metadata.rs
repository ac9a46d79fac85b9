//! What sells a book: the metadata of its front matter that no word of its text depends on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::FrontMatter;

/// The editions of a book that may have an ISBN of their own.
pub(super) const EDITIONS: [&str; 12] =
    ["epub", "kindle", "pdf", "html", "docx", "md", "txt", "json", "scorm", "paperback", "hardcover", "audiobook"];

/// The value of `disclosure` that leaves the disclosure out.
pub(super) const NO_DISCLOSURE: &str = "off";

/// Somebody beside the authors who had a share in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contributor {
    /// The name.
    pub name: String,
    /// What the person did.
    pub role: ContributorRole,
}

/// What a contributor did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContributorRole {
    /// Edited the book.
    Editor,
    /// Translated it.
    Translator,
    /// Drew its illustrations.
    Illustrator,
    /// Took its photographs.
    Photographer,
    /// Compiled it.
    Compiler,
    /// Wrote its foreword.
    Foreword,
    /// Wrote its introduction.
    Introduction,
    /// Wrote its afterword.
    Afterword,
    /// Designed its cover.
    CoverDesigner,
    /// Reads it aloud.
    Narrator,
    /// Anything else.
    Contributor,
}

impl ContributorRole {
    /// All roles.
    pub const ALL: [Self; 11] = [
        Self::Editor,
        Self::Translator,
        Self::Illustrator,
        Self::Photographer,
        Self::Compiler,
        Self::Foreword,
        Self::Introduction,
        Self::Afterword,
        Self::CoverDesigner,
        Self::Narrator,
        Self::Contributor,
    ];

    /// Returns the role's name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Editor => "editor",
            Self::Translator => "translator",
            Self::Illustrator => "illustrator",
            Self::Photographer => "photographer",
            Self::Compiler => "compiler",
            Self::Foreword => "foreword",
            Self::Introduction => "introduction",
            Self::Afterword => "afterword",
            Self::CoverDesigner => "cover_designer",
            Self::Narrator => "narrator",
            Self::Contributor => "contributor",
        }
    }

    /// Returns the code of the role among the relators of MARC, which EPUB uses.
    pub fn marc(self) -> &'static str {
        match self {
            Self::Editor => "edt",
            Self::Translator => "trl",
            Self::Illustrator => "ill",
            Self::Photographer => "pht",
            Self::Compiler => "com",
            Self::Foreword | Self::Introduction => "aui",
            Self::Afterword => "aft",
            Self::CoverDesigner => "cov",
            Self::Narrator => "nrt",
            Self::Contributor => "ctb",
        }
    }

    /// Returns the role of a name or of a code of MARC.
    pub(super) fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase().replace([' ', '-'], "_");
        Self::ALL.into_iter().find(|role| role.name() == name || role.marc() == name)
    }
}

/// The series that a book belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Series {
    /// The name of the series.
    pub name: String,
    /// The book's number in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// The ISBN of a book, or one for each of its editions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Isbn {
    /// One for every edition.
    One(String),
    /// One for each edition, like `epub` or `paperback`.
    PerEdition(BTreeMap<String, String>),
}

impl FrontMatter {
    /// Returns the metadata alone: all that no word of the text depends on.
    pub fn metadata(&self) -> Self {
        Self {
            subtitle: self.subtitle.clone(),
            author: self.author.clone(),
            date: self.date.clone(),
            keywords: self.keywords.clone(),
            isbn: self.isbn.clone(),
            publisher: self.publisher.clone(),
            rights: self.rights.clone(),
            contributors: self.contributors.clone(),
            series: self.series.clone(),
            edition: self.edition.clone(),
            bisac: self.bisac.clone(),
            thema: self.thema.clone(),
            blurb: self.blurb.clone(),
            disclosure: self.disclosure.clone(),
            certified_by: self.certified_by.clone(),
            cover: self.cover.clone(),
            trim: self.trim.clone(),
            numbering: self.numbering,
            part_numbering: self.part_numbering,
            ..Self::default()
        }
    }

    /// Returns the front matter with other metadata in place of its own.
    pub fn with_metadata(&self, metadata: &Self) -> Self {
        Self {
            kind: self.kind,
            headings: self.headings,
            citations: self.citations,
            variety: self.variety,
            language: self.language.clone(),
            audience: self.audience.clone(),
            tone: self.tone.clone(),
            point_of_view: self.point_of_view.clone(),
            sample: self.sample.clone(),
            banned: self.banned.clone(),
            canon: self.canon.clone(),
            glossary: self.glossary.clone(),
            words: self.words,
            model: self.model.clone(),
            ..metadata.metadata()
        }
    }

    /// Returns whether the book says that a model wrote its text, if one did.
    pub fn discloses(&self) -> bool {
        self.disclosure.as_deref() != Some(NO_DISCLOSURE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contributors_role_has_the_same_name_in_every_place() {
        for role in ContributorRole::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            assert_eq!(ContributorRole::named(role.name()), Some(role));
        }
        assert_eq!(ContributorRole::named("Cover designer"), Some(ContributorRole::CoverDesigner));
        assert_eq!(ContributorRole::named("edt"), Some(ContributorRole::Editor));
        assert_eq!(ContributorRole::named("friend"), None);
    }

    #[test]
    fn front_matter_is_its_metadata_and_the_rest() {
        let old = FrontMatter {
            kind: Some(crate::BookKind::Novel),
            tone: Some("dry".into()),
            blurb: Some("Old.".into()),
            ..FrontMatter::default()
        };
        let new = FrontMatter { tone: Some("warm".into()), blurb: Some("New.".into()), ..FrontMatter::default() };
        let mixed = old.with_metadata(&new);
        assert_eq!((mixed.tone.as_deref(), mixed.blurb.as_deref()), (Some("dry"), Some("New.")));
        assert_eq!(old.with_metadata(&old.metadata()), old);
    }
}
