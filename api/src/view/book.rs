//! A book as the API shows it.

use std::collections::BTreeSet;

use bindery_commands::BookState;
use bindery_domain::{Micros, TaskId, Unit, timestamp};
use bindery_ledger::{Book, Request, Stage, Standing, State, Task, Texts, current_texts};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{ChapterView, chapter_view};

/// A book in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "BookSummary")]
pub(crate) struct BookSummary {
    /// The id of the book.
    pub(crate) id: String,
    /// The tenant that owns it.
    pub(crate) tenant: String,
    /// The name that its request gave it.
    pub(crate) request_id: String,
    /// Its title.
    pub(crate) title: String,
    /// Where it stands.
    pub(crate) state: BookState,
    /// The stage in which it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) failed_in: Option<FailedStage>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// Why it stands still, if it does: `operator`, `budget` or `review`.
    pub(crate) holds: Vec<String>,
    /// The words by which its owner finds it.
    pub(crate) tags: BTreeSet<String>,
    /// How often it was reopened after it had settled, from 1.
    pub(crate) edition: u32,
    /// The models that write it, as `provider:model`.
    pub(crate) models: Vec<String>,
    /// How many chapters it has.
    pub(crate) chapters: u32,
    /// How many of them are still to be written. It is missing where the book failed or was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) chapters_missing: Option<u64>,
    /// What it costs.
    pub(crate) cost: Cost,
    /// When it was accepted, by RFC 3339.
    pub(crate) accepted_at: String,
    /// When it last settled: it was finished, it failed, or it was cancelled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) settled_at: Option<String>,
    /// The length of the bound book, in words, or in characters for Japanese and Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<u64>,
    /// The mark of the score of the bound book, from 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<u32>,
}

/// The stages in which a book can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FailedStage {
    /// Making the plan.
    Plan,
    /// Writing the chapters.
    Write,
    /// Making the files.
    Bind,
}

/// What a book costs, in US dollars.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub(crate) struct Cost {
    /// What its calls are known to have cost.
    pub(crate) spent_usd: f64,
    /// The share of that which paid for texts that were not used.
    pub(crate) wasted_usd: f64,
    /// What broken calls may have cost in addition.
    pub(crate) unknown_usd: f64,
    /// What is reserved for the calls under way, where the book has a budget.
    pub(crate) reserved_usd: f64,
    /// The most that it may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) budget_usd: Option<f64>,
}

/// A page of a list of books.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct BookList {
    /// The books, newest first.
    pub(crate) books: Vec<BookSummary>,
    /// The `cursor` of the next page; it is missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// A book with all that is known of it but its texts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Book")]
pub(crate) struct BookView {
    #[serde(flatten)]
    pub(crate) summary: BookSummary,
    /// When its missing chapters are given up, unless it is held until then.
    pub(crate) deadline_at: String,
    /// What its lengths are counted in.
    pub(crate) length_unit: LengthUnit,
    /// How far it is.
    pub(crate) progress: Progress,
    /// Its chapters, in order.
    pub(crate) chapter_list: Vec<ChapterView>,
    /// What was found when its chapters were read as a whole, and not mended.
    pub(crate) findings: Vec<Finding>,
    /// The formats it is to be bound in.
    pub(crate) formats: Vec<String>,
    /// Its files, once it is bound.
    pub(crate) files: Vec<FileView>,
    /// Whether its texts are still in the store.
    pub(crate) has_texts: bool,
}

/// What lengths are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LengthUnit {
    /// Words.
    Words,
    /// Characters, for Japanese and Chinese.
    Characters,
}

impl From<Unit> for LengthUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Words => Self::Words,
            Unit::Characters => Self::Characters,
        }
    }
}

/// How far a book is.
#[derive(Clone, Copy, Debug, Default, Serialize, JsonSchema)]
pub(crate) struct Progress {
    /// How many chapters are written.
    pub(crate) chapters_done: u32,
    /// How many chapters are given up.
    pub(crate) chapters_failed: u32,
    /// How many sections are written, as far as they are planned.
    pub(crate) sections_done: u32,
    /// The length written so far, in words, or in characters for Japanese and Chinese.
    pub(crate) length: u64,
}

/// What was found in a book and not mended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// What it is, in a sentence with its place.
    pub(crate) text: String,
}

/// A file of a bound book.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "File")]
pub(crate) struct FileView {
    /// The format, as a file extension.
    pub(crate) format: String,
    /// The number of bytes.
    pub(crate) bytes: u64,
    /// The SHA-256 of the bytes. It is also the file's `ETag`.
    pub(crate) digest: String,
    /// The path of the file at this server.
    pub(crate) path: String,
}

/// A plan: what all chapters are written from.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Plan")]
pub(crate) struct PlanView {
    /// Whether the book waits until its plan is approved.
    pub(crate) awaits_approval: bool,
    /// The plan, in the form that `bindery plan` writes.
    pub(crate) plan: Value,
}

/// What a book waits for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Why")]
pub(crate) struct WhyView {
    /// What the book waits for, then what each unfinished task waits for, a sentence each.
    pub(crate) reasons: Vec<String>,
}

/// Describes a book in a list. `missing` is how many chapters of an open book are still to be written.
pub(crate) fn summary(book: &Book, missing: u64) -> BookSummary {
    let failed_in = match book.state {
        State::Failed(Stage::Plan) => Some(FailedStage::Plan),
        State::Failed(Stage::Write) => Some(FailedStage::Write),
        State::Failed(Stage::Bind) => Some(FailedStage::Bind),
        _ => None,
    };
    let binding = book.binding.as_ref().filter(|_| book.state == State::Done);
    BookSummary {
        id: book.id.to_string(),
        tenant: book.tenant.clone(),
        request_id: book.request_id.clone(),
        title: book.title.clone(),
        state: BookState::of(book),
        failed_in,
        reason: book.reason.clone(),
        holds: book.holds.iter().map(ToString::to_string).collect(),
        tags: book.terms.tags.clone(),
        edition: book.edition,
        models: book.models().names().into_iter().map(str::to_owned).collect(),
        chapters: book.chapters,
        chapters_missing: match book.state {
            State::Failed(_) | State::Cancelled => None,
            State::Done => Some(0),
            _ => Some(missing),
        },
        cost: cost(book, Micros::ZERO),
        accepted_at: timestamp(book.accepted_at),
        settled_at: book.settled_at.map(timestamp),
        length: binding.map(|binding| binding.length),
        score: binding.and_then(|binding| binding.score),
    }
}

/// Describes a book's cost. `under_way` is what its live leases have reported.
fn cost(book: &Book, under_way: Micros) -> Cost {
    let money = book.money;
    Cost {
        spent_usd: (money.spent + under_way).dollars(),
        wasted_usd: money.wasted.dollars(),
        unknown_usd: money.unknown.dollars(),
        reserved_usd: money.reserved.dollars(),
        budget_usd: book.terms.budget.map(Micros::dollars),
    }
}

/// Describes a book with all that is known of it.
pub(crate) fn view(book: &Book, request: &Request, tasks: &[Task]) -> BookView {
    let texts = current_texts(tasks);
    let outlined = &request.order.outline.chapters;
    let chapters = tasks.iter().filter_map(|task| Some((task.id.chapter()?, task)));
    let chapter_list: Vec<ChapterView> = chapters
        .map(|(number, task)| {
            chapter_view(number, task, texts.get(&number).copied(), outlined.get(number as usize - 1))
        })
        .collect();
    let mut progress = Progress::default();
    for chapter in &chapter_list {
        progress.chapters_done += u32::from(chapter.is_done());
        progress.chapters_failed += u32::from(chapter.is_failed());
        progress.sections_done += u32::from(chapter.sections_done);
        progress.length += u64::from(chapter.length);
    }
    let missing = chapter_list.iter().filter(|chapter| !chapter.is_done() && !chapter.is_failed()).count() as u64;
    let under_way = tasks.iter().filter_map(|task| task.lease.as_ref()).map(|lease| lease.spent).sum();
    BookView {
        summary: BookSummary { cost: cost(book, under_way), ..summary(book, missing) },
        deadline_at: timestamp(book.deadline_at),
        length_unit: bindery_text::length::unit(request.order.language()).into(),
        progress,
        chapter_list,
        findings: findings(book, tasks),
        formats: book.terms.formats.clone(),
        files: files(book),
        has_texts: !matches!(book.texts, Texts::Leaving(_) | Texts::Left),
    }
}

fn findings(book: &Book, tasks: &[Task]) -> Vec<Finding> {
    let audit = tasks.iter().find(|task| task.id == TaskId::Audit && task.standing == Standing::Done);
    let left = audit.and_then(|task| task.result.as_ref()).into_iter().flat_map(|result| &result.remarks);
    let bound = book.binding.as_ref().filter(|_| book.state == State::Done);
    let after_repairs = bound.into_iter().flat_map(|binding| &binding.left);
    left.chain(after_repairs).map(|text| Finding { text: text.clone() }).collect()
}

/// Describes the files of a bound book.
pub(crate) fn files(book: &Book) -> Vec<FileView> {
    let bound = book.binding.iter().flat_map(|binding| &binding.files);
    bound
        .map(|file| FileView {
            format: file.format.clone(),
            bytes: file.bytes,
            digest: file.digest.to_string(),
            path: format!("/v1/books/{}/files/{}", book.id, file.format),
        })
        .collect()
}
