//! The options of `webhooks`.

use clap::{Args, Subcommand};

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum WebhooksCommand {
    /// Add a webhook and print its signing secret, which is shown this once.
    Add(AddWebhookArgs),
    /// List the webhooks: the id, the tenant, whether it is enabled, its events and its address.
    List,
    /// Give a webhook another secret and print it. For a day, notices are signed with the former one as well.
    Rotate {
        /// The id of the webhook, as `bindery webhooks list` shows it.
        id: String,
    },
    /// Remove a webhook with its dead notices.
    Delete {
        /// The id of the webhook, as `bindery webhooks list` shows it.
        id: String,
    },
    /// List the notices that were given up: the id, the webhook, the event, the book, and why they were not taken.
    Dead {
        /// The id of a webhook [default: all webhooks].
        id: Option<String>,
    },
    /// Send dead notices of a webhook again, and enable the webhook where it is disabled.
    Resend {
        /// The id of the webhook, as `bindery webhooks list` shows it.
        id: String,
        /// The id of one notice [default: all dead notices of the webhook].
        #[arg(long, value_name = "ID")]
        notice: Option<String>,
    },
}

#[derive(Clone, Debug, Args)]
pub(crate) struct AddWebhookArgs {
    /// The address that is told of events, like `https://books.example.com/webhook`.
    pub(crate) url: String,
    /// The tenant whose books it is told of [default: the tenant of the books that you submit].
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    /// The events that it is told of, like `completed,failed` [default: all events].
    #[arg(long, value_delimiter = ',', value_name = "EVENT,...")]
    pub(crate) events: Vec<String>,
    /// Tell it only of books whose submissions name it.
    #[arg(long)]
    pub(crate) named_only: bool,
}
