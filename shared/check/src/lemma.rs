//! Reduces words to what their forms have in common, so that a point is found in any form of its words.

pub(super) mod stop_words;

use std::{borrow::Cow, collections::HashSet};

use bindery_text::language::{self, WritingSystem};
use rust_stemmers::{Algorithm, Stemmer};
use stop_words::StopWords;

/// Reduces the words of one language.
pub(super) struct Lemmatizer {
    language: String,
    writing_system: WritingSystem,
    /// Whether the language joins words, as Germanic languages, Finnish and Hungarian do: "Hafenmauer".
    joins_words: bool,
    stemmer: Option<Stemmer>,
    stop_words: &'static StopWords,
}

impl Lemmatizer {
    pub(super) fn new(tag: &str) -> Self {
        let language = language::primary(tag);
        Self {
            writing_system: language::writing_system(tag),
            joins_words: matches!(language.as_str(), "de" | "nl" | "sv" | "da" | "no" | "nb" | "nn" | "fi" | "hu"),
            stemmer: algorithm(&language).map(Stemmer::create),
            stop_words: stop_words::of(&language),
            language,
        }
    }

    /// Returns the lemmas of a point's content words, each once; of all its words where none carries content.
    pub(super) fn of_point(&self, point: &str) -> Vec<String> {
        let words: Vec<String> = language::words(point, &self.language).into_iter().map(fold).collect();
        let mut lemmas: Vec<String> = words.iter().filter_map(|word| self.content_lemma(word)).collect();
        if lemmas.is_empty() {
            lemmas = words.iter().map(|word| self.lemma(word).into_owned()).collect();
            lemmas.sort();
        }
        let mut seen = HashSet::new();
        lemmas.retain(|lemma| seen.insert(lemma.clone()));
        lemmas
    }

    /// Returns those of `lemmas` of which a folded word is a form.
    pub(super) fn matching<'a>(&self, word: &str, lemmas: &[&'a str]) -> Vec<&'a str> {
        let own = self.lemma(word);
        let is_form =
            |lemma: &&&str| own == **lemma || self.in_compound(word, &own, lemma) || self.shares_root(word, lemma);
        lemmas.iter().filter(is_form).copied().collect()
    }

    /// Returns the lemma of a folded word.
    fn lemma<'a>(&self, word: &'a str) -> Cow<'a, str> {
        let bare = self.without_article(word);
        match &self.stemmer {
            // The stemmers expect words of letters alone.
            Some(stemmer) if bare.chars().all(|char| char.is_alphabetic() || char == '\'') => {
                Some(stemmer.stem(bare)).filter(|lemma| !lemma.is_empty()).unwrap_or(Cow::Borrowed(bare))
            }
            _ => Cow::Borrowed(bare),
        }
    }

    /// Returns the lemma of a folded word; `None` where the word carries no content.
    fn content_lemma(&self, word: &str) -> Option<String> {
        let bare = self.without_article(word);
        if self.stop_words.contains(bare) || self.stop_words.contains(word) {
            return None;
        }
        // In a language without a list, short words count as stop words.
        let least = match self.writing_system {
            WritingSystem::Spaced if self.stop_words.is_empty() => self.shortest_root(),
            WritingSystem::Spaced => 2,
            WritingSystem::Ideographic | WritingSystem::Unbroken => 1,
        };
        if bare.chars().count() < least && !bare.chars().any(char::is_numeric) {
            return None;
        }
        match self.language.as_str() {
            "ja" => japanese_root(word),
            _ => Some(self.lemma(word).into_owned()),
        }
    }

    /// Takes the article off "l'eau" and "dell'acqua", and the ending off "tide's".
    fn without_article<'a>(&self, word: &'a str) -> &'a str {
        let bare = match self.language.as_str() {
            "fr" | "it" | "ca" => word.rsplit_once('\'').map(|(_, bare)| bare),
            "en" => word.strip_suffix("'s"),
            _ => None,
        };
        bare.filter(|bare| !bare.is_empty()).unwrap_or(word)
    }

    /// Returns whether a word is a compound with the lemma, as "Hafenmauer" with "Mauer"; `own` is the word's lemma.
    fn in_compound(&self, word: &str, own: &str, lemma: &str) -> bool {
        const LEAST: usize = 5;
        /// The last part of a compound names its subject, so that fewer letters are enough.
        const LEAST_HEAD: usize = 4;

        let letters = || lemma.chars().count();
        let inside = || letters() >= LEAST && word.contains(lemma);
        let head = || letters() >= LEAST_HEAD && own.ends_with(lemma);
        self.joins_words && (inside() || head())
    }

    /// Returns whether a word and a lemma differ only in their endings, in languages without a stemmer.
    fn shares_root(&self, word: &str, lemma: &str) -> bool {
        /// The number of letters by which one form may be longer than another.
        const ENDING: usize = 4;

        if self.stemmer.is_some() || self.writing_system != WritingSystem::Spaced {
            return false;
        }
        let common = word.chars().zip(lemma.chars()).take_while(|(left, right)| left == right).count();
        let (word, lemma) = (word.chars().count(), lemma.chars().count());
        common >= self.shortest_root() && common + 1 >= word.min(lemma) && word.abs_diff(lemma) <= ENDING
    }

    /// Returns the least number of letters in a content word. A syllable is one letter in Hangul, and Hebrew has few vowels.
    fn shortest_root(&self) -> usize {
        match self.language.as_str() {
            "ko" => 2,
            "fa" | "he" | "hi" | "ur" => 3,
            _ => 4,
        }
    }
}

/// Makes equal what does not tell words apart: case, and the shape of the apostrophe.
pub(super) fn fold(word: &str) -> String {
    let lower = word.to_lowercase();
    if lower.contains('’') { lower.replace('’', "'") } else { lower }
}

/// Returns the part that a Japanese word's forms share, which is without the hiragana around it. A word of hiragana alone
/// is grammatical.
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
        Lemmatizer::new(language).of_point(point)
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
            let lemmas = Lemmatizer::new(language);
            let lemma = &lemmas.of_point(point)[0];
            assert!(lemmas.matching(word, &[lemma.as_str()]) == [lemma], "{language}: {word} is a form of {lemma}");
        }
        assert!(Lemmatizer::new("en").matching("harbinger", &["harbour"]).is_empty());
        assert!(Lemmatizer::new("cs").matching("přístroj", &["přístav"]).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_word_has_a_lemma(word in r"\PC{0,24}|[a-zäöüéèñçşğıοςινя\u{627}-\u{64a}\u{b85}-\u{bcd}']{0,24}", language in "ar|da|de|el|en|es|fi|fr|hu|it|nb|nl|pt|ro|ru|sv|ta|tr|ja") {
            let lemmas = Lemmatizer::new(&language);
            let folded = fold(&word);
            proptest::prop_assert_eq!(lemmas.lemma(&folded).is_empty(), folded.is_empty());
            let has_words = language::words(&word, &language).into_iter().next().is_some();
            let found = lemmas.of_point(&word);
            proptest::prop_assert_eq!(found.is_empty(), !has_words, "{:?}", found);
            proptest::prop_assert!(found.iter().all(|lemma| !lemma.is_empty()), "{:?}", found);
        }
    }
}
