//! How the chapters of a book differ in form, opening and rhythm.

use bindery_outline::{BookKind, Variety};
use serde::{Deserialize, Serialize};

/// How a chapter is built, how it opens, and how its sentences move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// How it is built.
    pub build: String,
    /// With what it opens.
    pub opening: String,
    /// How its sentences and paragraphs move.
    pub rhythm: String,
}

/// The forms, openings and rhythms that are dealt to the chapters of a book. Their numbers have no common divisor, so that the same
/// three come together again after 140 chapters only.
struct Deck {
    builds: [&'static str; 5],
    openings: [&'static str; 7],
    rhythms: [&'static str; 4],
}

const RHYTHMS: [&str; 4] = [
    "short sentences, and now and then a long one",
    "long sentences that turn, broken by a short one, in long paragraphs",
    "sentences of every length, in short paragraphs",
    "sentences of middle length, in paragraphs of very different lengths",
];

const EXPLAINING: Deck = Deck {
    builds: [
        "one case, followed from its beginning to its end; the points are made where the case meets them",
        "an argument: a claim, the strongest objection to it, and what is left of both",
        "a question that its reader would ask, and answers in the order in which they are found",
        "a walk through the matter in space or in time, from one end to the other",
        "a comparison of two things, side by side",
    ],
    openings: [
        "a thing that can be seen or held",
        "a number, and what it means",
        "somebody in the middle of a task",
        "a mistake that people make",
        "a place at a certain hour",
        "a short, plain statement",
        "a question that has no easy answer",
    ],
    rhythms: RHYTHMS,
};

const STORY: Deck = Deck {
    builds: [
        "one long scene in one place, without a jump in time",
        "several short scenes that cut between places or people",
        "a conversation that carries the whole, with little told between its lines",
        "days or weeks told in summary, with one moment shown closely",
        "something that somebody does, and that goes wrong step by step",
    ],
    openings: [
        "a line of speech",
        "a movement, in the middle of it",
        "a place, as one person sees it",
        "a thing that is not where it should be",
        "a thought that somebody does not say",
        "light, weather or a sound, in one sentence",
        "what has changed since the chapter before",
    ],
    rhythms: RHYTHMS,
};

/// Deals a form to each chapter of a book. `seed` is the same whenever the book is planned, and lets different books begin
/// differently.
///
/// With high variety two neighbours have nothing in common. With low variety all chapters have the same form. Else the plan decides.
pub(super) fn deal(variety: Variety, kind: BookKind, chapters: usize, seed: usize) -> Vec<Option<Form>> {
    let deck = if kind.is_fiction() { &STORY } else { &EXPLAINING };
    let form = |at: usize| {
        Some(Form {
            build: deck.builds[at % deck.builds.len()].to_owned(),
            opening: deck.openings[at % deck.openings.len()].to_owned(),
            rhythm: deck.rhythms[at % deck.rhythms.len()].to_owned(),
        })
    };
    match variety {
        Variety::Low => vec![Some(alike(kind)); chapters],
        Variety::Medium => vec![None; chapters],
        Variety::High => (seed % SEEDS..).take(chapters).map(form).collect(),
    }
}

/// More seeds would begin as one of these does.
const SEEDS: usize = 140;

/// Returns the form that all chapters of a book of low variety have.
fn alike(kind: BookKind) -> Form {
    let (build, opening) = if kind.is_fiction() {
        ("scenes in the order of time, as in all chapters of the book", "who is where, and when")
    } else {
        (
            "as all chapters of the book: what it is about, its points in their order, and what follows from them",
            "what the chapter is about, in one plain sentence",
        )
    };
    let rhythm = "even: sentences and paragraphs of middle length";
    Form { build: build.to_owned(), opening: opening.to_owned(), rhythm: rhythm.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    fn key(form: &Form) -> (String, String, String) {
        (form.build.clone(), form.opening.clone(), form.rhythm.clone())
    }

    fn dealt(variety: Variety, kind: BookKind, chapters: usize, seed: usize) -> Vec<Form> {
        deal(variety, kind, chapters, seed).into_iter().flatten().collect()
    }

    proptest! {
        #[test]
        fn neighbours_differ_in_form_opening_and_rhythm_and_no_three_come_together_twice_in_a_book(
            kind in prop::sample::select(BookKind::ALL.to_vec()), chapters in 0_usize..140, seed in 0_usize..10_000,
        ) {
            let forms = dealt(Variety::High, kind, chapters, seed);
            prop_assert_eq!(forms.len(), chapters);
            for pair in forms.windows(2) {
                let (one, next) = (key(&pair[0]), key(&pair[1]));
                prop_assert!(one.0 != next.0 && one.1 != next.1 && one.2 != next.2);
            }
            prop_assert_eq!(forms.iter().map(key).collect::<HashSet<_>>().len(), chapters);
        }
    }

    #[test]
    fn with_low_variety_all_chapters_are_alike_and_with_medium_the_plan_decides() {
        for kind in BookKind::ALL {
            let low = dealt(Variety::Low, kind, 5, 3);
            assert!(low.len() == 5 && low.iter().all(|form| form == &low[0]), "{kind}");
            assert_eq!(deal(Variety::Medium, kind, 2, 3), [None, None]);
        }
        assert_ne!(dealt(Variety::High, BookKind::Novel, 1, 0), dealt(Variety::High, BookKind::Course, 1, 0));
        assert_ne!(dealt(Variety::High, BookKind::Novel, 1, 0), dealt(Variety::High, BookKind::Novel, 1, 1));
    }
}
