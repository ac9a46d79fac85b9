//! The gate against a model that is caught in a loop: the same words follow each other again and again.
//!
//! A refrain returns after other words, and a litany changes a word each time, so neither is a loop.

use std::collections::HashMap;

use super::{SectionText, phrase::excerpt};

/// A loop: the same words again and again without any others between them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text goes in a loop, {times} times over: “{words}”")]
pub struct Loop {
    /// How often the words follow each other.
    times: usize,
    /// How they begin.
    words: String,
}

/// The words by which a repetition is noticed.
const WINDOW: usize = 6;

/// The least length of a loop in words.
const LEAST: usize = 36;

/// How often short words must follow each other to be a loop, and how often a passage.
const TIMES: usize = 5;
const TIMES_OF_PASSAGE: usize = 3;

/// From this many words on, what is repeated is a passage.
const PASSAGE: usize = 25;

pub(super) fn check(text: &SectionText<'_>) -> Result<(), Loop> {
    /// The most words quoted.
    const QUOTED: usize = 12;

    let words = text.prose_words();
    // For each window, where the last equal one begins.
    let mut last: HashMap<usize, usize> = HashMap::new();
    // The distance from each window to the one before with the same words, and how many windows had it in a row.
    let (mut period, mut run, mut before) = (0, 0, None);
    for window in words.repeated_runs(WINDOW) {
        let distance = last.insert(window.first, window.start).map_or(0, |equal| window.start - equal);
        let goes_on = distance == period && before == window.start.checked_sub(1);
        run = if goes_on { run + 1 } else { 1 };
        (period, before) = (distance, Some(window.start));
        if period == 0 {
            continue;
        }
        let length = run + WINDOW - 1 + period;
        let times = if period >= PASSAGE { TIMES_OF_PASSAGE } else { TIMES };
        if length >= LEAST && length >= times * period {
            let begin = window.start + WINDOW - length;
            let quoted = words.quote(&text.blocks, begin, period.min(QUOTED));
            return Err(Loop { times: length / period, words: excerpt(&quoted) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loops(text: &str, language: &str) -> bool {
        check(&SectionText::read(text, language)).is_err()
    }

    #[test]
    fn words_that_follow_each_other_again_and_again_are_a_loop() {
        for (language, phrase) in [
            ("en", "and the sea and the sky "),
            ("de", "und immer wieder fuhr das Schiff hinaus "),
            ("ja", "海は静かで空は青く"),
            ("zh", "海面很平静天空很蓝"),
            ("th", "ทะเลสงบและท้องฟ้า"),
        ] {
            assert!(loops(&phrase.repeat(20), language), "{language}");
        }
        let sound: String = (0..400).map(|number| format!("word{number} ")).collect();
        assert!(loops(&format!("{sound}{}", "so he went down to the old pier again that night ".repeat(6)), "en"));
        let passage: String = (0..40).map(|number| format!("word{number} ")).collect();
        assert!(loops(&format!("{passage}\n\n{passage}\n\n{passage}"), "en"));
    }

    #[test]
    fn a_refrain_and_a_litany_are_no_loop() {
        let verses = ["red", "white", "brown", "grey", "blue", "green", "pale", "dark"]
            .map(|colour| format!("Little boat, little boat, who do you see? I see a {colour} gull looking at me. Breathe in. Breathe out.\n\n"));
        assert!(!loops(&verses.concat(), "en"));
        assert!(!loops(&"“No.”\n\n".repeat(9), "en"));
        assert!(!loops("He said it twice. He said it twice. He said it twice.", "en"));
    }
}
