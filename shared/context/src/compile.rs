//! The context that an outline gives by itself, without a model.

use bindery_domain::Unit;
use bindery_outline::{BookKind, Chapter, FrontMatter, Headings, Outline, Role};
use bindery_text::sentence;

use super::{BookPart, Context, FixedSection, Point, Slice, Style, Term, VERSION, form::deal};

/// The language of a book whose outline names none.
const LANGUAGE: &str = "en";

/// How many characters read as long as one word.
const CHARACTERS_PER_WORD: u32 = 2;

/// The longest line of a chapter in the book part, in characters.
const LINE: usize = 160;

/// The fewest characters that tell what a chapter is about.
const TELLING: usize = 40;

/// The lengths that a context is compiled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// A chapter's length where the outline names none.
    pub chapter: u32,
    /// A section's length in words.
    pub section: u32,
}

impl Context {
    /// Compiles a context from an outline alone. It holds every word of the outline. A point under a chapter is that chapter's, also
    /// where another chapter has the same.
    pub fn compile(outline: &Outline, lengths: Lengths) -> Self {
        let book = book_part(outline);
        let characters = match bindery_text::length::unit(&book.language) {
            Unit::Words => 1,
            Unit::Characters => CHARACTERS_PER_WORD,
        };
        let lengths =
            Lengths { chapter: outline.front.words.unwrap_or(lengths.chapter), section: lengths.section * characters };
        let slice = |(chapter, number)| slice(chapter, number, lengths, &book.language);
        let mut chapters: Vec<Slice> = outline.chapters.iter().zip(1..).map(slice).collect();
        deal_forms(&book, &mut chapters);
        Self { version: VERSION, book, secrets: Vec::new(), chapters }
    }
}

fn book_part(outline: &Outline) -> BookPart {
    let FrontMatter {
        language,
        audience,
        tone,
        point_of_view,
        sample,
        banned,
        canon,
        glossary,
        headings,
        citations,
        variety,
        ..
    } = outline.front.clone();
    let style = Style {
        tone: tone.unwrap_or_default(),
        point_of_view: point_of_view.unwrap_or_default(),
        sample: sample.unwrap_or_default(),
        voice: String::new(),
        banned,
    };
    let kind = BookKind::of(outline);
    BookPart {
        kind: Some(kind),
        headings: headings.unwrap_or_else(|| usual_headings(kind, outline)),
        citations: citations.unwrap_or_default(),
        variety: variety.unwrap_or_default(),
        title: outline.title.clone(),
        description: outline.description.clone(),
        audience: audience.unwrap_or_default(),
        language: language.unwrap_or_else(|| LANGUAGE.to_owned()),
        style,
        glossary: glossary.into_iter().map(|(term, definition)| Term { term, definition, chapter: None }).collect(),
        canon,
        ..BookPart::default()
    }
}

/// Returns what stands between sections where the author does not say it. The scenes of a story have no titles, unless the author
/// has given them some.
fn usual_headings(kind: BookKind, outline: &Outline) -> Headings {
    let fixed = outline.chapters.iter().any(|chapter| !chapter.sections.is_empty());
    if kind.is_fiction() && !fixed { Headings::Breaks } else { Headings::Titles }
}

/// Deals a form to each chapter that is written.
fn deal_forms(book: &BookPart, chapters: &mut [Slice]) {
    let written: Vec<&mut Slice> = chapters.iter_mut().filter(|slice| !slice.typed).collect();
    let kind = book.kind.unwrap_or(BookKind::Nonfiction);
    let seed = book.title.bytes().map(usize::from).sum();
    let forms = deal(book.variety, kind, written.len(), seed);
    written.into_iter().zip(forms).for_each(|(slice, form)| slice.form = form);
}

fn slice(chapter: &Chapter, number: u32, lengths: Lengths, language: &str) -> Slice {
    let texts = chapter.points.iter().chain(chapter.sections.iter().flat_map(|section| &section.points));
    let owns: Vec<Point> = texts
        .zip(1_u32..)
        .map(|(text, position)| Point { id: format!("{number}.{position}"), text: text.clone() })
        .collect();
    let mut fixed = fixed_sections(chapter, &owns[chapter.points.len()..]);
    let told = fixed.iter().rposition(|section| !is_practice(&section.heading)).map_or(0, |last| last + 1);
    let practice = fixed.split_off(told);
    let typed = chapter.typed_text();
    let asked = || chapter.words.or(chapter.role().usual_length()).unwrap_or(lengths.chapter);
    let length = typed.map_or_else(asked, |text| bindery_text::length::length(text, language));
    Slice {
        chapter: number,
        title: chapter.title.clone(),
        line: telling_line(&chapter.summary, language),
        summary: chapter.summary.clone(),
        owns,
        length,
        sections: u32::try_from(practice.len()).unwrap_or_default()
            + match fixed.len() {
                0 if typed.is_some() => 1,
                0 => ((length + lengths.section / 2) / lengths.section.max(1)).max(1),
                count => u32::try_from(count).unwrap_or(1),
            },
        fixed,
        practice,
        goals: chapter.goals.clone(),
        last: chapter.last,
        unnumbered: !chapter.role().is_numbered(),
        typed: typed.is_some(),
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

/// Returns whether a heading stands over exercises or a quiz.
fn is_practice(heading: &str) -> bool {
    matches!(Role::of_title(heading), Some(Role::Exercises | Role::Quiz))
}

/// Returns the first sentences of a summary, so many that they tell something: "Tuesday." alone does not.
fn telling_line(summary: &str, language: &str) -> String {
    let flat = summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let ends = sentence::ranges(&flat, language).into_iter().map(|sentence| sentence.end);
    let end = ends.take_while(|end| *end <= flat.len()).find(|end| flat[..*end].chars().count() >= TELLING);
    let line = flat[..end.unwrap_or(flat.len())].trim();
    if line.chars().count() <= LINE {
        return line.to_owned();
    }
    let cut: String = line.chars().take(LINE).collect();
    let whole_words = cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words);
    format!("{}…", whole_words.trim_end_matches([',', ';', ':', '-', '–', '—']))
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
    fn a_point_under_a_chapter_is_its_own_also_where_another_has_the_same() {
        let context = Context::compile(&outline(), LENGTHS);
        let ids = |slice: &Slice| slice.owns.iter().map(|point| point.id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&context.chapters[0]), ["1.1", "1.2"]);
        assert_eq!(ids(&context.chapters[1]), ["2.1", "2.2", "2.3"]);
        assert!(context.chapters.iter().all(|slice| slice.references.is_empty()));
    }

    #[test]
    fn a_line_tells_what_its_chapter_is_about_and_ends_with_a_whole_word() {
        for (summary, line) in [
            ("Tuesday.", "Tuesday."),
            (
                "Tuesday. Nora finds the ledger in the flooded cellar. She burns it.",
                "Tuesday. Nora finds the ledger in the flooded cellar.",
            ),
            ("", ""),
        ] {
            assert_eq!(telling_line(summary, "en"), line);
        }
        let long = telling_line(&"the river and its many names, ".repeat(20), "en");
        assert!(long.ends_with("the river…"), "{long}");
        assert!(long.chars().count() <= LINE + 1);
    }

    #[test]
    fn a_chapter_is_divided_by_its_length_unless_its_author_fixed_sections() {
        let context = Context::compile(&outline(), LENGTHS);
        assert_eq!((context.chapters[0].length, context.chapters[0].sections), (3_000, 4));
        assert_eq!((context.chapters[1].length, context.chapters[1].sections), (900, 1));
        assert_eq!(context.chapters[1].fixed[0].points, ["2.3"]);
        assert_eq!(context.chapters[0].line, "Why flour matters. And more.");
    }

    #[test]
    fn exercises_and_a_quiz_at_the_end_come_after_the_lesson() {
        let section = |heading: &str| Section { heading: heading.into(), ..Section::default() };
        let mut lesson = outline();
        lesson.chapters[0].goals = vec!["judge flour".into()];
        lesson.chapters[0].sections = vec![section("Exercises"), section("Quiz")];
        lesson.chapters[1].sections.push(section("Quiz"));
        let context = Context::compile(&lesson, LENGTHS);
        let [first, second] = &context.chapters[..] else { panic!("{context:?}") };
        assert_eq!((first.sections, first.told_sections(), first.practice.len()), (6, 4, 2));
        assert!(first.needs_brief() && first.fixed.is_empty());
        assert_eq!(first.goals, ["judge flour"]);
        assert_eq!((second.sections, second.fixed.len(), second.practice.len()), (2, 1, 1));
        assert!(!second.needs_brief());
    }

    #[test]
    fn sections_of_a_story_are_parted_by_breaks_unless_its_author_says_otherwise() {
        let mut told = outline();
        told.chapters[1].sections.clear();
        let headings = |outline: &Outline| Context::compile(outline, LENGTHS).book.headings;
        assert_eq!(headings(&told), Headings::Titles);
        told.front.kind = Some(BookKind::Novel);
        assert_eq!(headings(&told), Headings::Breaks);
        assert_eq!(
            headings(&Outline { front: told.front.clone(), ..outline() }),
            Headings::Titles,
            "the author named some"
        );
        told.front.headings = Some(Headings::None);
        assert_eq!(headings(&told), Headings::None);
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
