//! Webhooks: where a tenant is told of its books, and what became of the notices that were not taken.

use std::time::Duration;

use bindery_domain::{Moment, UnknownFields};
use bindery_protocol::book_event::PUBLIC_EVENTS;
use bindery_store::{Notice, SigningSecret, Store, StoreError, Webhook, WebhookChange};
use bindery_webhook::{AddressRules, Endpoint, SECRET_BYTES, secret};

use crate::{Caller, keys::random_bytes};

/// The most webhooks that a tenant can have. Each public event of its books is one notice for each of them.
const MAX_WEBHOOKS: usize = 20;

/// How long notices are signed with a rotated secret as well.
const OVERLAP: Duration = Duration::from_secs(24 * 3_600);

/// The number of random bytes of a webhook's id.
const ID_BYTES: usize = 8;

/// What a new webhook is told, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    /// The tenant whose books it is told of.
    pub tenant: String,
    /// The address that notices are sent to.
    pub url: String,
    /// The public names of the events that it is told of; empty for all of them.
    pub events: Vec<String>,
    /// Whether it is told of those books alone whose submissions name it.
    pub named_only: bool,
}

/// Why a webhook could not be added.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// The order has faults.
    #[error("{}", .0.join("; "))]
    Invalid(Vec<String>),
    /// The tenant has as many as it can have.
    #[error("the tenant has {MAX_WEBHOOKS} webhooks already; remove one first")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds a webhook. Its secret is to be shown to its owner this once.
pub async fn add_webhook(
    store: &dyn Store,
    rules: AddressRules,
    new: NewWebhook,
    now: Moment,
) -> Result<Webhook, WebhookError> {
    let faults = faults(&new, rules);
    if !faults.is_empty() {
        return Err(WebhookError::Invalid(faults));
    }
    let all = store.webhooks().webhooks().await?;
    if all.iter().filter(|webhook| webhook.tenant == new.tenant).count() >= MAX_WEBHOOKS {
        return Err(WebhookError::TooMany);
    }
    let webhook = Webhook {
        id: format!("wh_{}", hex::encode(random_bytes::<ID_BYTES>()?)),
        tenant: new.tenant,
        url: new.url,
        events: new.events,
        named_only: new.named_only,
        secret: new_secret()?,
        former: None,
        added_at: now,
        disabled: None,
        unknown: UnknownFields::default(),
    };
    store.webhooks().add_webhook(&webhook).await?;
    tracing::info!(webhook = webhook.id, tenant = webhook.tenant, "a webhook was added");
    Ok(webhook)
}

/// Returns all that is wrong with the order of a webhook.
fn faults(new: &NewWebhook, rules: AddressRules) -> Vec<String> {
    let url = Endpoint::parse(&new.url, rules).err().map(|flaw| format!("url: {flaw}"));
    let unknown = new.events.iter().filter(|event| !PUBLIC_EVENTS.contains(&event.as_str()));
    let known = PUBLIC_EVENTS.join(", ");
    url.into_iter().chain(unknown.map(|event| format!("events: `{event}` is none of {known}"))).collect()
}

/// Returns the caller's webhooks, the oldest first. Secrets are in none of what is made from them.
pub async fn own_webhooks(store: &dyn Store, caller: &Caller) -> Result<Vec<Webhook>, StoreError> {
    let mut webhooks = store.webhooks().webhooks().await?;
    webhooks.retain(|webhook| caller.sees_tenant(&webhook.tenant));
    webhooks.sort_by(|one, other| (one.added_at, &one.id).cmp(&(other.added_at, &other.id)));
    Ok(webhooks)
}

/// Finds a webhook of the caller by its id. One of another tenant is not found.
pub async fn find_webhook(store: &dyn Store, caller: &Caller, id: &str) -> Result<Option<Webhook>, StoreError> {
    let found = store.webhooks().webhook(id).await?;
    Ok(found.filter(|webhook| caller.sees_tenant(&webhook.tenant)))
}

/// Gives a webhook another secret, which is to be shown to its owner this once. Notices are signed with the former one as well
/// for a day. Returns `None` where the webhook is gone.
pub async fn rotate_secret(store: &dyn Store, id: &str, now: Moment) -> Result<Option<Webhook>, StoreError> {
    let change = WebhookChange::Rotate(new_secret()?, now + OVERLAP);
    let rotated = store.webhooks().change_webhook(id, &change).await?;
    tracing::info!(webhook = id, "the secret of a webhook was rotated");
    Ok(rotated)
}

/// Removes a webhook with its dead notices. Those that are still on their way are not sent any more.
pub async fn remove_webhook(store: &dyn Store, id: &str) -> Result<(), StoreError> {
    let dead = store.webhooks().dead_notices(id).await?;
    store.webhooks().remove_webhook(id).await?;
    for notice in &dead {
        store.webhooks().remove_notice(notice).await?;
    }
    tracing::info!(webhook = id, "a webhook was removed");
    Ok(())
}

/// Has dead notices of a webhook sent again: one, or all of them. A webhook that was disabled is enabled. Returns how many
/// notices are sent.
pub async fn resend(store: &dyn Store, webhook: &str, only: Option<&str>, now: Moment) -> Result<u32, StoreError> {
    store.webhooks().change_webhook(webhook, &WebhookChange::Enable).await?;
    let mut sent = 0;
    for notice in store.webhooks().dead_notices(webhook).await? {
        if only.is_none_or(|id| id == notice.id) {
            let again = Notice { dead_at: None, begun_at: now, attempts: 0, ..notice };
            sent += u32::from(store.webhooks().replace_notice(&again, Duration::ZERO).await?);
        }
    }
    tracing::info!(webhook, sent, "dead notices of a webhook are sent again");
    Ok(sent)
}

fn new_secret() -> Result<SigningSecret, StoreError> {
    Ok(SigningSecret(secret(&random_bytes::<SECRET_BYTES>()?)))
}

#[cfg(test)]
mod tests {
    use bindery_domain::BookId;
    use bindery_store::Disabled;

    use super::*;
    use crate::test_store::store;

    fn new(tenant: &str) -> NewWebhook {
        let url = "https://books.example.com/hook".to_owned();
        NewWebhook { tenant: tenant.to_owned(), url, events: vec!["completed".to_owned()], named_only: false }
    }

    async fn added(store: &dyn Store, tenant: &str) -> Webhook {
        add_webhook(store, AddressRules::default(), new(tenant), Moment(1)).await.unwrap()
    }

    #[tokio::test]
    async fn a_webhook_belongs_to_its_tenant_alone() {
        let (store, _folder) = store().await;
        let (mine, theirs) = (added(&*store, "press").await, added(&*store, "other").await);
        let caller = Caller::owner("press");
        assert_eq!(own_webhooks(&*store, &caller).await.unwrap(), std::slice::from_ref(&mine));
        assert_eq!(find_webhook(&*store, &caller, &mine.id).await.unwrap(), Some(mine));
        assert_eq!(find_webhook(&*store, &caller, &theirs.id).await.unwrap(), None);
        let operator = Caller { tenant: None, ..caller };
        assert_eq!(find_webhook(&*store, &operator, &theirs.id).await.unwrap(), Some(theirs));
    }

    #[tokio::test]
    async fn all_faults_of_a_webhook_are_named_at_once_and_a_tenant_has_only_so_many() {
        let (store, _folder) = store().await;
        let events = vec!["completed".to_owned(), "printed".to_owned()];
        let wrong = NewWebhook { url: "http://10.0.0.1/".to_owned(), events, ..new("press") };
        let error = add_webhook(&*store, AddressRules::default(), wrong, Moment(1)).await.unwrap_err();
        let WebhookError::Invalid(faults) = error else { panic!("{error}") };
        assert!(faults[0].starts_with("url: ") && faults[1].starts_with("events: `printed`"), "{faults:?}");
        for _ in 0..MAX_WEBHOOKS {
            added(&*store, "press").await;
        }
        let error = add_webhook(&*store, AddressRules::default(), new("press"), Moment(1)).await.unwrap_err();
        assert!(matches!(error, WebhookError::TooMany), "{error}");
        added(&*store, "other").await;
    }

    #[tokio::test]
    async fn dead_notices_are_sent_again_and_leave_with_their_webhook() {
        let (store, _folder) = store().await;
        let webhook = added(&*store, "press").await;
        let disabled = Disabled { at: Moment(2), reason: "it is gone".to_owned() };
        store.webhooks().change_webhook(&webhook.id, &WebhookChange::Disable(disabled)).await.unwrap();
        let notice = |id: &str| Notice {
            id: id.to_owned(),
            webhook: webhook.id.clone(),
            book: BookId::of("press", "r"),
            event: "completed".to_owned(),
            body: "{}".to_owned(),
            begun_at: Moment(1),
            attempts: 9,
            failure: "it answered with the status 500".to_owned(),
            dead_at: Some(Moment(5)),
            unknown: UnknownFields::default(),
        };
        let all = [notice("a"), notice("b"), notice("c")];
        store.webhooks().add_notices(&all, OVERLAP).await.unwrap();
        assert_eq!(resend(&*store, &webhook.id, Some("b"), Moment(7)).await.unwrap(), 1);
        assert_eq!(store.webhooks().take_due_notices(9, OVERLAP).await.unwrap(), ["b"]);
        let again = store.webhooks().notice("b").await.unwrap().unwrap();
        assert_eq!((again.dead_at, again.begun_at, again.attempts), (None, Moment(7), 0));
        assert_eq!(store.webhooks().webhook(&webhook.id).await.unwrap().unwrap().disabled, None);
        assert_eq!(resend(&*store, &webhook.id, Some("b"), Moment(7)).await.unwrap(), 0, "it is on its way");
        remove_webhook(&*store, &webhook.id).await.unwrap();
        assert!(store.webhooks().dead_notices(&webhook.id).await.unwrap().is_empty());
        assert_eq!(resend(&*store, &webhook.id, None, Moment(8)).await.unwrap(), 0);
    }
}
