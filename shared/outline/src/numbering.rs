//! The numbers of chapters and of parts, as readers see them.

use bindery_text::numerals;

use super::{
    FrontMatter, NumberStyle, Outline,
    labels::{Called, label},
    reading::Note,
};

/// How the chapters and the parts of a book are numbered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    /// The style of the chapters.
    pub chapters: NumberStyle,
    /// The style of the parts; where there is none, their titles stand as they were typed.
    pub parts: Option<NumberStyle>,
}

impl Numbering {
    /// Returns the number of a chapter as readers see it, such as `III`; `None` where chapters have none.
    pub fn chapter(self, number: u32, language: &str) -> Option<String> {
        let words = |number| numerals::chapter_in_words(number, language).map(str::to_owned);
        shown(self.chapters, number, words)
    }

    /// Returns what a part is called, such as `Part III`; `None` where parts have no numbers.
    pub fn part(self, number: u32, language: &str) -> Option<String> {
        let style = self.parts?;
        let words = (style == NumberStyle::Words).then(|| numerals::part_in_words(number, language)).flatten();
        let called = || shown(style, number, |_| None).map(|figure| numerals::part_called(&figure, language));
        words.map(str::to_owned).or_else(called)
    }
}

fn shown(style: NumberStyle, number: u32, words: impl Fn(u32) -> Option<String>) -> Option<String> {
    match style {
        NumberStyle::Arabic => Some(number.to_string()),
        NumberStyle::Roman => Some(numerals::roman(number)),
        NumberStyle::Words => Some(words(number).unwrap_or_else(|| number.to_string())),
        NumberStyle::None => None,
    }
}

/// Returns a number with the title after it, such as `III. Salt`. Numbers such as `第三章` need no mark.
pub fn labelled(number: &str, title: &str) -> String {
    let mark = match number.chars().last() {
        Some('\u{AC00}'..='\u{D7A3}') => " ",
        Some('\u{3400}'..='\u{9FFF}') => "\u{3000}",
        _ => ". ",
    };
    if title.is_empty() { number.to_owned() } else { format!("{number}{mark}{title}") }
}

/// A part as readers see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedPart<'t> {
    /// What the part is called, such as `Part III`; `None` where it has no number, or has its own in its title.
    pub number: Option<String>,
    /// Its title without the number that it was given; empty where it has none.
    pub title: &'t str,
}

impl NumberedPart<'_> {
    /// Returns its line in a contents list.
    pub fn label(&self) -> String {
        self.number.as_deref().map_or_else(|| self.title.to_owned(), |number| labelled(number, self.title))
    }
}

impl Numbering {
    /// Numbers the parts of a book. Where each has a number of its own, as in "Part I: Origins", all of these are dropped.
    /// Where only some have one, these stay as they are.
    pub fn parts<'t>(self, titles: &[&'t str], language: &str) -> Vec<NumberedPart<'t>> {
        let own = |title: &'t str| label(title).filter(|label| matches!(label.called, Called::Part | Called::Unit));
        let is_numbered = self.parts.is_some();
        let bare: Option<Vec<&str>> = titles.iter().map(|title| own(title).map(|label| label.title)).collect();
        let bare = bare.filter(|_| is_numbered);
        let number = |at: usize| u32::try_from(at + 1).ok().and_then(|number| self.part(number, language));
        let part = |(at, title): (usize, &&'t str)| match &bare {
            Some(bare) => NumberedPart { number: number(at), title: bare[at] },
            None => NumberedPart { number: number(at).filter(|_| own(title).is_none()), title },
        };
        // A part without a title and without a number would have no heading.
        let parts = titles.iter().enumerate().map(part).zip(titles);
        parts
            .map(|(part, title)| if part.label().is_empty() { NumberedPart { number: None, title } } else { part })
            .collect()
    }
}

impl FrontMatter {
    /// Returns how chapters and parts are numbered.
    pub fn numbering(&self) -> Numbering {
        Numbering { chapters: self.numbering.unwrap_or_default(), parts: self.part_numbering }
    }
}

/// Returns the remark that numbers have no words in the language of the book.
pub(super) fn note(outline: &Outline) -> Option<Note> {
    let Numbering { chapters, parts } = outline.front.numbering();
    let language = outline.front.language.as_deref().unwrap_or("en");
    let is_asked = chapters == NumberStyle::Words || parts == Some(NumberStyle::Words);
    (is_asked && !numerals::has_words(language)).then(|| {
        let text = format!("Bindery has no words for the numbers of the language `{language}`, so figures stand there");
        Note { line: None, text }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(style: NumberStyle, language: &str) -> [Option<String>; 2] {
        let numbering = Numbering { chapters: style, parts: Some(style) };
        [numbering.chapter(3, language), numbering.part(3, language)]
    }

    #[test]
    fn each_style_shows_the_numbers_of_chapters_and_parts() {
        for (style, language, chapter, part) in [
            (NumberStyle::Arabic, "en", "3", "Part 3"),
            (NumberStyle::Roman, "fr", "III", "Partie III"),
            (NumberStyle::Words, "en", "Three", "Part Three"),
            (NumberStyle::Words, "de-AT", "Drei", "Dritter Teil"),
            (NumberStyle::Words, "ja", "第三章", "第三部"),
            (NumberStyle::Words, "sw", "3", "3"),
        ] {
            assert_eq!(
                numbers(style, language),
                [Some(chapter.to_owned()), Some(part.to_owned())],
                "{style:?} {language}"
            );
        }
        assert_eq!(numbers(NumberStyle::None, "en"), [None, None]);
        assert_eq!(Numbering::default().part(3, "en"), None);
        let many = Numbering { chapters: NumberStyle::Words, parts: Some(NumberStyle::Words) };
        assert_eq!((many.chapter(120, "en").unwrap(), many.part(21, "en").unwrap()), ("120".into(), "Part 21".into()));
    }

    #[test]
    fn a_number_stands_before_the_title() {
        assert_eq!(labelled("III", "Salt"), "III. Salt");
        assert_eq!(labelled("第三章", "塩"), "第三章\u{3000}塩");
        assert_eq!(labelled("제삼장", "소금"), "제삼장 소금");
        assert_eq!(labelled("Three", ""), "Three");
    }

    #[test]
    fn the_numbers_that_parts_have_are_dropped_as_a_whole() {
        let labels = |style, titles: &[&str]| {
            let numbering = Numbering { chapters: NumberStyle::Arabic, parts: style };
            numbering.parts(titles, "en").iter().map(NumberedPart::label).collect::<Vec<_>>()
        };
        let words = Some(NumberStyle::Words);
        assert_eq!(labels(words, &["Part I: Origins", "Part II"]), ["Part One. Origins", "Part Two"]);
        assert_eq!(labels(words, &["Module 1: Sea", "Module 2: Land"]), ["Part One. Sea", "Part Two. Land"]);
        assert_eq!(labels(words, &["Part I: Origins", "Power"]), ["Part I: Origins", "Part Two. Power"]);
        assert_eq!(labels(Some(NumberStyle::None), &["Part I: Origins", "Part II"]), ["Origins", "Part II"]);
        assert_eq!(labels(None, &["Part I: Origins", "Part II"]), ["Part I: Origins", "Part II"]);
    }

    #[test]
    fn a_language_without_words_is_told() {
        let read = |front: &str| {
            let text = format!("---\n{front}\n---\n\n# Chumvi\n\n## Bahari\n\nMaji.\n");
            super::super::read(text.as_bytes(), super::super::Kind::Markdown, None).unwrap().notes
        };
        let told = read("language: sw\nnumbering: words");
        assert!(told[0].text.contains("`sw`"), "{told:?}");
        assert_eq!(read("language: sw\nnumbering: roman"), []);
        assert_eq!(read("language: uk\nnumbering: words"), []);
    }
}
