//! What the reader of a story learns late, and who in it knows. Plain code keeps a secret out of what is written before its time.

use bindery_text::{language, term};
use serde::{Deserialize, Serialize};

use crate::{Context, Slice};

/// The fewest letters of a name that tells a secret by itself.
const LEAST_LETTERS: usize = 4;

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

    /// Drops the terms that cannot show that the secret is told: common words, and what the author's own words name before.
    pub fn keep_telling_terms(&mut self, author: &Context) {
        let given = author.given_before(self.chapter);
        let common = |told: &str| !is_telling(told, &author.book.language);
        self.terms.retain(|told| !common(told) && !term::contains(&given, told));
    }
}

impl Context {
    /// Returns the secrets that a chapter's reader does not know yet.
    pub fn secrets_after(&self, chapter: u32) -> impl Iterator<Item = &Secret> {
        self.secrets.iter().filter(move |secret| secret.chapter > chapter)
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

    /// Returns the author's words that readers or writers see before a chapter: those about the book, the titles, and those about
    /// the earlier chapters.
    fn given_before(&self, chapter: u32) -> String {
        let book = serde_json::to_string(&self.book).expect("a book part holds only text and numbers");
        let titles = self.chapters.iter().map(|slice| slice.title.clone());
        let earlier = self.chapters.iter().filter(|slice| slice.chapter < chapter).map(Slice::given_words);
        [book].into_iter().chain(titles).chain(earlier).collect::<Vec<_>>().join("\n")
    }
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
