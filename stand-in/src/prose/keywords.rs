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

/// What separates subjects in Japanese and Chinese where no other script does.
const CJK_PARTICLES: &str = "的了和是在与及把被对很也都就而或之于不这那其为";

/// Returns the words a text is about, in order, without repetitions.
pub(super) fn keywords(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut add = |word: String| {
        if !words.iter().any(|known| known.to_lowercase() == word.to_lowercase()) {
            words.push(word);
        }
    };
    if text.chars().any(is_cjk) {
        cjk_runs(text).for_each(&mut add);
    }
    let spaced = text.unicode_words().filter(|word| !word.chars().any(is_cjk));
    for (place, word) in spaced.enumerate() {
        if carries_meaning(word) {
            add(if place == 0 { uncapitalised(word) } else { word.to_owned() });
        }
    }
    words
}

fn carries_meaning(word: &str) -> bool {
    let lower = word.to_lowercase();
    word.chars().count() >= 4 && word.chars().all(char::is_alphabetic) && !EMPTY_WORDS.contains(&format!(" {lower} "))
}

/// Lowers the first letter of a word that begins a sentence, unless more of it is in capitals.
fn uncapitalised(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if letters.clone().all(char::is_lowercase) => first.to_lowercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
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

    #[test]
    fn content_words_are_kept_in_order_and_once() {
        assert_eq!(
            keywords("Leases end when the *worker* dies, and leases come back"),
            ["leases", "worker", "dies", "come", "back"]
        );
        assert_eq!(keywords("RabbitMQ holds messages"), ["RabbitMQ", "holds", "messages"]);
        assert!(keywords("Was ist das?").is_empty());
    }

    #[test]
    fn han_and_katakana_runs_are_words() {
        assert_eq!(keywords("データベースの設計を学ぶ"), ["データベース", "設計"]);
        assert_eq!(keywords("消息队列的基本概念"), ["消息队列", "基本概念"]);
    }
}
