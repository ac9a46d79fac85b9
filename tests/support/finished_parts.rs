//! The parts that were finished at some moment, to check that no further call is made for them.

use std::collections::BTreeMap;

use bindery_ledger::{CHOICE_PART, JUDGEMENT_PART};

use super::{Ledger, ModelServer, PartName, Subject};

/// The parts whose text was kept at some moment, with the number of calls made for each until then.
#[must_use]
pub(crate) struct FinishedParts(BTreeMap<Subject, u64>);

impl FinishedParts {
    pub(crate) fn nothing() -> Self {
        Self(BTreeMap::new())
    }

    /// Reads the parts that a ledger keeps. The calls are counted afterwards, when all calls for these parts are over.
    pub(crate) fn of(ledger: &Ledger, model: &ModelServer) -> Self {
        let (parts, calls) = (ledger.kept(), model.calls());
        // The drafts of a section are the same subject to the model server, and a choice takes no call.
        let parts = parts.keys().filter(|part| part.number < u32::from(CHOICE_PART));
        let subjects = parts.map(|&PartName { chapter, number }| {
            let section = Subject::section(chapter, number);
            match (chapter, number) {
                (0, _) => Subject::plan(),
                (_, 0) => Subject::brief(chapter),
                (_, number) if number == u32::from(JUDGEMENT_PART) => Subject::judgement(chapter),
                // The part behind the last section is the chapter's summary.
                _ if calls.contains_key(&section) => section,
                _ => Subject::summary(chapter),
            }
        });
        // A part without a call was made by plain code.
        Self(subjects.map(|subject| (subject.clone(), calls.get(&subject).copied().unwrap_or(0))).collect())
    }

    /// Returns how many parts were kept.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Checks that no call has been made for these parts since.
    #[track_caller]
    pub(crate) fn left_alone(&self, model: &ModelServer) {
        let calls = model.calls();
        let now = self.0.keys().map(|subject| (subject.clone(), calls.get(subject).copied().unwrap_or(0)));
        assert_eq!(now.collect::<BTreeMap<_, _>>(), self.0, "a call was made again for a part that was kept");
    }
}
