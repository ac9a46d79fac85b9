//! Says before anything is spent how the prompts of a book fit into the context of its model.

use bindery_context::{Context, Fit};
use bindery_dispatcher::{outline::with_expected_outline, plan};
use bindery_ledger::{Order, PlanMode};
use bindery_model::{Models, Preferred, raise_context};

use crate::exit::Failure;

/// Checks that the prompts of an order fit, and says what is left out of them.
pub(super) async fn check(order: &Order, models: &Models) -> Result<(), Failure> {
    let order = &*with_expected_outline(order);
    let stages = models.stages(&order.models()).map_err(Failure::usage)?;
    let Some(tokens) = stages.write.context_tokens().await else { return Ok(()) };
    let context = match &order.plan {
        PlanMode::Given(json) => Context::given(json, &order.outline).map_err(Failure::usage)?,
        PlanMode::Model | PlanMode::Compiled => plan::compile(order).map_err(Failure::usage)?,
    };
    let model = stages.write.first().name();
    match context.fit(tokens) {
        Fit::Whole => {}
        Fit::Shortened(left_out) => eprintln!(
            "The context of {model} is {tokens} tokens, so the prompts leave out of the plan: {}. To have all of it in them, \
             {}.",
            left_out.join(", "),
            raise_context(provider(model))
        ),
        Fit::TooLong { chapter, needed } => {
            return Err(Failure::usage(format!(
                "the context of {model} is {tokens} tokens, and chapter {chapter} needs about {needed} for a prompt and its \
                 text; {}, or give the chapter fewer points and shorter sections (book.section_words)",
                raise_context(provider(model))
            )));
        }
    }
    if order.plan == PlanMode::Model && !plan::call_fits(order, &context, &stages.plan).await {
        eprintln!(
            "The context of {} is too small for a planning call, so the outline is the plan as it stands. To have a plan \
             made, {}.",
            stages.plan.first().name(),
            raise_context(provider(stages.plan.first().name()))
        );
    }
    Ok(())
}

/// Fails where a planning call does not fit, for a command that makes nothing else.
pub(crate) async fn check_plan(order: &Order, compiled: &Context, models: &Preferred) -> Result<(), Failure> {
    if order.plan != PlanMode::Model || plan::call_fits(order, compiled, models).await {
        return Ok(());
    }
    let model = models.first().name();
    Err(Failure::usage(format!(
        "the context of {model} is too small for a planning call; {}, or use --no-plan, which takes the outline as it stands",
        raise_context(provider(model))
    )))
}

fn provider(model: &str) -> &str {
    model.split(':').next().unwrap_or_default()
}
