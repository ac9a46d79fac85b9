//! Generates text about a topic from a grammar.

use super::{
    grammar::{Grammar, Symbol},
    keywords::{Keyword, keywords},
};
use crate::random::Random;

/// The rules that the program asks for by name.
#[cfg(test)]
pub(super) const ENTRIES: [&str; 26] = [
    "opening",
    "turn",
    "sentence",
    "make",
    "lead",
    "item",
    "closing",
    "book",
    "title",
    "heading",
    "key-point",
    "summary",
    "role",
    "domain",
    "opening-move",
    "closing-move",
    "handoff",
    "thesis",
    "audience",
    "promise",
    "beyond",
    "tone",
    "person",
    "cliche",
    "meaning",
    "fact",
];

/// How often a rule is tried for a text that was not used yet.
pub(super) const MOST_DRAWS: usize = 50;

/// What a text is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topic {
    words: Vec<Keyword>,
    phrase: String,
}

impl Topic {
    /// Takes the topic from a title and from the points under it.
    pub(crate) fn new<'a>(title: &str, points: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text: String = points.into_iter().flat_map(|point| [point, "\n"]).collect();
        text.push_str(title);
        Self { words: keywords(&text), phrase: title.trim().to_owned() }
    }

    /// Returns the keywords of the topic.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }
}

/// Generates text about a topic from a grammar.
///
/// Each rule deals its alternatives like a shuffled deck, so that none comes twice before all have come once.
pub(crate) struct TextGenerator {
    grammar: &'static Grammar,
    random: Random,
    decks: Vec<Deck>,
    words: Deck,
    /// How many cards of the deck of words stand for nouns outside the topic.
    other_nouns: usize,
    topic: Topic,
    point: String,
}

#[derive(Clone, Default)]
struct Deck {
    cards: Vec<usize>,
    dealt: usize,
}

impl Deck {
    fn deal(&mut self, size: usize, random: &mut Random) -> usize {
        if self.dealt == self.cards.len() {
            if self.cards.len() != size {
                self.cards = (0..size).collect();
            }
            random.shuffle(&mut self.cards);
            self.dealt = 0;
        }
        self.dealt += 1;
        self.cards[self.dealt - 1]
    }
}

impl TextGenerator {
    pub(crate) fn new(language: &str, topic: Topic, random: Random) -> Self {
        let grammar = Grammar::of(language);
        Self {
            grammar,
            random,
            decks: vec![Deck::default(); grammar.len()],
            words: Deck::default(),
            other_nouns: 0,
            topic,
            point: String::new(),
        }
    }

    /// Returns an alternative of a rule.
    pub(crate) fn generate(&mut self, rule: &str) -> String {
        let mut text = String::new();
        self.expand(self.grammar.rule(rule), &mut text);
        capitalised(text)
    }

    /// Returns an alternative of a rule that is not in the list yet, and adds it to the list.
    ///
    /// Where the grammar seems to have no more alternatives, it numbers one.
    pub(crate) fn generate_new(&mut self, rule: &str, used: &mut Vec<String>) -> String {
        let mut text = self.generate(rule);
        for _ in 0..MOST_DRAWS {
            if !used.contains(&text) {
                break;
            }
            text = self.generate(rule);
        }
        if used.contains(&text) {
            let number = used.len() + 1;
            text = format!("{text} ({number})");
        }
        used.push(text.clone());
        text
    }

    /// Returns a sentence that makes a point, in the words of the point.
    pub(crate) fn generate_point(&mut self, point: &str) -> String {
        self.point = flattened(point);
        self.generate("make")
    }

    /// Generates about another topic from now on.
    pub(crate) fn set_topic(&mut self, topic: Topic) {
        self.topic = topic;
        self.words = Deck::default();
    }

    /// Mixes other nouns with the keywords of a topic that has few, so that a long text does not dwell on these.
    pub(crate) fn mix_in_other_nouns(&mut self) {
        const VARIETY: usize = 6;
        self.other_nouns = VARIETY.saturating_sub(self.topic.words.len());
    }

    /// Returns the generator of random choices, for choices other than of words.
    pub(crate) fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    fn expand(&mut self, rule: usize, out: &mut String) {
        let grammar = self.grammar;
        let alternatives = grammar.alternatives(rule);
        let chosen = self.decks[rule].deal(alternatives.len(), &mut self.random);
        for symbol in &alternatives[chosen] {
            match *symbol {
                Symbol::Text(text) => out.push_str(text),
                Symbol::Rule(inner) => self.expand(inner, out),
                Symbol::Word => self.push_word(out),
                Symbol::Topic if self.topic.phrase.is_empty() => self.push_word(out),
                Symbol::Topic => out.push_str(&self.topic.phrase),
                Symbol::Point => out.push_str(&self.point),
            }
        }
    }

    fn push_word(&mut self, out: &mut String) {
        let cards = self.topic.words.len() + self.other_nouns;
        let card = if cards == 0 { 0 } else { self.words.deal(cards, &mut self.random) };
        match self.topic.words.get(card) {
            None => self.expand(self.grammar.rule("noun"), out),
            Some(word) if self.grammar.capitalises_nouns() => out.push_str(&word.text),
            Some(word) => out.push_str(&word.inside_sentence()),
        }
    }
}

/// Capitalises the first letter, even after an opening mark.
fn capitalised(text: String) -> String {
    let letter = text.char_indices().find(|(_, letter)| letter.is_alphanumeric());
    let Some((at, first)) = letter.filter(|(_, first)| first.is_lowercase()) else {
        return text;
    };
    let (before, rest) = text.split_at(at);
    let capital = first.to_uppercase();
    format!("{before}{capital}{}", &rest[first.len_utf8()..])
}

/// Puts a point on one line, without the full stop at its end. A nested list becomes a series.
fn flattened(point: &str) -> String {
    let lines = point
        .lines()
        .map(|line| line.trim().trim_start_matches(['-', '*', '+', '#', '>']).trim())
        .filter(|line| !line.is_empty())
        .map(|line| line.trim_end_matches(['.', '。', ':', ';', '!', '?', '？', '！']));
    lines.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::CallSeed;

    fn generator(language: &str) -> TextGenerator {
        let seed = CallSeed { server: 1, prompt: [3; 32], attempt: 1 };
        let topic = Topic::new("Leases", ["A lease ends when its worker dies"]);
        TextGenerator::new(language, topic, seed.random("text"))
    }

    #[test]
    fn every_rule_deals_all_its_alternatives_before_one_comes_again() {
        let mut random = generator("en").random;
        let mut deck = Deck::default();
        for _ in 0..3 {
            let mut dealt: Vec<_> = (0..7).map(|_| deck.deal(7, &mut random)).collect();
            dealt.sort_unstable();
            assert_eq!(dealt, [0, 1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn a_point_is_made_in_its_own_words_and_on_one_line() {
        let made = generator("en").generate_point("Three parts matter:\n  - the *queue*\n  - the store.");
        assert!(made.contains("Three parts matter; the *queue*; the store"), "{made}");
        assert!(!made.contains('\n'));
    }

    #[test]
    fn new_texts_are_distinct_even_when_the_grammar_runs_out() {
        let mut generator = generator("ja");
        let mut used = Vec::new();
        for _ in 0..400 {
            generator.generate_new("tone", &mut used);
        }
        let mut distinct = used.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), used.len());
    }
}
