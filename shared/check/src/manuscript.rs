//! A whole book, read once for all checks on the set: its chapters, sections, paragraphs, sentences and words.
//!
//! Words are numbered by their spelling in lower case, so that the checks compare numbers. In scripts without spaces a
//! dictionary gives the words, so that the same checks hold. Reading is linear in the text.

mod division;
mod place;
mod reader;

use std::ops::Range;

use bindery_text::markdown::Kind;

pub use division::{chapters_of, sections_of};
pub use place::Place;

use reader::Reader;

/// A chapter as it is given: its sections in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChapterSource<'a> {
    /// The chapter's number, from 1, as reports name it.
    pub number: u32,
    /// The chapter's title.
    pub title: &'a str,
    /// Its sections. [`sections_of`] divides a text that was not written in sections.
    pub sections: Vec<SectionSource<'a>>,
}

/// A section as it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SectionSource<'a> {
    /// Its heading; empty where it has none.
    pub heading: &'a str,
    /// Its Markdown, without the heading.
    pub text: &'a str,
}

/// A book's text.
pub struct ManuscriptText {
    /// BCP 47 tag of the book's language.
    pub language: String,
    /// The chapters, in order.
    pub chapters: Vec<ChapterText>,
    /// The sections of all chapters, in order.
    pub sections: Vec<SectionSpan>,
    /// The blocks of all sections, in order; code, tables and headings are among them, and have no sentences.
    pub paragraphs: Vec<Paragraph>,
    /// The sentences of all paragraphs, in order.
    pub sentences: Vec<Sentence>,
    /// The words of all sentences, in order, as indices of `vocabulary`.
    pub words: Vec<u32>,
    /// Each word once, in lower case and with the straight apostrophe.
    pub vocabulary: Vec<Box<str>>,
    /// Where each word begins in the text of its paragraph, in bytes.
    word_starts: Vec<usize>,
}

/// A chapter in a [`ManuscriptText`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChapterText {
    /// Its number, from 1, as reports name it.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its sections.
    pub sections: Range<usize>,
}

/// A section in a [`ManuscriptText`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionSpan {
    /// The index of its chapter.
    pub chapter: usize,
    /// Its heading; empty where it has none.
    pub heading: String,
    /// Its paragraphs.
    pub paragraphs: Range<usize>,
    /// Its words.
    pub words: Range<usize>,
}

/// A block in a [`ManuscriptText`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// The index of its section.
    pub section: usize,
    /// What it is.
    pub kind: Kind,
    /// Whether it stands in a block quote. It has sentences, and does not count for what the author repeats.
    pub quoted: bool,
    /// Its text without Markdown's signs.
    pub text: String,
    /// The number of its spans in bold type.
    pub bold: usize,
    /// Where it stands in the Markdown of its section, in bytes.
    pub source: Range<usize>,
    /// Its sentences; none where it is not running text.
    pub sentences: Range<usize>,
    /// Its words; none where it is not running text.
    pub words: Range<usize>,
}

/// A sentence in a [`ManuscriptText`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// The index of its paragraph.
    pub paragraph: usize,
    /// Where it stands in the paragraph's text, in bytes.
    pub text: Range<usize>,
    /// Its words.
    pub words: Range<usize>,
}

impl ManuscriptText {
    /// Reads a book's chapters, in their order, in `language`, a BCP 47 tag.
    pub fn read(language: &str, chapters: &[ChapterSource<'_>]) -> Self {
        let mut reader = Reader::new(language);
        chapters.iter().for_each(|chapter| reader.chapter(chapter));
        reader.manuscript()
    }

    /// Returns the paragraphs that are the author's running text: neither quoted nor a footnote.
    pub fn prose(&self) -> impl DoubleEndedIterator<Item = &Paragraph> {
        self.paragraphs.iter().filter(|paragraph| paragraph.is_prose())
    }

    /// Returns the paragraphs of a chapter, by its index.
    pub(crate) fn paragraphs_of(&self, chapter: usize) -> &[Paragraph] {
        let sections = &self.sections[self.chapters[chapter].sections.clone()];
        match (sections.first(), sections.last()) {
            (Some(first), Some(last)) => &self.paragraphs[first.paragraphs.start..last.paragraphs.end],
            _ => &[],
        }
    }

    /// Returns the words of a chapter, by its index.
    pub(crate) fn words_of(&self, chapter: usize) -> Range<usize> {
        let sections = &self.sections[self.chapters[chapter].sections.clone()];
        match (sections.first(), sections.last()) {
            (Some(first), Some(last)) => first.words.start..last.words.end,
            _ => 0..0,
        }
    }

    /// Returns the text of a sentence.
    pub(crate) fn text_of(&self, sentence: &Sentence) -> &str {
        &self.paragraphs[sentence.paragraph].text[sentence.text.clone()]
    }

    /// Returns a word as it is compared.
    pub fn word(&self, word: u32) -> &str {
        &self.vocabulary[word as usize]
    }
}

impl Paragraph {
    /// Returns whether it is the author's running text: a paragraph or a list item, and not quoted.
    pub(crate) fn is_prose(&self) -> bool {
        matches!(self.kind, Kind::Paragraph | Kind::Item) && !self.quoted
    }
}

#[cfg(test)]
mod tests;
