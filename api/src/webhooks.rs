//! Webhooks: where a tenant is told of its books.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use bindery_commands::{
    Caller, NewWebhook, WebhookError, add_webhook, find_webhook, own_webhooks, remove_webhook, resend, rotate_secret,
};
use bindery_store::Webhook;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    extract::{Called, JsonBody, Params, Search},
    problem::{Problem, ProblemKind},
    service::Service,
    view::{DeadNoticeView, ResentView, WebhookView},
};

/// A webhook that is to be added.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewWebhook")]
pub(crate) struct WebhookOrder {
    /// The address that notices are sent to, like `https://books.example.com/webhook`.
    url: String,
    /// The events that it is told of; empty for all of them.
    #[serde(default)]
    events: Vec<String>,
    /// Whether it is told of those books alone whose orders name it.
    #[serde(default)]
    named_only: bool,
}

/// The variable of every path that names a webhook.
#[derive(Deserialize)]
pub(crate) struct Named {
    id: String,
}

/// Which dead notices are sent again.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Choice {
    notice: Option<String>,
}

/// Adds a webhook.
pub(crate) async fn add(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    body: JsonBody,
) -> Result<Response, Problem> {
    let nobody = || Problem::new(ProblemKind::NotAllowed, "the key belongs to no tenant, so it can add no webhook");
    let tenant = caller.tenant.ok_or_else(nobody)?;
    let WebhookOrder { url, events, named_only } = body.read()?;
    let new = NewWebhook { tenant, url, events, named_only };
    let rules = service.settings.webhook_addresses;
    let added = add_webhook(&*service.ports.store, rules, new, bindery_store::now()).await;
    let webhook = added.map_err(|error| match error {
        WebhookError::Invalid(faults) => Problem::invalid(faults),
        WebhookError::TooMany => Problem::new(ProblemKind::Conflict, error.to_string()),
        WebhookError::Store(error) => error.into(),
    })?;
    let location = format!("/v1/webhooks/{}", webhook.id);
    let view = Json(WebhookView::with_secret(&webhook));
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], view).into_response())
}

/// Lists the caller's webhooks.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
) -> Result<Json<Vec<WebhookView>>, Problem> {
    let webhooks = own_webhooks(&*service.ports.store, &caller).await?;
    Ok(Json(webhooks.iter().map(WebhookView::of).collect()))
}

/// Returns a webhook of the caller.
pub(crate) async fn get(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(named): Params<Named>,
) -> Result<Json<WebhookView>, Problem> {
    own(&service, &caller, &named).await.map(|webhook| Json(WebhookView::of(&webhook)))
}

/// Removes a webhook.
pub(crate) async fn remove(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(named): Params<Named>,
) -> Result<StatusCode, Problem> {
    let webhook = own(&service, &caller, &named).await?;
    remove_webhook(&*service.ports.store, &webhook.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives a webhook another secret.
pub(crate) async fn rotate(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(named): Params<Named>,
) -> Result<Json<WebhookView>, Problem> {
    let webhook = own(&service, &caller, &named).await?;
    let rotated = rotate_secret(&*service.ports.store, &webhook.id, bindery_store::now()).await?;
    rotated.map(|webhook| Json(WebhookView::with_secret(&webhook))).ok_or_else(unknown)
}

/// Lists the dead notices of a webhook.
pub(crate) async fn dead(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(named): Params<Named>,
) -> Result<Json<Vec<DeadNoticeView>>, Problem> {
    let webhook = own(&service, &caller, &named).await?;
    let mut dead = service.ports.store.webhooks().dead_notices(&webhook.id).await?;
    dead.sort_by(|one, other| (one.dead_at, &one.id).cmp(&(other.dead_at, &other.id)));
    Ok(Json(dead.iter().map(DeadNoticeView::of).collect()))
}

/// Has dead notices of a webhook sent again.
pub(crate) async fn send_again(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Params(named): Params<Named>,
    Search(Choice { notice }): Search<Choice>,
) -> Result<Json<ResentView>, Problem> {
    let webhook = own(&service, &caller, &named).await?;
    let now = bindery_store::now();
    let notices = resend(&*service.ports.store, &webhook.id, notice.as_deref(), now).await?;
    Ok(Json(ResentView { notices }))
}

/// Finds the webhook that the path names, if it is the caller's.
async fn own(service: &Service, caller: &Caller, Named { id }: &Named) -> Result<Webhook, Problem> {
    find_webhook(&*service.ports.store, caller, id).await?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::new(ProblemKind::NotFound, "you have no webhook with this id; `GET /v1/webhooks` lists yours")
}
