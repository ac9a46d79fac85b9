//! The models for a part, and which of them has its turn.

use std::sync::Arc;

use bindery_model::ModelCaller;

/// The models in the order in which they are tried.
pub(super) struct Candidates<'a> {
    callers: &'a [Arc<ModelCaller>],
    at: usize,
}

impl<'a> Candidates<'a> {
    /// Begins with the model of this name, which had its turn when the part was recorded; else with the first one.
    pub(super) fn new(callers: &'a [Arc<ModelCaller>], recorded: Option<&str>) -> Self {
        let is_recorded = |caller: &Arc<ModelCaller>| recorded.is_some_and(|name| name == caller.name());
        Self { callers, at: callers.iter().position(is_recorded).unwrap_or(0) }
    }

    /// Returns the model that has its turn.
    pub(super) fn current(&self) -> &'a ModelCaller {
        &self.callers[self.at]
    }

    /// Gives the next model its turn; returns false where there is none.
    pub(super) fn go_on(&mut self) -> bool {
        let has_next = self.at + 1 < self.callers.len();
        self.at += usize::from(has_next);
        has_next
    }
}
