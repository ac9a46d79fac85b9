//! The options of the commands that change the texts of a finished book.

use std::path::PathBuf;

use bindery_ledger::VersionName;
use clap::Args;

use super::Named;

/// Where the files of a changed book go, and whether money may be spent.
#[derive(Clone, Debug, Args)]
pub(crate) struct BindArgs {
    /// The folder for the files of the book [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Do not ask before spending money.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ReviseArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of a chapter to change. You can repeat this option.
    #[arg(long, value_name = "NUMBER", required = true)]
    pub(crate) chapter: Vec<u32>,
    /// The number of a section that may change [default: all sections]. You can repeat this option.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) section: Vec<u32>,
    /// What is to be changed.
    #[arg(long)]
    pub(crate) note: String,
    /// The words in the chapter that the note is about.
    #[arg(long, value_name = "WORDS")]
    pub(crate) passage: Option<String>,
    #[command(flatten)]
    pub(crate) bind: BindArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct VersionsArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of the chapter.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) chapter: u32,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of the chapter.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) chapter: u32,
    /// The older version, like 1.0 [default: the one before the newer version].
    #[arg(long, value_name = "VERSION")]
    pub(crate) from: Option<VersionName>,
    /// The newer version [default: the present text].
    #[arg(long, value_name = "VERSION")]
    pub(crate) to: Option<VersionName>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// The number of the chapter.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) chapter: u32,
    /// The version to take back, like 1.0. `bindery versions` lists them.
    #[arg(id = "taken_back", value_name = "VERSION")]
    pub(crate) version: VersionName,
    /// The folder for the files of the book [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// A DOCX that an editor has changed, or with --chapter the Markdown of that chapter; `-` is the standard input.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The number of the chapter whose text the file is.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) chapter: Option<u32>,
    /// The folder for the files of the book [default: beside the outline, with the name of the outline].
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ApproveArgs {
    #[command(flatten)]
    pub(crate) named: Named,
    /// Use this plan from now on: the file that `bindery plan BOOK` wrote, as you have edited it.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
}
