//! How many drafts of the sections were written, and what decided between them.

use std::collections::BTreeMap;

use bindery_check::choice::{Choices, Decided};
use bindery_domain::{
    BookId,
    phrasing::{Grouped, counted},
};
use bindery_ledger::{CHOICE_PART, Task};
use bindery_store::{Store, StoreError};
use serde::Serialize;

/// The drafts of a book whose sections have several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Drafted {
    /// How many drafts were written.
    pub(crate) drafts: u64,
    /// How many sections they are of.
    pub(crate) sections: u64,
    /// How many of the sections have another draft than the first.
    pub(crate) not_the_first: u64,
    /// In how many sections each of these decided.
    pub(crate) decided_by: BTreeMap<Decided, u64>,
}

/// Reads the choices that were made for the chapters of a book. Those whose texts have left the store are not among them.
pub(crate) async fn choices(store: &dyn Store, book: &BookId, tasks: &[Task]) -> Result<Vec<Choices>, StoreError> {
    let digests = tasks.iter().filter_map(|task| task.parts.get(&CHOICE_PART)?.digest.clone()).collect::<Vec<_>>();
    if digests.is_empty() {
        return Ok(Vec::new());
    }
    let texts = store.texts(book, &digests).await?;
    Ok(texts.into_iter().flatten().filter_map(|text| serde_json::from_str(&text).ok()).collect())
}

impl Drafted {
    /// Sums the choices of a book's chapters up; `None` where there are none.
    pub(super) fn of(choices: &[Choices]) -> Option<Self> {
        let mut sum = Self::default();
        for choices in choices {
            sum.drafts += u64::from(choices.drafts);
            for choice in &choices.sections {
                sum.sections += 1;
                sum.not_the_first += u64::from(choice.draft > 1);
                *sum.decided_by.entry(choice.by).or_default() += 1;
            }
        }
        (sum.sections > 0).then_some(sum)
    }

    /// Describes them.
    pub(super) fn told(&self) -> String {
        let by = |(decided, times): (&Decided, &u64)| format!("{} in {times}", name(*decided));
        let decided: Vec<String> = self.decided_by.iter().map(by).collect();
        let sections = counted(self.sections, "section", "sections");
        format!("{} of {sections}; what decided: {}", Grouped(self.drafts), decided.join(", "))
    }
}

fn name(decided: Decided) -> &'static str {
    match decided {
        Decided::Targets => "missed targets",
        Decided::Overlap => "overlap with other sections",
        Decided::Points => "points left out",
        Decided::Length => "length",
        Decided::Nothing => "nothing",
    }
}

#[cfg(test)]
mod tests {
    use bindery_check::choice::Choice;

    use super::*;

    #[test]
    fn the_choices_of_all_chapters_are_summed_up() {
        let choice = |draft, by| Choice { draft, by };
        let first = Choices { drafts: 4, sections: vec![choice(1, Decided::Length), choice(2, Decided::Overlap)] };
        let second = Choices { drafts: 2, sections: vec![choice(2, Decided::Overlap)] };
        let drafted = Drafted::of(&[first, second]).unwrap();
        assert_eq!((drafted.drafts, drafted.sections, drafted.not_the_first), (6, 3, 2));
        assert_eq!(drafted.told(), "6 of 3 sections; what decided: overlap with other sections in 2, length in 1");
        assert_eq!(Drafted::of(&[]), None);
    }
}
