//! The words a text is about, taken from its points and titles.

use unicode_segmentation::UnicodeSegmentation;

use crate::tokens::is_cjk;

/// Words that carry no subject, in the languages that have a grammar; all shorter ones are left out by length.
const EMPTY_WORDS: &str = " about after also and because before between does from have into more most only over some \
    than that their them then there these they this those through what when where which while with without your \
    aber alle auch auf aus dass dem den der des die durch ein eine einem einen einer eines für ist kann mit nach \
    nicht oder sich sind über und vom von warum was wenn werden wie wird wo zum zur \
    avec cette comme dans des elle entre est les leur mais nous par pas plus pour que qui sans ses son sont sur une \
    como con del donde entre esta este las los más muy para pero por porque que sin sobre son sus una unos ";

/// The letters a word needs to be considered.
const LEAST_LENGTH: usize = 4;
/// The letters a word needs to be kept where there are longer ones: short words are mostly verbs and adverbs.
const TELLING_LENGTH: usize = 5;

/// What separates subjects in Japanese and Chinese where no other script does.
const CJK_PARTICLES: &str = "的了和是在与及把被对很也都就而或之于不这那其为只有要会能从到让使";

/// A word that a text is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keyword {
    pub(super) text: String,
    /// Whether it began its line, so that its capital may be the sentence's and not its own.
    pub(super) leads: bool,
}

impl Keyword {
    /// Returns the word as it stands inside a sentence of a language that writes nouns small.
    pub(super) fn small(&self) -> String {
        let mut letters = self.text.chars();
        match letters.next() {
            Some(first) if self.leads && letters.clone().all(char::is_lowercase) => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => self.text.clone(),
        }
    }
}

/// Returns the words a text is about, in order, without repetitions.
pub(super) fn keywords(text: &str) -> Vec<Keyword> {
    let mut words: Vec<Keyword> = Vec::new();
    for line in text.lines() {
        for word in words_of(line) {
            let lower = word.text.to_lowercase();
            if words.iter().all(|known| known.text.to_lowercase() != lower) {
                words.push(word);
            }
        }
    }
    let is_telling = |word: &Keyword| word.text.chars().any(is_cjk) || word.text.chars().count() >= TELLING_LENGTH;
    if words.iter().any(is_telling) {
        words.retain(is_telling);
    }
    words
}

fn words_of(line: &str) -> Vec<Keyword> {
    let in_runs = cjk_runs(line).map(|text| Keyword { text, leads: false });
    let spaced = line.unicode_words().enumerate();
    let in_words = spaced
        .filter(|(_, word)| carries_meaning(word))
        .map(|(place, word)| Keyword { text: word.to_owned(), leads: place == 0 });
    in_runs.chain(in_words).collect()
}

fn carries_meaning(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() >= LEAST_LENGTH
        && word.chars().all(|letter| letter.is_alphabetic() && !is_cjk(letter))
        && !EMPTY_WORDS.contains(&format!(" {lower} "))
}

/// Returns the runs of Han or katakana of two to eight characters.
fn cjk_runs(text: &str) -> impl Iterator<Item = String> + '_ {
    let carries = |c: char| is_cjk(c) && c.is_alphanumeric() && !is_hiragana(c) && !CJK_PARTICLES.contains(c);
    text.split(move |c: char| !carries(c)).filter(|run| (2..=8).contains(&run.chars().count())).map(str::to_owned)
}

fn is_hiragana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゟ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(text: &str) -> Vec<String> {
        keywords(text).iter().map(Keyword::small).collect()
    }

    #[test]
    fn content_words_are_kept_in_order_and_once() {
        assert_eq!(small("Leases end when the *worker* dies,\nand leases come back"), ["leases", "worker"]);
        assert_eq!(small("RabbitMQ holds Anna"), ["RabbitMQ", "holds"]);
        assert_eq!(small("Dies now"), ["dies"]);
        assert!(small("Was ist das?").is_empty());
    }

    #[test]
    fn han_and_katakana_runs_are_words() {
        assert_eq!(small("データベースの設計を学ぶ"), ["データベース", "設計"]);
        assert_eq!(small("消息队列的基本概念"), ["消息队列", "基本概念"]);
    }
}
