//! The context: the one document every chapter of a book is written from, so that no chapter waits for another.
//!
//! It is made once per edition, never changed, and named by its digest. The *book part* stands first in every
//! prompt; a chapter's *slice* says what is its own to write and what belongs to others.

pub mod contract;
mod render;

use bindery_domain::Unit;
use bindery_outline::Outline;
use serde::{Deserialize, Serialize};

/// The version this program writes, and the latest it reads.
pub const VERSION: u16 = 1;

/// A context cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableContext {
    /// A later version than this program reads has made it.
    #[error("its version is {0}, this program reads {VERSION}")]
    Newer(u16),
    /// It is not JSON of a context's shape.
    #[error(transparent)]
    Shape(#[from] serde_json::Error),
}

/// What every context will say, whatever else a version may change.
#[derive(Deserialize)]
struct Versioned {
    version: u16,
}

/// Everything a chapter must know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// The shape's version.
    pub version: u16,
    /// What holds for the whole book.
    pub book: BookPart,
    /// One slice per chapter, in order.
    pub chapters: Vec<Slice>,
}

/// What holds for the whole book.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookPart {
    /// The title.
    pub title: String,
    /// The author's own description, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What the book says, in a sentence or two.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub thesis: String,
    /// Who it is for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub audience: String,
    /// What its reader can do or know afterwards.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promise: String,
    /// What it leaves to other books.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub out_of_scope: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// How it sounds.
    #[serde(default)]
    pub style: Style,
    /// Terms, spelled one way throughout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glossary: Vec<Term>,
    /// Facts, names and dates that hold in every chapter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub canon: Vec<String>,
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
}

/// One chapter's share of the context.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// The chapter's number, from 1.
    pub chapter: u32,
    /// Its title.
    pub title: String,
    /// What it does in the book.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub role: String,
    /// One line that tells other chapters what this one covers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub line: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The points that are this chapter's own to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub owns: Vec<Point>,
    /// Points of others that it may mention, without explaining them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<Reference>,
    /// Where its examples come from, so that no two chapters tell the same one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example_domain: String,
    /// How it opens.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub opening: String,
    /// How it closes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub closing: String,
    /// What it leaves its reader wanting, for the chapter after it to take up.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hand_off: String,
    /// Its length, in the book's unit.
    pub length: u32,
    /// How many sections it has.
    pub sections: u32,
    /// Sections its author fixed, in order; empty when the brief chooses them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<FixedSection>,
    /// Whether it is written after all others, from their true summaries.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub last: bool,
}

/// A key point with the name by which briefs refer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Like `3.2`: the second point of chapter 3.
    pub id: String,
    /// The point, word for word.
    pub text: String,
}

/// A point of another chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The point's name.
    pub id: String,
    /// The chapter that owns it.
    pub chapter: u32,
    /// The point, word for word.
    pub text: String,
}

/// A section as the outline's author fixed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedSection {
    /// Its heading.
    pub heading: String,
    /// What its author wrote about it, word for word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// The names of the points that stand under it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<String>,
}

impl Context {
    /// Reads a context. A field that its version does not have is an error: whoever wrote it by hand is told of it.
    pub fn read(json: &str) -> Result<Self, UnreadableContext> {
        let Versioned { version } = serde_json::from_str(json)?;
        if version > VERSION {
            return Err(UnreadableContext::Newer(version));
        }
        Ok(serde_json::from_str(json)?)
    }

    /// Returns a chapter's slice; none for a number the book does not have.
    pub fn slice(&self, chapter: u32) -> Option<&Slice> {
        self.chapters.get((chapter as usize).checked_sub(1)?)
    }

    /// Returns what the book's lengths are counted in.
    pub fn unit(&self) -> Unit {
        bindery_text::length::unit(&self.book.language)
    }

    /// Returns whether any chapter is written from the others' true summaries.
    pub fn has_last(&self) -> bool {
        self.chapters.iter().any(|slice| slice.last)
    }
}

impl Slice {
    /// Returns a point of this chapter's own by its name.
    pub fn point(&self, id: &str) -> Option<&Point> {
        self.owns.iter().find(|point| point.id == id)
    }
}

/// Lengths a context is compiled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// A chapter's, where the outline names none.
    pub chapter: u32,
    /// A section's.
    pub section: u32,
}

impl Context {
    /// Compiles what an outline says by itself, without a model: every word of it, every point owned once.
    pub fn compile(outline: &Outline, lengths: Lengths) -> Self {
        let front = &outline.front;
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let term = |(term, definition): (&String, &String)| Term { term: term.clone(), definition: definition.clone() };
        let book = BookPart {
            title: outline.title.clone(),
            description: outline.description.clone(),
            audience: text(&front.audience),
            language: front.language.clone().unwrap_or_else(|| "en".to_owned()),
            style: Style {
                tone: text(&front.tone),
                point_of_view: text(&front.point_of_view),
                sample: text(&front.sample),
                banned: front.banned.clone(),
            },
            glossary: front.glossary.iter().map(term).collect(),
            canon: front.canon.clone(),
            ..BookPart::default()
        };
        let mut chapters: Vec<Slice> = Vec::with_capacity(outline.chapters.len());
        for number in 1..=outline.chapters.len() {
            chapters.push(slice(outline, number, lengths));
        }
        give_doubled_points_one_owner(&mut chapters);
        Self { version: VERSION, book, chapters }
    }
}

/// What UAX-29 words are to characters: a section of 700 words reads as long as one of 1,400 characters.
const CHARACTERS_PER_WORD: u32 = 2;

fn slice(outline: &Outline, number: usize, lengths: Lengths) -> Slice {
    let chapter = &outline.chapters[number - 1];
    let number = u32::try_from(number).expect("an outline holds at most 2,000 chapters");
    let length = chapter.words.or(outline.front.words).unwrap_or(lengths.chapter);
    let mut texts = chapter.points.iter().chain(chapter.sections.iter().flat_map(|section| &section.points));
    let mut owns = Vec::new();
    for position in 1.. {
        let Some(text) = texts.next() else { break };
        owns.push(Point { id: format!("{number}.{position}"), text: text.clone() });
    }
    let mut names = owns.iter().skip(chapter.points.len()).map(|point| point.id.clone());
    let fixed: Vec<FixedSection> = (chapter.sections.iter())
        .map(|section| FixedSection {
            heading: section.heading.clone(),
            summary: section.summary.clone(),
            points: names.by_ref().take(section.points.len()).collect(),
        })
        .collect();
    let unit = bindery_text::length::unit(outline.front.language.as_deref().unwrap_or("en"));
    let section = if unit == Unit::Characters { lengths.section * CHARACTERS_PER_WORD } else { lengths.section };
    let chosen = (length + section / 2) / section.max(1);
    let sections = if fixed.is_empty() { chosen.max(1) } else { u32::try_from(fixed.len()).unwrap_or(1) };
    Slice {
        chapter: number,
        title: chapter.title.clone(),
        line: first_sentence(&chapter.summary),
        summary: chapter.summary.clone(),
        owns,
        length,
        sections,
        fixed,
        last: chapter.last,
        ..Slice::default()
    }
}

/// The longest line a chapter is given in the book part, in characters.
const LINE: usize = 160;

fn first_sentence(summary: &str) -> String {
    let flat = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = flat.find(". ").map(|at| at + 1).or_else(|| flat.find('。').map(|at| at + '。'.len_utf8()));
    flat[..end.unwrap_or(flat.len())].chars().take(LINE).collect()
}

/// Leaves a point that two chapters list with the first; the others may refer to it.
fn give_doubled_points_one_owner(chapters: &mut [Slice]) {
    let mut owners = std::collections::HashMap::new();
    for slice in chapters {
        let chapter = slice.chapter;
        let fixed: Vec<String> = slice.fixed.iter().flat_map(|section| section.points.clone()).collect();
        let (owned, doubled): (Vec<Point>, Vec<Point>) =
            std::mem::take(&mut slice.owns).into_iter().partition(|point| {
                let owner = owners.entry(normal(&point.text)).or_insert((chapter, point.id.clone()));
                owner.1 == point.id || fixed.contains(&point.id)
            });
        slice.owns = owned;
        for point in doubled {
            let (owner, id) = owners[&normal(&point.text)].clone();
            if owner != chapter {
                slice.references.push(Reference { id, chapter: owner, text: point.text });
            }
        }
    }
}

fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use bindery_outline::{Chapter, Section};

    use super::*;

    const LENGTHS: Lengths = Lengths { chapter: 3_000, section: 700 };

    fn outline() -> Outline {
        let first = Chapter {
            title: "Flour".into(),
            summary: "Why flour matters. And more.".into(),
            points: vec!["Protein".into(), "Ash".into()],
            ..Chapter::default()
        };
        let section = Section { heading: "Wild yeast".into(), summary: "s".into(), points: vec!["Feeding".into()] };
        let second = Chapter {
            title: "Yeast".into(),
            points: vec!["protein ".into(), "Sugar".into()],
            sections: vec![section],
            words: Some(900),
            ..Chapter::default()
        };
        Outline { title: "Bread".into(), chapters: vec![first, second], ..Outline::default() }
    }

    #[test]
    fn every_point_is_owned_once_and_a_doubled_one_becomes_a_reference() {
        let context = Context::compile(&outline(), LENGTHS);
        let ids = |slice: &Slice| slice.owns.iter().map(|point| point.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&context.chapters[0]), ["1.1", "1.2"]);
        assert_eq!(ids(&context.chapters[1]), ["2.2", "2.3"]);
        let expected = Reference { id: "1.1".into(), chapter: 1, text: "protein ".into() };
        assert_eq!(context.chapters[1].references, [expected]);
    }

    #[test]
    fn a_chapter_is_divided_by_its_length_unless_its_author_fixed_sections() {
        let context = Context::compile(&outline(), LENGTHS);
        assert_eq!((context.chapters[0].length, context.chapters[0].sections), (3_000, 4));
        assert_eq!((context.chapters[1].length, context.chapters[1].sections), (900, 1));
        assert_eq!(context.chapters[1].fixed[0].points, ["2.3"]);
        assert_eq!(context.chapters[0].line, "Why flour matters.");
    }

    #[test]
    fn sections_counted_in_characters_are_longer() {
        let mut japanese = outline();
        japanese.front.language = Some("ja".into());
        let context = Context::compile(&japanese, LENGTHS);
        assert_eq!(context.chapters[0].sections, 2);
        assert_eq!(context.unit(), Unit::Characters);
    }

    #[test]
    fn a_context_reads_back_from_its_json() {
        let context = Context::compile(&outline(), LENGTHS);
        let json = serde_json::to_string(&context).unwrap();
        assert_eq!(serde_json::from_str::<Context>(&json).unwrap(), context);
    }
}
