//! Reads the Markdown of a book's sections into one [`ManuscriptText`].

use std::{borrow::Cow, collections::HashMap};

use bindery_text::{
    length,
    markdown::{self, Block, Kind},
    sentence,
};

use super::{ChapterSource, ChapterText, ManuscriptText, Paragraph, SectionSource, SectionSpan, Sentence};
use crate::phrase::to_lower_case;

/// The manuscript being read.
pub(super) struct Reader<'a> {
    language: &'a str,
    manuscript: ManuscriptText,
    numbers: HashMap<Box<str>, u32>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(language: &'a str) -> Self {
        let manuscript = ManuscriptText {
            language: language.to_owned(),
            chapters: Vec::new(),
            sections: Vec::new(),
            paragraphs: Vec::new(),
            sentences: Vec::new(),
            words: Vec::new(),
            vocabulary: Vec::new(),
            word_starts: Vec::new(),
        };
        Self { language, manuscript, numbers: HashMap::new() }
    }

    pub(super) fn manuscript(self) -> ManuscriptText {
        self.manuscript
    }

    pub(super) fn chapter(&mut self, source: &ChapterSource<'_>) {
        let first = self.manuscript.sections.len();
        source.sections.iter().for_each(|section| self.section(section));
        let sections = first..self.manuscript.sections.len();
        self.manuscript.chapters.push(ChapterText { number: source.number, title: source.title.to_owned(), sections });
    }

    fn section(&mut self, source: &SectionSource<'_>) {
        let (first, first_word) = (self.manuscript.paragraphs.len(), self.manuscript.words.len());
        for block in markdown::blocks(source.text) {
            if block.kind != Kind::Rule {
                self.paragraph(block, source.text);
            }
        }
        self.manuscript.sections.push(SectionSpan {
            chapter: self.manuscript.chapters.len(),
            heading: source.heading.to_owned(),
            paragraphs: first..self.manuscript.paragraphs.len(),
            words: first_word..self.manuscript.words.len(),
        });
    }

    fn paragraph(&mut self, block: Block, markdown: &str) {
        let (first, first_word) = (self.manuscript.sentences.len(), self.manuscript.words.len());
        if block.is_prose() {
            self.sentences(&block);
        }
        self.manuscript.paragraphs.push(Paragraph {
            section: self.manuscript.sections.len(),
            kind: block.kind,
            quoted: block.quoted,
            bold: markdown[block.source.clone()].matches("**").count() / 2,
            text: block.text,
            source: block.source,
            sentences: first..self.manuscript.sentences.len(),
            words: first_word..self.manuscript.words.len(),
        });
    }

    /// Adds the sentences of a block. Each word belongs to the sentence in which it begins.
    fn sentences(&mut self, block: &Block) {
        let mut words = length::words_in(&block.text, self.language).into_iter().peekable();
        for text in sentence::ranges(&block.text, self.language) {
            let first = self.manuscript.words.len();
            while let Some(word) = words.next_if(|word| word.start < text.end) {
                let number = self.number(&block.text[word.clone()]);
                self.manuscript.words.push(number);
                self.manuscript.word_starts.push(word.start);
            }
            let words = first..self.manuscript.words.len();
            if !words.is_empty() {
                self.manuscript.sentences.push(Sentence { paragraph: self.manuscript.paragraphs.len(), text, words });
            }
        }
    }

    fn number(&mut self, word: &str) -> u32 {
        let word = folded(word);
        if let Some(&number) = self.numbers.get(&*word) {
            return number;
        }
        let number = u32::try_from(self.manuscript.vocabulary.len()).unwrap_or(u32::MAX);
        let word: Box<str> = word.into();
        self.manuscript.vocabulary.push(word.clone());
        self.numbers.insert(word, number);
        number
    }
}

/// Returns a word as it is compared: in lower case, with the straight apostrophe.
fn folded(word: &str) -> Cow<'_, str> {
    if word.contains('’') { word.replace('’', "'").to_lowercase().into() } else { to_lower_case(word) }
}
