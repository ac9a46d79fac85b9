//! Where something stands in a book, as a person finds it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ManuscriptText;
use crate::phrase::excerpt;

/// Where a sentence stands. The numbers count from 1; code, tables and headings count as paragraphs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The chapter's number.
    pub chapter: u32,
    /// The section's number in its chapter.
    pub section: u32,
    /// The paragraph's number in its section.
    pub paragraph: u32,
    /// The sentence's number in its paragraph.
    pub sentence: u32,
    /// The first words.
    pub begins: String,
}

impl Place {
    /// Returns its numbers, which order places as the text does.
    pub fn order(&self) -> (u32, u32, u32, u32) {
        (self.chapter, self.section, self.paragraph, self.sentence)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chapter, section, paragraph, begins, .. } = self;
        write!(f, "chapter {chapter}, section {section}, paragraph {paragraph}: “{begins}”")
    }
}

impl ManuscriptText {
    /// Returns where a sentence stands, by its index.
    pub fn place(&self, sentence: usize) -> Place {
        self.place_in(sentence, self.text_of(&self.sentences[sentence]))
    }

    /// Returns where a word stands, by its index.
    pub(crate) fn place_of_word(&self, word: usize) -> Place {
        let sentence = self.sentence_of_word(word);
        let text = &self.paragraphs[self.sentences[sentence].paragraph].text;
        self.place_in(sentence, &text[self.word_starts[word]..])
    }

    /// Returns the sign before a word in its paragraph, for example a comma; `None` after another word.
    pub(crate) fn sign_before(&self, word: usize) -> Option<char> {
        let text = &self.paragraphs[self.sentences[self.sentence_of_word(word)].paragraph].text;
        let sign = text[..self.word_starts[word]].trim_end().chars().next_back()?;
        (!sign.is_alphanumeric()).then_some(sign)
    }

    /// Returns the index of the sentence that holds a word.
    pub(crate) fn sentence_of_word(&self, word: usize) -> usize {
        self.sentences.partition_point(|sentence| sentence.words.end <= word)
    }

    /// Returns the index of the chapter that a paragraph stands in.
    pub(crate) fn chapter_of(&self, paragraph: usize) -> usize {
        self.sections[self.paragraphs[paragraph].section].chapter
    }

    fn place_in(&self, sentence: usize, text: &str) -> Place {
        let paragraph = self.sentences[sentence].paragraph;
        let section = self.paragraphs[paragraph].section;
        let chapter = &self.chapters[self.sections[section].chapter];
        Place {
            chapter: chapter.number,
            section: from_one(section, chapter.sections.start),
            paragraph: from_one(paragraph, self.sections[section].paragraphs.start),
            sentence: from_one(sentence, self.paragraphs[paragraph].sentences.start),
            begins: excerpt(text),
        }
    }
}

fn from_one(index: usize, first: usize) -> u32 {
    u32::try_from(index - first + 1).unwrap_or(u32::MAX)
}
