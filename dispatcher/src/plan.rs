//! Planning: it makes the context that every chapter is written from.
//!
//! The outline is compiled into a context first, without a model. The model's answer then adds what the outline leaves open. It
//! cannot remove anything. The outline of a topic is made first. One call plans a book. A book of many chapters is planned by
//! blocks, side by side, after one call for what holds for all of them.

mod answer;
mod check;
mod complete;
mod extent;
mod fit;
mod request;
#[cfg(test)]
mod snapshots;
mod writing;

use std::sync::Arc;

use async_trait::async_trait;
use bindery_context::{Context, InvalidContext, Lengths, Slice};
use bindery_ledger::{OUTLINE_PART, Order, PlanMode, Request, Topic};
use bindery_model::{Models, Preferred, StageCallers};
use bindery_outline::Outline;
use bindery_runtime::{
    Halt, Handler, Outcome, Work,
    attempt::{Limits, Written, attempt},
};
use futures_util::future;

pub use self::fit::call_fits;
use self::{check::PlanFault, complete::Completed};
pub(crate) use self::{extent::Extent, writing::PlanWriting};
use crate::{
    estimate::chapter_worst,
    outline::{self, OutlineWriting},
};

/// Why no book can be planned as it was ordered.
#[derive(Debug, thiserror::Error)]
pub enum PlanningError {
    /// What holds for all chapters takes too much of each prompt.
    #[error(
        "the description and front matter are about {excess} tokens too long to stand in every prompt; shorten the \
         description, the sample, the glossary or the canon"
    )]
    TooLong {
        /// How many tokens are too many.
        excess: u64,
    },
    /// The plan that came with the order does not fit it.
    #[error(transparent)]
    Given(#[from] InvalidContext),
    /// A chapter's prompts do not fit into the context of the model.
    #[error(
        "the context of {model} is {tokens} tokens, and chapter {chapter} needs about {needed} for a prompt and its text"
    )]
    ContextTooSmall {
        /// The model.
        model: String,
        /// The tokens of its context.
        tokens: u32,
        /// The chapter that needs most.
        chapter: u32,
        /// The tokens that it needs.
        needed: u64,
    },
    /// The context cannot be recorded.
    #[error("the plan cannot be recorded: {0}")]
    Unrecordable(#[from] serde_json::Error),
}

impl From<PlanningError> for Halt {
    fn from(error: PlanningError) -> Self {
        Self::GiveUp(error.to_string())
    }
}

/// Makes contexts.
pub struct Planner {
    models: Arc<Models>,
    limits: Limits,
}

impl Planner {
    /// Makes a planner that calls these models within these limits.
    pub fn new(models: Arc<Models>, limits: Limits) -> Self {
        Self { models, limits }
    }

    async fn plan(&self, work: &Work) -> Result<bindery_ledger::Output, Halt> {
        let Request { mut order, terms, .. } = work.request().await?;
        let models = self.models.stages(&order.models()).map_err(|error| Halt::GiveUp(error.to_string()))?;
        let outline = match order.open_topic() {
            Some(topic) => Some(self.outline(work, &models.plan, topic).await?),
            None => None,
        };
        order.outline = outline.clone().unwrap_or(order.outline);
        let compiled = compile(&order)?;
        let context = match context_without_call(&order, &compiled)? {
            Some(context) => context,
            None if !call_fits(&order, &compiled, &models.plan).await => {
                tracing::warn!(
                    model = models.plan.first().name(),
                    "its context is too small for the planning call; the outline is the plan"
                );
                compiled
            }
            None => self.context(work, &models.plan, &order, &compiled).await?,
        };
        fit::check(&context, &models.write).await?;
        let plan = plan(&context, &models, terms.best_of)?;
        Ok(bindery_ledger::Output::Plan(bindery_ledger::Plan { outline: outline.map(Box::new), ..plan }))
    }

    /// Has models make the outline of a topic.
    async fn outline(&self, work: &Work, models: &Preferred, topic: &Topic) -> Result<Outline, Halt> {
        outline::check(topic).map_err(|error| Halt::GiveUp(error.to_string()))?;
        let writing = OutlineWriting { topic };
        let Written { text, .. } = attempt(work, models, self.limits, OUTLINE_PART, &writing).await?;
        serde_json::from_str(&text).map_err(|error| Halt::GiveUp(format!("a stored outline cannot be read: {error}")))
    }

    /// Has models complete a compiled context. The call for the book is part 0 of the task, and the blocks follow from 1.
    async fn context(
        &self,
        work: &Work,
        models: &Preferred,
        order: &Order,
        compiled: &Context,
    ) -> Result<Context, Halt> {
        let extents = Extent::of_book(&order.outline);
        let Some((first, blocks)) = extents.split_first() else { return Ok(compiled.clone()) };
        let writing = PlanWriting { order, context: compiled, extent: first, clashes: &[] };
        let book = Context::read(&attempt(work, models, self.limits, 0, &writing).await?.text)?;
        let block = async |number: u16, extent: &Extent| {
            let writing = PlanWriting { order, context: &book, extent, clashes: &[] };
            slices(&attempt(work, models, self.limits, number, &writing).await?)
        };
        let planned = future::try_join_all((1..).zip(blocks).map(|(number, extent)| block(number, extent))).await?;
        let joined = complete::join(book.clone(), planned);
        self.unlike(work, models, order, joined, blocks).await
    }

    /// Has the blocks decide once more on what chapters of other blocks have too. What is still alike then is left open.
    async fn unlike(
        &self,
        work: &Work,
        models: &Preferred,
        order: &Order,
        Completed { context, faults }: Completed,
        blocks: &[Extent],
    ) -> Result<Context, Halt> {
        let again = async |number: u16, extent: &Extent| {
            let range = extent.chapters(&context);
            let own =
                |fault: &&PlanFault| fault.chapter().is_some_and(|chapter| range.contains(&(chapter as usize - 1)));
            let clashes: Vec<PlanFault> = faults.iter().filter(own).cloned().collect();
            if clashes.is_empty() {
                return Ok(Vec::new());
            }
            let writing = PlanWriting { order, context: &context, extent, clashes: &clashes };
            let limits = Limits { tries: 1, rewrites: 0 };
            slices(&attempt(work, models, limits, number, &writing).await?)
        };
        let first = u16::try_from(blocks.len() + 1).unwrap_or(u16::MAX);
        let decided = future::try_join_all((first..).zip(blocks).map(|(number, extent)| again(number, extent))).await?;
        Ok(complete::join(context.clone(), decided).context)
    }
}

/// Reads the slices of a block that is planned.
fn slices(written: &Written) -> Result<Vec<Slice>, Halt> {
    serde_json::from_str(&written.text)
        .map_err(|error| Halt::GiveUp(format!("a stored part of the plan cannot be read: {error}")))
}

/// Makes the plan of a request that takes no model call. Returns `None` where it takes one, or where the order cannot be
/// planned; the planner finds the reason again and reports it.
pub(crate) fn plan_without_call(request: &Request, models: &Models) -> Option<bindery_ledger::Plan> {
    let order = &request.order;
    if order.plan == PlanMode::Model || order.open_topic().is_some() {
        return None;
    }
    let (models, compiled) = (models.stages(&order.models()).ok()?, compile(order).ok()?);
    let context = context_without_call(order, &compiled).ok()??;
    plan(&context, &models, request.terms.best_of).ok()
}

/// Returns the context of an order; `None` where it takes a model call.
fn context_without_call(order: &Order, compiled: &Context) -> Result<Option<Context>, PlanningError> {
    match &order.plan {
        PlanMode::Compiled => Ok(Some(compiled.clone())),
        PlanMode::Given(json) => Ok(Some(Context::given(json, &order.outline)?)),
        PlanMode::Model => Ok(None),
    }
}

fn plan(context: &Context, models: &StageCallers, best_of: u8) -> Result<bindery_ledger::Plan, PlanningError> {
    let estimate = chapter_worst(context, models, best_of);
    let context = serde_json::to_string(context)?;
    Ok(bindery_ledger::Plan { context: context.into(), estimate, outline: None })
}

#[async_trait]
impl Handler for Planner {
    async fn handle(&self, work: &Work) -> Outcome {
        match self.plan(work).await {
            Ok(result) => Outcome::Done(result),
            Err(halt) => halt.into(),
        }
    }
}

/// Compiles an order's outline into a context.
pub fn compile(order: &Order) -> Result<Context, PlanningError> {
    let lengths = Lengths { chapter: order.chapter_length, section: order.section_length };
    let context = Context::compile(&order.outline, lengths);
    match context.book_part_excess() {
        None => Ok(context),
        Some(excess) => Err(PlanningError::TooLong { excess }),
    }
}
