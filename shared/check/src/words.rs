//! The words of a text's prose as numbers, and which runs of them stand in it more than once.

use std::{borrow::Cow, collections::HashMap, ops::Range};

use bindery_text::{
    language::{self, WritingSystem},
    markdown::Block,
};

use crate::phrase::to_lower_case;

/// The length of the longest runs that are looked for, in words.
const LONGEST: usize = 10;

/// The words of a text's prose.
pub(super) struct Words {
    places: Vec<Place>,
    /// For each word, the position of the first equal word.
    ids: Vec<usize>,
    /// The number of letters before each word, and in the end that of all letters.
    letters: Vec<usize>,
    separator: &'static str,
    /// The repeated words, the repeated runs of two words, of three, and so on.
    runs: Vec<Vec<Run>>,
}

/// Where a word stands.
struct Place {
    block: usize,
    range: Range<usize>,
}

/// A run of words that stands in the text more than once.
pub(super) struct Run {
    /// The position of its first word.
    pub(super) start: usize,
    /// The position of the first equal run.
    pub(super) first: usize,
    /// How often it stands in the text.
    pub(super) times: usize,
}

impl Words {
    /// Reads the blocks that are prose; `ranges` says where the words of each block stand.
    pub(super) fn new(blocks: &[Block], ranges: &[Vec<Range<usize>>], tag: &str) -> Self {
        let separator = if language::writing_system(tag) == WritingSystem::Spaced { " " } else { "" };
        let count = ranges.iter().map(Vec::len).sum();
        let mut words = Self {
            places: Vec::with_capacity(count),
            ids: Vec::with_capacity(count),
            letters: Vec::with_capacity(count + 1),
            separator,
            runs: Vec::with_capacity(LONGEST),
        };
        words.letters.push(0);
        let mut first: HashMap<Cow<'_, str>, usize> = HashMap::with_capacity(count);
        let mut letters = 0;
        for (index, block) in blocks.iter().enumerate().filter(|(_, block)| block.is_prose()) {
            for range in &ranges[index] {
                let word = to_lower_case(&block.text[range.clone()]);
                letters += word.chars().count();
                words.letters.push(letters);
                words.ids.push(*first.entry(word).or_insert(words.places.len()));
                words.places.push(Place { block: index, range: range.clone() });
            }
        }
        words.find_runs();
        words
    }

    fn find_runs(&mut self) {
        let words = self.ids.iter().enumerate().map(|(start, &first)| Run { start, first, times: 0 });
        let mut shorter = self.repeated(words.collect());
        for length in 2..=LONGEST {
            let longer = self.longer(&shorter, length);
            self.runs.push(std::mem::replace(&mut shorter, longer));
        }
        self.runs.push(shorter);
    }

    /// Returns the repeated runs of a length.
    ///
    /// A run can repeat only where the run that is one word shorter repeats, so that good prose leaves few to compare.
    fn longer(&self, shorter: &[Run], length: usize) -> Vec<Run> {
        let mut seen = HashMap::with_capacity(shorter.len());
        let mut runs = Vec::with_capacity(shorter.len());
        for run in shorter {
            if let Some(last_word) = self.ids.get(run.start + length - 1) {
                let first = *seen.entry((run.first, last_word)).or_insert(run.start);
                runs.push(Run { start: run.start, first, times: 0 });
            }
        }
        self.repeated(runs)
    }

    /// Counts runs of one length, and drops those that stand once.
    fn repeated(&self, mut runs: Vec<Run>) -> Vec<Run> {
        let mut times = vec![0; self.ids.len()];
        for run in &runs {
            times[run.first] += 1;
        }
        for run in &mut runs {
            run.times = times[run.first];
        }
        runs.retain(|run| run.times > 1);
        runs
    }

    /// Returns the number of words.
    pub(super) fn count(&self) -> usize {
        self.ids.len()
    }

    /// Returns the number of letters.
    pub(super) fn letters(&self) -> usize {
        self.letters[self.count()]
    }

    /// Returns the number of letters in a run.
    pub(super) fn letters_of(&self, start: usize, length: usize) -> usize {
        self.letters[start + length] - self.letters[start]
    }

    /// Returns the repeated runs of a length of at most 10 words, in the order of the text.
    pub(super) fn repeated_runs(&self, length: usize) -> &[Run] {
        &self.runs[length - 1]
    }

    /// Returns a run in lower case; `blocks` are those that the words were read from.
    pub(super) fn quote(&self, blocks: &[Block], start: usize, length: usize) -> String {
        let word = |place: &Place| to_lower_case(&blocks[place.block].text[place.range.clone()]);
        self.places[start..start + length].iter().map(word).collect::<Vec<_>>().join(self.separator)
    }
}
