//! Composes paragraphs of a given length around points.

use super::generator::{MOST_DRAWS, TextGenerator};
use crate::contract::Unit;

/// The requirements of a prose text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProseSpec<'a> {
    /// The points that it must make, each in its own words.
    pub(crate) points: &'a [&'a str],
    /// Its length, in `unit`.
    pub(crate) length: usize,
    /// The unit of its length.
    pub(crate) unit: Unit,
}

/// The usual length of a paragraph.
const WORDS_PER_PARAGRAPH: usize = 95;
const CHARACTERS_PER_PARAGRAPH: usize = 170;
/// The share of the longer texts that have a list.
const LIST_PROBABILITY: f64 = 0.25;

/// Writes a prose text.
pub(crate) fn write(generator: &mut TextGenerator, spec: ProseSpec<'_>) -> String {
    generator.mix_in_other_nouns();
    let mut writer = Writer { generator, unit: spec.unit, paragraphs: Vec::new(), beginnings: Vec::new(), length: 0 };
    let closing = writer.generator.generate("closing");
    let goal = spec.length.saturating_sub(writer.unit.count(&closing));
    let paragraph_length = match spec.unit {
        Unit::Words => WORDS_PER_PARAGRAPH,
        Unit::Characters => CHARACTERS_PER_PARAGRAPH,
    };
    let count = (spec.length / paragraph_length).max(1);
    let list_at = writer.list_at(count);
    for number in 0..count {
        let points = share(spec.points, number, count);
        writer.begin(if number == 0 { "opening" } else { "turn" });
        let left = count - number;
        let until = writer.length + (goal.saturating_sub(writer.length)) / left;
        let until = if left == 1 { goal } else { writer.vary(until) };
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

/// Returns the points of one paragraph, where all paragraphs share the points evenly and in order.
fn share<'a>(points: &'a [&'a str], number: usize, count: usize) -> &'a [&'a str] {
    let from = number * points.len() / count;
    let to = (number + 1) * points.len() / count;
    &points[from..to]
}

/// Returns the beginning of a sentence, by which sentences are told apart.
fn beginning(sentence: &str) -> String {
    sentence.chars().take(10).collect()
}

struct Writer<'g> {
    generator: &'g mut TextGenerator,
    unit: Unit,
    paragraphs: Vec<String>,
    /// The beginnings of the paragraphs.
    beginnings: Vec<String>,
    length: usize,
}

impl Writer<'_> {
    /// Begins a paragraph, unlike all others if possible.
    fn begin(&mut self, rule: &str) {
        let mut first = self.generator.generate(rule);
        for _ in 0..MOST_DRAWS {
            if !self.beginnings.contains(&beginning(&first)) {
                break;
            }
            first = self.generator.generate(rule);
        }
        self.beginnings.push(beginning(&first));
        self.paragraphs.push(String::new());
        self.add(&first);
    }

    /// Adds a sentence to the last paragraph.
    fn add(&mut self, sentence: &str) {
        let paragraph = self.paragraphs.last_mut().expect("a paragraph was begun");
        let needs_no_space = paragraph.ends_with(['。', '？']);
        if !paragraph.is_empty() && !needs_no_space {
            paragraph.push(' ');
        }
        paragraph.push_str(sentence);
        self.length += self.unit.count(sentence);
    }

    /// Makes the points, with a sentence before each one as far as the length allows.
    fn make_points(&mut self, points: &[&str], until: usize) {
        for point in points {
            let made = self.generator.generate_point(point);
            let rest = until.saturating_sub(self.length + self.unit.count(&made));
            if rest > self.long_sentence() * 2 {
                let sentence = self.generator.generate("sentence");
                self.add(&sentence);
            }
            self.add(&made);
        }
    }

    /// Adds sentences while another one fits.
    fn fill(&mut self, until: usize) {
        while self.length + self.long_sentence() / 2 < until {
            let sentence = self.generator.generate("sentence");
            self.add(&sentence);
        }
    }

    /// Adds sentences until the length is almost exactly the goal.
    fn fit(&mut self, goal: usize) {
        while self.length + self.long_sentence() * 2 < goal {
            let sentence = self.generator.generate("sentence");
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

    /// Returns a sentence of the missing length, or else one that leaves space for another sentence, or else the closest.
    /// Returns `None` where no sentence comes closer than leaving it out.
    fn fitting(&mut self, missing: usize, tolerance: usize) -> Option<String> {
        const CANDIDATES: usize = 24;
        let least_rest = self.long_sentence() / 3;
        let mut leaves_rest = None;
        let (mut closest, mut smallest_gap) = (None, missing);
        for _ in 0..CANDIDATES {
            let sentence = self.generator.generate("sentence");
            let length = self.unit.count(&sentence);
            let gap = length.abs_diff(missing);
            if gap <= tolerance {
                return Some(sentence);
            }
            if gap < smallest_gap {
                (closest, smallest_gap) = (Some(sentence.clone()), gap);
            }
            if length + least_rest <= missing {
                leaves_rest.get_or_insert(sentence);
            }
        }
        leaves_rest.or(closest)
    }

    /// Adds a list after the last sentence.
    fn list(&mut self) {
        let lead = self.generator.generate("lead");
        self.add(&lead);
        let mut list = String::new();
        for _ in 0..3 {
            let item = self.generator.generate("item");
            self.length += self.unit.count(&item);
            list.push_str("\n- ");
            list.push_str(&item);
        }
        let paragraph = self.paragraphs.last_mut().expect("a paragraph was begun");
        paragraph.push('\n');
        paragraph.push_str(&list);
        self.begin("turn");
    }

    /// Returns the paragraph that has a list; `None` where the text has no list.
    fn list_at(&mut self, count: usize) -> Option<usize> {
        let wanted = self.generator.random().chance(LIST_PROBABILITY);
        (wanted && count >= 4).then(|| self.generator.random().between(1, count - 2))
    }

    /// Moves the end of a paragraph by up to a quarter, so that paragraphs differ in length.
    fn vary(&mut self, until: usize) -> usize {
        let span = until.saturating_sub(self.length) / 4;
        until - span + self.generator.random().below(2 * span + 1)
    }

    /// Returns the length of a long sentence in the grammars.
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
    use crate::{prose::Topic, random::CallSeed};

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
        let seed = CallSeed { server: 1, prompt: [section; 32], attempt: 1 };
        let topic = Topic::new("Leases and fences", POINTS);
        let mut generator = TextGenerator::new(language, topic, seed.random("text"));
        let spec = ProseSpec { points: &POINTS, length, unit };
        write(&mut generator, spec)
    }

    struct Sample {
        language: &'static str,
        unit: Unit,
        /// The requested length.
        length: usize,
        text: String,
    }

    fn samples() -> impl Iterator<Item = Sample> {
        LANGUAGES.into_iter().flat_map(|(language, unit)| {
            let lengths = [300, 500, 620, 900, 1500].into_iter();
            lengths.flat_map(move |length| {
                (0..6).map(move |section| {
                    let text = written(language, unit, length, section);
                    Sample { language, unit, length, text }
                })
            })
        })
    }

    #[test]
    fn a_text_has_the_requested_length_in_every_language() {
        for Sample { language, unit, length, text } in samples() {
            let share = unit.count(&text) as f64 / length as f64;
            assert!((0.97..=1.03).contains(&share), "{language} {length}: {share}");
        }
    }

    #[test]
    fn every_point_is_made_inside_one_paragraph() {
        for Sample { language, text, .. } in samples() {
            for point in POINTS {
                let holds = |paragraph: &str| paragraph.contains(point);
                assert!(text.split("\n\n").any(holds), "{language}: {point}");
            }
        }
    }

    #[test]
    fn a_texts_paragraphs_begin_differently_and_the_text_ends_as_prose() {
        for Sample { language, text, .. } in samples() {
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
    fn sections_about_the_same_points_share_few_phrases() {
        let of_points: HashSet<_> = POINTS.iter().flat_map(|point| grams(point, 5)).collect();
        for language in ["en", "de", "fr", "es", "pt"] {
            let chapter: String = (0..5).map(|section| written(language, Unit::Words, 600, section) + "\n\n").collect();
            let grams: Vec<_> = grams(&chapter, 5).into_iter().filter(|gram| !of_points.contains(gram)).collect();
            let distinct: HashSet<_> = grams.iter().collect();
            let repeated = 1.0 - distinct.len() as f64 / grams.len() as f64;
            assert!(repeated < 0.05, "{language}: {repeated}");
        }
    }

    #[test]
    fn a_text_that_is_too_short_for_its_points_still_makes_them() {
        let text = written("en", Unit::Words, 20, 1);
        for point in POINTS {
            assert!(text.contains(point));
        }
    }

    #[test]
    fn a_text_does_not_dwell_on_the_only_word_of_its_topic() {
        let seed = CallSeed { server: 1, prompt: [0; 32], attempt: 1 };
        let mut generator = TextGenerator::new("zh", Topic::new("静置过夜", []), seed.random("text"));
        let text = write(&mut generator, ProseSpec { points: &[], length: 600, unit: Unit::Characters });
        let times = text.matches("静置过夜").count();
        assert!((1..=12).contains(&times), "{times}");
    }

    #[test]
    fn some_texts_have_a_list_and_none_ends_in_one() {
        let with_list = samples().filter(|Sample { length, text, .. }| {
            assert!(!text.split("\n\n").last().unwrap().starts_with("- "));
            *length >= 620 && text.contains("\n- ")
        });
        assert!((5..80).contains(&with_list.count()));
    }
}
