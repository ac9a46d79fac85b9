//! What a submission means together with what the store has of its book.

use bindery_config::Config;
use bindery_ledger::{Request, Terms};
use bindery_model::Models;
use bindery_protocol::{notice::MAX_WEBHOOK_CHARS, submission::Submission};
use bindery_store::{Store, StoreError};

use super::reading;

/// What is said of a webhook that the tenant does not have.
pub(super) const UNKNOWN_WEBHOOK: &str =
    "webhook: you have no webhook with this id; `bindery webhooks list` shows yours";

/// Makes the request that a tenant's submission means. The inner error holds all faults of the submission. The request still has the
/// cover and the pictures of the stored book: [`adopt`](crate::uploads::adopt) gives it those that the submission names.
pub async fn request_of(
    store: &dyn Store,
    settings: &Config,
    models: &Models,
    tenant: String,
    submission: &Submission,
) -> Result<Result<Request, Vec<String>>, StoreError> {
    let id = store.id_of(&tenant, &submission.request_id).await?;
    let stored = store.request(&id).await?;
    let flaw = webhook_flaw(store, &tenant, submission, stored.as_ref()).await?;
    let trace = stored.as_ref().and_then(|stored| stored.trace);
    let given = stored.as_ref().map(|stored| (stored.terms.cover.clone(), stored.terms.pictures.clone()));
    let (cover, pictures) = given.unwrap_or_default();
    let read = match (reading::read(settings, models, submission, tenant, stored.map(|stored| stored.order)), flaw) {
        (read, None) => read,
        (read, Some(flaw)) => Err(read.err().unwrap_or_default().into_iter().chain([flaw]).collect()),
    };
    Ok(read.map(|request| {
        let terms = Terms { cover, pictures, ..request.terms };
        Request { trace, former_id: id.is_former(), terms, ..request }
    }))
}

/// Returns what is wrong with the webhook that a submission names. A book that has the webhook already may be repeated, since the
/// webhook may have been removed meanwhile. One of another tenant is answered like one that does not exist.
async fn webhook_flaw(
    store: &dyn Store,
    tenant: &str,
    submission: &Submission,
    stored: Option<&Request>,
) -> Result<Option<String>, StoreError> {
    let Some(id) = &submission.webhook else { return Ok(None) };
    if id.chars().count() > MAX_WEBHOOK_CHARS {
        return Ok(Some(UNKNOWN_WEBHOOK.to_owned()));
    }
    if stored.is_some_and(|stored| stored.terms.webhook.as_ref() == Some(id)) {
        return Ok(None);
    }
    let found = store.webhooks().webhook(id).await?;
    let is_own = found.is_some_and(|webhook| webhook.tenant == tenant);
    Ok((!is_own).then(|| UNKNOWN_WEBHOOK.to_owned()))
}
