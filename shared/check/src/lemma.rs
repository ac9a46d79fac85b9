//! Words reduced to what their forms have in common, so that a point is found in other words' endings.

mod stop_words;

use std::{borrow::Cow, collections::HashSet};

use bindery_text::language::{self, Writing};
use rust_stemmers::{Algorithm, Stemmer};

/// Reduces the words of one language.
pub(super) struct Lemmas {
    language: String,
    writing: Writing,
    stemmer: Option<Stemmer>,
    stop_words: HashSet<&'static str>,
}

impl Lemmas {
    pub(super) fn new(tag: &str) -> Self {
        let language = language::primary(tag);
        Self {
            writing: language::writing(tag),
            stemmer: algorithm(&language).map(Stemmer::create),
            stop_words: stop_words::of(&language),
            language,
        }
    }

    /// Returns the lemmas of a point's content words, each once; of all its words when none carries content.
    pub(super) fn of_point(&self, point: &str) -> Vec<String> {
        let words: Vec<String> = language::words(point, &self.language).into_iter().map(fold).collect();
        let mut lemmas = Vec::new();
        let content = words.iter().filter_map(|word| self.content(word));
        let all = words.iter().map(|word| self.lemma(word).into_owned());
        for lemma in content {
            if !lemmas.contains(&lemma) {
                lemmas.push(lemma);
            }
        }
        if lemmas.is_empty() {
            lemmas.extend(all);
            lemmas.sort();
            lemmas.dedup();
        }
        lemmas
    }

    /// Returns which of `lemmas` a word of a text, folded, is a form of.
    pub(super) fn matching<'a>(&self, word: &str, lemmas: &[&'a str]) -> Vec<&'a str> {
        let own = self.lemma(word);
        let is_form =
            |lemma: &&&str| own == **lemma || self.in_compound(word, &own, lemma) || self.by_prefix(word, lemma);
        lemmas.iter().filter(is_form).copied().collect()
    }

    /// Returns the lemma of a word, folded.
    pub(super) fn lemma<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let bare = self.without_article(word);
        match &self.stemmer {
            // The stemmers are made for words of letters.
            Some(stemmer) if bare.chars().all(|char| char.is_alphabetic() || char == '\'') => stemmer.stem(bare),
            _ => Cow::Borrowed(bare),
        }
    }

    fn content(&self, word: &str) -> Option<String> {
        let bare = self.without_article(word);
        if self.stop_words.contains(bare) || self.stop_words.contains(word) {
            return None;
        }
        let carries = match self.writing {
            Writing::Spaced => {
                // Where no list says which words are empty, the short ones are.
                let least = if self.stop_words.is_empty() { self.shortest_root() } else { 2 };
                bare.chars().count() >= least || bare.chars().any(char::is_numeric)
            }
            Writing::Ideographic | Writing::Unbroken => true,
        };
        if !carries {
            return None;
        }
        match self.language.as_str() {
            "ja" => japanese_root(word),
            _ => Some(self.lemma(word).into_owned()),
        }
    }

    /// Takes the article off a word that carries it: "l'eau", "dell'acqua".
    fn without_article<'a>(&self, word: &'a str) -> &'a str {
        match self.language.as_str() {
            "fr" | "it" | "ca" => word.rsplit_once('\'').map_or(word, |(_, bare)| bare),
            "en" => word.strip_suffix("'s").unwrap_or(word),
            _ => word,
        }
    }

    /// Germanic languages and Finnish join words into one: "Hafenmauer" speaks of a "Mauer".
    fn in_compound(&self, word: &str, own: &str, lemma: &str) -> bool {
        const LEAST: usize = 5;
        /// The last part of a compound is its head, so that fewer letters will do.
        const LEAST_HEAD: usize = 4;

        let joins = matches!(self.language.as_str(), "de" | "nl" | "sv" | "da" | "no" | "nb" | "nn" | "fi" | "hu");
        let letters = lemma.chars().count();
        let inside = || letters >= LEAST && word.contains(lemma);
        let head = || letters >= LEAST_HEAD && own.ends_with(lemma);
        joins && (inside() || head())
    }

    /// Without a stemmer, forms of a word share their letters from the first, and differ in an ending.
    fn by_prefix(&self, word: &str, lemma: &str) -> bool {
        /// The longest ending, in letters, by which one form may exceed another.
        const ENDING: usize = 4;

        if self.stemmer.is_some() || self.writing != Writing::Spaced {
            return false;
        }
        let common = word.chars().zip(lemma.chars()).take_while(|(left, right)| left == right).count();
        let (word, lemma) = (word.chars().count(), lemma.chars().count());
        common >= self.shortest_root() && common + 1 >= word.min(lemma) && word.abs_diff(lemma) <= ENDING
    }

    /// Returns how many letters a word of content has at least: a syllable is one letter in Hangul, and
    /// Hebrew writes few vowels.
    fn shortest_root(&self) -> usize {
        match self.language.as_str() {
            "ko" => 2,
            "fa" | "he" | "hi" | "ur" => 3,
            _ => 4,
        }
    }
}

/// Folds what does not tell words apart: case, and the shape of the apostrophe.
pub(super) fn fold(word: &str) -> String {
    word.to_lowercase().replace('’', "'")
}

/// Returns the part of a Japanese word that its forms share: without the hiragana around it. A word of
/// hiragana alone carries grammar.
fn japanese_root(word: &str) -> Option<String> {
    let is_hiragana = |char: char| ('\u{3041}'..='\u{309f}').contains(&char);
    let root = word.trim_matches(is_hiragana);
    (!root.is_empty()).then(|| root.to_owned())
}

fn algorithm(language: &str) -> Option<Algorithm> {
    Some(match language {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nb" | "nn" | "no" => Algorithm::Norwegian,
        "nl" => Algorithm::Dutch,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lemmas(language: &str, point: &str) -> Vec<String> {
        Lemmas::new(language).of_point(point)
    }

    #[test]
    fn what_a_point_asks_for_is_left_and_how_it_asks_is_dropped() {
        assert_eq!(lemmas("en", "Explain why the tide’s height matters"), ["tide", "height", "matter"]);
        assert_eq!(lemmas("de", "Warum die Bestätigung wichtig ist"), ["bestat", "wichtig"]);
        assert_eq!(lemmas("fr", "Comment l’eau monte"), ["eau", "mont"]);
        assert_eq!(lemmas("ja", "潮の満ち引きを説明する"), ["潮", "満", "引"]);
        assert_eq!(lemmas("zh", "解释潮汐的原因"), ["潮汐", "原因"]);
        assert_eq!(lemmas("pl", "Jak działają pływy"), ["działają", "pływy"]);
        assert_eq!(lemmas("en", "Tides of 1953 and tides of 1962"), ["tide", "1953", "1962"]);
    }

    #[test]
    fn a_point_of_empty_words_keeps_them_all() {
        assert_eq!(lemmas("en", "What it is"), ["is", "it", "what"]);
        assert!(lemmas("en", "—").is_empty());
    }

    #[test]
    fn forms_of_a_word_match() {
        for (language, word, point) in [
            ("en", "harbours", "harbour"),
            ("de", "hafenbecken", "Becken"),
            ("nl", "waterstanden", "standen"),
            ("it", "dell'acqua", "acqua"),
            ("ru", "гавани", "гавань"),
            ("pl", "pływami", "pływy"),
            ("cs", "přístavech", "přístav"),
            ("ko", "항구에서", "항구가"),
        ] {
            let lemmas = Lemmas::new(language);
            let lemma = &lemmas.of_point(point)[0];
            assert!(lemmas.matching(word, &[lemma.as_str()]) == [lemma], "{language}: {word} is a form of {lemma}");
        }
        assert!(Lemmas::new("en").matching("harbinger", &["harbour"]).is_empty());
        assert!(Lemmas::new("cs").matching("přístroj", &["přístav"]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_word_has_a_lemma(word in r"\PC{0,24}|[a-zäöüéèñçşğıοςινя\u{627}-\u{64a}\u{b85}-\u{bcd}']{0,24}", language in "ar|da|de|el|en|es|fi|fr|hu|it|nb|nl|pt|ro|ru|sv|ta|tr|ja") {
            let lemmas = Lemmas::new(&language);
            lemmas.lemma(&fold(&word));
            lemmas.of_point(&word);
        }
    }
}
