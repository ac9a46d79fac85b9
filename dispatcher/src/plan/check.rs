//! What plain code finds wrong with a plan. It takes out what would do harm, and says what is to be decided again.

use std::{collections::BTreeSet, fmt, ops::Range};

use bindery_context::{Context, Decided, Slice};
use bindery_outline::Variety;

/// Something about a plan that is to be decided again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PlanFault {
    /// Nothing is decided on a chapter.
    Undecided(u32),
    /// A secret that no chapter tells.
    NoChapter(String),
    /// A secret that code cannot find in a text.
    NoTerm { secret: String, told_in: u32 },
    /// An example that no chapter tells.
    NoOwner(String),
    /// A chapter tells a secret before its time.
    Early { chapter: u32, secret: String, told_in: u32 },
    /// Two chapters have nearly the same, and the second one loses it.
    Alike { what: &'static str, chapter: u32, earlier: u32, had: String },
}

impl PlanFault {
    /// Returns the chapter that is to be decided on again; `None` where it is the book.
    pub(super) fn chapter(&self) -> Option<u32> {
        match self {
            Self::Undecided(chapter) | Self::Early { chapter, .. } | Self::Alike { chapter, .. } => Some(*chapter),
            Self::NoChapter(_) | Self::NoTerm { .. } | Self::NoOwner(_) => None,
        }
    }
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecided(chapter) => write!(f, "the plan says nothing about chapter {chapter}"),
            Self::NoChapter(secret) => write!(f, "no chapter is named in which the reader learns this: {secret}"),
            Self::NoTerm { secret, told_in } => write!(
                f,
                "nothing shows whether this is told before chapter {told_in}, since its secret has no \"terms\" that the outline does \
                 not use before: {secret}"
            ),
            Self::NoOwner(example) => write!(f, "no chapter is named that tells the example \"{example}\""),
            Self::Early { chapter, secret, told_in } => write!(
                f,
                "what is said of chapter {chapter} gives away what the reader learns in chapter {told_in}: {secret}"
            ),
            Self::Alike { what, chapter, earlier, had } => {
                write!(
                    f,
                    "chapter {chapter} has nearly the same {what} as chapter {earlier}, \"{had}\"; give it another"
                )
            }
        }
    }
}

/// A decision of which no two chapters have the same.
#[derive(Clone, Copy)]
struct Decision {
    /// What it is called in an answer.
    name: &'static str,
    /// Where a slice has it.
    field: fn(&mut Slice) -> &mut String,
}

/// What the line that tells the others about a chapter is called in an answer.
const LINE: &str = "summary";

/// The decisions of which no two chapters have the same.
const UNLIKE: [Decision; 5] = [
    Decision { name: LINE, field: |slice| &mut slice.line },
    Decision { name: "opening", field: |slice| &mut slice.opening },
    Decision { name: "closing", field: |slice| &mut slice.closing },
    Decision { name: "example domain", field: |slice| &mut slice.example_domain },
    Decision { name: "field of comparisons", field: |slice| &mut slice.images },
];

/// Returns the decisions of which no two chapters of a book have the same. Chapters of one form open and close alike.
fn unlike(variety: Variety) -> impl Iterator<Item = Decision> {
    let may_be_alike = |decision: &Decision| ["opening", "closing"].contains(&decision.name);
    UNLIKE.into_iter().filter(move |decision| variety != Variety::Low || !may_be_alike(decision))
}

/// Returns the secrets that code cannot find in a text.
pub(super) fn without_terms(context: &Context) -> impl Iterator<Item = PlanFault> {
    let without = context.secrets.iter().filter(|secret| secret.terms.is_empty());
    without.map(|secret| PlanFault::NoTerm { secret: secret.text.clone(), told_in: secret.chapter })
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

/// Takes out decisions that an earlier chapter has too. A line stays, since it may hold its author's words.
pub(super) fn take_alike(slices: &mut [Slice], variety: Variety) -> Vec<PlanFault> {
    let mut faults = Vec::new();
    for Decision { name: what, field } in unlike(variety) {
        let mut decided = Decided::<Kept>::default();
        for slice in &mut *slices {
            let chapter = slice.chapter;
            let value = field(slice);
            if value.is_empty() {
                continue;
            }
            match decided.find(value) {
                Some(Kept { chapter: earlier, value: had }) => {
                    faults.push(PlanFault::Alike { what, chapter, earlier: *earlier, had: had.clone() });
                    if what != LINE {
                        value.clear();
                    }
                }
                None => decided.insert(Kept { chapter, value: value.clone() }, value),
            }
        }
    }
    faults
}

/// A decision that stays.
struct Kept {
    chapter: u32,
    value: String,
}
