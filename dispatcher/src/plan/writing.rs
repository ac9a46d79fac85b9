//! How a plan, or a part of one, is asked for and judged.

use async_trait::async_trait;
use bindery_context::{
    Context, Slice,
    contract::{Contract, PlanChapter},
    expected::{plan_room, plan_tokens},
};
use bindery_domain::estimate_tokens;
use bindery_ledger::Order;
use bindery_model::{Call, ModelCaller, Prompt};
use bindery_outline::{Outline, to_markdown};
use bindery_runtime::attempt::{Before, Draft, Unfit, Writing};

use super::{
    answer::PlanAnswer,
    check::PlanFault,
    complete::{Completed, complete},
    extent::Extent,
    request::{ROLE, request},
};

/// The most tokens of an outline that a planning call of a book of many chapters quotes whole.
const LONGEST_OUTLINE: u64 = 16_000;

/// The most faults that a further call is told.
const MAX_TOLD: usize = 12;

/// How a plan, or a part of one, is asked for and judged.
pub(crate) struct PlanWriting<'a> {
    pub(crate) order: &'a Order,
    /// What is decided already: by the outline, or by the call for the book as well.
    pub(crate) context: &'a Context,
    pub(crate) extent: &'a Extent,
    /// What chapters of other blocks have too, where a block is asked once more.
    pub(crate) clashes: &'a [PlanFault],
}

impl PlanWriting<'_> {
    fn slices(&self) -> &[Slice] {
        match self.extent {
            Extent::Book => &self.context.chapters,
            other => &self.context.chapters[other.chapters(self.context)],
        }
    }

    /// Returns how many chapters the answer decides on.
    pub(crate) fn decided_chapters(&self) -> usize {
        self.extent.chapters(self.context).len()
    }

    /// Returns whether the answer decides on the book.
    pub(crate) fn decides_on_book(&self) -> bool {
        self.extent.has_book()
    }

    pub(super) fn contract(&self) -> Contract {
        let points = |slice: &Slice| slice.owns.iter().map(|point| point.id.clone()).collect();
        let chapter =
            |slice: &Slice| PlanChapter { chapter: slice.chapter, title: slice.title.clone(), points: points(slice) };
        let decided = &self.context.chapters[self.extent.chapters(self.context)];
        Contract::Plan {
            language: self.context.book.language.clone(),
            title: self.context.book.title.clone(),
            kind: self.context.kind(),
            scope: self.extent.scope(),
            of: u32::try_from(self.context.chapters.len()).unwrap_or(u32::MAX),
            chapters: decided.iter().map(chapter).collect(),
        }
    }

    /// Quotes the outline, as far as the call decides on it, and what is decided already.
    pub(super) fn outline(&self) -> String {
        let outline = self.with_ids();
        let quoted = |outline: &Outline| {
            format!(
                "The author's outline, each point with its id:\n\n<outline>\n{}\n</outline>",
                to_markdown(outline).trim_end()
            )
        };
        let Extent::Chapters(range) = self.extent else {
            let whole = quoted(&outline);
            let fits = *self.extent == Extent::Whole || estimate_tokens(&whole) <= LONGEST_OUTLINE;
            return if fits { whole } else { self.shortened_outline() };
        };
        let block =
            Outline { description: String::new(), chapters: outline.chapters[range.clone()].to_vec(), ..outline };
        let block = Outline { front: Default::default(), ..block };
        format!(
            "What is decided for the whole book:\n\n{}{}\n{}\nThe chapters that you plan now, {} to {} of {}. {}",
            self.context.decided_book(),
            self.context.decided_secrets(),
            self.neighbours(range.start, range.end),
            range.start + 1,
            range.end,
            self.context.chapters.len(),
            quoted(&block)
        )
    }

    /// Returns the outline with the id of each point before its text.
    fn with_ids(&self) -> Outline {
        let mut outline = self.order.outline.clone();
        for (chapter, slice) in outline.chapters.iter_mut().zip(&self.context.chapters) {
            let of_sections = chapter.sections.iter_mut().flat_map(|section| &mut section.points);
            for (text, point) in chapter.points.iter_mut().chain(of_sections).zip(&slice.owns) {
                *text = format!("[{}] {text}", point.id);
            }
        }
        outline
    }

    /// Quotes the author's words about the book, and of each chapter the title and a line, or the title alone.
    fn shortened_outline(&self) -> String {
        let about = Outline { chapters: Vec::new(), parts: Vec::new(), ..self.order.outline.clone() };
        let listed = |line: &dyn Fn(&Slice) -> String| self.slices().iter().map(line).collect::<String>();
        let titles = |slice: &Slice| format!("{}. {}\n", slice.chapter, slice.title);
        let lines = |slice: &Slice| format!("{}. {}: {}\n", slice.chapter, slice.title, slice.line);
        let (with_lines, with_titles) = (listed(&lines), listed(&titles));
        let list = if estimate_tokens(&with_lines) <= LONGEST_OUTLINE { with_lines } else { with_titles };
        let about = to_markdown(&about);
        format!("The author's outline, shortened:\n\n<outline>\n{}\n\n{list}</outline>", about.trim_end())
    }

    /// Names the chapters beside a block.
    fn neighbours(&self, start: usize, end: usize) -> String {
        let before = start.checked_sub(1).and_then(|at| self.context.chapters.get(at)).map(|slice| ("before", slice));
        let after = self.context.chapters.get(end).map(|slice| ("after", slice));
        let line = |(place, slice): (&str, &Slice)| {
            format!("\nThe chapter {place} them is {}. {}: {}\n", slice.chapter, slice.title, slice.line)
        };
        before.into_iter().chain(after).map(line).collect()
    }

    /// Returns what the request says about the answers before.
    pub(super) fn lesson(&self, before: Before<'_>) -> String {
        match (before.draft, before.fault) {
            (Some(draft), _) => made_but_for(&draft.misses),
            (None, Some(fault)) => format!("{}\n\n", fault.lesson()),
            (None, None) if self.clashes.is_empty() => String::new(),
            (None, None) => {
                let clashes: Vec<String> = self.clashes.iter().take(MAX_TOLD).map(ToString::to_string).collect();
                made_but_for(&clashes)
            }
        }
    }

    /// Takes up what an earlier answer decided.
    fn begun(&self, draft: Option<&Draft>) -> Context {
        let begun = draft.and_then(|draft| match self.extent {
            Extent::Chapters(range) => {
                let slices: Vec<Slice> = serde_json::from_str(&draft.text).ok()?;
                let mut context = self.context.clone();
                (slices.len() == range.len()).then(|| context.chapters[range.clone()].clone_from_slice(&slices))?;
                Some(context)
            }
            _ => Context::read(&draft.text).ok(),
        });
        begun.unwrap_or_else(|| self.context.clone())
    }

    /// Makes the draft of a plan: the context, or the slices of a block. Its score is the number of decisions.
    fn draft(&self, context: &Context, faults: &[PlanFault]) -> Draft {
        let decided = &context.chapters[self.extent.chapters(context)];
        let text = match self.extent {
            Extent::Chapters(_) => serde_json::to_string(decided),
            Extent::Whole | Extent::Book => serde_json::to_string(context),
        };
        let text = text.expect("a context holds only text and numbers");
        let misses: Vec<String> = faults.iter().take(MAX_TOLD).map(ToString::to_string).collect();
        let decisions: usize = decided.iter().map(Slice::decisions).sum();
        let decisions = decisions + context.secrets.len() + context.book.examples.len();
        let missed = (!misses.is_empty()).then_some("chapters");
        Draft { text, misses, missed, score: u32::try_from(decisions).unwrap_or(u32::MAX), length: 0 }
    }
}

#[async_trait]
impl Writing for PlanWriting<'_> {
    fn name(&self) -> String {
        match self.extent {
            Extent::Whole => "the plan".to_owned(),
            Extent::Book => "the plan of the book".to_owned(),
            Extent::Chapters(range) => format!("the plan of chapters {} to {}", range.start + 1, range.end),
        }
    }

    fn kind(&self) -> &'static str {
        "context"
    }

    fn expected_output(&self) -> u64 {
        plan_tokens(self.decides_on_book(), self.decided_chapters())
    }

    fn call(&self, caller: &ModelCaller, attempt: u32, before: Before<'_>) -> Call {
        let max_tokens = plan_room(self.decides_on_book(), self.decided_chapters());
        let contract = self.contract();
        Prompt {
            prefix: ROLE.to_owned(),
            slice: self.outline(),
            request: format!("{}\n{}{}", request(self.context, self.extent), self.lesson(before), contract.block()),
            schema: contract.schema(),
        }
        .call(caller, attempt, max_tokens)
    }

    fn judge(&self, text: &str, draft: Option<&Draft>) -> Result<Draft, Unfit> {
        // An answer to a rewrite adds to what was decided before.
        let Completed { context, faults } = complete(self.begun(draft), PlanAnswer::read(text)?, self.extent)?;
        Ok(self.draft(&context, &faults))
    }

    /// The outline as it stands is the plan.
    fn fallback(&self) -> Option<Draft> {
        if !self.clashes.is_empty() {
            return Some(self.draft(self.context, self.clashes));
        }
        let missed = match self.extent {
            Extent::Whole => {
                "the model gave no usable plan, so the book is written from the outline as it stands".to_owned()
            }
            _ => format!("the model did not give {}, so the outline stands there as it is", self.name()),
        };
        Some(Draft { misses: vec![missed], ..self.draft(self.context, &[]) })
    }
}

/// Asks for what is missing in a plan.
fn made_but_for(misses: &[String]) -> String {
    format!(
        "The plan is made but for this: {}. Answer with the same JSON object, with these things alone and without what was decided \
         before.\n\n",
        misses.join("; ")
    )
}
