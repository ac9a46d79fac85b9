//! Composes paragraphs of an exact length around points.

use super::voice::Voice;
use crate::contract::Unit;

/// What a prose text must be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Commission<'a> {
    /// What it must say, each in its own words.
    pub(crate) points: &'a [&'a str],
    /// Its length, in `unit`.
    pub(crate) length: usize,
    /// What its length is counted in.
    pub(crate) unit: Unit,
}

const WORDS_A_PARAGRAPH: usize = 95;
const CHARACTERS_A_PARAGRAPH: usize = 170;
const LISTS: f64 = 0.25;

/// Writes a prose text.
pub(crate) fn write(voice: &mut Voice, commission: Commission<'_>) -> String {
    voice.mingle();
    let mut writer = Writer { voice, unit: commission.unit, paragraphs: Vec::new(), begun: Vec::new(), length: 0 };
    let closing = writer.voice.say("closing");
    let goal = commission.length.saturating_sub(writer.unit.count(&closing));
    let a_paragraph = match commission.unit {
        Unit::Words => WORDS_A_PARAGRAPH,
        Unit::Characters => CHARACTERS_A_PARAGRAPH,
    };
    let count = (commission.length / a_paragraph).max(1);
    let list_at = writer.list_at(count);
    for number in 0..count {
        let points = share(commission.points, number, count);
        writer.begin(if number == 0 { "opening" } else { "turn" });
        let left = count - number;
        let until = writer.length + (goal.saturating_sub(writer.length)) / left;
        let until = if left == 1 { goal } else { writer.uneven(until) };
        writer.make_points(points, until);
        if list_at == Some(number) {
            writer.list();
        }
        if left == 1 {
            writer.fit(goal);
        } else {
            writer.fill(until);
        }
    }
    writer.add(&closing);
    writer.paragraphs.join("\n\n")
}

/// Returns the points that fall to one paragraph, when all are dealt evenly and in order.
fn share<'a>(points: &'a [&'a str], number: usize, count: usize) -> &'a [&'a str] {
    let from = number * points.len() / count;
    let to = (number + 1) * points.len() / count;
    &points[from..to]
}

/// Returns what tells one sentence's beginning from another's.
fn beginning(sentence: &str) -> String {
    sentence.chars().take(10).collect()
}

struct Writer<'v> {
    voice: &'v mut Voice,
    unit: Unit,
    paragraphs: Vec<String>,
    /// How the paragraphs begin.
    begun: Vec<String>,
    length: usize,
}

impl Writer<'_> {
    /// Begins a paragraph, unlike all others.
    fn begin(&mut self, rule: &str) {
        const PATIENCE: usize = 50;
        let mut first = self.voice.say(rule);
        for _ in 0..PATIENCE {
            if !self.begun.contains(&beginning(&first)) {
                break;
            }
            first = self.voice.say(rule);
        }
        self.begun.push(beginning(&first));
        self.paragraphs.push(String::new());
        self.add(&first);
    }

    /// Adds a sentence to the last paragraph.
    fn add(&mut self, sentence: &str) {
        let paragraph = self.paragraphs.last_mut().expect("a paragraph was begun");
        let spaceless = paragraph.ends_with(['。', '？']);
        if !paragraph.is_empty() && !spaceless {
            paragraph.push(' ');
        }
        paragraph.push_str(sentence);
        self.length += self.unit.count(sentence);
    }

    /// Makes the points with a sentence or two of padding before each, as far as the length allows.
    fn make_points(&mut self, points: &[&str], until: usize) {
        for point in points {
            let made = self.voice.make(point);
            let room = until.saturating_sub(self.length + self.unit.count(&made));
            if room > self.long_sentence() * 2 {
                let sentence = self.voice.say("sentence");
                self.add(&sentence);
            }
            self.add(&made);
        }
    }

    /// Adds sentences while another one fits.
    fn fill(&mut self, until: usize) {
        while self.length + self.long_sentence() / 2 < until {
            let sentence = self.voice.say("sentence");
            self.add(&sentence);
        }
    }

    /// Adds sentences until the length is met almost exactly.
    fn fit(&mut self, goal: usize) {
        while self.length + self.long_sentence() * 2 < goal {
            let sentence = self.voice.say("sentence");
            self.add(&sentence);
        }
        let tolerance = (goal / 100).max(1);
        while self.length + tolerance < goal {
            let Some(sentence) = self.fitting(goal - self.length, tolerance) else {
                return;
            };
            self.add(&sentence);
        }
    }

    /// Returns a sentence of the length that is missing, or else one that leaves room for another sentence, or else
    /// the closest. When leaving the sentence out comes closer still, there is none.
    fn fitting(&mut self, missing: usize, tolerance: usize) -> Option<String> {
        const CANDIDATES: usize = 24;
        let room = self.long_sentence() / 3;
        let mut roomy = None;
        let mut closest = (missing, None);
        for _ in 0..CANDIDATES {
            let sentence = self.voice.say("sentence");
            let length = self.unit.count(&sentence);
            let off = length.abs_diff(missing);
            if off <= tolerance {
                return Some(sentence);
            }
            if off < closest.0 {
                closest = (off, Some(sentence.clone()));
            }
            if length + room <= missing {
                roomy.get_or_insert(sentence);
            }
        }
        roomy.or(closest.1)
    }

    /// Adds a list after the last sentence.
    fn list(&mut self) {
        let lead = self.voice.say("lead");
        self.add(&lead);
        let mut list = String::new();
        for _ in 0..3 {
            let item = self.voice.say("item");
            self.length += self.unit.count(&item);
            list.push_str("\n- ");
            list.push_str(&item);
        }
        let paragraph = self.paragraphs.last_mut().expect("a paragraph was begun");
        paragraph.push('\n');
        paragraph.push_str(&list);
        self.begin("turn");
    }

    /// Returns the paragraph that has a list, if the text has one.
    fn list_at(&mut self, count: usize) -> Option<usize> {
        let wanted = self.voice.draw().chance(LISTS);
        (wanted && count >= 4).then(|| self.voice.draw().between(1, count - 2))
    }

    /// Moves a paragraph's end by up to a quarter, so that paragraphs are of different lengths.
    fn uneven(&mut self, until: usize) -> usize {
        let span = until.saturating_sub(self.length) / 4;
        until - span + self.voice.draw().below(2 * span + 1)
    }

    /// Returns the length of a long sentence of the grammars.
    fn long_sentence(&self) -> usize {
        match self.unit {
            Unit::Words => 22,
            Unit::Characters => 40,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use unicode_segmentation::UnicodeSegmentation;

    use super::*;
    use crate::{draw::Source, prose::Topic};

    const LANGUAGES: [(&str, Unit); 7] = [
        ("en", Unit::Words),
        ("de", Unit::Words),
        ("fr", Unit::Words),
        ("es", Unit::Words),
        ("ja", Unit::Characters),
        ("zh", Unit::Characters),
        ("pt", Unit::Words),
    ];
    const POINTS: [&str; 3] = [
        "A lease ends thirty seconds after its worker died",
        "Messages are hints, and the store holds the truth",
        "Never count completions: look at what is missing",
    ];

    fn written(language: &str, unit: Unit, length: usize, section: u8) -> String {
        let source = Source { seed: 1, prompt: [section; 32], attempt: 1 };
        let topic = Topic::new("Leases and fences", POINTS);
        let mut voice = Voice::new(language, topic, source.draw("text"));
        let commission = Commission { points: &POINTS, length, unit };
        write(&mut voice, commission)
    }

    fn texts() -> impl Iterator<Item = (&'static str, Unit, usize, String)> {
        LANGUAGES.into_iter().flat_map(|(language, unit)| {
            let lengths = [300, 500, 620, 900, 1500].into_iter();
            lengths.flat_map(move |length| {
                (0..6).map(move |section| (language, unit, length, written(language, unit, length, section)))
            })
        })
    }

    #[test]
    fn a_text_is_as_long_as_asked_in_every_language() {
        for (language, unit, length, text) in texts() {
            let share = unit.count(&text) as f64 / length as f64;
            assert!((0.97..=1.03).contains(&share), "{language} {length}: {share}");
        }
    }

    #[test]
    fn every_point_is_made_inside_one_paragraph() {
        for (language, _, _, text) in texts() {
            for point in POINTS {
                let holds = |paragraph: &str| paragraph.contains(point);
                assert!(text.split("\n\n").any(holds), "{language}: {point}");
            }
        }
    }

    #[test]
    fn a_text_is_paragraphs_that_begin_differently_and_end_as_prose_ends() {
        for (language, _, _, text) in texts() {
            let begins = |paragraph: &str| paragraph.chars().take(10).collect::<String>();
            let paragraphs: Vec<_> = text.split("\n\n").map(begins).collect();
            let distinct: HashSet<_> = paragraphs.iter().collect();
            assert_eq!(distinct.len(), paragraphs.len(), "{language}: {paragraphs:?}");
            assert!(text.ends_with(['.', '?', '!', '。']), "{language}");
            assert!(!text.contains("  ") && !text.contains(" \n") && !text.contains('#'));
            assert!(!text.contains('<') && !text.contains(".."), "{language}");
        }
    }

    fn grams(text: &str, size: usize) -> Vec<Vec<&str>> {
        let words: Vec<_> = text.unicode_words().collect();
        words.windows(size).map(<[_]>::to_vec).collect()
    }

    #[test]
    fn sections_about_the_same_points_repeat_little_of_each_other() {
        let points_alone: HashSet<_> = POINTS.iter().flat_map(|point| grams(point, 5)).collect();
        for language in ["en", "de", "fr", "es", "pt"] {
            let chapter: String = (0..5).map(|section| written(language, Unit::Words, 600, section) + "\n\n").collect();
            let grams: Vec<_> = grams(&chapter, 5).into_iter().filter(|gram| !points_alone.contains(gram)).collect();
            let distinct: HashSet<_> = grams.iter().collect();
            let repeated = 1.0 - distinct.len() as f64 / grams.len() as f64;
            assert!(repeated < 0.05, "{language}: {repeated}");
        }
    }

    #[test]
    fn a_text_too_short_for_its_points_still_makes_them() {
        let text = written("en", Unit::Words, 20, 1);
        for point in POINTS {
            assert!(text.contains(point));
        }
    }

    #[test]
    fn a_text_does_not_dwell_on_the_only_word_of_its_topic() {
        let source = Source { seed: 1, prompt: [0; 32], attempt: 1 };
        let mut voice = Voice::new("zh", Topic::new("静置过夜", []), source.draw("text"));
        let text = write(&mut voice, Commission { points: &[], length: 600, unit: Unit::Characters });
        let times = text.matches("静置过夜").count();
        assert!((1..=12).contains(&times), "{times}");
    }

    #[test]
    fn some_texts_have_a_list_and_none_ends_in_one() {
        let with_list = texts().filter(|(_, _, length, text)| {
            assert!(!text.split("\n\n").last().unwrap().starts_with("- "));
            *length >= 620 && text.contains("\n- ")
        });
        assert!((5..80).contains(&with_list.count()));
    }
}
