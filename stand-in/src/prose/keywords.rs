//! The keywords of a text, taken from its points and titles.

use unicode_segmentation::UnicodeSegmentation;

use crate::tokens::is_cjk;

/// Words without a subject of their own, in the languages that have a grammar. Shorter ones are left out by their length.
const STOP_WORDS: &str = " about after also and because before between does from have into more most only over some \
    than that their them then there these they this those through what when where which while with without your \
    aber alle auch auf aus dass dem den der des die durch ein eine einem einen einer eines für ist kann mit nach \
    nicht oder sich sind über und vom von warum was wenn werden wie wird wo zum zur \
    avec cette comme dans des elle entre est les leur mais nous par pas plus pour que qui sans ses son sont sur une \
    como con del donde entre esta este las los más muy para pero por porque que sin sobre son sus una unos ";

/// The letters that a keyword has at least.
const MIN_LETTERS: usize = 4;
/// The letters that a keyword has at least where there are any this long: shorter words are mostly verbs and adverbs.
const PREFERRED_LETTERS: usize = 5;

/// The characters that separate subjects in Japanese and Chinese.
const CJK_PARTICLES: &str = "的了和是在与及把被对很也都就而或之于不这那其为只有要会能从到让使";

/// A word that a text is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Keyword {
    pub(super) text: String,
    /// Whether it began its line, so that its capital may belong to the sentence and not to the word.
    pub(super) starts_line: bool,
}

impl Keyword {
    /// Returns the word as it is written inside a sentence of a language that does not capitalise nouns.
    pub(super) fn inside_sentence(&self) -> String {
        let mut letters = self.text.chars();
        match letters.next() {
            Some(first) if self.starts_line && letters.clone().all(char::is_lowercase) => {
                first.to_lowercase().chain(letters).collect()
            }
            _ => self.text.clone(),
        }
    }
}

/// Returns the keywords of a text in order, without repetitions.
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
    let is_preferred = |word: &Keyword| word.text.chars().any(is_cjk) || word.text.chars().count() >= PREFERRED_LETTERS;
    if words.iter().any(is_preferred) {
        words.retain(is_preferred);
    }
    words
}

fn words_of(line: &str) -> Vec<Keyword> {
    let in_runs = cjk_runs(line).map(|text| Keyword { text, starts_line: false });
    let spaced = line.unicode_words().enumerate();
    let in_words = spaced
        .filter(|(_, word)| is_content_word(word))
        .map(|(place, word)| Keyword { text: word.to_owned(), starts_line: place == 0 });
    in_runs.chain(in_words).collect()
}

fn is_content_word(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() >= MIN_LETTERS
        && word.chars().all(|letter| letter.is_alphabetic() && !is_cjk(letter))
        && !STOP_WORDS.contains(&format!(" {lower} "))
}

/// Returns the runs of Han or katakana of two to eight characters.
fn cjk_runs(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_in_run = |c: char| is_cjk(c) && c.is_alphanumeric() && !is_hiragana(c) && !CJK_PARTICLES.contains(c);
    text.split(move |c: char| !is_in_run(c)).filter(|run| (2..=8).contains(&run.chars().count())).map(str::to_owned)
}

fn is_hiragana(character: char) -> bool {
    matches!(character, 'ぁ'..='ゟ')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        keywords(text).iter().map(Keyword::inside_sentence).collect()
    }

    #[test]
    fn content_words_are_kept_in_order_and_once() {
        assert_eq!(words("Leases end when the *worker* dies,\nand leases come back"), ["leases", "worker"]);
        assert_eq!(words("RabbitMQ holds Anna"), ["RabbitMQ", "holds"]);
        assert_eq!(words("Dies now"), ["dies"]);
        assert!(words("Was ist das?").is_empty());
    }

    #[test]
    fn han_and_katakana_runs_are_words() {
        assert_eq!(words("データベースの設計を学ぶ"), ["データベース", "設計"]);
        assert_eq!(words("消息队列的基本概念"), ["消息队列", "基本概念"]);
    }
}
