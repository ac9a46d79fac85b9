//! The targets of a whole chapter: what its sections, written apart, owe together.

use std::{
    collections::{HashMap, HashSet},
    ops::RangeInclusive,
};

use bindery_text::markdown::Kind;

use super::{
    Asked, BlockWords, SectionText,
    coverage::Passage,
    phrase::excerpt,
    target::{LengthReport, TargetReport, score_points},
    tidy::same_heading,
};

/// How far a chapter's length may be from what was asked.
const CHAPTER_RATIO: RangeInclusive<f64> = 0.85..=1.20;

/// The share of its points, in percent, that a chapter must make.
const POINTS: usize = 85;

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
    /// Length and points over all sections.
    pub targets: TargetReport,
    /// The sections whose heading is another one's or the chapter's, by index.
    pub repeated_headings: Vec<usize>,
    /// Paragraphs that two sections share.
    pub repeated_paragraphs: Vec<RepeatedParagraph>,
}

/// A paragraph that two sections share, in the same words or nearly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatedParagraph {
    /// The section in which it stands first, by index.
    pub first: usize,
    /// The section in which it stands again, by index.
    pub again: usize,
    /// How it begins there.
    pub begins: String,
}

impl ChapterReport {
    /// Returns whether the chapter meets its targets; a few missed points are for the report alone.
    pub fn passed(&self) -> bool {
        let points = self.targets.points.len();
        let made = points - self.targets.missing.len();
        self.targets.length.ok
            && made * 100 >= points * POINTS
            && self.repeated_headings.is_empty()
            && self.repeated_paragraphs.is_empty()
    }

    /// Returns what a rewrite of one section, by index, must mend so that the sections fit together.
    pub fn advice_for(&self, section: usize) -> Vec<String> {
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

    /// Returns everything the chapter misses, a sentence each, for the report.
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

/// Holds a chapter's sections, in order, against what the chapter was to deliver; `asked.heading` is its title.
pub fn chapter(sections: &[Section<'_>], asked: &Asked<'_>) -> ChapterReport {
    let got = sections.iter().map(|section| section.text.length).fold(0, u32::saturating_add);
    let passages: Vec<_> =
        sections.iter().map(|section| Passage { heading: section.heading, text: &section.text }).collect();
    let length = LengthReport::new(got, asked, &CHAPTER_RATIO);
    ChapterReport {
        targets: TargetReport::new(length, score_points(&passages, asked)),
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

/// A paragraph as the set of its runs of three words.
struct Paragraph {
    section: usize,
    begins: String,
    shingles: HashSet<String>,
}

/// Finds paragraphs of different sections that share at least half of their runs of three words.
fn repeated_paragraphs(sections: &[Section<'_>]) -> Vec<RepeatedParagraph> {
    /// A run in more paragraphs than this is a manner of speaking and leads to no candidate, so that the
    /// work stays in proportion to the text.
    const COMMON: usize = 12;

    if sections.len() < 2 {
        return Vec::new();
    }
    let paragraphs: Vec<_> =
        sections.iter().enumerate().flat_map(|(index, section)| paragraphs(index, &section.text)).collect();
    let mut holders: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut repeated = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for shingle in &paragraph.shingles {
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

fn paragraphs(section: usize, text: &SectionText<'_>) -> Vec<Paragraph> {
    /// Shorter paragraphs may well be alike: a question, a turn of a dialogue.
    const WORDS: usize = 15;

    let prose = text.words().filter(|BlockWords { block, .. }| block.kind == Kind::Paragraph && !block.quoted);
    let long = prose.filter(|BlockWords { words, .. }| words.len() >= WORDS);
    long.map(|BlockWords { block, words }| Paragraph {
        section,
        begins: excerpt(&block.text),
        shingles: words.windows(3).map(|run| run.join(" ").to_lowercase()).collect(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EBB: &str = "When the water leaves the basin, the boats settle one after another on the mud, and the men \
                       who were waiting for it walk out to scrape their hulls.";
    const FLOOD: &str = "Six hours later the first thin sheet of water comes back over the sill, and nobody has to \
                         look at a clock to know that the day is half gone.";

    fn report(sections: &[(&str, &str)], length: u32, points: &[&str]) -> ChapterReport {
        let read = |&(heading, text)| Section { heading, text: SectionText::read(text, "en") };
        let sections: Vec<_> = sections.iter().map(read).collect();
        let points: Vec<_> = points.iter().map(|point| (*point).to_owned()).collect();
        chapter(&sections, &Asked { language: "en", heading: "Tides", points: &points, length })
    }

    #[test]
    fn sections_that_say_different_things_pass_together() {
        let report = report(&[("Ebb", EBB), ("Flood", FLOOD)], 60, &["Boats settle on the mud", "Water comes back"]);
        assert!(report.passed(), "{report:?}");
        assert_eq!(report.advice(), [""; 0]);
    }

    #[test]
    fn a_paragraph_of_two_sections_is_found_even_when_a_few_words_differ() {
        let nearly = EBB.replace("one after another", "slowly");
        let report = report(&[("Ebb", EBB), ("Flood", FLOOD), ("Low water", &nearly)], 90, &[]);
        assert_eq!(
            report.repeated_paragraphs,
            [RepeatedParagraph {
                first: 0,
                again: 2,
                begins: "When the water leaves the basin, the boats settle slowly on…".to_owned()
            }]
        );
        assert!(!report.passed());
        assert_eq!(report.advice_for(0), [""; 0]);
        assert_eq!(report.advice_for(2).len(), 1);
    }

    #[test]
    fn headings_are_taken_once() {
        let report = report(&[("Ebb", EBB), ("2. EBB", FLOOD), ("Tides", "")], 60, &[]);
        assert_eq!(report.repeated_headings, [1, 2]);
        assert_eq!(report.advice().len(), 2);
    }

    #[test]
    fn a_chapter_may_miss_one_point_in_seven() {
        let points = ["Boats settle", "Mud", "Hulls are scraped", "Water comes back", "The sill", "A clock"];
        let seven: Vec<_> = points.into_iter().chain(["Lighthouses"]).collect();
        assert!(report(&[("Ebb", EBB), ("Flood", FLOOD)], 60, &seven).passed());
        assert!(!report(&[("Ebb", EBB), ("Flood", FLOOD)], 60, &seven[1..]).passed());
    }

    #[test]
    fn a_chapter_is_held_to_its_length_more_strictly_than_a_section() {
        assert!(report(&[("Ebb", EBB), ("Flood", FLOOD)], 66, &[]).passed());
        assert!(!report(&[("Ebb", EBB), ("Flood", FLOOD)], 72, &[]).passed());
    }
}
