//! The book that all formats are written from: the clean manuscript with its headings and anchors.

use std::collections::HashMap;

use pulldown_cmark::LinkType;

use super::{
    body::{Body, Heading, plain_text},
    direction::Direction,
    language,
    links::{self, Link},
    slug::slug,
    terms::{self, Terms},
};
use crate::Manuscript;

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
    anchors: HashMap<String, Place>,
}

/// A chapter. Of its parsed text only the headings are kept, for the events of a whole book take several times its memory.
pub(super) struct Chapter<'a> {
    /// Its number in the book.
    pub(super) number: u32,
    /// The number that readers see.
    seen: Option<u32>,
    /// The title of its part.
    pub(super) part: Option<&'a str>,
    /// Its title; may be empty.
    pub(super) title: &'a str,
    /// Its text, as Markdown.
    source: &'a str,
    /// The headings of its text, in order.
    pub(super) headings: Vec<Heading>,
    anchors: HashMap<String, usize>,
}

/// A place in the book that a link may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The index of the chapter.
    pub(super) chapter: usize,
    /// The index of the heading in the chapter; `None` for the chapter's own heading.
    pub(super) heading: Option<usize>,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To an address outside the book.
    Outside(String),
    /// To a place in it.
    Inside(Place),
    /// Nowhere. The link is dropped and its text stays.
    Nowhere,
}

impl<'a> Book<'a> {
    /// Reads a clean manuscript.
    pub(super) fn read(manuscript: &'a Manuscript) -> Self {
        let chapters: Vec<_> = manuscript
            .chapters
            .iter()
            .map(|chapter| {
                let (source, headings) = (&*chapter.body, Body::read(&chapter.body).headings);
                let anchors = headings.iter().map(|heading| heading.slug.clone()).zip(0..).collect();
                Chapter {
                    number: chapter.number,
                    seen: chapter.shown_number,
                    part: chapter.part.as_deref(),
                    title: &chapter.title,
                    source,
                    headings,
                    anchors,
                }
            })
            .collect();
        Self {
            manuscript,
            direction: language::direction(&manuscript.language),
            terms: terms::in_language(&manuscript.language),
            description: plain_text(&Body::read(&manuscript.description).events),
            anchors: anchors(&chapters),
            chapters,
        }
    }

    /// Returns what sellers tell readers of the book: its blurb, or its description where it has none.
    pub(super) fn blurb(&self) -> String {
        match &self.manuscript.publication.blurb {
            Some(blurb) => plain_text(&Body::read(blurb).events),
            None => self.description.clone(),
        }
    }

    /// Returns where a link in a chapter leads. Anchors are looked up in the chapter first, then in the whole book.
    pub(super) fn target(&self, chapter: usize, link_type: LinkType, destination: &str) -> Target {
        match links::judge(link_type, destination) {
            Link::Outside(url) => Target::Outside(url),
            Link::Refused => Target::Nowhere,
            Link::Anchor(name) => {
                let name = slug(name);
                let here =
                    self.chapters[chapter].anchors.get(&name).map(|heading| Place { chapter, heading: Some(*heading) });
                here.or_else(|| self.anchors.get(&name).copied()).map_or(Target::Nowhere, Target::Inside)
            }
        }
    }
}

impl<'a> Chapter<'a> {
    /// Parses the chapter's text.
    pub(super) fn body(&self) -> Body<'a> {
        Body::read(self.source)
    }

    /// Returns the chapter's line in a contents list, which is its number and title.
    pub(super) fn label(&self) -> String {
        match (self.title, self.shown_number()) {
            ("", _) => self.number.to_string(),
            (title, Some(number)) => format!("{number}. {title}"),
            (title, None) => title.to_owned(),
        }
    }

    /// Returns the number to show before the title; `None` where the chapter has none, or where the title has it itself, as
    /// in "Chapter 3: Harbours".
    pub(super) fn shown_number(&self) -> Option<u32> {
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
            part: None,
            title,
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
        assert_eq!(chapter.label(), "Appendix A");
    }
}
