//! The plan of a book that waits for a review: it is read, and taken back as a person has edited it.

use bindery_context::{Context, InvalidContext};
use bindery_domain::{Digest, Micros};
use bindery_ledger::{Book, Plan};
use bindery_store::{Store, StoreError};

use crate::{Action, CommandError, so_far::texts_are_here};

/// Why a plan cannot be read or replaced.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// There is no plan yet.
    #[error("the book is not planned yet")]
    NotPlanned,
    /// The texts have left the store.
    #[error("the texts of the book have left the store after the time that store.retention gives")]
    TextsLeft,
    /// The store has lost the plan, or holds one that cannot be read.
    #[error("the stored plan cannot be read")]
    Lost,
    /// Somebody else has replaced the plan since it was read.
    #[error("somebody has changed the plan since it was read")]
    Outdated,
    /// The new plan does not fit the outline.
    #[error(transparent)]
    Invalid(#[from] InvalidContext),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<PlanError> for CommandError {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::NotPlanned => Self::Missing(error.to_string()),
            PlanError::Outdated => Self::Outdated,
            PlanError::TextsLeft => Self::TextsLeft,
            PlanError::Invalid(invalid) => Self::Invalid(invalid.faults().to_vec()),
            PlanError::Lost => Self::Lost(error.to_string()),
            PlanError::Store(error) => error.into(),
        }
    }
}

/// A plan with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPlan {
    /// The digest that names this edition of the plan.
    pub digest: Digest,
    /// The plan.
    pub context: Context,
}

/// Reads the plan of a book.
pub async fn plan_of(store: &dyn Store, book: &Book) -> Result<StoredPlan, PlanError> {
    if !texts_are_here(book) {
        return Err(PlanError::TextsLeft);
    }
    let digest = book.context.clone().ok_or(PlanError::NotPlanned)?;
    let text = store.text(&book.id, &digest).await?.ok_or(PlanError::Lost)?;
    let context = Context::read(&text).map_err(|_| PlanError::Lost)?;
    Ok(StoredPlan { digest, context })
}

/// Makes the action that puts an edited plan in the place of the present one.
///
/// `instead_of` is the digest of the plan that it was made from; `None` stands for the present one.
pub async fn replacement(
    store: &dyn Store,
    book: &Book,
    json: &str,
    instead_of: Option<&str>,
) -> Result<Action, PlanError> {
    let present = plan_of(store, book).await?;
    if instead_of.is_some_and(|digest| digest != present.digest.as_str()) {
        return Err(PlanError::Outdated);
    }
    let request = store.request(&book.id).await?.ok_or(PlanError::Lost)?;
    let edited = Context::given(json, &request.order.outline)?;
    let estimate = estimate(book.estimate, &present.context, &edited);
    let context = serde_json::to_string(&edited).map_err(|_| PlanError::Lost)?;
    let plan = Box::new(Plan { context: context.into(), estimate, outline: None });
    Ok(Action::ReplacePlan { plan, instead_of: present.digest })
}

/// Returns the most that a lease on a chapter may spend under an edited plan: as much more as its longest chapter is longer.
fn estimate(present: Micros, old: &Context, new: &Context) -> Micros {
    let longest = |context: &Context| context.chapters.iter().map(|slice| u64::from(slice.length)).max().unwrap_or(1);
    let (before, after) = (longest(old).max(1), longest(new));
    present.max(Micros(present.0.saturating_mul(after).div_ceil(before)))
}

#[cfg(test)]
mod tests {
    use bindery_context::Lengths;
    use bindery_ledger::sample::request;

    use super::*;

    #[test]
    fn a_longer_chapter_may_spend_more() {
        let outline = request("a", 2).order.outline;
        let old = Context::compile(&outline, Lengths { chapter: 1_000, section: 500 });
        let mut new = old.clone();
        assert_eq!(estimate(Micros(300), &old, &new), Micros(300));
        new.chapters[1].length = 2_500;
        assert_eq!(estimate(Micros(300), &old, &new), Micros(750));
    }
}
