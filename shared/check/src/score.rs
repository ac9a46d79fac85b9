//! The score of a book: about twenty figures, each beside what printed books of people and published books of machines have.
//!
//! A figure measures the absence of a fault, and no figure sees whether a book has something to say. `docs/quality.md` says what
//! is measured, where the bands come from, and what was left out. Everything is linear in the text.

mod band;
mod edges;
mod figure;
mod figures;
mod form;
mod lists;
mod repetition;
mod rhythm;
mod soundness;
mod subject;
mod turns;
mod wording;

use bindery_text::language;
use serde::{Deserialize, Serialize};

pub use band::{Band, Verdict};
pub(crate) use lists::{CLOSING_FORMULAS, OPENING_FORMULAS, SLOP_PHRASES, SLOP_WORDS};

use self::{
    figure::Figure,
    figures::FIGURES,
    subject::{Measured, Subject},
};
use crate::manuscript::{ManuscriptText, Place};

/// The version of the score's form and of its bands. Scores of different versions cannot be compared.
const VERSION: u32 = 2;

/// The score of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The version of the form and of the bands. Scores of different versions cannot be compared.
    pub version: u32,
    /// BCP 47 tag of the language that the figures were made for.
    pub language: String,
    /// The number of chapters.
    pub chapters: usize,
    /// The number of words of running text.
    pub words: usize,
    /// The mean mark of the figures that are judged, from 0 to 100; `None` where none is.
    pub mark: Option<u32>,
    /// The figures, in the order of the page.
    pub figures: Vec<ScoredFigure>,
}

/// A figure of a book.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoredFigure {
    /// Its name for programs.
    pub name: String,
    /// Its name for people.
    pub title: String,
    /// What is counted.
    pub means: String,
    /// What the value is counted in, for example `%`.
    pub unit: String,
    /// The value; `None` where the book is too short for it, or in a language that it is not made for.
    pub value: Option<f64>,
    /// What printed books of people have.
    pub human: Option<Band>,
    /// What published books of machines have; `None` where nobody has published it.
    pub machine: Option<Band>,
    /// From 0 to 100, as good as a printed book; `None` where the figure is not judged.
    pub mark: Option<u32>,
    /// What the mark means.
    pub verdict: Verdict,
    /// The verdict in a sentence.
    pub says: String,
    /// Places to look at, the most telling first.
    #[serde(rename = "findings")]
    pub evidence: Vec<Evidence>,
}

/// A place to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Where it is.
    pub place: Place,
    /// What is there.
    pub says: String,
}

impl Score {
    /// Scores a book.
    pub fn of(book: &ManuscriptText) -> Self {
        let subject = Subject::new(book);
        let figures: Vec<_> = FIGURES.iter().map(|figure| figure.score(&subject)).collect();
        let marks: Vec<u32> = figures.iter().filter_map(|figure| figure.mark).collect();
        let mark = u32::try_from(marks.len()).ok().filter(|&count| count > 0).map(|count| {
            let sum: u32 = marks.iter().sum();
            (sum + count / 2) / count
        });
        Self {
            version: VERSION,
            language: book.language.clone(),
            chapters: book.chapters.len(),
            words: subject.words,
            mark,
            figures,
        }
    }

    /// Returns a figure by its name.
    pub fn figure(&self, name: &str) -> Option<&ScoredFigure> {
        self.figures.iter().find(|figure| figure.name == name)
    }
}

impl ScoredFigure {
    /// Returns the value with its unit, as a person reads it.
    pub fn shown(&self) -> String {
        let value = self.value.map_or_else(|| "–".to_owned(), band::shown);
        if self.unit.is_empty() || self.value.is_none() { value } else { format!("{value} {}", self.unit) }
    }
}

impl Figure {
    fn score(&self, subject: &Subject<'_>) -> ScoredFigure {
        let Measured { value, evidence } = (self.measure)(subject);
        // Rounded, so that the same text gives the same file on every machine.
        let value = value.filter(|value| value.is_finite()).map(|value| (value * 1_000.0).round() / 1_000.0);
        let judged = self.judged_in_every_language || language::primary(&subject.book.language) == "en";
        let mark = value.filter(|_| judged).and_then(|value| self.mark(value));
        let verdict = Verdict::of(mark);
        ScoredFigure {
            name: self.name.to_owned(),
            title: self.title.to_owned(),
            means: self.means.to_owned(),
            unit: self.unit.to_owned(),
            value,
            human: self.human.map(Into::into),
            machine: self.machine.map(Into::into),
            mark,
            verdict,
            says: self.says(value, verdict).to_owned(),
            evidence: if verdict == Verdict::Good { Vec::new() } else { evidence },
        }
    }
}
