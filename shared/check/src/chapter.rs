//! The targets of a whole chapter, whose sections were written apart.

use std::{borrow::Cow, collections::HashMap, ops::RangeInclusive};

use bindery_text::markdown::Kind;

use super::{
    Asked, BlockWords, SectionText,
    phrase::{excerpt, to_lower_case},
    target::{LengthReport, TargetReport},
    tidy::same_heading,
};

/// The allowed ratio of a chapter's length to the asked one.
const CHAPTER_RATIO: RangeInclusive<f64> = 0.85..=1.20;

/// A section of a chapter, as it was written.
pub struct Section<'a> {
    /// Its heading.
    pub heading: &'a str,
    /// Its text.
    pub text: SectionText<'a>,
}

/// How a chapter meets its targets.
#[derive(Clone, Debug, PartialEq)]
pub struct ChapterReport {
    /// The length over all sections.
    pub targets: TargetReport,
    /// The sections whose heading is also an earlier section's or the chapter's, by index.
    repeated_headings: Vec<usize>,
    repeated_paragraphs: Vec<RepeatedParagraph>,
}

/// A paragraph that two sections share, word for word or nearly.
#[derive(Clone, Debug, PartialEq, Eq)]
struct RepeatedParagraph {
    /// The section that has it first, by index.
    first: usize,
    /// The section that repeats it, by index.
    again: usize,
    /// How it begins in that section.
    begins: String,
}

impl ChapterReport {
    /// Returns what a rewrite of one section, by index, must mend so that the sections fit together.
    fn advice_for(&self, section: usize) -> Vec<String> {
        let heading = self
            .repeated_headings
            .contains(&section)
            .then(|| "Its heading is already taken in this chapter: it needs one of its own.".to_owned());
        let paragraphs =
            self.repeated_paragraphs.iter().filter(|paragraph| paragraph.again == section).map(|paragraph| {
                format!(
                    "A paragraph of it already stands in section {}: drop or replace the one that begins “{}”.",
                    paragraph.first + 1,
                    paragraph.begins
                )
            });
        heading.into_iter().chain(paragraphs).collect()
    }

    /// Returns a sentence on each target the chapter misses.
    pub fn advice(&self) -> Vec<String> {
        let sections =
            self.repeated_headings.iter().chain(self.repeated_paragraphs.iter().map(|repeated| &repeated.again));
        let mut named: Vec<usize> = sections.copied().collect();
        named.sort_unstable();
        named.dedup();
        let of_sections = named.into_iter().flat_map(|section| {
            self.advice_for(section).into_iter().map(move |advice| format!("Section {}: {advice}", section + 1))
        });
        self.targets.advice().into_iter().chain(of_sections).collect()
    }
}

/// Measures a chapter, given as its sections in order, against what was asked; `asked.heading` is its title.
pub fn chapter(sections: &[Section<'_>], asked: &Asked<'_>) -> ChapterReport {
    let got = sections.iter().map(|section| section.text.length).fold(0, u32::saturating_add);
    let length = LengthReport::new(got, asked, &CHAPTER_RATIO);
    ChapterReport {
        targets: TargetReport::new(length, Vec::new()),
        repeated_headings: repeated_headings(sections, asked.heading),
        repeated_paragraphs: repeated_paragraphs(sections),
    }
}

fn repeated_headings(sections: &[Section<'_>], title: &str) -> Vec<usize> {
    let taken = |index: usize| {
        let heading = sections[index].heading;
        same_heading(heading, title) || sections[..index].iter().any(|before| same_heading(heading, before.heading))
    };
    (0..sections.len()).filter(|&index| taken(index)).collect()
}

struct Paragraph {
    section: usize,
    begins: String,
    /// Its runs of three words, each once.
    shingles: Vec<Shingle>,
}

/// Three words in a row, each by its number.
type Shingle = [usize; 3];

/// Finds paragraphs of different sections that share at least half of their shingles.
fn repeated_paragraphs(sections: &[Section<'_>]) -> Vec<RepeatedParagraph> {
    /// A shingle in more paragraphs than this is a common phrase. Further paragraphs are not compared by it, so that the
    /// work stays linear in the text.
    const COMMON: usize = 12;

    if sections.len() < 2 {
        return Vec::new();
    }
    let paragraphs = paragraphs(sections);
    let mut holders: HashMap<Shingle, Vec<usize>> = HashMap::new();
    let mut repeated = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for &shingle in &paragraph.shingles {
            let holders = holders.entry(shingle).or_default();
            for &holder in holders.iter().filter(|&&holder| paragraphs[holder].section != paragraph.section) {
                *shared.entry(holder).or_default() += 1;
            }
            if holders.len() < COMMON {
                holders.push(index);
            }
        }
        let half = |(holder, shared): &(usize, usize)| {
            let either = paragraph.shingles.len() + paragraphs[*holder].shingles.len() - shared;
            shared * 2 >= either
        };
        if let Some((holder, _)) = shared.into_iter().filter(half).min() {
            repeated.push(RepeatedParagraph {
                first: paragraphs[holder].section,
                again: paragraph.section,
                begins: paragraph.begins.clone(),
            });
        }
    }
    repeated
}

/// Returns the longer paragraphs of all sections.
fn paragraphs(sections: &[Section<'_>]) -> Vec<Paragraph> {
    /// Shorter paragraphs may be alike: a question, a line of dialogue.
    const WORDS: usize = 15;

    let mut numbers: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut number = |word| {
        let next = numbers.len();
        *numbers.entry(to_lower_case(word)).or_insert(next)
    };
    let mut paragraphs = Vec::new();
    for (section, Section { text, .. }) in sections.iter().enumerate() {
        let prose = text.words().filter(|BlockWords { block, .. }| block.kind == Kind::Paragraph && !block.quoted);
        for BlockWords { block, words } in prose.filter(|BlockWords { words, .. }| words.len() >= WORDS) {
            let words: Vec<usize> = words.into_iter().map(&mut number).collect();
            let mut shingles: Vec<Shingle> = words.windows(3).map(|run| [run[0], run[1], run[2]]).collect();
            shingles.sort_unstable();
            shingles.dedup();
            paragraphs.push(Paragraph { section, begins: excerpt(&block.text), shingles });
        }
    }
    paragraphs
}

#[cfg(test)]
mod tests {
    use super::*;

    const EBB: &str = "When the water leaves the basin, the boats settle one after another on the mud, and the men \
                       who were waiting for it walk out to scrape their hulls.";
    const FLOOD: &str = "Six hours later the first thin sheet of water comes back over the sill, and nobody has to \
                         look at a clock to know that the day is half gone.";

    fn report(sections: &[(&str, &str)], length: u32) -> ChapterReport {
        let read = |&(heading, text)| Section { heading, text: SectionText::read(text, "en") };
        let sections: Vec<_> = sections.iter().map(read).collect();
        chapter(&sections, &Asked { language: "en", heading: "Tides", points: &[], length })
    }

    #[test]
    fn sections_that_say_different_things_pass_together() {
        let report = report(&[("Ebb", EBB), ("Flood", FLOOD)], 60);
        assert_eq!(report.advice(), [""; 0]);
    }

    #[test]
    fn a_paragraph_of_two_sections_is_found_even_when_a_few_words_differ() {
        let nearly = EBB.replace("one after another", "slowly");
        let report = report(&[("Ebb", EBB), ("Flood", FLOOD), ("Low water", &nearly)], 90);
        assert_eq!(
            report.repeated_paragraphs,
            [RepeatedParagraph {
                first: 0,
                again: 2,
                begins: "When the water leaves the basin, the boats settle slowly on…".to_owned()
            }]
        );
        assert_eq!(report.advice_for(0), [""; 0]);
        assert_eq!(report.advice_for(2).len(), 1);
    }

    #[test]
    fn headings_are_taken_once() {
        let report = report(&[("Ebb", EBB), ("2. EBB", FLOOD), ("Tides", "")], 60);
        assert_eq!(report.repeated_headings, [1, 2]);
        assert_eq!(report.advice().len(), 2);
    }

    #[test]
    fn a_chapter_is_held_to_its_length_more_strictly_than_a_section() {
        let advice = |length| report(&[("Ebb", EBB), ("Flood", FLOOD)], length).advice();
        assert_eq!(advice(66), [""; 0]);
        assert_eq!(advice(72).len(), 1);
    }
}
