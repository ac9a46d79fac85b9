//! The gate against text that says the same over and over.
//!
//! The limits are those by which Gopher's training data was filtered: shares of the letters that stand in
//! repeated paragraphs, in repeated lines, in the most frequent short phrase, and in longer phrases that
//! stood there before. Good prose stays far below all of them; a model caught in a loop does not.
//! Words of scripts without spaces are cut by a dictionary, so that the same limits hold.

use std::{borrow::Cow, hash::BuildHasher as _};

use bindery_text::{language, markdown::Kind};
use foldhash::{HashMap, HashMapExt as _, HashSet, HashSetExt as _, fast::RandomState};
use hashbrown::HashTable;

use super::{SectionText, phrase::excerpt};

/// How the text repeats itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Repetition {
    /// Whole paragraphs stand there again.
    #[error("{percent} % of the text are paragraphs that already stood there, such as “{sample}”")]
    Paragraphs {
        /// The share of their letters.
        percent: u32,
        /// The beginning of one.
        sample: String,
    },
    /// Whole lines or list items stand there again.
    #[error("{percent} % of the text are lines that already stood there, such as “{sample}”")]
    Lines {
        /// The share of their letters, or of the lines where those are many.
        percent: u32,
        /// The beginning of one.
        sample: String,
    },
    /// One short phrase fills the text.
    #[error("one phrase makes up {percent} % of the text: “{phrase}”")]
    Phrase {
        /// The share of its letters.
        percent: u32,
        /// The phrase.
        phrase: String,
    },
    /// Runs of words stand there again.
    #[error("{percent} % of the text repeats runs of {words} words, such as “{phrase}”")]
    Runs {
        /// The share of their letters.
        percent: u32,
        /// The length of a run.
        words: usize,
        /// One of them.
        phrase: String,
    },
}

/// Below this many words, a share says little about phrases.
const LEAST_WORDS: usize = 60;

/// The most a phrase of 2, 3 or 4 words may fill, in percent.
const TOP: [(usize, u32); 3] = [(2, 20), (3, 18), (4, 16)];

/// The longest of these phrases.
const LONGEST_TOP: usize = TOP[TOP.len() - 1].0;

/// The most that repeated runs of 5 to 10 words may fill, in percent.
const RUNS: [(usize, u32); 6] = [(5, 15), (6, 14), (7, 13), (8, 12), (9, 11), (10, 10)];

/// The lowest of these limits.
const LEAST_LIMIT: u32 = RUNS[RUNS.len() - 1].1;

pub(super) fn check(text: &SectionText<'_>, language: &str) -> Result<(), Repetition> {
    let prose: Vec<_> = text.blocks.iter().filter(|block| block.is_prose()).collect();
    let paragraphs = prose.iter().filter(|block| block.kind == Kind::Paragraph).map(|block| block.text.as_str());
    if let Some((percent, sample)) = repeated(paragraphs) {
        return Err(Repetition::Paragraphs { percent, sample });
    }
    if let Some((percent, sample)) = repeated(prose.iter().flat_map(|block| block.text.lines())) {
        return Err(Repetition::Lines { percent, sample });
    }
    let words = Words::new(text, language);
    if words.ids.len() < LEAST_WORDS {
        return Ok(());
    }
    words.excess().map_or(Ok(()), Err)
}

/// Returns the share of pieces that already stood there, when it passes the limit, with one of them.
fn repeated<'a>(pieces: impl Iterator<Item = &'a str>) -> Option<(u32, String)> {
    const LETTERS_PERCENT: u32 = 20;
    const PIECES_PERCENT: u32 = 30;
    /// Below this many pieces, a few short ones (the answers of a dialogue) are a large share.
    const MANY: usize = 10;

    let (mut seen, mut sample) = (HashSet::new(), None);
    let (mut count, mut again, mut letters, mut letters_again) = (0, 0, 0, 0);
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
        let size = piece.chars().count();
        count += 1;
        letters += size;
        if !seen.insert(piece) {
            again += 1;
            letters_again += size;
            sample.get_or_insert(piece);
        }
    }
    let by_letters = percent(letters_again, letters);
    let by_pieces = percent(again, count);
    let passes = by_letters > LETTERS_PERCENT || (count >= MANY && by_pieces > PIECES_PERCENT);
    let share = if by_letters > LETTERS_PERCENT { by_letters } else { by_pieces };
    sample.filter(|_| passes).map(|sample| (share, excerpt(sample)))
}

/// Returns a share in percent, rounded up, so that what passes a limit is seen to pass it.
fn percent(part: usize, whole: usize) -> u32 {
    u32::try_from((part * 100).div_ceil(whole.max(1))).unwrap_or(u32::MAX)
}

/// Numbers a word that was not met yet, with its number of letters: as the same word in lower case, where that was.
fn number<'a>(word: &'a str, met: &mut HashMap<Cow<'a, str>, (u32, u32)>, names: &mut Vec<Cow<'a, str>>) -> (u32, u32) {
    let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let lower = |byte: u8| byte.is_ascii() && !byte.is_ascii_uppercase();
    let is_lower = word.bytes().all(lower);
    let folded = if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) };
    let found = *met.entry(folded).or_insert_with_key(|folded| {
        names.push(folded.clone());
        (count(names.len() - 1), count(folded.chars().count()))
    });
    if !is_lower {
        met.insert(Cow::Borrowed(word), found);
    }
    found
}

/// The words of a text, each with a number instead of its letters, so that phrases compare fast.
struct Words<'a> {
    names: Vec<Cow<'a, str>>,
    ids: Vec<u32>,
    /// How many letters stand before each word, and after the last.
    letters: Vec<usize>,
    joint: &'static str,
}

impl<'a> Words<'a> {
    fn new(text: &'a SectionText<'_>, language: &str) -> Self {
        let count = text.words.iter().map(Vec::len).sum::<usize>();
        // By how it is written, with its number of letters: most words are met again, and need not be folded again.
        let mut met: HashMap<Cow<'a, str>, (u32, u32)> = HashMap::with_capacity(count / 2);
        let (mut names, mut ids, mut letters) = (Vec::new(), Vec::with_capacity(count), Vec::with_capacity(count + 1));
        letters.push(0);
        let mut total = 0;
        for (_, words) in text.words().filter(|(block, _)| block.is_prose()) {
            for word in words {
                let (id, size) = match met.get(word) {
                    Some(&known) => known,
                    None => number(word, &mut met, &mut names),
                };
                total += size as usize;
                letters.push(total);
                ids.push(id);
            }
        }
        let joint = if language::writing(language) == language::Writing::Spaced { " " } else { "" };
        Self { names, ids, letters, joint }
    }

    fn total(&self) -> usize {
        self.letters.last().copied().unwrap_or_default()
    }

    fn size(&self, start: usize, words: usize) -> usize {
        self.letters[start + words] - self.letters[start]
    }

    fn phrase(&self, start: usize, words: usize) -> String {
        let names: Vec<_> = self.ids[start..start + words].iter().map(|&id| &*self.names[id as usize]).collect();
        excerpt(&names.join(self.joint))
    }

    /// Numbers the runs of so many words: each by the place where the same run stands first.
    fn runs(&self, words: usize) -> Vec<u32> {
        let hasher = RandomState::default();
        let run = |place: u32| &self.ids[place as usize..place as usize + words];
        let hash = |place: &u32| hasher.hash_one(run(*place));
        // Places alone, which are read back for their words: the table of a section fits the fastest memory.
        let mut first: HashTable<u32> = HashTable::with_capacity(self.ids.len());
        let number = |place| *first.entry(hash(&place), |other| run(*other) == run(place), hash).or_insert(place).get();
        let count = (self.ids.len() + 1).saturating_sub(words);
        (0..u32::try_from(count).unwrap_or(u32::MAX)).map(number).collect()
    }

    /// Finds what fills more of the text than its limit: a short phrase, or ever longer runs that already stood there.
    fn excess(&self) -> Option<Repetition> {
        let most = self.tops_at_most();
        for (words, limit) in TOP {
            let looked_for = most[words] > limit;
            if let Some(found) = looked_for.then(|| self.top(&self.runs(words), words, limit)).flatten() {
                return Some(found);
            }
        }
        if self.again_at_most(RUNS[0].0 - 1) <= LEAST_LIMIT {
            return None;
        }
        let mut runs = self.runs(RUNS[0].0 - 1);
        for (words, limit) in RUNS {
            if self.covered(&runs, words - 1) <= LEAST_LIMIT {
                return None;
            }
            runs = self.runs(words);
            if let Some(found) = self.again(&runs, words, limit) {
                return Some(found);
            }
        }
        None
    }

    /// Returns, by its number of words, the most that a phrase may fill: it stands there no more often than the rarest of its
    /// words.
    fn tops_at_most(&self) -> [u32; LONGEST_TOP + 1] {
        let mut counts = vec![0_usize; self.names.len()];
        self.ids.iter().for_each(|&id| counts[id as usize] += 1);
        let mut most = [0; LONGEST_TOP + 1];
        for start in 0..self.ids.len() {
            let mut rarest = usize::MAX;
            for (words, &id) in (1..).zip(self.ids[start..].iter().take(LONGEST_TOP)) {
                rarest = rarest.min(counts[id as usize]);
                most[words] = most[words].max(rarest * self.size(start, words));
            }
        }
        most.map(|letters| percent(letters, self.total()))
    }

    /// Finds a phrase of so many words that fills more than this.
    fn top(&self, runs: &[u32], words: usize, limit: u32) -> Option<Repetition> {
        /// What stands there twice is no refrain yet.
        const LEAST: usize = 3;

        let mut counts = vec![0_usize; runs.len()];
        runs.iter().for_each(|&run| counts[run as usize] += 1);
        let most = counts.iter().enumerate().filter(|&(_, &count)| count >= LEAST);
        let (share, start) =
            most.map(|(start, &count)| (percent(self.size(start, words) * count, self.total()), start)).max()?;
        (share > limit).then(|| Repetition::Phrase { percent: share.min(100), phrase: self.phrase(start, words) })
    }

    /// Finds the runs of so many words that already stood there, when they fill more than this.
    fn again(&self, runs: &[u32], words: usize, limit: u32) -> Option<Repetition> {
        let mut seen = vec![false; runs.len()];
        let (mut again, mut first) = (0, None);
        let mut start = 0;
        while let Some(&run) = runs.get(start) {
            if std::mem::replace(&mut seen[run as usize], true) {
                again += self.size(start, words);
                first.get_or_insert(start);
                // A word counts once, however many repeated runs it stands in.
                start += words;
            } else {
                start += 1;
            }
        }
        let share = percent(again, self.total());
        let first = first.filter(|_| share > limit)?;
        Some(Repetition::Runs { percent: share, words, phrase: self.phrase(first, words) })
    }

    /// Returns what [`Self::covered`] is at most for runs of so many words, in a fraction of its time. A run is told from
    /// others by one bit, so that a few are taken for ones that already stood there: one in a hundred of a long text's.
    fn again_at_most(&self, words: usize) -> u32 {
        const BITS_PER_RUN: usize = 64;
        /// The multiplier of FxHash, by which the Rust compiler hashes small numbers.
        const SPREAD: u64 = 0x517c_c1b7_2722_0a95;

        let bits = (self.ids.len() * BITS_PER_RUN).next_power_of_two();
        let mut seen = vec![0_u64; bits / 64];
        let (mut letters, mut end) = (0, 0);
        for (start, run) in self.ids.windows(words).enumerate() {
            let hash = run.iter().fold(0, |hash: u64, &id| (hash.rotate_left(5) ^ u64::from(id)).wrapping_mul(SPREAD));
            // The highest bits are those that all of the words have had a part in.
            let place = (hash >> (u64::BITS - bits.trailing_zeros())) as usize;
            let (bits, bit) = (&mut seen[place / 64], 1 << (place % 64));
            if *bits & bit == 0 {
                *bits |= bit;
            } else {
                let from = start.max(end);
                end = start + words;
                letters += self.size(from, end - from);
            }
        }
        percent(letters, self.total())
    }

    /// Returns the share of the letters that stand in any run of so many words that already stood there. Longer runs that
    /// did lie within these, and so fill no more.
    fn covered(&self, runs: &[u32], words: usize) -> u32 {
        let (mut letters, mut end) = (0, 0);
        for start in (0..runs.len()).filter(|&start| runs[start] as usize != start) {
            let from = start.max(end);
            end = start + words;
            letters += self.size(from, end - from);
        }
        percent(letters, self.total())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetition(text: &str, language: &str) -> Option<Repetition> {
        check(&SectionText::read(text, language), language).err()
    }

    /// Distinct words, so that nothing repeats unless a test repeats it.
    fn fresh(count: usize) -> String {
        (0..count).map(|number| format!("word{number} ")).collect()
    }

    #[test]
    fn a_paragraph_that_stands_twice_in_a_short_text_is_found() {
        let text =
            format!("{}\n\nThe tide turned, and nobody saw it.\n\nThe tide turned, and nobody saw it.", fresh(5));
        assert!(matches!(repetition(&text, "en"), Some(Repetition::Paragraphs { .. })));
    }

    #[test]
    fn short_answers_in_a_dialogue_may_repeat() {
        let text =
            "“No.”\n\n“But why would you not come down to the water with us?”\n\n“No.”\n\n“Yes?”\n\nHe shook his head.";
        assert_eq!(repetition(text, "en"), None);
    }

    #[test]
    fn a_list_of_the_same_items_is_found() {
        let text = format!("{}\n\n{}", fresh(40), "- again\n".repeat(12));
        assert!(matches!(repetition(&text, "en"), Some(Repetition::Lines { .. })));
    }

    #[test]
    fn a_loop_is_found_in_every_script() {
        let looped = [
            ("en", "and the sea and the sky "),
            ("de", "und immer wieder fuhr das Schiff hinaus "),
            ("ja", "海は静かで空は青く"),
            ("zh", "海面很平静天空很蓝"),
            ("th", "ทะเลสงบและท้องฟ้า"),
            ("ar", "وكان البحر هادئا "),
        ];
        for (language, phrase) in looped {
            let text = phrase.repeat(30);
            assert!(repetition(&text, language).is_some(), "{language}");
        }
    }

    #[test]
    fn a_loop_at_the_end_of_a_sound_text_is_found_by_its_runs() {
        let text = format!("{}{}", fresh(400), "so he went down to the old pier again that night ".repeat(15));
        let Some(Repetition::Runs { percent, words: 5, phrase }) = repetition(&text, "en") else {
            panic!("the loop was not found as runs of five words: {:?}", repetition(&text, "en"));
        };
        assert!((16..=20).contains(&percent), "{percent}");
        assert_eq!(phrase, "so he went down to");
    }

    #[test]
    fn listings_may_repeat() {
        let text = format!("{}\n\n```\n{}```", fresh(80), "let a = b;\n".repeat(50));
        assert_eq!(repetition(&text, "en"), None);
    }

    #[test]
    fn an_anaphora_is_a_figure_and_no_loop() {
        let text = format!(
            "We will go down to the sea. {} We will go down to the river. {}",
            fresh(60),
            fresh(60).replace("word", "other")
        );
        assert_eq!(repetition(&text, "en"), None);
    }

    proptest::proptest! {
        #[test]
        fn phrases_that_are_not_looked_for_would_not_have_been_found(text in "([a-d] ){60,90}|([a-z]{1,9} ){60,200}") {
            let text = SectionText::read(&text, "en");
            let words = Words::new(&text, "en");
            for (count, limit) in TOP {
                let found = words.top(&words.runs(count), count, limit);
                proptest::prop_assert!(found.is_none() || words.tops_at_most()[count] > limit);
            }
        }

        #[test]
        fn a_run_is_numbered_by_the_place_where_it_stands_first(text in "([a-dA-D] ){5,90}", count in 1_usize..=10) {
            let text = SectionText::read(&text, "en");
            let words = Words::new(&text, "en");
            for (place, run) in words.runs(count).into_iter().enumerate() {
                let first = words.ids.windows(count).position(|other| *other == words.ids[place..place + count]);
                proptest::prop_assert_eq!(Some(run as usize), first);
            }
        }

        #[test]
        fn runs_cover_no_more_than_is_said_before_they_are_looked_for(text in "([a-d] ){60,90}|([a-zA-Z]{1,2} ){60,400}", count in 1_usize..=10) {
            let text = SectionText::read(&text, "en");
            let words = Words::new(&text, "en");
            proptest::prop_assert!(words.covered(&words.runs(count), count) <= words.again_at_most(count));
        }

        #[test]
        fn runs_that_are_not_looked_for_would_not_have_been_found(text in "([a-d] ){60,90}|([a-z] ){60,200}") {
            let text = SectionText::read(&text, "en");
            let words = Words::new(&text, "en");
            let mut given_up = false;
            for (count, limit) in RUNS {
                let runs = words.runs(count);
                proptest::prop_assert!(!given_up || words.again(&runs, count, limit).is_none());
                given_up |= words.covered(&runs, count) <= LEAST_LIMIT;
            }
        }
    }
}
