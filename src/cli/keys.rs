//! The options of `keys`.

use bindery_store::KeyScope;
use clap::{Args, Subcommand};

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum KeysCommand {
    /// Make a key and print it. It is shown this once: the store keeps only its hash.
    Add(AddKeyArgs),
    /// List the keys: the id, the tenant, what the key allows, how long it counts, and the note.
    List,
    /// Revoke a key. No request with it is served from then on.
    Revoke {
        /// The id of the key, as `bindery keys list` shows it.
        id: String,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct AddKeyArgs {
    /// The tenant whose books the holder of the key sees and orders.
    #[arg(long, value_name = "NAME", required_unless_present = "all_tenants", conflicts_with = "all_tenants")]
    pub(crate) tenant: Option<String>,
    /// Make a key for an operator, who sees the books of all tenants and orders none.
    #[arg(long)]
    pub(crate) all_tenants: bool,
    /// What the key allows.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "SCOPE,...", default_value = "read,write,approve")]
    pub(crate) scopes: Vec<ScopeArg>,
    /// A note on the holder of the key, which `bindery keys list` shows.
    #[arg(long)]
    pub(crate) note: Option<String>,
    /// How long the key counts, like `90d` [default: until it is revoked].
    #[arg(long = "expires", value_name = "TIME", value_parser = crate::command::keys::lifetime)]
    pub(crate) lifetime: Option<std::time::Duration>,
}

/// What a key allows, as it is named to `keys add`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ScopeArg {
    /// Look at books, their texts, files and events.
    Read,
    /// Order books, cancel, delete and redrive them, and have chapters written again.
    Write,
    /// Approve the plans of books.
    Approve,
    /// Hold books and lift the hold.
    Operate,
}

impl From<ScopeArg> for KeyScope {
    fn from(scope: ScopeArg) -> Self {
        match scope {
            ScopeArg::Read => Self::Read,
            ScopeArg::Write => Self::Write,
            ScopeArg::Approve => Self::Approve,
            ScopeArg::Operate => Self::Operate,
        }
    }
}
