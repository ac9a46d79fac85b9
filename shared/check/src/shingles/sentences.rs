//! Sentences that are nearly the same.

use std::collections::HashMap;

use crate::manuscript::ManuscriptText;

/// The number of words in the runs by which sentences are compared.
const RUN: usize = 3;

/// Shorter sentences are alike by chance.
const LEAST_WORDS: usize = 8;

/// A run in more sentences than this is a common phrase. Further sentences are not compared by it, so that the work stays
/// linear in the text.
const COMMON: usize = 12;

/// Two sentences of the author that share at least half of their runs of three words (Jaccard).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AlikeSentences {
    /// The earlier sentence, by its index.
    pub(crate) first: usize,
    /// The later sentence, by its index.
    pub(crate) again: usize,
    /// Whether they stand in different chapters.
    pub(crate) across: bool,
}

/// Finds for each sentence of at least eight words the first earlier one that is nearly the same.
pub(crate) fn alike_sentences(book: &ManuscriptText) -> Vec<AlikeSentences> {
    let mut holders: HashMap<[u32; RUN], Vec<usize>> = HashMap::new();
    let mut sizes: HashMap<usize, usize> = HashMap::new();
    let mut found = Vec::new();
    for paragraph in book.prose() {
        for again in paragraph.sentences.clone() {
            let words = &book.words[book.sentences[again].words.clone()];
            if words.len() < LEAST_WORDS {
                continue;
            }
            let runs = distinct_runs(words);
            if let Some(first) = first_alike(&runs, &holders, &sizes) {
                let chapter = |sentence: usize| book.chapter_of(book.sentences[sentence].paragraph);
                found.push(AlikeSentences { first, again, across: chapter(first) != chapter(again) });
            }
            sizes.insert(again, runs.len());
            for run in runs {
                let holders = holders.entry(run).or_default();
                if holders.len() < COMMON {
                    holders.push(again);
                }
            }
        }
    }
    found
}

fn distinct_runs(words: &[u32]) -> Vec<[u32; RUN]> {
    let mut runs: Vec<[u32; RUN]> = words.windows(RUN).filter_map(|run| run.try_into().ok()).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Returns the first sentence that shares at least half of the runs.
fn first_alike(
    runs: &[[u32; RUN]],
    holders: &HashMap<[u32; RUN], Vec<usize>>,
    sizes: &HashMap<usize, usize>,
) -> Option<usize> {
    let mut shared: HashMap<usize, usize> = HashMap::new();
    for holder in runs.iter().filter_map(|run| holders.get(run)).flatten() {
        *shared.entry(*holder).or_default() += 1;
    }
    let alike = |(holder, shared): &(usize, usize)| {
        let either = runs.len() + sizes.get(holder).copied().unwrap_or_default() - shared;
        shared * 2 >= either
    };
    shared.into_iter().filter(alike).map(|(holder, _)| holder).min()
}
