//! What plain code finds wrong with a plan. It takes out what would do harm, and says what is to be decided again.

use std::{collections::BTreeSet, fmt, ops::Range};

use bindery_context::{Context, Slice};
use bindery_outline::Variety;

/// Something about a plan that is to be decided again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PlanFault {
    /// Nothing is decided on a chapter.
    Undecided(u32),
    /// A secret that no chapter tells.
    NoChapter(String),
    /// An example that no chapter tells.
    NoOwner(String),
    /// A chapter tells a secret before its time.
    Early { chapter: u32, secret: String, told_in: u32 },
    /// Two chapters have nearly the same.
    Alike { what: &'static str, chapter: u32, earlier: u32 },
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecided(chapter) => write!(f, "the plan says nothing about chapter {chapter}"),
            Self::NoChapter(secret) => write!(f, "no chapter is named in which the reader learns this: {secret}"),
            Self::NoOwner(example) => write!(f, "no chapter is named that tells the example \"{example}\""),
            Self::Early { chapter, secret, told_in } => write!(
                f,
                "what is said of chapter {chapter} gives away what the reader learns in chapter {told_in}: {secret}"
            ),
            Self::Alike { what, chapter, earlier } => {
                write!(f, "chapter {chapter} has nearly the same {what} as chapter {earlier}; give it another")
            }
        }
    }
}

/// A decision of which no two chapters have the same.
pub(super) type Decision = fn(&mut Slice) -> &mut String;

/// The decisions of which no two chapters have the same, with their names in an answer.
const UNLIKE: [(&str, Decision); 4] = [
    ("opening", |slice| &mut slice.opening),
    ("closing", |slice| &mut slice.closing),
    ("example domain", |slice| &mut slice.example_domain),
    ("field of comparisons", |slice| &mut slice.images),
];

/// The least share of common words, in percent, that makes two decisions alike, and the fewest words for which it counts.
const ALIKE: usize = 85;
const FEWEST_WORDS: usize = 5;

/// Returns the decisions of which no two chapters of a book have the same. Chapters of one form open and close alike.
pub(super) fn unlike(variety: Variety) -> impl Iterator<Item = (&'static str, Decision)> {
    UNLIKE.into_iter().filter(move |(what, _)| variety != Variety::Low || !["opening", "closing"].contains(what))
}

/// Takes out what tells a secret before its time.
pub(super) fn take_early(context: &mut Context, range: Range<usize>) -> Vec<PlanFault> {
    let secrets = context.secrets.clone();
    let mut faults = Vec::new();
    for slice in &mut context.chapters[range] {
        let chapter = slice.chapter;
        let late = || secrets.iter().filter(move |secret| secret.chapter > chapter);
        slice.references.retain(|reference| !late().any(|secret| secret.is_told_in(&reference.text)));
        let mut told: BTreeSet<u32> = BTreeSet::new();
        for text in slice.planned_mut() {
            if let Some(secret) = late().find(|secret| secret.is_told_in(text)) {
                text.clear();
                if told.insert(secret.chapter) {
                    faults.push(PlanFault::Early { chapter, secret: secret.text.clone(), told_in: secret.chapter });
                }
            }
        }
        slice.goals.retain(|goal| !goal.is_empty());
    }
    faults
}

/// Takes out decisions that an earlier chapter has too.
pub(super) fn take_alike(slices: &mut [Slice], variety: Variety) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    for (what, field) in unlike(variety) {
        let mut kept: Vec<Kept> = Vec::new();
        for slice in &mut *slices {
            let chapter = slice.chapter;
            let value = field(slice);
            if value.is_empty() {
                continue;
            }
            let words = words(value);
            match kept.iter().find(|earlier| are_alike(&earlier.words, &words)) {
                Some(earlier) => {
                    value.clear();
                    faults.push(PlanFault::Alike { what, chapter, earlier: earlier.chapter });
                }
                None => kept.push(Kept { chapter, words }),
            }
        }
    }
    faults
}

/// A decision that stays.
struct Kept {
    chapter: u32,
    words: BTreeSet<String>,
}

fn words(text: &str) -> BTreeSet<String> {
    let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn are_alike(one: &BTreeSet<String>, other: &BTreeSet<String>) -> bool {
    if one == other {
        return true;
    }
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    one.len().min(other.len()) >= FEWEST_WORDS && common * 100 >= all * ALIKE
}
