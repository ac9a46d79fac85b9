//! The book that all formats are written from: the clean manuscript with its headings and anchors.

use std::collections::HashMap;

use bindery_outline::{NumberedPart, labelled};
use pulldown_cmark::LinkType;

use super::{
    direction::Direction,
    document::{Alone, Document, Heading, Lost, Place, Surroundings, Target, is_practice, plain_text},
    language,
    links::{self, Link},
    slug::slug,
    terms::{self, Terms},
};
use crate::{Manuscript, NumberStyle, Picture, Role};

/// A book ready to be written.
pub(super) struct Book<'a> {
    /// The clean manuscript.
    pub(super) manuscript: &'a Manuscript,
    /// The direction its language is written in.
    pub(super) direction: Direction,
    /// The text that the binding adds, in the book's language.
    pub(super) terms: &'static Terms,
    /// The description without its markup.
    pub(super) description: String,
    /// The chapters, in order.
    pub(super) chapters: Vec<Chapter<'a>>,
    /// The parts, in order.
    pub(super) parts: Vec<Part<'a>>,
    anchors: HashMap<String, Place>,
}

/// A part: chapters that stand next to each other under one title.
pub(super) struct Part<'a> {
    /// Its title, with the number that readers see.
    pub(super) name: NumberedPart<'a>,
    /// The index of its first chapter.
    pub(super) first: usize,
}

/// A chapter. Of its parsed text only the headings are kept, for the tree of a whole book takes several times its memory.
pub(super) struct Chapter<'a> {
    /// Its number in the book.
    pub(super) number: u32,
    /// Its number among the numbered chapters.
    seen: Option<u32>,
    /// That number as readers see it, such as `III`.
    figure: Option<String>,
    /// What it is in the book.
    pub(super) role: Role,
    /// The index of its part.
    pub(super) part: Option<usize>,
    /// Its title; may be empty.
    pub(super) title: &'a str,
    /// What its readers can do afterwards.
    pub(super) goals: &'a [String],
    /// Its text, as Markdown.
    source: &'a str,
    /// The headings of its text, in order.
    pub(super) headings: Vec<Heading>,
    anchors: HashMap<String, usize>,
}

impl<'a> Book<'a> {
    /// Reads a clean manuscript.
    pub(super) fn read(manuscript: &'a Manuscript) -> Self {
        let numbering = manuscript.publication.numbering;
        let mut parts: Vec<(&'a str, usize)> = Vec::new();
        let mut open = None;
        let mut chapters = Vec::with_capacity(manuscript.chapters.len());
        for (index, chapter) in manuscript.chapters.iter().enumerate() {
            if chapter.part != open {
                open.clone_from(&chapter.part);
                parts.extend(chapter.part.as_deref().map(|title| (title, index)));
            }
            let headings = Document::read(&chapter.body, &Alone).headings;
            let anchors = headings.iter().map(|heading| heading.slug.clone()).zip(0..).collect();
            chapters.push(Chapter {
                number: chapter.number,
                seen: chapter.shown_number,
                figure: chapter.shown_number.and_then(|number| numbering.chapter(number, &manuscript.language)),
                role: chapter.role,
                part: open.as_ref().map(|_| parts.len() - 1),
                title: &chapter.title,
                goals: &chapter.goals,
                source: &chapter.body,
                headings,
                anchors,
            });
        }
        let titles: Vec<&str> = parts.iter().map(|(title, _)| *title).collect();
        let names = numbering.parts(&titles, &manuscript.language);
        let parts = names.into_iter().zip(parts).map(|(name, (_, first))| Part { name, first });
        Self {
            manuscript,
            direction: language::direction(&manuscript.language),
            terms: terms::in_language(&manuscript.language),
            description: description(&manuscript.description),
            anchors: anchors(&chapters),
            parts: parts.collect(),
            chapters,
        }
    }

    /// Returns what sellers tell readers of the book: its blurb, or its description where it has none.
    pub(super) fn blurb(&self) -> String {
        match &self.manuscript.publication.blurb {
            Some(blurb) => description(blurb),
            None => self.description.clone(),
        }
    }

    /// Returns when its edition was last changed, as metadata have it.
    pub(super) fn modified(&self) -> String {
        let Manuscript { modified, date, .. } = self.manuscript;
        modified.clone().unwrap_or_else(|| format!("{date}T00:00:00Z"))
    }

    /// Returns the style in which its chapters are numbered.
    pub(super) fn chapter_style(&self) -> NumberStyle {
        self.manuscript.publication.numbering.chapters
    }

    /// Parses a chapter's text.
    pub(super) fn document(&self, chapter: usize) -> Document {
        Document::read(self.chapters[chapter].source, &Within { book: self, chapter })
    }

    /// Returns the part that begins with a chapter.
    pub(super) fn part_before(&self, chapter: usize) -> Option<usize> {
        let part = self.chapters[chapter].part?;
        (self.parts[part].first == chapter).then_some(part)
    }

    /// Returns what the texts name and the book does not have, as lines for its writer.
    pub(super) fn lost(&self) -> Vec<String> {
        let of_chapter = |index: usize| {
            let number = self.chapters[index].number;
            self.document(index).lost.into_iter().map(move |lost| told(number, &lost))
        };
        (0..self.chapters.len()).flat_map(of_chapter).collect()
    }

    fn anchor(&self, name: &str) -> Option<Place> {
        self.anchors.get(&slug(name)).copied()
    }
}

fn told(chapter: u32, lost: &Lost) -> String {
    match lost {
        Lost::Note(label) => format!("chapter {chapter} refers to the note [^{label}], which has no text"),
        Lost::Place(to) => {
            format!("chapter {chapter} has a link to `{to}`, which is no place in the book; its text stays")
        }
        Lost::Picture(path) => {
            format!("chapter {chapter} shows the picture `{path}`, which is not given; its text stays")
        }
    }
}

/// Returns a description without its markup.
fn description(markdown: &str) -> String {
    let mut lines = Vec::new();
    let mut document = Document::read(markdown, &Alone);
    crate::document::lines(&mut document.blocks, &mut |line| lines.push(plain_text(line)));
    lines.retain(|line| !line.is_empty());
    lines.join(" ")
}

/// A chapter's place in its book, where its links and pictures are looked up.
struct Within<'b> {
    book: &'b Book<'b>,
    chapter: usize,
}

impl Surroundings for Within<'_> {
    /// Anchors are looked up in the chapter first, then in the whole book. A file or a title means its chapter.
    fn target(&self, link_type: LinkType, destination: &str) -> Option<Target> {
        match links::judge(link_type, destination) {
            Link::Outside(url) => Some(Target::Outside(url)),
            Link::Anchor(name) => {
                let name = links::decoded(name);
                let here = self.book.chapters[self.chapter].anchors.get(&slug(&name));
                let here = here.map(|heading| Place { chapter: self.chapter, heading: Some(*heading) });
                here.or_else(|| self.book.anchor(&name)).map(Target::Inside)
            }
            Link::Refused => {
                let file = links::file(destination)?;
                let names = [file.name.as_str(), links::without_number(&file.name)];
                let place = names.into_iter().find_map(|name| self.book.anchor(name))?;
                let heading = self.book.chapters[place.chapter].anchors.get(&slug(&file.anchor)).copied();
                Some(Target::Inside(Place { heading: heading.or(place.heading), ..place }))
            }
        }
    }

    fn is_practice(&self) -> bool {
        is_practice(self.book.chapters[self.chapter].role)
    }

    fn picture(&self, path: &str) -> Option<usize> {
        let wanted = links::decoded(path);
        let wanted = wanted.trim_start_matches("./");
        self.book.manuscript.pictures.iter().position(|Picture { path, .. }| path.trim_start_matches("./") == wanted)
    }
}

impl Chapter<'_> {
    /// Returns the chapter's line in a contents list, which is its number and title.
    pub(super) fn label(&self) -> String {
        match (self.title, self.shown_number()) {
            ("", _) => self.heading_text(),
            (title, Some(number)) => labelled(number, title),
            (title, None) => title.to_owned(),
        }
    }

    /// Returns the number to show before the title, as readers see it; `None` where the chapter has none, or where the title
    /// has it itself, as in "Chapter 3: Harbours".
    pub(super) fn shown_number(&self) -> Option<&str> {
        self.counted().and(self.figure.as_deref())
    }

    /// Returns the number that is shown before the title, whatever its style; `None` where the title has it itself.
    pub(super) fn counted(&self) -> Option<u32> {
        let number = self.seen?;
        let start = self.title.find(|c: char| c.is_ascii_digit());
        let (before, rest) = self.title.split_at(start.unwrap_or(self.title.len()));
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_number = rest[..rest.len() - after.len()] == number.to_string();
        let stands_alone = !before.ends_with(|c: char| c.is_ascii_graphic())
            && !after.starts_with(|c: char| c.is_ascii_alphanumeric());
        // "3. Harbours" and "Chapter 3" are numbered; "3 harbours" is not.
        let is_ordinal = self.title.trim() == number.to_string()
            || !before.trim().is_empty()
            || after.starts_with(['.', ')', ':', '-', '–', '—', '、', '．']);
        let numbered = is_number && stands_alone && is_ordinal && before.split_whitespace().count() <= 1;
        (!numbered).then_some(number)
    }

    /// Returns whether its text may hold formulas, which is known without parsing it.
    pub(super) fn may_have_formulas(&self) -> bool {
        self.source.contains(['$', '\\'])
    }

    /// Returns the title for a heading of its own; the number where it has none.
    pub(super) fn heading_text(&self) -> String {
        match (self.title, &self.figure) {
            ("", Some(figure)) => figure.clone(),
            ("", None) => self.number.to_string(),
            (title, _) => title.to_owned(),
        }
    }

    /// Returns the id of the chapter in the book.
    pub(super) fn id(&self) -> String {
        format!("chapter-{}", self.number)
    }

    /// Returns the id of one of its headings, which begins with the chapter's number to be unique in the book.
    pub(super) fn heading_id(&self, heading: usize) -> String {
        format!("chapter-{}-{}", self.number, self.headings[heading].slug)
    }
}

fn anchors(chapters: &[Chapter<'_>]) -> HashMap<String, Place> {
    let mut anchors = HashMap::new();
    for (index, chapter) in chapters.iter().enumerate() {
        let place = Place { chapter: index, heading: None };
        for name in [chapter.id(), slug(chapter.title), slug(&chapter.label())] {
            anchors.entry(name).or_insert(place);
        }
    }
    for (index, chapter) in chapters.iter().enumerate() {
        for (at, heading) in chapter.headings.iter().enumerate() {
            anchors.entry(heading.slug.clone()).or_insert(Place { chapter: index, heading: Some(at) });
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chapter(number: u32, title: &str) -> Chapter<'_> {
        Chapter {
            number,
            seen: Some(number),
            figure: Some(number.to_string()),
            role: Role::Chapter,
            part: None,
            title,
            goals: &[],
            source: "",
            headings: Vec::new(),
            anchors: HashMap::new(),
        }
    }

    fn label(number: u32, title: &str) -> String {
        chapter(number, title).label()
    }

    #[test]
    fn a_title_gets_a_number_unless_it_brings_its_own() {
        let numbered = ["Chapter 3: Harbours", "3. Harbours", "3) Harbours", "Kapitel 3", "第3章　港"];
        for title in numbered {
            assert_eq!(label(3, title), title);
        }
        assert_eq!(label(3, "3"), "3");
        let others = ["Harbours", "3 harbours", "3D charts", "Web3", "Chapter 33", "The Winter of 3", "Chapter 4"];
        for title in others {
            assert_eq!(label(3, title), format!("3. {title}"));
        }
        assert_eq!(label(3, ""), "3");
    }

    #[test]
    fn a_chapter_without_a_number_has_its_title_alone() {
        let mut chapter = chapter(4, "Appendix A");
        chapter.seen = None;
        chapter.figure = None;
        assert_eq!(chapter.label(), "Appendix A");
    }
}
