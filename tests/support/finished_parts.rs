//! Which parts were finished at some moment, to check that none of them is called again.

use std::collections::BTreeMap;

use super::{Ledger, ModelServer, PartName, Subject};

/// The parts whose text was kept at some moment, with the calls that had been made for each.
#[must_use]
pub(crate) struct FinishedParts(BTreeMap<Subject, u64>);

impl FinishedParts {
    pub(crate) fn nothing() -> Self {
        Self(BTreeMap::new())
    }

    /// Notes the parts that this ledger keeps. Calls are counted after it was read: a part that is kept has had all of its
    /// own.
    pub(crate) fn of(ledger: &Ledger, model: &ModelServer) -> Self {
        let (parts, calls) = (ledger.kept(), model.calls());
        let subjects = parts.keys().map(|&PartName { chapter, number }| {
            let section = Subject::section(chapter, number);
            match (chapter, number) {
                (0, _) => Subject::plan(),
                (_, 0) => Subject::brief(chapter),
                // The part behind the last section is the chapter's summary.
                _ if calls.contains_key(&section) => section,
                _ => Subject::summary(chapter),
            }
        });
        // A part without a call of its own was made by plain code: there is nothing to be called again.
        Self(subjects.map(|subject| (subject.clone(), calls.get(&subject).copied().unwrap_or(0))).collect())
    }

    /// Returns how many parts were kept.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks that no part that was kept then has been called since.
    #[track_caller]
    pub(crate) fn left_alone(&self, model: &ModelServer) {
        let calls = model.calls();
        let now = self.0.keys().map(|subject| (subject.clone(), calls.get(subject).copied().unwrap_or(0)));
        assert_eq!(now.collect::<BTreeMap<_, _>>(), self.0, "a part that was kept was called again");
    }
}
