//! The target against text that says the same again and again. A refrain may do so; a loop fails a gate ([`crate::looping`]).
//!
//! The limits are those by which Gopher's training data was filtered: the shares of the letters in repeated paragraphs, in
//! repeated lines, in the most frequent short phrase, and in repeated longer phrases. Good prose stays far below them, and
//! the text of a looping model does not. Text in scripts without spaces is split into words by a dictionary, so that the
//! same limits hold.

use std::collections::HashSet;

use bindery_text::markdown::Kind;

use super::{SectionText, phrase::excerpt, words::Run};

/// How the text repeats itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Repetition {
    /// Whole paragraphs are repeated.
    #[error("{percent} % of it are paragraphs that already stood there, such as “{sample}”: say each thing once.")]
    Paragraphs {
        /// The share of their letters.
        percent: u32,
        /// The beginning of one.
        sample: String,
    },
    /// Whole lines or list items are repeated.
    #[error("{percent} % of it are lines that already stood there, such as “{sample}”: say each thing once.")]
    Lines {
        /// The share of their letters, or of their number where the text has many lines.
        percent: u32,
        /// The beginning of one.
        sample: String,
    },
    /// One short phrase fills the text.
    #[error("One phrase makes up {percent} % of it: “{phrase}”. Use other words.")]
    Phrase {
        /// The share of its letters.
        percent: u32,
        /// The phrase.
        phrase: String,
    },
    /// Runs of words are repeated.
    #[error("{percent} % of it repeats runs of {words} words, such as “{phrase}”: say each thing once.")]
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

/// How much of the letters one phrase of 2, 3 and 4 words may fill, in percent.
const PHRASE_LIMITS: [u32; 3] = [20, 18, 16];

/// How much of the letters all repeated runs of 5 to 10 words may fill, in percent.
const RUN_LIMITS: [u32; 6] = [15, 14, 13, 12, 11, 10];

pub(super) fn check(text: &SectionText<'_>) -> Result<(), Repetition> {
    let prose: Vec<_> = text.blocks.iter().filter(|block| block.is_prose()).collect();
    let paragraphs = prose.iter().filter(|block| block.kind == Kind::Paragraph).map(|block| block.text.as_str());
    if let Some(Repeated { percent, sample }) = repeated(paragraphs) {
        return Err(Repetition::Paragraphs { percent, sample });
    }
    if let Some(Repeated { percent, sample }) = repeated(prose.iter().flat_map(|block| block.text.lines())) {
        return Err(Repetition::Lines { percent, sample });
    }
    let words = text.prose_words();
    if words.count() < LEAST_WORDS {
        return Ok(());
    }
    for (length, limit) in (2..).zip(PHRASE_LIMITS) {
        phrase_above(text, length, limit).map_or(Ok(()), Err)?;
    }
    for (length, limit) in (5..).zip(RUN_LIMITS) {
        runs_above(text, length, limit).map_or(Ok(()), Err)?;
    }
    Ok(())
}

/// Repeated pieces of a text.
struct Repeated {
    percent: u32,
    /// The beginning of one.
    sample: String,
}

/// Returns the repeated pieces; `None` where they stay below the limits.
fn repeated<'a>(pieces: impl Iterator<Item = &'a str>) -> Option<Repeated> {
    const LETTERS_PERCENT: u32 = 20;
    const PIECES_PERCENT: u32 = 30;
    /// In fewer pieces, a few short ones (the answers of a dialogue) are a large share.
    const MANY: usize = 10;

    let (mut seen, mut sample) = (HashSet::new(), None);
    let (mut count, mut repeated, mut letters, mut repeated_letters) = (0, 0, 0, 0);
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
        let size = piece.chars().count();
        count += 1;
        letters += size;
        if !seen.insert(piece) {
            repeated += 1;
            repeated_letters += size;
            sample.get_or_insert(piece);
        }
    }
    let by_letters = percent(repeated_letters, letters);
    let by_pieces = percent(repeated, count);
    let passes = by_letters > LETTERS_PERCENT || (count >= MANY && by_pieces > PIECES_PERCENT);
    let percent = if by_letters > LETTERS_PERCENT { by_letters } else { by_pieces };
    sample.filter(|_| passes).map(|sample| Repeated { percent, sample: excerpt(sample) })
}

/// Returns a share in percent, rounded up, so that a reported share lies above its limit.
fn percent(part: usize, whole: usize) -> u32 {
    u32::try_from((part * 100).div_ceil(whole.max(1))).unwrap_or(u32::MAX)
}

/// Returns the phrase of a length that fills most of the text; `None` where it stays below the limit.
fn phrase_above(text: &SectionText<'_>, length: usize, limit: u32) -> Option<Repetition> {
    /// A phrase that occurs twice is no refrain.
    const LEAST: usize = 3;

    let words = text.prose_words();
    let share = |run: &&Run| percent(words.letters_of(run.start, length) * run.times, words.letters());
    let refrains = words.repeated_runs(length).iter().filter(|run| run.times >= LEAST && run.start == run.first);
    let most = refrains.max_by_key(|run| (share(run), run.start))?;
    let percent = share(&most);
    let phrase = || excerpt(&words.quote(&text.blocks, most.start, length));
    (percent > limit).then(|| Repetition::Phrase { percent: percent.min(100), phrase: phrase() })
}

/// Returns the runs of a length that are repeated; `None` where together they stay below the limit.
fn runs_above(text: &SectionText<'_>, length: usize, limit: u32) -> Option<Repetition> {
    let words = text.prose_words();
    let mut seen = HashSet::new();
    let (mut letters, mut sample) = (0, None);
    let mut counted = 0;
    for run in words.repeated_runs(length) {
        // A word counts once, however many repeated runs it stands in.
        if run.start < counted || seen.insert(run.first) {
            continue;
        }
        letters += words.letters_of(run.start, length);
        sample.get_or_insert(run.start);
        counted = run.start + length;
    }
    let percent = percent(letters, words.letters());
    let sample = sample.filter(|_| percent > limit)?;
    let phrase = excerpt(&words.quote(&text.blocks, sample, length));
    Some(Repetition::Runs { percent, words: length, phrase })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repetition(text: &str, language: &str) -> Option<Repetition> {
        check(&SectionText::read(text, language)).err()
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
}
