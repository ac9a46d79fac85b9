//! The estimate of a book, as it is shown before money is spent.

use bindery_dispatcher::{
    estimate::{Cost, Estimate, Estimating, StageRecords},
    outline::Topic,
    plan,
};
use bindery_domain::{
    TaskId,
    phrasing::{Grouped, Phrased, counted},
};
use bindery_ledger::{AuditMode, PlanMode, Request};
use bindery_model::{Models, Preferred, StageCallers};

use crate::{app::App, cli::Global, consent::Spending, environment::Environment, exit::Failure, stdout};

/// Estimates what the owed tasks of a request take, with as many calls at once as the provider is given.
pub(crate) async fn estimate(
    app: &App,
    models: &Models,
    request: &Request,
    owed: impl Fn(TaskId) -> bool,
) -> Result<Estimate, Failure> {
    let order = &request.order;
    let callers = models.stages(&order.models()).map_err(Failure::usage)?;
    let calls = models.calls(&order.model).map_err(Failure::usage)?;
    let compiled = plan::compile(order).map_err(Failure::usage)?;
    let records = records(app, &callers).await?;
    let facts = app.config.checks.facts && request.terms.audit != AuditMode::Off;
    let best_of = request.terms.best_of;
    let estimating = Estimating { facts, best_of, ..estimating(app, &callers, &records) };
    let mut estimate = estimating.chapters(&compiled, |chapter| owed(TaskId::Write(chapter)));
    if order.plan == PlanMode::Model && owed(TaskId::Plan) {
        estimate = estimating.with_plan(estimate, order, &compiled);
    }
    if request.terms.audit == AuditMode::Repair && owed(TaskId::Audit) {
        estimate = estimating.with_repairs(estimate, &compiled);
    }
    Ok(estimate.with_calls(calls))
}

/// Estimates a whole book. For a topic without an outline, the call for the outline is counted too.
pub(super) async fn estimate_whole(
    app: &App,
    models: &Models,
    request: &Request,
    topic: Option<&Topic>,
) -> Result<Estimate, Failure> {
    let estimate = estimate(app, models, request, |_| true).await?;
    let Some(topic) = topic else { return Ok(estimate) };
    let callers = models.stages(&request.order.models()).map_err(Failure::usage)?;
    let records = records(app, &callers).await?;
    Ok(estimating(app, &callers, &records).with_outline(estimate, topic))
}

fn estimating<'a>(app: &App, models: &'a StageCallers, records: &'a StageRecords) -> Estimating<'a> {
    Estimating { models, records, limits: app.limits(), judging: app.config.checks.judge, facts: false, best_of: 1 }
}

/// Reads what the first model of each stage did before.
async fn records(app: &App, models: &StageCallers) -> Result<StageRecords, Failure> {
    let of = async |models: &Preferred| app.ports.store.track_record(models.first().name()).await;
    Ok(StageRecords {
        plan: of(&models.plan).await?,
        brief: of(&models.brief).await?,
        write: of(&models.write).await?,
        judge: of(&models.judge).await?,
    })
}

/// Prints what a book would take.
pub(crate) fn print_estimate(global: &Global, request: &Request, estimate: &Estimate) -> Result<(), Failure> {
    if global.json {
        let cost = |sum: fn(Cost) -> bindery_domain::Micros| estimate.cost.map(sum);
        let value = serde_json::json!({
            "book": request.book_id(), "model": request.order.model, "calls": estimate.calls,
            "repeated_calls": estimate.repeated, "input_tokens": estimate.input, "output_tokens": estimate.output,
            "cost_micro_usd": cost(|cost| cost.likely), "at_most_micro_usd": cost(|cost| cost.at_most),
            "smallest_budget_micro_usd": cost(|cost| cost.smallest_budget),
            "seconds": estimate.time.as_secs_f64(), "sequential_seconds": estimate.sequential.as_secs_f64(),
        });
        return stdout::line(value);
    }
    stdout::line(phrased_estimate(request, estimate))
}

fn phrased_estimate(request: &Request, estimate: &Estimate) -> String {
    let repeated = match estimate.repeated {
        0 => String::new(),
        repeated => format!(" and likely {} more", Grouped(repeated)),
    };
    format!(
        "\"{}\" with {}: {}{repeated}, about {} prompt and {} output tokens, about {} ({} one call after another).\n{}",
        request.order.outline.title,
        request.order.model,
        counted(estimate.calls, "call", "calls"),
        Grouped(estimate.input),
        Grouped(estimate.output),
        Phrased(estimate.time),
        Phrased(estimate.sequential),
        phrased_cost(estimate.cost),
    )
}

fn phrased_cost(cost: Option<Cost>) -> String {
    match cost {
        None => "Its cost is not known, because the model has no price here (model.prices_file).".to_owned(),
        Some(cost) if cost.at_most.0 == 0 => "It costs nothing.".to_owned(),
        Some(Cost { likely, at_most, smallest_budget }) => format!(
            "It likely costs about {likely}, and at most {at_most}. The smallest budget that cannot stall is {smallest_budget}."
        ),
    }
}

/// Prints the estimate of a run, and asks whether to write the book if that costs money.
pub(crate) fn confirm(
    environment: &Environment,
    models: &Models,
    spending: &Spending,
    request: &Request,
    estimate: &Estimate,
) -> Result<(), Failure> {
    let callers = models.stages(&request.order.models()).map_err(Failure::usage)?;
    spending.consent(environment, callers.is_free(), &phrased_estimate(request, estimate), "Write it?")
}
