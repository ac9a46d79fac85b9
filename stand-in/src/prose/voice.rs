//! Speaks a grammar about a topic.

use super::{
    grammar::{Grammar, Piece},
    keywords::{Keyword, keywords},
};
use crate::draw::Draw;

/// The rules that are asked for by name.
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

/// What a text is about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Topic {
    words: Vec<Keyword>,
    phrase: String,
}

impl Topic {
    /// Takes the topic from a title and what is to be said under it.
    pub(crate) fn new<'a>(title: &str, points: impl IntoIterator<Item = &'a str>) -> Self {
        let mut text: String = points.into_iter().flat_map(|point| [point, "\n"]).collect();
        text.push_str(title);
        Self { words: keywords(&text), phrase: title.trim().to_owned() }
    }

    /// Returns the words the topic is about.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.text.as_str())
    }
}

/// Speaks a grammar about a topic. Each rule deals its alternatives like a shuffled deck, so that nothing comes twice
/// before everything came once.
pub(crate) struct Voice {
    grammar: &'static Grammar,
    draw: Draw,
    decks: Vec<Deck>,
    words: Deck,
    /// How many cards of the deck of words stand for any noun.
    strangers: usize,
    topic: Topic,
    point: String,
}

#[derive(Clone, Default)]
struct Deck {
    cards: Vec<usize>,
    dealt: usize,
}

impl Deck {
    fn deal(&mut self, size: usize, draw: &mut Draw) -> usize {
        if self.dealt == self.cards.len() {
            if self.cards.len() != size {
                self.cards = (0..size).collect();
            }
            draw.shuffle(&mut self.cards);
            self.dealt = 0;
        }
        self.dealt += 1;
        self.cards[self.dealt - 1]
    }
}

impl Voice {
    pub(crate) fn new(language: &str, topic: Topic, draw: Draw) -> Self {
        let grammar = Grammar::of(language);
        Self {
            grammar,
            draw,
            decks: vec![Deck::default(); grammar.len()],
            words: Deck::default(),
            strangers: 0,
            topic,
            point: String::new(),
        }
    }

    /// Says an alternative of a rule.
    pub(crate) fn say(&mut self, rule: &str) -> String {
        let mut said = String::new();
        self.expand(self.grammar.rule(rule), &mut said);
        capitalised(said)
    }

    /// Says an alternative of a rule that is not in the list yet, and adds it: numbered when the grammar has no more.
    pub(crate) fn say_anew(&mut self, rule: &str, said: &mut Vec<String>) -> String {
        const PATIENCE: usize = 50;
        let mut text = self.say(rule);
        for _ in 0..PATIENCE {
            if !said.contains(&text) {
                break;
            }
            text = self.say(rule);
        }
        if said.contains(&text) {
            let number = said.len() + 1;
            text = format!("{text} ({number})");
        }
        said.push(text.clone());
        text
    }

    /// Says a sentence that makes a point, in the point's own words.
    pub(crate) fn make(&mut self, point: &str) -> String {
        self.point = flattened(point);
        self.say("make")
    }

    /// Says the same about another topic from here on.
    pub(crate) fn turn_to(&mut self, topic: Topic) {
        self.topic = topic;
        self.words = Deck::default();
    }

    /// Mingles other nouns with a topic of few words, so that a long text does not dwell on them.
    pub(crate) fn mingle(&mut self) {
        const VARIETY: usize = 6;
        self.strangers = VARIETY.saturating_sub(self.topic.words.len());
    }

    /// Lends the draws for choices other than of words.
    pub(crate) fn draw(&mut self) -> &mut Draw {
        &mut self.draw
    }

    fn expand(&mut self, rule: usize, said: &mut String) {
        let grammar = self.grammar;
        let alternatives = grammar.alternatives(rule);
        let chosen = self.decks[rule].deal(alternatives.len(), &mut self.draw);
        for piece in &alternatives[chosen] {
            match *piece {
                Piece::Text(text) => said.push_str(text),
                Piece::Rule(inner) => self.expand(inner, said),
                Piece::Word => self.word(said),
                Piece::Topic if self.topic.phrase.is_empty() => self.word(said),
                Piece::Topic => said.push_str(&self.topic.phrase),
                Piece::Point => said.push_str(&self.point),
            }
        }
    }

    fn word(&mut self, said: &mut String) {
        let cards = self.topic.words.len() + self.strangers;
        let card = if cards == 0 { 0 } else { self.words.deal(cards, &mut self.draw) };
        match self.topic.words.get(card) {
            None => self.expand(self.grammar.rule("noun"), said),
            Some(word) if self.grammar.capitalises_nouns() => said.push_str(&word.text),
            Some(word) => said.push_str(&word.small()),
        }
    }
}

/// Capitalises the first letter, also behind an opening mark.
fn capitalised(text: String) -> String {
    let letter = text.char_indices().find(|(_, letter)| letter.is_alphanumeric());
    let Some((at, first)) = letter.filter(|(_, first)| first.is_lowercase()) else {
        return text;
    };
    let (before, rest) = text.split_at(at);
    let capital = first.to_uppercase();
    format!("{before}{capital}{}", &rest[first.len_utf8()..])
}

/// Puts a point on one line, a nested list as a series, without the full stop at its end.
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
    use crate::draw::Source;

    fn voice(language: &str) -> Voice {
        let source = Source { seed: 1, prompt: [3; 32], attempt: 1 };
        let topic = Topic::new("Leases", ["A lease ends when its worker dies"]);
        Voice::new(language, topic, source.draw("text"))
    }

    #[test]
    fn every_rule_deals_all_its_alternatives_before_one_comes_again() {
        let mut draw = voice("en").draw;
        let mut deck = Deck::default();
        for _ in 0..3 {
            let mut dealt: Vec<_> = (0..7).map(|_| deck.deal(7, &mut draw)).collect();
            dealt.sort_unstable();
            assert_eq!(dealt, [0, 1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn a_point_is_made_in_its_own_words_on_one_line() {
        let made = voice("en").make("Three parts matter:\n  - the *queue*\n  - the store.");
        assert!(made.contains("Three parts matter; the *queue*; the store"), "{made}");
        assert!(!made.contains('\n'));
    }

    #[test]
    fn what_is_said_anew_is_never_the_same_even_when_the_grammar_runs_out() {
        let mut voice = voice("ja");
        let mut said = Vec::new();
        for _ in 0..400 {
            voice.say_anew("tone", &mut said);
        }
        let mut distinct = said.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), said.len());
    }
}
