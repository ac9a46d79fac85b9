//! Webhooks, and the notices on their way to them.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Moment, UnknownFields};
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// Where a tenant is told of its books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Its id, which is no secret.
    pub id: String,
    /// The tenant whose books it is told of.
    pub tenant: String,
    /// The address that notices are sent to.
    pub url: String,
    /// The public names of the events that it is told of; empty for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<String>,
    /// Whether it is told of those books alone whose submissions name it.
    #[serde(default)]
    pub named_only: bool,
    /// What its notices are signed with.
    pub secret: SigningSecret,
    /// What they are signed with as well for some time, since the secret was rotated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub former: Option<FormerSecret>,
    /// When it was added. It is told of no earlier event.
    pub added_at: Moment,
    /// Why nothing is sent to it any more; `None` where notices are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<Disabled>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// A secret with which notices are signed, as its receiver has it. Logs never show it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SigningSecret(pub String);

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerSecret {
    /// The secret.
    pub secret: SigningSecret,
    /// Until when notices are signed with it as well.
    pub until: Moment,
}

/// Why nothing is sent to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Since when.
    pub at: Moment,
    /// Why, for people.
    pub reason: String,
}

/// A change of a webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WebhookChange {
    /// Nothing is sent to it any more.
    Disable(Disabled),
    /// Notices are sent to it again.
    Enable,
    /// Its secret is replaced. The one that it had so far counts until a given time.
    Rotate(SigningSecret, Moment),
}

impl Webhook {
    /// Returns the webhook after a change.
    pub(crate) fn changed(self, change: &WebhookChange) -> Self {
        match change {
            WebhookChange::Disable(disabled) => Self { disabled: Some(disabled.clone()), ..self },
            WebhookChange::Enable => Self { disabled: None, ..self },
            WebhookChange::Rotate(secret, until) => Self {
                former: Some(FormerSecret { secret: self.secret, until: *until }),
                secret: secret.clone(),
                ..self
            },
        }
    }

    /// Returns the secrets that its notices are signed with at a time, the newest first.
    pub fn secrets_at(&self, now: Moment) -> Vec<&str> {
        let former = self.former.iter().filter(|former| now < former.until).map(|former| &former.secret);
        std::iter::once(&self.secret).chain(former).map(|secret| secret.0.as_str()).collect()
    }
}

/// An event on its way to a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id, which is the same whenever the event is published again for this webhook.
    pub id: String,
    /// The webhook.
    pub webhook: String,
    /// The book that the event is about.
    pub book: BookId,
    /// The public name of the event.
    pub event: String,
    /// What is sent, byte for byte.
    pub body: String,
    /// Since when it is tried.
    pub begun_at: Moment,
    /// How often it was sent in vain.
    #[serde(default)]
    pub attempts: u32,
    /// Why it was not taken the last time; empty where it was not sent yet.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub failure: String,
    /// When it was given up; `None` where it is still tried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dead_at: Option<Moment>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// Keeps webhooks and their notices.
///
/// Every notice has a due time. That of one which is on its way is when it is sent again, in case its message is lost. That of
/// a dead one is when it is removed.
#[async_trait]
pub trait Webhooks: Send + Sync {
    /// Stores a new webhook.
    async fn add_webhook(&self, webhook: &Webhook) -> Result<(), StoreError>;

    /// Returns the webhook with an id.
    async fn webhook(&self, id: &str) -> Result<Option<Webhook>, StoreError>;

    /// Returns all webhooks, in no order.
    async fn webhooks(&self) -> Result<Vec<Webhook>, StoreError>;

    /// Changes a webhook and returns it as it is then; `None` where there is none with this id.
    async fn change_webhook(&self, id: &str, change: &WebhookChange) -> Result<Option<Webhook>, StoreError>;

    /// Removes a webhook; returns whether there was one. Its notices stay.
    async fn remove_webhook(&self, id: &str) -> Result<bool, StoreError>;

    /// Stores new notices. Those whose ids are stored stay as they are.
    async fn add_notices(&self, notices: &[Notice], due_in: Duration) -> Result<(), StoreError>;

    /// Returns the notice with an id.
    async fn notice(&self, id: &str) -> Result<Option<Notice>, StoreError>;

    /// Returns the dead notices of a webhook, in no order.
    async fn dead_notices(&self, webhook: &str) -> Result<Vec<Notice>, StoreError>;

    /// Replaces a notice and its due time. One that was removed meanwhile stays removed, and then this returns false.
    async fn replace_notice(&self, notice: &Notice, due_in: Duration) -> Result<bool, StoreError>;

    /// Removes a notice; returns whether there was one.
    async fn remove_notice(&self, notice: &Notice) -> Result<bool, StoreError>;

    /// Returns the ids of at most `limit` notices that are due, the earliest first, and lets them be due again after a time.
    async fn take_due_notices(&self, limit: u32, again_in: Duration) -> Result<Vec<String>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_secret_signs_along_until_its_time_is_over_and_is_never_logged() {
        let json =
            r#"{"id":"a","tenant":"t","url":"https://a.example","secret":"whsec_old","added_at":1,"later":true}"#;
        let webhook: Webhook = serde_json::from_str(json).unwrap();
        let rotated = webhook.changed(&WebhookChange::Rotate(SigningSecret("whsec_new".to_owned()), Moment(10)));
        assert_eq!(rotated.secrets_at(Moment(9)), ["whsec_new", "whsec_old"]);
        assert_eq!(rotated.secrets_at(Moment(10)), ["whsec_new"]);
        assert!(!format!("{rotated:?}").contains("whsec"), "{rotated:?}");
        assert!(serde_json::to_string(&rotated).unwrap().contains("\"later\":true"), "unknown fields are kept");
    }
}
