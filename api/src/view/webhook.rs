//! Webhooks and dead notices as the API shows them.

use bindery_domain::timestamp;
use bindery_store::{Notice, Webhook};
use schemars::JsonSchema;
use serde::Serialize;

/// A webhook, without its secret.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub(crate) struct WebhookView {
    /// The id of the webhook.
    id: String,
    /// The tenant whose books it is told of.
    tenant: String,
    /// The address that notices are sent to.
    url: String,
    /// The events that it is told of; empty for all of them.
    events: Vec<String>,
    /// Whether it is told of those books alone whose orders name it.
    named_only: bool,
    /// When it was added, by RFC 3339.
    added_at: String,
    /// Why nothing is sent to it any more. It is missing where notices are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<String>,
    /// What its notices are signed with. It is shown once: when the webhook is added, and when the secret is rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// A notice that was given up.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "DeadNotice")]
pub(crate) struct DeadNoticeView {
    /// The id of the notice, which it carries in the header `webhook-id`.
    id: String,
    /// The id of the book that it is about.
    book: String,
    /// The event.
    event: String,
    /// How often it was sent.
    attempts: u32,
    /// Why it was not taken the last time.
    failure: String,
    /// When it was given up, by RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    dead_at: Option<String>,
}

/// How many notices are sent again.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "Resent")]
pub(crate) struct ResentView {
    /// Their number.
    pub(crate) notices: u32,
}

impl WebhookView {
    /// Describes a webhook.
    pub(crate) fn of(webhook: &Webhook) -> Self {
        Self {
            id: webhook.id.clone(),
            tenant: webhook.tenant.clone(),
            url: webhook.url.clone(),
            events: webhook.events.clone(),
            named_only: webhook.named_only,
            added_at: timestamp(webhook.added_at),
            disabled: webhook.disabled.as_ref().map(|disabled| disabled.reason.clone()),
            secret: None,
        }
    }

    /// Describes a webhook to its owner, with a secret that is new.
    pub(crate) fn with_secret(webhook: &Webhook) -> Self {
        Self { secret: Some(webhook.secret.0.clone()), ..Self::of(webhook) }
    }
}

impl DeadNoticeView {
    /// Describes a dead notice.
    pub(crate) fn of(notice: &Notice) -> Self {
        Self {
            id: notice.id.clone(),
            book: notice.book.to_string(),
            event: notice.event.clone(),
            attempts: notice.attempts,
            failure: notice.failure.clone(),
            dead_at: notice.dead_at.map(timestamp),
        }
    }
}
