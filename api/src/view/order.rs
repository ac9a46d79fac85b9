//! An order as the API shows it: how it was read, what it takes, and that it was received.

use bindery_outline::{Reading, Shape};
use schemars::JsonSchema;
use serde::Serialize;

use crate::reception::Estimate;

/// A submission that was received.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Received")]
pub(crate) struct AcceptedView {
    /// The id of the book.
    pub(crate) id: String,
    /// The name of the request. The same name with the same content is the same book.
    pub(crate) request_id: String,
    /// Whether the book was accepted before.
    pub(crate) repeated: bool,
    /// The path of the book at this server.
    pub(crate) path: String,
}

/// A file that was uploaded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Upload")]
pub(crate) struct UploadView {
    /// The SHA-256 of the file, by which a submission names it.
    pub(crate) sha256: String,
    /// The number of its bytes.
    pub(crate) bytes: u64,
}

/// How a submission is read and what it takes, while nothing is done.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct DryRun {
    /// The id that the book would have.
    pub(crate) id: String,
    /// The name of the request.
    pub(crate) request_id: String,
    /// How the outline is read. A topic has none before its book is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<ReadingView>,
    /// What the book takes.
    pub(crate) estimate: DryRunEstimate,
}

/// How an outline is read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Reading")]
pub(crate) struct ReadingView {
    /// The title of the book.
    pub(crate) title: String,
    /// The shape in a line, like `2 parts, 6 chapters`.
    pub(crate) summary: String,
    /// What its writer should know about the reading.
    pub(crate) notes: Vec<ReadNote>,
    /// Another shape in which the outline makes sense: `parts` or `chapters`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alternative: Option<String>,
    /// The chapters.
    pub(crate) chapters: Vec<ReadChapter>,
}

/// A remark on how an outline is read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Note")]
pub(crate) struct ReadNote {
    /// The line of the outline, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<usize>,
    /// The remark.
    pub(crate) text: String,
}

/// A chapter of an outline as it is read.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct ReadChapter {
    /// The part that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) part: Option<String>,
    /// The number that readers see; none where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) number: Option<u32>,
    /// The title.
    pub(crate) title: String,
    /// How many key points it has.
    pub(crate) points: usize,
    /// How many sections its writer has laid out.
    pub(crate) sections: usize,
}

/// What a book takes.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Estimate")]
pub(crate) struct DryRunEstimate {
    /// The number of model calls if none has to be repeated.
    pub(crate) calls: u64,
    /// The number of calls that are likely to be repeated or added.
    pub(crate) repeated_calls: u64,
    /// The likely number of prompt tokens.
    pub(crate) input_tokens: u64,
    /// The likely number of output tokens.
    pub(crate) output_tokens: u64,
    /// The time from the first call to the last, in seconds.
    pub(crate) seconds: f64,
    /// What it likely costs, in US dollars; none where the price of a model is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) likely_usd: Option<f64>,
    /// What it costs at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at_most_usd: Option<f64>,
    /// The smallest budget that cannot stall.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) smallest_budget_usd: Option<f64>,
}

impl ReadingView {
    /// Describes a reading.
    pub(crate) fn of(reading: &Reading) -> Self {
        let outline = &reading.outline;
        let chapters = outline.chapters.iter().zip(outline.numbers()).map(|(chapter, number)| ReadChapter {
            part: chapter.part.clone(),
            number,
            title: chapter.title.clone(),
            points: chapter.points.len(),
            sections: chapter.sections.len(),
        });
        let notes = reading.notes.iter().map(|note| ReadNote { line: note.line, text: note.text.clone() });
        let alternative = reading.alternative.map(|shape| match shape {
            Shape::Parts => "parts".to_owned(),
            Shape::Chapters => "chapters".to_owned(),
        });
        Self {
            title: outline.title.clone(),
            summary: reading.summary(),
            notes: notes.collect(),
            alternative,
            chapters: chapters.collect(),
        }
    }
}

impl DryRunEstimate {
    /// Describes an estimate.
    pub(crate) fn of(estimate: &Estimate) -> Self {
        let cost = estimate.cost;
        Self {
            calls: estimate.calls,
            repeated_calls: estimate.repeated_calls,
            input_tokens: estimate.input_tokens,
            output_tokens: estimate.output_tokens,
            seconds: estimate.time.as_secs_f64(),
            likely_usd: cost.map(|cost| cost.likely.dollars()),
            at_most_usd: cost.map(|cost| cost.at_most.dollars()),
            smallest_budget_usd: cost.map(|cost| cost.smallest_budget.dollars()),
        }
    }
}
