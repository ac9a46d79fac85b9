//! The context that an outline gives by itself, without a model.

use std::collections::{HashMap, HashSet};

use bindery_domain::Unit;
use bindery_outline::{Chapter, FrontMatter, Outline, Role};

use super::{BookPart, Context, FixedSection, Point, Reference, Slice, Style, Term, VERSION};

/// The language of a book whose outline names none.
const LANGUAGE: &str = "en";

/// How many characters read as long as one word.
const CHARACTERS_PER_WORD: u32 = 2;

/// The longest line of a chapter in the book part, in characters.
const LINE: usize = 160;

/// The lengths that a context is compiled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// A chapter's length where the outline names none.
    pub chapter: u32,
    /// A section's length in words.
    pub section: u32,
}

impl Context {
    /// Compiles a context from an outline alone. It holds every word of the outline, and each point has one owner.
    pub fn compile(outline: &Outline, lengths: Lengths) -> Self {
        let book = book_part(outline);
        let characters = match bindery_text::length::unit(&book.language) {
            Unit::Words => 1,
            Unit::Characters => CHARACTERS_PER_WORD,
        };
        let lengths =
            Lengths { chapter: outline.front.words.unwrap_or(lengths.chapter), section: lengths.section * characters };
        let mut chapters: Vec<Slice> =
            outline.chapters.iter().zip(1..).map(|(chapter, number)| slice(chapter, number, lengths)).collect();
        for slice in chapters.iter_mut().filter(|slice| slice.typed) {
            slice.length = bindery_text::length::length(&slice.summary, &book.language);
            slice.sections = 1;
        }
        give_repeated_points_one_owner(&mut chapters);
        Self { version: VERSION, book, chapters }
    }
}

fn book_part(outline: &Outline) -> BookPart {
    let FrontMatter { language, audience, tone, point_of_view, sample, banned, canon, glossary, .. } =
        outline.front.clone();
    let style = Style {
        tone: tone.unwrap_or_default(),
        point_of_view: point_of_view.unwrap_or_default(),
        sample: sample.unwrap_or_default(),
        banned,
    };
    BookPart {
        title: outline.title.clone(),
        description: outline.description.clone(),
        audience: audience.unwrap_or_default(),
        language: language.unwrap_or_else(|| LANGUAGE.to_owned()),
        style,
        glossary: glossary.into_iter().map(|(term, definition)| Term { term, definition }).collect(),
        canon,
        ..BookPart::default()
    }
}

fn slice(chapter: &Chapter, number: u32, lengths: Lengths) -> Slice {
    let texts = chapter.points.iter().chain(chapter.sections.iter().flat_map(|section| &section.points));
    let owns: Vec<Point> = texts
        .zip(1_u32..)
        .map(|(text, position)| Point { id: format!("{number}.{position}"), text: text.clone() })
        .collect();
    let fixed = fixed_sections(chapter, &owns[chapter.points.len()..]);
    let length = chapter.words.or(chapter.role().usual_length()).unwrap_or(lengths.chapter);
    Slice {
        chapter: number,
        title: chapter.title.clone(),
        line: first_sentence(&chapter.summary),
        summary: chapter.summary.clone(),
        owns,
        length,
        sections: match fixed.len() {
            0 => ((length + lengths.section / 2) / lengths.section.max(1)).max(1),
            count => u32::try_from(count).unwrap_or(1),
        },
        fixed,
        last: chapter.last,
        unnumbered: !chapter.role().is_numbered(),
        typed: chapter.typed_text().is_some(),
        ..Slice::default()
    }
}

/// Returns the sections that the outline fixes, given the points that stand in them.
fn fixed_sections(chapter: &Chapter, points: &[Point]) -> Vec<FixedSection> {
    let mut ids = points.iter().map(|point| point.id.clone());
    let section = |section: &bindery_outline::Section| FixedSection {
        heading: section.heading.clone(),
        summary: section.summary.clone(),
        points: ids.by_ref().take(section.points.len()).collect(),
    };
    chapter.sections.iter().map(section).collect()
}

fn first_sentence(summary: &str) -> String {
    let flat = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = flat.find(". ").map(|at| at + 1).or_else(|| flat.find('。').map(|at| at + '。'.len_utf8()));
    flat[..end.unwrap_or(flat.len())].chars().take(LINE).collect()
}

/// The first place of a point.
struct Owner {
    chapter: u32,
    id: String,
}

/// In how many chapters a point stands that belongs to the form of the chapters, as "Key takeaways" does.
const FORM: usize = 3;

/// Gives a point that two chapters list to the first of them. The other may refer to it.
///
/// A chapter keeps a point of another in a section that its author fixed. Every chapter keeps a point of three or more
/// chapters, and one such as "Exercises": its author wants it in each of them.
fn give_repeated_points_one_owner(chapters: &mut [Slice]) {
    let mut owners = HashMap::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    for slice in chapters.iter() {
        let points: HashSet<String> = slice.owns.iter().map(|point| normalized(&point.text)).collect();
        points.into_iter().for_each(|point| *counts.entry(point).or_default() += 1);
    }
    let is_form = |text: &str| counts.get(text).is_some_and(|count| *count >= FORM) || Role::of_title(text).is_some();
    for slice in chapters {
        let fixed: Vec<&String> = slice.fixed.iter().flat_map(|section| &section.points).collect();
        for point in std::mem::take(&mut slice.owns) {
            let here = || Owner { chapter: slice.chapter, id: point.id.clone() };
            let text = normalized(&point.text);
            let is_form = is_form(&text);
            let owner = owners.entry(text).or_insert_with(here);
            if owner.id == point.id || fixed.contains(&&point.id) || (is_form && owner.chapter != slice.chapter) {
                slice.owns.push(point);
            } else if owner.chapter != slice.chapter {
                slice.references.push(Reference { id: owner.id.clone(), chapter: owner.chapter, text: point.text });
            }
        }
    }
}

/// Returns a point's text without the differences in case and spacing.
fn normalized(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use bindery_outline::Section;

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
    fn every_point_has_one_owner_and_a_repeated_one_becomes_a_reference() {
        let context = Context::compile(&outline(), LENGTHS);
        let ids = |slice: &Slice| slice.owns.iter().map(|point| point.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&context.chapters[0]), ["1.1", "1.2"]);
        assert_eq!(ids(&context.chapters[1]), ["2.2", "2.3"]);
        let expected = Reference { id: "1.1".into(), chapter: 1, text: "protein ".into() };
        assert_eq!(context.chapters[1].references, [expected]);
    }

    #[test]
    fn a_point_of_the_form_of_all_chapters_stays_in_each() {
        let lesson = |title: &str, points: [&str; 2]| Chapter {
            title: title.into(),
            points: points.map(str::to_owned).into(),
            ..Chapter::default()
        };
        let mut outline = outline();
        let lessons =
            [["One", "In short"], ["Two", "In short"], ["Three", "In short"], ["Four", "Quiz"], ["Five", "Quiz"]];
        outline.chapters = lessons.iter().map(|[title, point]| lesson(title, [title, point])).collect();
        let context = Context::compile(&outline, LENGTHS);
        assert!(context.chapters.iter().all(|slice| slice.owns.len() == 2 && slice.references.is_empty()));
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
        assert_eq!(Context::read(&json).unwrap(), context);
    }
}
