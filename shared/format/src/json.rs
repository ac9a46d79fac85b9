//! JSON: the whole book as structure, for programs. `docs/schemas/book.json` is its schema.

use schemars::JsonSchema;
use serde::Serialize;

mod published;

use self::published::Published;
use super::{
    NumberStyle, Provenance, Role, SectionCall, WrittenSection,
    book::Book,
    document::{Block, Document, Note},
};

/// The version of the structure. It rises when a field changes its meaning.
const VERSION: u32 = 1;

/// A book.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Book")]
struct WholeBook<'b> {
    /// The version of this structure.
    version: u32,
    title: &'b str,
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle: Option<&'b str>,
    authors: &'b [String],
    /// BCP 47 tag of the book's language.
    language: &'b str,
    /// What the book is about, as text.
    description: &'b str,
    #[serde(skip_serializing_if = "Option::is_none")]
    publisher: Option<&'b str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rights: Option<&'b str>,
    /// Date of the book, `YYYY-MM-DD`, if its author gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<&'b str>,
    /// The book's unique identifier, a `urn:uuid:`.
    identifier: &'b str,
    /// What sells the book.
    publication: Published<'b>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<&'b str>,
    /// The mark of its score, from 0 to 100. The figures stand in `NAME.score.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    mark: Option<u32>,
    /// The parts, in order; empty where the book has none.
    parts: Vec<Part<'b>>,
    /// The chapters, in reading order.
    chapters: Vec<Chapter<'b>>,
    /// The pictures that the blocks show.
    pictures: Vec<Picture<'b>>,
}

/// A part: chapters under one title.
#[derive(Serialize, JsonSchema)]
struct Part<'b> {
    /// What readers see before the title, such as `Part III`.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_text: Option<&'b str>,
    /// The title; empty where the part has its number alone.
    title: &'b str,
    /// The numbers of its chapters.
    chapters: Vec<u32>,
}

/// A chapter.
#[derive(Serialize, JsonSchema)]
struct Chapter<'b> {
    /// Its number in the book, from 1.
    number: u32,
    /// The number that readers see; absent for an introduction, an appendix and the like.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown_number: Option<u32>,
    /// That number as readers see it, such as `III`; absent where the title has it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    number_text: Option<&'b str>,
    role: Role,
    title: &'b str,
    /// What its readers can do afterwards, in a course.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    goals: &'b [String],
    /// Where its text comes from; absent where its author typed it, and where it could not be written.
    #[serde(skip_serializing_if = "Option::is_none")]
    provenance: Option<&'b Provenance>,
    /// The sections, in order. Text before the first heading is a section without one.
    sections: Vec<Section<'b>>,
    /// The footnotes, in the order of their numbers.
    notes: Vec<Note>,
}

/// A section: a heading of the second level, and the blocks below it.
#[derive(Serialize, JsonSchema)]
struct Section<'b> {
    #[serde(skip_serializing_if = "Option::is_none")]
    heading: Option<String>,
    /// The calls that its text comes from, in order: several where texts stand under one heading. Absent where they are not
    /// known, as after an edit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    provenance: Vec<&'b SectionCall>,
    blocks: Vec<Block>,
}

/// A picture.
#[derive(Serialize, JsonSchema)]
struct Picture<'b> {
    /// The path under which the author named it.
    path: &'b str,
    media_type: &'static str,
    width: u32,
    height: u32,
    /// The picture, as a `data:` address.
    data: String,
}

/// Renders the book as JSON.
pub(super) fn render(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let parts = book.parts.iter().enumerate().map(|(index, part)| Part {
        number_text: part.name.number.as_deref(),
        title: part.name.title,
        chapters: book.chapters[part.first..]
            .iter()
            .take_while(|chapter| chapter.part == Some(index))
            .map(|chapter| chapter.number)
            .collect(),
    });
    let whole = WholeBook {
        version: VERSION,
        title: &manuscript.title,
        subtitle: manuscript.subtitle.as_deref(),
        authors: &manuscript.authors,
        language: &manuscript.language,
        description: &book.description,
        publisher: manuscript.publisher.as_deref(),
        rights: manuscript.rights.as_deref(),
        date: manuscript.publication.date.as_deref(),
        identifier: &manuscript.identifier,
        publication: Published::of(book),
        notice: manuscript.notice.as_deref(),
        mark: manuscript.mark,
        parts: parts.collect(),
        chapters: (0..book.chapters.len()).map(|index| chapter(book, index)).collect(),
        pictures: manuscript.pictures.iter().map(picture).collect(),
    };
    serde_json::to_string_pretty(&whole).expect("a book holds only texts and numbers") + "\n"
}

fn chapter<'b>(book: &'b Book<'_>, index: usize) -> Chapter<'b> {
    let given = &book.manuscript.chapters[index];
    let Document { blocks, notes, headings, .. } = book.document(index);
    let mut sections: Vec<Section<'b>> = Vec::new();
    for block in blocks {
        match block {
            Block::Heading { index, level: 2, .. } => {
                let heading = Some(headings[index].text.clone());
                sections.push(Section { heading, provenance: Vec::new(), blocks: Vec::new() });
            }
            block => match sections.last_mut() {
                Some(section) => section.blocks.push(block),
                None => sections.push(Section { heading: None, provenance: Vec::new(), blocks: vec![block] }),
            },
        }
    }
    if let Some(provenance) = &given.provenance {
        name_calls(&mut sections, &provenance.sections);
    }
    Chapter {
        number: given.number,
        shown_number: given.shown_number.filter(|_| book.chapter_style() != NumberStyle::None),
        number_text: book.chapters[index].shown_number(),
        role: given.role,
        title: &given.title,
        goals: &given.goals,
        provenance: given.provenance.as_ref(),
        sections,
        notes,
    }
}

/// Names the calls that sections come from. Their numbers begin with 0 for the text before the first heading, which a chapter may
/// not have. Where the headings were counted in another way, no call is named.
fn name_calls<'b>(sections: &mut [Section<'b>], written: &'b [WrittenSection]) {
    let before = usize::from(sections.first().is_some_and(|section| section.heading.is_some()));
    let last = before + sections.len();
    if written.last().is_none_or(|written| *written.stands_in.end() + 1 != last) {
        return;
    }
    for (number, section) in (before..).zip(sections) {
        let here = written.iter().filter(|written| written.stands_in.contains(&number));
        section.provenance = here.map(|written| &written.call).collect();
    }
}

fn picture(given: &crate::Picture) -> Picture<'_> {
    Picture {
        path: &given.path,
        media_type: given.media_type(),
        width: given.width(),
        height: given.height(),
        data: given.data_address(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `BINDERY_BLESS=1 cargo test -p bindery-format schema` writes the file anew.
    #[test]
    fn the_schema_in_the_documentation_is_the_schema_of_the_code() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schemas/book.json");
        let schema = serde_json::to_string_pretty(&schemars::schema_for!(WholeBook<'static>)).unwrap() + "\n";
        if std::env::var_os("BINDERY_BLESS").is_some() {
            std::fs::write(path, &schema).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(path).unwrap(),
            schema,
            "BINDERY_BLESS=1 cargo test -p bindery-format schema"
        );
    }
}
