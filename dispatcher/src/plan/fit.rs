//! Whether the calls of a book fit into the context of its model, as far as that is known.

use bindery_context::{Context, Fit};
use bindery_domain::estimate_tokens;
use bindery_ledger::Order;
use bindery_model::Preferred;
use bindery_runtime::attempt::{Before, Writing as _};

use super::{Extent, PlanWriting, PlanningError};

/// Returns whether the planning calls of an order fit.
pub async fn call_fits(order: &Order, compiled: &Context, models: &Preferred) -> bool {
    let Some(context) = models.context_tokens().await else { return true };
    Extent::of_book(&order.outline).iter().all(|extent| {
        let writing = PlanWriting { order, context: compiled, extent, clashes: &[] };
        let call = writing.call(models.first(), 1, Before::default());
        let parts = [&call.prefix, &call.slice, &call.request];
        let prompt: u64 = parts.into_iter().map(|text| estimate_tokens(text)).sum();
        // The estimate of a prompt is too high by a quarter at least.
        prompt / 4 * 3 + writing.expected_output() <= u64::from(context)
    })
}

/// Fails where the prompts of a chapter do not fit, before they are paid for. Logs what is left out of all prompts.
pub(super) async fn check(context: &Context, models: &Preferred) -> Result<(), PlanningError> {
    let Some(tokens) = models.context_tokens().await else { return Ok(()) };
    let model = models.first().name();
    match context.fit(tokens) {
        Fit::Whole => Ok(()),
        Fit::Shortened(left_out) => {
            let left_out = left_out.join(", ");
            tracing::info!(model, context_tokens = tokens, left_out, "the prompts hold a part of the plan alone");
            Ok(())
        }
        Fit::TooLong { chapter, needed } => {
            Err(PlanningError::ContextTooSmall { model: model.to_owned(), tokens, chapter, needed })
        }
    }
}
