//! The options that choose among books.

use bindery_commands::BookQuery;
use clap::Args;

/// Which books a command is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Args)]
pub(crate) struct FilterArgs {
    /// The books in these states: accepted, planning, writing, auditing, binding, done, failed, cancelled.
    #[arg(long, value_name = "STATE,...")]
    pub(crate) state: Option<String>,
    /// The books that have failed.
    #[arg(long)]
    pub(crate) failed: bool,
    /// The books that are held.
    #[arg(long)]
    pub(crate) held: bool,
    /// The books that are not settled: neither done nor failed nor cancelled.
    #[arg(long)]
    pub(crate) open: bool,
    /// The books of this tenant.
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// The books with this text in their title or their request's name.
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    /// The books with this tag.
    #[arg(long, value_name = "WORD")]
    pub(crate) tag: Option<String>,
    /// The books that were accepted since then: an age like `1d` or `12h`, a day, or a time by RFC 3339.
    #[arg(long, value_name = "WHEN")]
    pub(crate) since: Option<String>,
    /// The books that were accepted before then: an age, a day, or a time.
    #[arg(long, value_name = "WHEN")]
    pub(crate) until: Option<String>,
}

impl FilterArgs {
    /// Returns the query that the options mean.
    pub(crate) fn query(&self) -> BookQuery {
        BookQuery {
            state: self.state.clone(),
            failed: self.failed.then_some(true),
            held: self.held.then_some(true),
            open: self.open.then_some(true),
            tenant: self.tenant.clone(),
            text: self.text.clone(),
            tag: self.tag.clone(),
            since: self.since.clone(),
            until: self.until.clone(),
            limit: None,
            cursor: None,
        }
    }
}

/// One book by its name, or all that a filter chooses.
#[derive(Clone, Debug, Args)]
pub(crate) struct Choice {
    /// The book's id, the beginning of the id, the path of the outline, or the name from `submit --id`.
    #[arg(required_unless_present = "FilterArgs", conflicts_with = "FilterArgs")]
    pub(crate) book: Option<String>,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Do not ask for confirmation.
    #[arg(long, short)]
    pub(crate) yes: bool,
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::Cli;

    #[test]
    fn a_command_is_about_one_book_or_about_those_of_a_filter() {
        let parses = |line: &[&str]| Cli::try_parse_from([&["bindery"], line].concat()).is_ok();
        for command in ["cancel", "hold", "redrive", "delete"] {
            assert!(parses(&[command, "book.md"]) && parses(&[command, "--failed", "--since", "1d", "--yes"]));
            assert!(!parses(&[command]) && !parses(&[command, "--yes"]), "no command is about all books by mistake");
            assert!(!parses(&[command, "book.md", "--failed"]), "{command}");
        }
        assert!(parses(&["hold", "--lift", "--tenant", "press"]) && !parses(&["hold", "--lift"]));
    }
}
