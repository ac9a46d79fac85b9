//! The command line, as clap reads it.

mod change;
mod filter;
mod keys;
mod order;
mod webhooks;

use std::{collections::BTreeMap, path::PathBuf};

use bindery_ledger::Preset;
use bindery_outline::BookKind;
use clap::{Args, Parser, Subcommand};

use self::order::{book_kind, chapter_lengths, preset};
pub(crate) use self::{
    change::{ApproveArgs, BindArgs, DiffArgs, ImportArgs, RestoreArgs, ReviseArgs, VersionsArgs},
    filter::{Choice, FilterArgs},
    keys::{AddKeyArgs, KeysCommand},
    order::{OrderArgs, PlanArgs, ShapeArg, SubmittedTopic, TidyArgs, WriteArgs},
    webhooks::{AddWebhookArgs, WebhooksCommand},
};

/// Writes whole books in the time of their slowest section.
///
/// Bindery makes one plan from an outline, writes the sections of all chapters at once, and binds the chapters as
/// Markdown, EPUB and HTML. If no model is configured, it writes placeholder text, which costs nothing.
#[derive(Debug, Parser)]
#[command(name = "bindery", version, after_help = EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    the book is not whole: a chapter failed, or the book was cancelled; run the command again to continue
  2    the command line cannot be understood
  3    the book is held: by its budget, for a review, or by an operator
  4    nothing was done: you must choose first, for example because the outline or the model changed
  64   the outline, the settings, the plan or the book cannot be used as they are; nothing was done
  69   a model, the store or a file cannot be reached
  70   an error in this program
  75   another run is writing this book
  130  interrupted; run the command again to continue";

/// The options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// The settings file, in place of ./bindery.toml and the settings file of the platform.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// The folder where books are kept [default: the platform's data folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print JSON for programs, one value per line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a book from an outline, or continue one that was interrupted.
    Write(Box<WriteArgs>),
    /// Make the plan of a book as a file, which you can edit and pass to `write --plan`.
    ///
    /// For a book that waits for a review, the file is its present plan, which you can edit and pass to `approve --plan`.
    Plan(Box<PlanArgs>),
    /// Write chapters of a finished book again, and bind the book again.
    Rewrite(RewriteArgs),
    /// Have a model change what a note says in chapters of a finished book, and nothing else; then bind it again.
    Revise(ReviseArgs),
    /// Take an editor's changes into a finished book, from a DOCX or from the Markdown of a chapter, and bind it again.
    Import(ImportArgs),
    /// List the last texts of a chapter: the present one and up to five before it.
    Versions(VersionsArgs),
    /// Print what differs between two texts of a chapter.
    Diff(DiffArgs),
    /// Take a former text of a chapter back, and bind the book again.
    Restore(RestoreArgs),
    /// Run a process of a fleet, on the broker and the store that the settings name.
    Serve(ServeArgs),
    /// Run everything in one process on this machine, with the HTTP API and its page, until you stop it.
    ///
    /// Open the page at the address that the studio prints: http://127.0.0.1:8080, unless `api.address` says otherwise. The studio
    /// works on the books of the data folder. It asks for no key and answers on this machine alone.
    Studio,
    /// Make, list or revoke the keys of callers of the HTTP API.
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Tell an address of the events of books, and send again what it did not take.
    #[command(subcommand)]
    Webhooks(WebhooksCommand),
    /// Send an outline to the fleet.
    Submit(Box<SubmitArgs>),
    /// Print the events of a book as they happen, until the book is finished, failed, cancelled or held.
    Watch(Named),
    /// Cancel a book, or all books that a filter chooses.
    Cancel(Choice),
    /// Hold a book or all books that a filter chooses, or let them continue.
    Hold {
        #[command(flatten)]
        choice: Choice,
        /// Let the book, or the books, continue.
        #[arg(long)]
        lift: bool,
    },
    /// Try the failed chapters of a book again, each with its full number of tries, or those of all books that a filter chooses.
    Redrive(Choice),
    /// Print what a book waits for, and what will let it continue.
    Why(Named),
    /// List, print, resend or remove the messages that no process could read.
    #[command(subcommand)]
    Dead(DeadCommand),
    /// List books, the newest first.
    Books(FilterArgs),
    /// Print the state of a book and of each of its chapters.
    Status(Named),
    /// Print what is written of a book as Markdown, finished or not.
    Read(ReadArgs),
    /// Copy a book's files to a folder.
    ///
    /// The files have the names that `write` gives them. A file that is not as Bindery wrote it stays, and the new one gets
    /// another name.
    Get(GetArgs),
    /// Approve the plan of a book that waits for a review, so that the book can be written.
    Approve(ApproveArgs),
    /// Delete a book with its texts and files, also one whose record cannot be read, or all books that a filter chooses.
    Delete(Choice),
    /// Run the built-in model server, for rehearsals and tests.
    StandIn(StandInArgs),
    /// Check that the settings, the servers and the model work.
    Doctor(DoctorArgs),
    /// Ask a process of a fleet on this machine whether it is ready.
    Health {
        /// The address of its metrics and probes [default: the setting `serve.admin`].
        address: Option<std::net::SocketAddr>,
    },
    /// Print the settings in force, and the source of each.
    Config,
    /// Print an outline in the form that Bindery gives it, whatever form it has.
    Tidy(TidyArgs),
    /// Score books: about twenty figures, each beside those of printed books and of machine-written ones.
    Score(ScoreArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell that runs the script.
        shell: clap_complete::Shell,
    },
}

impl Command {
    /// Returns the settings that the command's own options override, by their dotted keys.
    pub(crate) fn settings(&self) -> BTreeMap<String, String> {
        let Self::Write(arguments) = self else { return BTreeMap::new() };
        let overridden = [
            ("book.gaps", arguments.gaps.clone()),
            ("book.audit", arguments.audit.clone()),
            ("book.preset", arguments.preset.map(|preset| preset.to_string())),
            ("book.best_of", arguments.best_of.map(|drafts| drafts.to_string())),
            ("model.name", arguments.order.model.clone()),
        ];
        overridden.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

/// A book, as a person names it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Named {
    /// The book's id, the beginning of the id, the path of the outline, or the name from `submit --id`.
    pub(crate) book: String,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// The roles of the process. Any number of processes can have the same role.
    #[arg(required = true, value_enum)]
    pub(crate) roles: Vec<RoleArg>,
}

/// A role, as it is named to `serve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RoleArg {
    /// Accepts submissions, plans books, sends lost messages again, and publishes events.
    Dispatcher,
    /// Writes chapters.
    Worker,
    /// Binds books.
    Assembler,
    /// Serves the HTTP API and its page at the address that `api.address` gives, for callers with keys.
    Api,
    /// All roles but the API.
    All,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SubmitArgs {
    /// The outline: Markdown, plain text, a .docx document, YAML or JSON.
    #[arg(value_name = "OUTLINE", required_unless_present = "topic")]
    pub(crate) outline: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) topic: SubmittedTopic,
    /// Your name for the book: the same name and outline always mean the same book [default: the path of the outline, or the
    /// topic].
    #[arg(long, value_name = "NAME")]
    pub(crate) id: Option<String>,
    /// What the book is, where it is guessed wrongly: nonfiction, course, novel, stories or reference.
    #[arg(long, value_name = "KIND", value_parser = book_kind)]
    pub(crate) kind: Option<BookKind>,
    /// The model, like `openai:gpt-5`.
    #[arg(long, value_name = "PROVIDER:MODEL")]
    pub(crate) model: Option<String>,
    /// The length of a chapter if the outline gives none: in characters for Japanese and Chinese, in words otherwise.
    #[arg(long, value_parser = clap::value_parser!(u32).range(chapter_lengths()))]
    pub(crate) words: Option<u32>,
    /// Use the outline as it is, without a planning call.
    #[arg(long)]
    pub(crate) no_plan: bool,
    /// The formats to bind: md, epub, html, docx, pdf, txt, json, onix, site, scorm, cover.
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// A named set of knobs: draft, standard or careful. A knob that you name yourself counts more.
    #[arg(long, value_name = "PRESET", value_parser = preset)]
    pub(crate) preset: Option<Preset>,
    /// The number of drafts of each section, 1 to 4. The one that fits best is chosen, and all are paid for.
    #[arg(long, value_name = "DRAFTS", value_parser = clap::value_parser!(u8).range(1..=4))]
    pub(crate) best_of: Option<u8>,
    /// The most that the book may cost, in US dollars. The book is held before it costs more, and a larger budget lets
    /// it continue.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<bindery_domain::Micros>,
    /// The book's share of the fleet, from 0.1 to 10: with 2 it has up to twice as many chapters under way as others.
    #[arg(long, value_name = "TIMES", value_parser = finite)]
    pub(crate) weight: Option<f64>,
    /// A word by which you find the book among others. You can repeat this option.
    #[arg(long, value_name = "WORD")]
    pub(crate) tag: Vec<String>,
    /// Hold the book after it is planned, until you run `bindery approve`.
    #[arg(long)]
    pub(crate) review: bool,
    /// Print the events of the book as `watch` does, and copy its files when it is finished.
    #[arg(long)]
    pub(crate) wait: bool,
    /// The folder for the files that `--wait` copies [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR", requires = "wait")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum DeadCommand {
    /// List the messages: the id, the queue it comes from, its tenant, and why no process could read it.
    List,
    /// Print one message.
    Show {
        /// The id of the message.
        id: String,
    },
    /// Send one message, or all, back to the queues they come from.
    Redrive {
        /// The id of the message [default: all messages, at most 1,000 in one run].
        id: Option<String>,
    },
    /// Remove one message, or all, for good.
    Purge {
        /// The id of the message [default: all messages, at most 1,000 in one run].
        id: Option<String>,
        /// Do not ask for confirmation.
        #[arg(long, short)]
        yes: bool,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ScoreArgs {
    /// The books: Markdown, plain text or EPUB. For each, NAME.score.html and NAME.score.json are written beside it.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The language of the books, like `en` or `pt-BR` [default: the one that the file names, or that its text is in].
    #[arg(long)]
    pub(crate) language: Option<String>,
    /// The folder for the files of the score [default: beside the book].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RewriteArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of a chapter to write again. You can repeat this option.
    #[arg(long, value_name = "NUMBER", required_unless_present = "from", conflicts_with = "from")]
    pub(crate) chapter: Vec<u32>,
    /// A note on these chapters for the model.
    #[arg(long, requires = "chapter")]
    pub(crate) note: Option<String>,
    /// Use this outline from now on, and write only what changed.
    #[arg(long, value_name = "OUTLINE")]
    pub(crate) from: Option<PathBuf>,
    /// The folder for the files of the book [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GetArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The formats to copy [default: all that were bound].
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// The folder for the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Copy the book as far as it is written, for example one that failed or is held. Its files are called NAME-partial.
    #[arg(long)]
    pub(crate) partial: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ReadArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of a chapter, as `status` shows it [default: the whole book].
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) chapter: Option<u32>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Remove the files of books that the store does not know.
    #[arg(long)]
    pub(crate) remove_orphans: bool,
    /// Do not ask before removing them.
    #[arg(long, short, requires = "remove_orphans")]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct StandInArgs {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:8901")]
    pub(crate) listen: std::net::SocketAddr,
    /// The seed of the texts: the same seed gives the same texts.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Answer at once, and not at the pace of a real model.
    #[arg(long)]
    pub(crate) instant: bool,
    /// The median number of seconds until the first token.
    #[arg(long, default_value_t = 0.5, conflicts_with = "instant")]
    pub(crate) first_token: f64,
    /// The number of tokens per second in each answer.
    #[arg(long, default_value_t = 80.0, conflicts_with = "instant")]
    pub(crate) tokens_per_second: f64,
    /// The rates of faults, like `rate_limited=0.05,reset=0.01`.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) faults: String,
    /// A file of rules for faults, with one JSON object per line.
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// What is done with the JSON schema of a request: `ignored`, `obeyed` or `refused`.
    #[arg(long, value_name = "WHAT", default_value = "ignored")]
    pub(crate) schemas: bindery_stand_in::Schemas,
    /// The only API key that is accepted.
    #[arg(long)]
    pub(crate) key: Option<String>,
}

/// Reads a number. JSON cannot say `nan` or `inf`: it would be as if nothing was given.
fn finite(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number.ok_or_else(|| "must be a number, like 2 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn a_number_that_a_submission_cannot_carry_is_refused() {
        for (option, value) in [("--weight", "nan"), ("--weight", "inf"), ("--budget", "nan"), ("--budget", "inf")] {
            let submit = ["bindery", "submit", "book.md", option, value];
            assert!(Cli::try_parse_from(submit).is_err(), "{option} {value}");
        }
        let submit = ["bindery", "submit", "book.md", "--weight", "0.5", "--budget", "2.50"];
        assert!(Cli::try_parse_from(submit).is_ok());
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
