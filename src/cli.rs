//! The command line, as clap reads it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Writes whole books in the time of their slowest section.
///
/// An outline becomes a shared plan, every section of every chapter is then written at once, and the chapters are
/// bound as Markdown, EPUB and HTML. Without a model configured it rehearses with placeholder text, free of charge.
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
  1    the book is not whole: a chapter failed, or the book was cancelled; run the command again to go on
  2    the command line cannot be understood
  3    the book is held: by its budget, for a review, or by an operator
  4    nothing was done: the outline or the model changed, and one of the offered choices must be made
  64   the outline, the settings, the plan or the book cannot be used as they are; nothing was done
  69   a model, the store or a file cannot be reached
  70   a fault of this program
  75   another run is writing this book
  130  interrupted; run the command again to go on";

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Global {
    /// Settings file, instead of ./bindery.toml and the platform's own.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where books are kept [default: the platform's data folder].
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Print for programs: one JSON value a line.
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a book from an outline, or go on with one that was interrupted.
    Write(Box<WriteArgs>),
    /// Make a book's plan without writing it: a file you can edit and give to `write --plan`.
    Plan(Box<PlanArgs>),
    /// Write chapters of a finished book anew, and bind it again.
    Rewrite(RewriteArgs),
    /// Serve as part of a fleet, on the broker and the store that the settings name.
    Serve(ServeArgs),
    /// Hand an outline to the fleet.
    Submit(Box<SubmitArgs>),
    /// Print what becomes of a book, as it happens, until it is settled.
    Watch(Named),
    /// Call a book off.
    Cancel(Named),
    /// Let a book stand still, or go on.
    Hold {
        #[command(flatten)]
        named: Named,
        /// Let it go on.
        #[arg(long)]
        lift: bool,
    },
    /// Try again what failed of a book, with fresh tries.
    Redrive(Named),
    /// Say what a book waits for, and what will mend it.
    Why(Named),
    /// Look after messages that nobody could read.
    #[command(subcommand)]
    Dead(DeadCommand),
    /// List the books in the data folder.
    Books,
    /// Show where a book stands, chapter by chapter.
    Status {
        /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
        book: String,
    },
    /// Copy a finished book's files to a folder.
    Get(GetArgs),
    /// Let a planned book that waits for a review be written.
    Approve {
        /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
        book: String,
    },
    /// Remove a book with its texts and files from the data folder.
    Delete {
        /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
        book: String,
        /// Do not ask.
        #[arg(long, short)]
        yes: bool,
    },
    /// Serve the built-in model server, for rehearsals and tests.
    StandIn(StandInArgs),
    /// Check that everything a book needs is there.
    Doctor(DoctorArgs),
    /// Ask a process of a fleet on this machine whether it is ready.
    Health {
        /// Where it serves its metrics and probes [default: the setting `serve.admin`].
        address: Option<std::net::SocketAddr>,
    },
    /// Print the settings in force, and where each comes from.
    Config,
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

/// A book, as a person names it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Named {
    /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
    pub(crate) book: String,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ServeArgs {
    /// The roles: any number of processes may have each.
    #[arg(required = true, value_enum)]
    pub(crate) roles: Vec<RoleArg>,
}

/// A role, as it is named to `serve`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum RoleArg {
    /// Takes submissions in, plans, repairs, tells listeners.
    Dispatcher,
    /// Writes chapters.
    Worker,
    /// Binds books.
    Assembler,
    /// All three.
    All,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SubmitArgs {
    /// The outline: Markdown, YAML or JSON.
    #[arg(value_name = "OUTLINE")]
    pub(crate) outline: PathBuf,
    /// Your name for the book: the same name with the same outline is the same book [default: the outline's path].
    #[arg(long, value_name = "NAME")]
    pub(crate) id: Option<String>,
    /// The model, as provider:model.
    #[arg(long, value_name = "PROVIDER:MODEL")]
    pub(crate) model: Option<String>,
    /// Words in a chapter for which the outline names none; characters for Japanese and Chinese.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=20000))]
    pub(crate) words: Option<u32>,
    /// Take the outline as it stands, without a planning call.
    #[arg(long)]
    pub(crate) no_plan: bool,
    /// Formats to bind: md, epub, html.
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// The most the book may cost, in US dollars; it is then held, and goes on with a larger one.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<f64>,
    /// How much of the fleet the book may take, from 0.1 to 10: so many times as many chapters at once as others have.
    #[arg(long, value_name = "TIMES")]
    pub(crate) weight: Option<f64>,
    /// Hold the book once it is planned, until `bindery approve`.
    #[arg(long)]
    pub(crate) review: bool,
    /// Watch the book until it is settled, and copy its files.
    #[arg(long)]
    pub(crate) wait: bool,
    /// Where the book's files go with `--wait` [default: a folder beside the outline, named like it].
    #[arg(long, value_name = "DIR", requires = "wait")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum DeadCommand {
    /// List them: id, where each comes from, whose it is, why nobody could read it.
    List,
    /// Print one.
    Show {
        /// The message's id.
        id: String,
    },
    /// Send one, or all, back to where they come from.
    Redrive {
        /// The message's id; without it all, at most 1,000 in a run.
        id: Option<String>,
    },
    /// Remove them for good.
    Purge {
        /// The message's id; without it all, at most 1,000 in a run.
        id: Option<String>,
        /// Do not ask.
        #[arg(long, short)]
        yes: bool,
    },
}

/// What decides a book's words; the same for `write` and `plan`.
#[derive(Clone, Debug, Args)]
pub(crate) struct OrderArgs {
    /// The outline: Markdown, YAML or JSON.
    #[arg(value_name = "OUTLINE", required_unless_present = "topic")]
    pub(crate) outline: Option<PathBuf>,
    /// Let the model make the outline first; it is saved, so that you can edit it and run again.
    #[arg(long, conflicts_with = "outline")]
    pub(crate) topic: Option<String>,
    /// Chapters of an outline made from a topic.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(crate) chapters: u32,
    /// Words in a chapter for which the outline names none; characters for Japanese and Chinese.
    #[arg(long, value_parser = clap::value_parser!(u32).range(100..=20000))]
    pub(crate) words: Option<u32>,
    /// Language of an outline made from a topic, like `en` or `pt-BR`.
    #[arg(long, default_value = "en")]
    pub(crate) language: String,
    /// The model, as provider:model.
    #[arg(long, value_name = "PROVIDER:MODEL")]
    pub(crate) model: Option<String>,
    /// Take the outline as it stands, without a planning call.
    #[arg(long)]
    pub(crate) no_plan: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct WriteArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Where the book's files go [default: a folder beside the outline, named like it].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Formats to bind: md, epub, html.
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// A plan made by `bindery plan`, perhaps edited.
    #[arg(long, value_name = "FILE", conflicts_with = "no_plan")]
    pub(crate) plan: Option<PathBuf>,
    /// The most the book may cost, in US dollars; it is then held, and goes on with a larger one. Kept for later runs.
    #[arg(long, value_name = "USD")]
    pub(crate) budget: Option<bindery_domain::Micros>,
    /// Model calls under way at once.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=10000))]
    pub(crate) calls: Option<u32>,
    /// What becomes of the book when a chapter cannot be written: fail, omit, placeholder.
    #[arg(long, value_name = "POLICY")]
    pub(crate) gaps: Option<String>,
    /// Hold the book once it is planned, until `bindery approve`.
    #[arg(long)]
    pub(crate) review: bool,
    /// Print what the book would take, and spend nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Go on with the stored outline and model although the file or the model changed.
    #[arg(long = "continue", conflicts_with = "anew")]
    pub(crate) go_on: bool,
    /// Forget what was written and begin anew.
    #[arg(long)]
    pub(crate) anew: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) order: OrderArgs,
    /// Where the plan goes [default: OUTLINE.plan.json].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RewriteArgs {
    /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
    pub(crate) book: String,
    /// A chapter to write anew; may be repeated.
    #[arg(long, value_name = "NUMBER", required_unless_present = "from", conflicts_with = "from")]
    pub(crate) chapter: Vec<u32>,
    /// A remark for the chapter's writer.
    #[arg(long, requires = "chapter")]
    pub(crate) note: Option<String>,
    /// Take this outline instead, and write only what changed.
    #[arg(long, value_name = "OUTLINE")]
    pub(crate) from: Option<PathBuf>,
    /// Where the book's files go [default: a folder beside the outline, named like it].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct GetArgs {
    /// The book's id, the beginning of it, its outline's path, or the name that `submit --id` gave it.
    pub(crate) book: String,
    /// Formats to copy [default: all that were bound].
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,...")]
    pub(crate) format: Option<Vec<String>>,
    /// Where the files go.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) out: PathBuf,
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
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:8901")]
    pub(crate) listen: std::net::SocketAddr,
    /// The same seed writes the same texts.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Answer at once, without the pace of a real model.
    #[arg(long)]
    pub(crate) instant: bool,
    /// Median seconds to the first token.
    #[arg(long, default_value_t = 0.5, conflicts_with = "instant")]
    pub(crate) first_token: f64,
    /// Tokens per second of each answer.
    #[arg(long, default_value_t = 80.0, conflicts_with = "instant")]
    pub(crate) tokens_per_second: f64,
    /// Faults by rate, like `rate_limited=0.05,reset=0.01`.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub(crate) faults: String,
    /// Faults by script: a file of rules, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(crate) script: Option<PathBuf>,
    /// The one key that is let in.
    #[arg(long)]
    pub(crate) key: Option<String>,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
