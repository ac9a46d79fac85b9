//! The terms of an order: what it may cost and how long it may take.

use std::collections::BTreeSet;

use bindery_config::Config;
use bindery_domain::{Micros, MoneyError, UnknownFields};
use bindery_format::Format;
use bindery_ledger::{Order, Terms};
use bindery_model::{StageCallers, missing_price};

use crate::{
    estimate,
    outline::with_expected_outline,
    plan::{self, PlanningError},
};

/// Why an order gets no terms.
#[derive(Debug, thiserror::Error)]
pub enum TermsError {
    /// No book can be planned from the order.
    #[error(transparent)]
    Plan(#[from] PlanningError),
    /// The budget of the settings is no sum.
    #[error(transparent)]
    Budget(#[from] MoneyError),
}

/// A budget that cannot be kept, since the price of this model's calls is not known.
#[derive(Debug, thiserror::Error)]
#[error("{}", missing_price(.0))]
pub struct UnpricedModel(String);

/// Returns the terms that the settings give an order.
pub fn terms(settings: &Config, order: &Order, models: &StageCallers) -> Result<Terms, TermsError> {
    let expected = with_expected_outline(order);
    let compiled = plan::compile(&expected)?;
    let budget = settings.book.budget_usd.map(|usd| usd.to_string().parse::<Micros>()).transpose()?;
    Ok(Terms {
        window: settings.ledger.window,
        gaps: settings.book.gaps,
        budget,
        plan_estimate: estimate::plan_worst(&expected, &compiled, &models.plan),
        deadline_ms: u64::try_from(settings.ledger.deadline.as_millis()).unwrap_or(u64::MAX),
        review: false,
        audit: settings.book.audit,
        best_of: settings.book.best_of,
        checks: None,
        webhook: None,
        formats: format_names(settings.book.formats.iter().copied()),
        metadata: None,
        cover: None,
        pictures: Vec::new(),
        tags: BTreeSet::new(),
        unknown: UnknownFields::default(),
    })
}

/// Returns a set of formats as terms record it: each once, in an order that does not depend on how they were named.
pub fn format_names(formats: impl IntoIterator<Item = Format>) -> Vec<String> {
    let set: BTreeSet<Format> = formats.into_iter().collect();
    set.iter().map(ToString::to_string).collect()
}

/// Refuses a budget that cannot be kept because the price of a model's calls is not known.
pub fn keepable(budget: Option<Micros>, models: &StageCallers) -> Result<(), UnpricedModel> {
    match (budget, models.unpriced()) {
        (Some(_), Some(model)) => Err(UnpricedModel(model.to_owned())),
        _ => Ok(()),
    }
}
