//! The choice among the drafts of a chapter's sections, for the book as a set.
//!
//! Of each section the draft is taken that misses the fewest targets. Among several it is the one that
//! shares the least with the other sections. Then the fewest points left out decide, then the length that fits best, then the order.

#[cfg(test)]
mod tests;

use std::{
    cmp::Reverse,
    collections::HashSet,
    hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher},
};

use serde::{Deserialize, Serialize};

use crate::{SectionText, shingles::SHINGLE};

/// The number of words at the beginning of two sections by which they open alike.
const OPENING: usize = 3;

/// What sections that open alike count for, in shared runs of words.
const ALIKE_OPENING: usize = 8;

/// A draft of a section.
#[derive(Clone, Copy, Debug)]
pub struct SectionDraft<'a> {
    /// Its text.
    pub text: &'a str,
    /// How many targets it misses.
    pub misses: usize,
    /// How many points it may leave out, as far as code can tell.
    pub left_out: usize,
    /// How well its length fits: more is better.
    pub fit: u32,
}

/// Which draft of a section was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The draft's number, from 1.
    pub draft: u8,
    /// What decided.
    pub by: Decided,
}

/// What decided between the chosen draft and the best of the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decided {
    /// It misses fewer targets.
    Targets,
    /// It shares less with other sections.
    Overlap,
    /// It leaves out fewer points.
    Points,
    /// Its length fits better.
    Length,
    /// The drafts are alike, or there is one: the first one is taken.
    Nothing,
}

/// The choices of a chapter, as they are recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// How many drafts were written in all.
    pub drafts: u32,
    /// The choice for each section, in order.
    pub sections: Vec<Choice>,
}

/// By what drafts are compared; less is better.
type Rank = (usize, usize, usize, Reverse<u32>);

/// Chooses a draft for each section of a chapter. `others` are sections of other chapters. Each section must have a draft.
///
/// The sections are chosen one after the other, and again while a choice changes. Each change makes the chapter's sums better, so
/// that this comes to an end.
pub fn choose(sections: &[Vec<SectionDraft<'_>>], others: &[&str], language: &str) -> Vec<Choice> {
    let traces: Vec<Vec<Trace>> =
        sections.iter().map(|drafts| drafts.iter().map(|draft| Trace::of(draft.text, language)).collect()).collect();
    let mut outside = Outside::default();
    others.iter().for_each(|text| outside.add(Trace::of(text, language)));
    let rank = |section: usize, draft: usize, chosen: &[usize]| -> Rank {
        let (one, trace) = (&sections[section][draft], &traces[section][draft]);
        let inside = (0..sections.len()).filter(|other| *other != section);
        let inside: usize = inside.map(|other| trace.shared(&traces[other][chosen[other]])).sum();
        (one.misses, inside + outside.shared(trace), one.left_out, Reverse(one.fit))
    };
    let best = |section: usize, chosen: &[usize]| {
        (0..sections[section].len()).min_by_key(|draft| (rank(section, *draft, chosen), *draft)).unwrap_or_default()
    };
    let mut chosen: Vec<usize> = vec![0; sections.len()];
    loop {
        let before = chosen.clone();
        for section in 0..sections.len() {
            chosen[section] = best(section, &chosen);
        }
        if chosen == before {
            break;
        }
    }
    let choice = |section: usize| {
        let own = rank(section, chosen[section], &chosen);
        let others = (0..sections[section].len()).filter(|draft| *draft != chosen[section]);
        let next = others.map(|draft| rank(section, draft, &chosen)).min();
        let draft = u8::try_from(chosen[section] + 1).unwrap_or(u8::MAX);
        Choice { draft, by: next.map_or(Decided::Nothing, |next| decided(&own, &next)) }
    };
    (0..sections.len()).map(choice).collect()
}

/// Returns what makes a rank better than the next one.
fn decided(own: &Rank, next: &Rank) -> Decided {
    if own.0 != next.0 {
        Decided::Targets
    } else if own.1 != next.1 {
        Decided::Overlap
    } else if own.2 != next.2 {
        Decided::Points
    } else if own.3 != next.3 {
        Decided::Length
    } else {
        Decided::Nothing
    }
}

/// What a text may share with another one.
struct Trace {
    /// Its runs of words.
    runs: HashSet<u64>,
    /// Its first words; `None` where it has fewer.
    opening: Option<u64>,
}

impl Trace {
    fn of(text: &str, language: &str) -> Self {
        let words: Vec<String> = SectionText::read(text, language)
            .words()
            .filter(|block| block.block.is_prose())
            .flat_map(|block| block.words)
            .map(str::to_lowercase)
            .collect();
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        let opening = words.get(..OPENING).map(|first| hasher.hash_one(first));
        Self { runs: words.windows(SHINGLE).map(|run| hasher.hash_one(run)).collect(), opening }
    }

    /// Returns how much two texts share. It is the same in both directions.
    fn shared(&self, other: &Self) -> usize {
        let opens_alike = self.opening.is_some() && self.opening == other.opening;
        self.runs.intersection(&other.runs).count() + usize::from(opens_alike) * ALIKE_OPENING
    }
}

/// The traces of all sections of other chapters together.
#[derive(Default)]
struct Outside {
    runs: HashSet<u64>,
    openings: HashSet<u64>,
}

impl Outside {
    fn add(&mut self, trace: Trace) {
        self.runs.extend(trace.runs);
        self.openings.extend(trace.opening);
    }

    fn shared(&self, trace: &Trace) -> usize {
        let opens_alike = trace.opening.is_some_and(|opening| self.openings.contains(&opening));
        self.runs.intersection(&trace.runs).count() + usize::from(opens_alike) * ALIKE_OPENING
    }
}
