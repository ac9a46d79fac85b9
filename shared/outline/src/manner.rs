//! Choices of a book that decide how its chapters look and what they may name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What stands between the sections of a chapter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Headings {
    /// A heading above each section.
    #[default]
    Titles,
    /// A line across the page, as between scenes.
    Breaks,
    /// Nothing: one section follows the other.
    None,
}

/// Whether a book may name sources that its author did not give.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Citations {
    /// It names those alone that its author gave.
    #[default]
    None,
    /// It may name others.
    Allow,
}

/// How numbers are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NumberStyle {
    /// As figures: 3.
    #[default]
    Arabic,
    /// As Roman numerals: III.
    Roman,
    /// In the words of the book's language: Three.
    Words,
    /// Not at all.
    None,
}

impl NumberStyle {
    /// All styles.
    pub const ALL: [Self; 4] = [Self::Arabic, Self::Roman, Self::Words, Self::None];

    /// Returns the name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arabic => "arabic",
            Self::Roman => "roman",
            Self::Words => "words",
            Self::None => "none",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|style| style.name().eq_ignore_ascii_case(name))
    }
}

/// How much the chapters of a book differ in form and rhythm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Variety {
    /// All chapters have the same form.
    Low,
    /// The plan decides, and no two chapters open or close alike.
    #[default]
    Medium,
    /// Each chapter is dealt a form, an opening and a rhythm that its neighbours do not have.
    High,
}

impl Headings {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Titles, Self::Breaks, Self::None];

    /// Returns the name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Titles => "titles",
            Self::Breaks => "breaks",
            Self::None => "none",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(name))
    }
}

impl Citations {
    /// All choices.
    pub const ALL: [Self; 2] = [Self::None, Self::Allow];

    /// Returns the name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Allow => "allow",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(name))
    }
}

impl Variety {
    /// All choices.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// Returns the name, as outlines have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_has_the_same_name_in_every_place() {
        for choice in Headings::ALL {
            assert_eq!(serde_json::to_value(choice).unwrap(), choice.name());
            assert_eq!(Headings::named(&choice.name().to_uppercase()), Some(choice));
        }
        for style in NumberStyle::ALL {
            assert_eq!(serde_json::to_value(style).unwrap(), style.name());
            assert_eq!(NumberStyle::named(style.name()), Some(style));
        }
        for choice in Citations::ALL {
            assert_eq!(serde_json::to_value(choice).unwrap(), choice.name());
            assert_eq!(Citations::named(choice.name()), Some(choice));
        }
        for choice in Variety::ALL {
            assert_eq!(serde_json::to_value(choice).unwrap(), choice.name());
            assert_eq!(Variety::named(choice.name()), Some(choice));
        }
    }
}
