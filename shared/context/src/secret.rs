//! What the reader of a story learns late, and who in it knows. Plain code keeps a secret out of what is written before its time.

use std::collections::HashSet;

use bindery_text::{
    language::{self, WritingSystem},
    term,
};
use serde::{Deserialize, Serialize};

use crate::{BookPart, Context, Slice};

/// The fewest letters of a name that tells a secret by itself.
const LEAST_LETTERS: usize = 4;

/// The fewest words of a secret, and their least share in percent, that a fact has which states it.
const FEWEST_COMMON: usize = 3;
const MOST_WORDS: usize = 60;

/// Words that name a chapter by the number after them.
const CHAPTER_WORDS: [&str; 9] =
    ["chapter", "kapitel", "chapitre", "capítulo", "capitolo", "hoofdstuk", "rozdział", "глава", "第"];

/// Something that the reader of a story does not know at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// What it is, in a sentence.
    pub text: String,
    /// Names and terms that tell it, and that no earlier chapter may use.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub terms: Vec<String>,
    /// The chapter in which the reader learns it.
    pub chapter: u32,
    /// The characters who know it, each from a chapter on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known_to: Vec<Knowing>,
}

/// A character who knows a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Knowing {
    /// The character's name.
    pub character: String,
    /// The chapter from which on the character knows it.
    pub chapter: u32,
}

impl Secret {
    /// Returns whether a text tells it.
    pub fn is_told_in(&self, text: &str) -> bool {
        self.terms.iter().any(|told| term::contains(text, told))
    }

    /// Returns whether a fact states it: in most of its words, or in some of them and by a phrase that tells it. A name alone is only
    /// about the same person.
    fn is_stated_in(&self, fact: &str, tag: &str) -> bool {
        let is_common = |word: &str| word.starts_with(char::is_lowercase) && word.chars().count() >= LEAST_LETTERS;
        let is_phrase = |told: &&String| told.split_whitespace().any(is_common);
        let is_told = || self.terms.iter().filter(is_phrase).any(|told| term::contains(fact, told));
        let (own, of_fact) = (long_words(&self.text, tag), long_words(fact, tag));
        let common = own.intersection(&of_fact).count();
        common >= FEWEST_COMMON && (100 * common >= MOST_WORDS * own.len() || is_told())
    }

    /// Drops the terms that cannot show that the secret is told: common words, and what the author's own words name before.
    pub fn keep_telling_terms(&mut self, author: &Context) {
        let given = author.given_before(self);
        let common = |told: &str| !is_telling(told, &author.book.language);
        self.terms.retain(|told| !common(told) && !term::contains(&given, told));
    }
}

impl Context {
    /// Returns the secrets that a chapter's reader does not know yet.
    pub(crate) fn secrets_after(&self, chapter: u32) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(move |secret| secret.chapter > chapter)
    }

    /// Returns the chapter from which on the writers of a story know a fact: the one that tells its secret, or that it names. All know
    /// the facts of a book that is no story.
    pub(crate) fn known_from(&self, fact: &str) -> u32 {
        if !self.kind().is_fiction() {
            return 1;
        }
        let stated = self.secrets.iter().filter(|secret| secret.is_stated_in(fact, &self.book.language));
        stated.map(|secret| secret.chapter).chain([self.named_in(fact)]).max().unwrap_or(1)
    }

    /// Returns the first chapter that a fact names by its number; 1 where it names none.
    pub(crate) fn named_in(&self, fact: &str) -> u32 {
        let fact = fact.to_lowercase();
        let after = |word: &&str| fact.split(word).skip(1).map(str::to_owned).collect::<Vec<_>>();
        let number = |rest: String| {
            let rest = rest.trim_start();
            let end = rest.find(|char: char| !char.is_ascii_digit()).unwrap_or(rest.len());
            rest[..end].parse::<u32>().ok()
        };
        let named = CHAPTER_WORDS.iter().flat_map(after).filter_map(number);
        named.filter(|number| self.slice(*number).is_some()).min().unwrap_or(1)
    }

    /// Returns whether a text in this chapter would tell a secret before its time.
    pub fn tells_early(&self, chapter: u32, text: &str) -> bool {
        self.secrets_after(chapter).any(|secret| secret.is_told_in(text))
    }

    /// Returns the terms by which this text of a chapter tells secrets before their time.
    pub fn early_terms(&self, chapter: u32, text: &str) -> Vec<&str> {
        let terms = self.secrets_after(chapter).flat_map(|secret| &secret.terms).map(String::as_str);
        terms.filter(|told| term::contains(text, told)).collect()
    }

    /// Returns the author's words that readers or writers see before a secret is told: those about the book, the titles, and those
    /// about the earlier chapters.
    fn given_before(&self, secret: &Secret) -> String {
        let held_back =
            |line: &String| self.named_in(line) >= secret.chapter || secret.is_stated_in(line, &self.book.language);
        let canon = self.book.canon.iter().filter(|line| !held_back(line)).cloned().collect();
        let book = BookPart { canon, ..self.book.clone() };
        let book = serde_json::to_string(&book).expect("a book part holds only text and numbers");
        let titles = self.chapters.iter().map(|slice| slice.title.clone());
        let earlier = self.chapters.iter().filter(|slice| slice.chapter < secret.chapter).map(Slice::given_words);
        [book].into_iter().chain(titles).chain(earlier).collect::<Vec<_>>().join("\n")
    }
}

/// Returns the words of a text that are long enough to mean something.
fn long_words(text: &str, tag: &str) -> HashSet<String> {
    const LETTERS: usize = 4;

    let text = text.to_lowercase();
    let unspaced = language::writing_system(tag) != WritingSystem::Spaced;
    let is_long = |word: &&str| word.chars().count() >= if unspaced { LETTERS / 2 } else { LETTERS };
    language::words(&text, tag).into_iter().filter(is_long).map(str::to_owned).collect()
}

/// Returns whether a term is so rare that it tells something: a name, or several words.
fn is_telling(told: &str, tag: &str) -> bool {
    let letters = told.chars().filter(|char| char.is_alphanumeric()).count();
    let several = told.split_whitespace().count() > 1;
    let unspaced = !told.is_ascii() && !told.chars().any(|char| char.is_lowercase() || char.is_uppercase());
    // In German every noun has a capital.
    let name = told.starts_with(char::is_uppercase) && language::primary(tag) != "de";
    letters >= LEAST_LETTERS && (several || unspaced || name)
}

#[cfg(test)]
mod tests {
    use bindery_outline::{Chapter, Outline};

    use super::*;
    use crate::Lengths;

    fn novel(language: &str) -> Context {
        let chapter =
            |title: &str, summary: &str| Chapter { title: title.into(), summary: summary.into(), ..Chapter::default() };
        let outline = Outline {
            title: "Slack Water".into(),
            description: "A novel about Ines Marrable.".into(),
            chapters: vec![
                chapter("Sevens", "Ines reads the ledgers of the Hen."),
                chapter("The Drum", "Somebody cut a page out."),
                chapter("Honey", "Edda Roe kept the outer drum among her hives."),
            ],
            ..Outline::default()
        };
        let mut context = Context::compile(&outline, Lengths { chapter: 2_000, section: 700 });
        context.book.language = language.into();
        context
    }

    fn settled(terms: &[&str], language: &str) -> Vec<String> {
        let mut secret =
            Secret { terms: terms.iter().map(|told| (*told).to_owned()).collect(), chapter: 3, ..Secret::default() };
        secret.keep_telling_terms(&novel(language));
        secret.terms
    }

    #[test]
    fn a_secret_is_known_by_names_and_phrases_that_its_author_does_not_use_before() {
        assert_eq!(settled(&["outer drum", "Edda Roe"], "en"), ["outer drum", "Edda Roe"]);
        assert_eq!(settled(&["drum", "Ed", "brother"], "en"), [""; 0], "common words tell nothing");
        assert_eq!(
            settled(&["the Drum", "Ines Marrable", "the Hen", "Honey"], "en"),
            [""; 0],
            "everybody has read them"
        );
        assert_eq!(settled(&["Bruder", "Edda Roe"], "de"), ["Edda Roe"]);
    }

    #[test]
    fn a_fact_that_states_a_secret_or_names_a_chapter_is_known_from_there_on() {
        let mut context = novel("en");
        let facts = [
            "Ines Marrable is keeper of the station.",
            "Edda Roe keeps bees.",
            "Edda Roe has kept the outer drum among her hives.",
            "Ines limps (from chapter 2 on).",
            "The island has 211 people; chapter 99 is a joke.",
            "The outer drum of the Hen is missing.",
        ];
        context.book.canon = facts.map(str::to_owned).to_vec();
        let mut secret = Secret {
            text: "Edda Roe kept the outer drum among her hives.".into(),
            terms: ["outer drum", "Edda Roe"].map(str::to_owned).to_vec(),
            chapter: 3,
            known_to: Vec::new(),
        };
        secret.keep_telling_terms(&context);
        assert_eq!(secret.terms, [""; 0], "a fact that all may know has her name, and another one the drum");
        secret.terms = vec!["the Hen".into(), "among her hives".into()];
        context.secrets = vec![secret];
        assert_eq!(facts.map(|fact| context.known_from(fact)), [1, 1, 3, 2, 1, 1]);
        let parts: Vec<String> =
            context.chapters.iter().map(|slice| context.book_part() + &context.slice_part(slice)).collect();
        assert_eq!([0, 1, 2].map(|at| parts[at].contains(facts[2])), [false, false, true]);
        assert_eq!([0, 1, 2].map(|at| parts[at].contains(facts[3])), [false, true, true]);
        assert!(parts.iter().all(|part| part.contains(facts[0]) && part.contains(facts[1])));
        context.book.kind = Some(bindery_outline::BookKind::Nonfiction);
        assert!(context.book_part().contains(facts[2]));
    }

    #[test]
    fn a_secret_is_told_early_in_the_chapters_before_its_own() {
        let mut context = novel("en");
        context.secrets = vec![Secret {
            terms: vec!["outer drum".into()],
            chapter: 3,
            text: "It was kept.".into(),
            known_to: Vec::new(),
        }];
        assert!(context.tells_early(2, "She saw the Outer  Drum."));
        assert_eq!(context.early_terms(1, "the outer drum"), ["outer drum"]);
        assert!(!context.tells_early(3, "She saw the outer drum."));
        assert!(!context.tells_early(1, "She saw the outer drums."));
    }
}
