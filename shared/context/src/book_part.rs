//! The book part of a context: what holds for every chapter.

use bindery_outline::{BookKind, Citations, Headings, Variety};
use serde::{Deserialize, Serialize};

/// What holds for the whole book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookPart {
    /// What it is; `None` in a context of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<BookKind>,
    /// What stands between the sections of its chapters.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub headings: Headings,
    /// Whether it may name sources that its author did not give.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub citations: Citations,
    /// How much its chapters differ in form and rhythm.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub variety: Variety,
    /// The title.
    pub title: String,
    /// The author's own description, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What the book says, or the premise of its story, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thesis: String,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub audience: String,
    /// What its reader can do or know afterwards.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promise: String,
    /// What it leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_scope: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// How it sounds.
    #[serde(default)]
    pub style: Style,
    /// Terms, each with one spelling for the whole book.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glossary: Vec<Term>,
    /// Facts, names and dates that hold in every chapter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canon: Vec<String>,
    /// Examples to which several chapters return.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// Who acts in a story.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub characters: Vec<Character>,
    /// Where a story happens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<Place>,
    /// What happens when, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timeline: Vec<String>,
}

/// How a book sounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Style {
    /// The tone.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tone: String,
    /// Who speaks, in which person and tense.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub point_of_view: String,
    /// A paragraph in the book's voice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sample: String,
    /// A page about its voice: the rhythm of its sentences, its words, its distance, what it notices.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub voice: String,
    /// Words and phrases it does not use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub banned: Vec<String>,
}

/// A term with its meaning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The term, as it is spelled.
    pub term: String,
    /// What it means.
    pub definition: String,
    /// The chapter that explains it; the others only use it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chapter: Option<u32>,
}

/// An example to which several chapters return.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// The chapter that tells it; the others only return to it.
    pub chapter: u32,
}

/// Somebody in a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Character {
    /// The name, in its one spelling.
    pub name: String,
    /// What the character wants.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub want: String,
    /// What the character fears.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fear: String,
    /// How the character speaks.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub speech: String,
}

/// A place of a story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The name, in its one spelling.
    pub name: String,
    /// What it is like, in a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
}

/// Returns whether a choice is the one that is made where nothing is said.
fn is_usual<T: Default + PartialEq>(choice: &T) -> bool {
    *choice == T::default()
}
