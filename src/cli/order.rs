//! The options of the commands that read an outline: `write`, `plan` and `tidy`.

use std::path::PathBuf;

use bindery_domain::CHAPTER_LENGTHS;
use bindery_ledger::Preset;
use bindery_outline::BookKind;
use bindery_protocol::submission::{TOPIC_CHAPTERS, USUAL_CHAPTERS, USUAL_LANGUAGE};
use clap::Args;

/// The options of `write` and `plan` that decide the text of a book.
#[derive(Clone, Debug, Args)]
pub(crate) struct OrderArgs {
    /// The outline: Markdown, plain text, a .docx document, YAML or JSON; `-` is the standard input.
    #[arg(value_name = "OUTLINE", required_unless_present = "topic")]
    pub(crate) outline: Option<PathBuf>,
    /// What the highest headings below the title are, where they could be either.
    #[arg(long = "as", value_name = "WHAT", value_enum, conflicts_with = "topic")]
    pub(crate) shape: Option<ShapeArg>,
    /// What the book is, where it is guessed wrongly: nonfiction, course, novel, stories or reference.
    #[arg(long, value_name = "KIND", value_parser = book_kind)]
    pub(crate) kind: Option<BookKind>,
    /// Let the model make an outline of this topic first. It is saved as a file, which you can edit.
    #[arg(long, conflicts_with = "outline")]
    pub(crate) topic: Option<String>,
    /// The number of chapters of an outline made from a topic.
    #[arg(long, default_value_t = USUAL_CHAPTERS, value_parser = clap::value_parser!(u32).range(topic_chapters()))]
    pub(crate) chapters: u32,
    /// The length of a chapter if the outline gives none: in characters for Japanese and Chinese, in words otherwise.
    #[arg(long, value_parser = clap::value_parser!(u32).range(chapter_lengths()))]
    pub(crate) words: Option<u32>,
    /// The language of an outline made from a topic, like `en` or `pt-BR`.
    #[arg(long, default_value = USUAL_LANGUAGE)]
    pub(crate) language: String,
    /// The model, like `openai:gpt-5`.
    #[arg(long, value_name = "PROVIDER:MODEL")]
    pub(crate) model: Option<String>,
    /// Use the outline as it is, without a planning call.
    #[arg(long)]
    pub(crate) no_plan: bool,
}

/// Reads the name of a kind of book.
pub(super) fn book_kind(name: &str) -> Result<BookKind, String> {
    let names = || BookKind::ALL.map(BookKind::name).join(", ");
    BookKind::named(name).ok_or_else(|| format!("it is none of {}", names()))
}

/// Reads the name of a preset.
pub(super) fn preset(name: &str) -> Result<Preset, String> {
    let names = || Preset::ALL.map(Preset::name).join(", ");
    Preset::named(name).ok_or_else(|| format!("it is none of {}", names()))
}

/// What the highest headings below the title are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ShapeArg {
    /// Parts. The headings below them are chapters.
    Parts,
    /// Chapters. The headings below them are sections.
    Chapters,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct TidyArgs {
    /// The outline: Markdown, plain text, a .docx document, YAML or JSON; `-` is the standard input.
    #[arg(value_name = "OUTLINE")]
    pub(crate) outline: PathBuf,
    /// What the highest headings below the title are, where they could be either.
    #[arg(long = "as", value_name = "WHAT", value_enum)]
    pub(crate) shape: Option<ShapeArg>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct WriteArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// The folder for the files of the book [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// The formats to bind: md, epub, html, docx, pdf, txt, json, onix, site, scorm, cover.
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// A plan that was made with `bindery plan`, as it is or edited.
    #[arg(long, value_name = "FILE", conflicts_with = "no_plan")]
    pub(crate) plan: Option<PathBuf>,
    /// The most that the book may cost, in US dollars, in this run and in later ones. The book is held before it costs
    /// more, and a larger budget lets it continue. Without a terminal, a paid model needs this or --yes.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<bindery_domain::Micros>,
    /// The most model calls at once.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10000))]
    pub(crate) calls: Option<u32>,
    /// What to do if a chapter cannot be written: fail, omit (leave it out) or placeholder (say that it is missing).
    #[arg(long, value_name = "POLICY")]
    pub(crate) gaps: Option<String>,
    /// Whether to read the chapters as a whole before they are bound: off, report (tell what is wrong) or repair (mend the worst
    /// of it).
    #[arg(long, value_name = "MODE")]
    pub(crate) audit: Option<String>,
    /// A named set of knobs: draft, standard or careful. A knob that you name yourself counts more.
    #[arg(long, value_name = "PRESET", value_parser = preset)]
    pub(crate) preset: Option<Preset>,
    /// The number of drafts of each section, 1 to 4. The one that fits best is chosen, and all are paid for.
    #[arg(long, value_name = "DRAFTS", value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) best_of: Option<u8>,
    /// Hold the book after it is planned, until you run `bindery approve`.
    #[arg(long)]
    pub(crate) review: bool,
    /// Print the calls, tokens, cost and time that the book would take, and make no call.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Continue with the stored outline and model, although the file or the model changed.
    #[arg(long = "continue", conflicts_with = "anew")]
    pub(crate) go_on: bool,
    /// Delete what was written and start again.
    #[arg(long)]
    pub(crate) anew: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// The file for the plan [default: OUTLINE.plan.json].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The most that the plan may cost, in US dollars. Without a terminal, a paid model needs this or --yes.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<bindery_domain::Micros>,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// A topic that is submitted in place of an outline.
#[derive(Clone, Debug, Args)]
pub(crate) struct SubmittedTopic {
    /// Let the fleet make an outline of this topic when it plans the book. With --review the book then waits for `bindery
    /// approve`.
    #[arg(long, conflicts_with = "outline")]
    pub(crate) topic: Option<String>,
    /// The number of chapters of an outline made from a topic [default: 10].
    #[arg(long, requires = "topic", value_parser = clap::value_parser!(u32).range(topic_chapters()))]
    pub(crate) chapters: Option<u32>,
    /// The language of an outline made from a topic, like `en` or `pt-BR` [default: en].
    #[arg(long, requires = "topic")]
    pub(crate) language: Option<String>,
}

/// Returns how many chapters may be asked for with a topic.
fn topic_chapters() -> std::ops::RangeInclusive<i64> {
    i64::from(*TOPIC_CHAPTERS.start())..=i64::from(*TOPIC_CHAPTERS.end())
}

/// Returns the lengths that a chapter may have.
pub(super) fn chapter_lengths() -> std::ops::RangeInclusive<i64> {
    i64::from(*CHAPTER_LENGTHS.start())..=i64::from(*CHAPTER_LENGTHS.end())
}
