//! The estimate of a book, as it is shown before money is spent.

use bindery_dispatcher::{
    estimate::{Cost, Estimate, Estimating, StageRecords},
    outline, plan,
};
use bindery_domain::{
    TaskId,
    phrasing::{Grouped, Phrased, counted},
};
use bindery_ledger::{AuditMode, BookChecks, Knobs, PlanMode, Preset, Request, Terms};
use bindery_model::{Models, Preferred, StageCallers};

use bindery_runtime::attempt::Limits;

use crate::{
    app::App,
    cli::{Global, WriteArgs},
    consent::Spending,
    environment::Environment,
    exit::Failure,
    stdout,
};

/// Estimates what the owed tasks of a request take, with as many calls at once as the provider is given. For a topic without an
/// outline, the call for the outline is counted too.
pub(crate) async fn estimate(
    app: &App,
    models: &Models,
    request: &Request,
    owed: impl Fn(TaskId) -> bool,
) -> Result<Estimate, Failure> {
    let order = &request.order;
    let callers = models.stages(&order.models()).map_err(Failure::usage)?;
    let calls = models.calls(&order.model).map_err(Failure::usage)?;
    let outlined = outline::with_expected_outline(order);
    let compiled = plan::compile(&outlined).map_err(Failure::usage)?;
    let records = records(app, &callers).await?;
    let estimating = estimating(app, &callers, &records, &request.terms);
    let mut estimate = estimating.chapters(&compiled, |chapter| owed(TaskId::Write(chapter)));
    if order.plan == PlanMode::Model && owed(TaskId::Plan) {
        estimate = estimating.with_plan(estimate, &outlined, &compiled);
    }
    if let Some(topic) = order.open_topic().filter(|_| owed(TaskId::Plan)) {
        estimate = estimating.with_outline(estimate, topic);
    }
    if request.terms.audit == AuditMode::Repair && owed(TaskId::Audit) {
        estimate = estimating.with_repairs(estimate, &compiled);
    }
    Ok(estimate.with_calls(calls))
}

fn estimating<'a>(app: &App, models: &'a StageCallers, records: &'a StageRecords, terms: &Terms) -> Estimating<'a> {
    let BookChecks { rewrites, judge, facts } = terms.checks.unwrap_or(app.config.knobs().checks);
    let limits = Limits { rewrites, ..app.limits() };
    let facts = facts && terms.audit != AuditMode::Off;
    Estimating { models, records, limits, judging: judge, facts, best_of: terms.best_of }
}

/// What a book would take with a preset.
pub(super) struct PresetEstimate {
    preset: Preset,
    knobs: Knobs,
    estimate: Estimate,
}

/// Estimates a whole book with each preset. The knobs that the command line names stay as they are.
pub(super) async fn estimate_presets(
    app: &App,
    models: &Models,
    request: &Request,
    arguments: &WriteArgs,
) -> Result<Vec<PresetEstimate>, Failure> {
    let mut estimates = Vec::new();
    for preset in Preset::ALL {
        let knobs = preset.knobs();
        let named = arguments.audit.as_ref().map(|_| app.config.book.audit);
        let knobs =
            Knobs { audit: named.unwrap_or(knobs.audit), best_of: arguments.best_of.unwrap_or(knobs.best_of), ..knobs };
        let Knobs { audit, best_of, checks } = knobs;
        let terms = Terms { audit, best_of, checks: Some(checks), ..request.terms.clone() };
        let estimate = estimate(app, models, &Request { terms, ..request.clone() }, |_| true).await?;
        estimates.push(PresetEstimate { preset, knobs, estimate });
    }
    Ok(estimates)
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

/// Prints what a book would take, as it is ordered and with each preset.
pub(super) fn print_estimate(
    global: &Global,
    request: &Request,
    estimate: &Estimate,
    presets: &[PresetEstimate],
) -> Result<(), Failure> {
    if global.json {
        let cost = |sum: fn(Cost) -> bindery_domain::Micros| estimate.cost.map(sum);
        let preset = |PresetEstimate { preset, estimate, .. }: &PresetEstimate| {
            let cost = |sum: fn(Cost) -> bindery_domain::Micros| estimate.cost.map(sum);
            serde_json::json!({
                "preset": preset, "calls": estimate.calls, "cost_micro_usd": cost(|cost| cost.likely),
                "at_most_micro_usd": cost(|cost| cost.at_most),
                "smallest_budget_micro_usd": cost(|cost| cost.smallest_budget),
            })
        };
        let value = serde_json::json!({
            "book": request.book_id(), "model": request.order.model, "calls": estimate.calls,
            "presets": presets.iter().map(preset).collect::<Vec<_>>(),
            "repeated_calls": estimate.repeated, "input_tokens": estimate.input, "output_tokens": estimate.output,
            "cost_micro_usd": cost(|cost| cost.likely), "at_most_micro_usd": cost(|cost| cost.at_most),
            "smallest_budget_micro_usd": cost(|cost| cost.smallest_budget),
            "seconds": estimate.time.as_secs_f64(), "sequential_seconds": estimate.sequential.as_secs_f64(),
        });
        return stdout::line(value);
    }
    stdout::line(phrased_estimate(request, estimate))?;
    stdout::line("\nIts price with each preset:")?;
    presets.iter().try_for_each(|priced| stdout::line(phrased_preset(priced)))
}

fn phrased_preset(PresetEstimate { preset, knobs, estimate }: &PresetEstimate) -> String {
    let calls = counted(estimate.calls, "call", "calls");
    let price = match estimate.cost {
        None => "its cost is not known".to_owned(),
        Some(cost) if cost.at_most.0 == 0 => "it costs nothing".to_owned(),
        Some(Cost { likely, at_most, .. }) => format!("likely {likely}, at most {at_most}"),
    };
    format!("  {:<9}{calls}, {price}\n           ({knobs})", preset.name())
}

fn phrased_estimate(request: &Request, estimate: &Estimate) -> String {
    let repeated = match estimate.repeated {
        0 => String::new(),
        repeated => format!(" and likely {} more", Grouped(repeated)),
    };
    format!(
        "\"{}\" with {}: {}{repeated}, about {} prompt and {} output tokens, about {} ({} one call after another).\n{}",
        request.order.title(),
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
