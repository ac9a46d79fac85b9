//! New books: a submission is read as a dispatcher reads it, and published as every upstream system publishes one.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bindery_commands::Caller;
use bindery_domain::{Digest, Lane};
use bindery_ledger::Request;
use bindery_protocol::{
    Message, SENDER,
    submission::{CloudEvent, MAX_BYTES, Receipt, SUBMIT, Submission},
};
use bindery_queue::QueueError;
use serde::Deserialize;

use crate::{
    extract::{Called, JsonBody, Search},
    problem::{Problem, ProblemKind},
    reception::ReadOrder,
    serve::{IDEMPOTENCY_KEY, TRACE_PARENT},
    service::Service,
    view::{AcceptedView, DryRun, DryRunEstimate, ReadingView},
};

/// The number of digits of the name that a submission gets from its content.
const NAME_DIGITS: usize = 32;

/// How an order is to be taken.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ordering {
    #[serde(default)]
    dry_run: bool,
}

/// Takes an order for a book in, or says how it would be read.
pub(crate) async fn create(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Search(Ordering { dry_run }): Search<Ordering>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let tenant = tenant(&caller)?;
    let submission = submission(&service, &headers, &body).await?;
    let ReadOrder { request, reading } = service.reception.read(tenant, &submission).await?;
    if dry_run {
        let estimate = service.reception.estimate(&request).await?;
        return Ok(Json(DryRun {
            id: request.book_id().to_string(),
            request_id: submission.request_id,
            reading: reading.as_ref().map(ReadingView::of),
            estimate: DryRunEstimate::of(&estimate),
        })
        .into_response());
    }
    let repeated = is_repeated(&service, &request).await?;
    if let Some(refusal) = service.room.refusal(&*service.ports.store, &request).await? {
        return Err(Problem::new(ProblemKind::Conflict, refusal));
    }
    let mut message = message(&service, tenant, submission)?;
    // The book becomes part of the trace of the request.
    if let Some(parent) = headers.get(TRACE_PARENT).and_then(|given| given.to_str().ok()?.parse().ok()) {
        message.set_trace_parent(parent);
    }
    match service.settings.accept_timeout {
        None => service.ports.queue.publish(&Lane::Submissions.into(), message).await?,
        Some(accept_timeout) => accepted(&service, message, accept_timeout).await?,
    }
    if !repeated {
        service.room.taken(tenant);
    }
    Ok(received(&request, repeated))
}

/// Returns whose books the caller orders.
pub(crate) fn tenant(caller: &Caller) -> Result<&str, Problem> {
    let nobody =
        || Problem::new(ProblemKind::NotAllowed, "the key belongs to no tenant, so it can order and upload nothing");
    caller.tenant.as_deref().ok_or_else(nobody)
}

/// Reads the submission, or names all of its faults.
async fn submission(service: &Service, headers: &HeaderMap, body: &JsonBody) -> Result<Submission, Problem> {
    let given = headers.get(IDEMPOTENCY_KEY).map(|name| std::str::from_utf8(name.as_bytes()));
    let given =
        given.transpose().map_err(|_| Problem::new(ProblemKind::Malformed, "the Idempotency-Key is not UTF-8"))?;
    // The standard has the header as a quoted string. Most clients send the bare text.
    let given = given.map(|name| name.trim().trim_matches('"'));
    match Submission::decode_content(&body.0, given) {
        Ok(submission) => Ok(submission),
        Err(invalid) if given.is_none() && invalid.request_id.is_none() => {
            // Without a name of its own, the same content is the same book.
            let name = Digest::of(&body.0).as_str()[..NAME_DIGITS].to_owned();
            match Submission::decode_content(&body.0, Some(&name)) {
                Ok(submission) => Ok(submission),
                Err(invalid) => Err(flaws(service, invalid).await),
            }
        }
        Err(invalid) => Err(flaws(service, invalid).await),
    }
}

async fn flaws(service: &Service, invalid: bindery_protocol::submission::InvalidSubmission) -> Problem {
    let mut errors = invalid.flaws();
    if let Some(readable) = &invalid.readable {
        errors.extend(service.reception.faults(readable).await);
    }
    Problem::invalid(errors)
}

/// Returns whether the store has the book of a request. The name may belong to another book.
async fn is_repeated(service: &Service, request: &Request) -> Result<bool, Problem> {
    let stored = service.ports.store.book(&request.book_id()).await?;
    match stored {
        None => Ok(false),
        Some(book) if book.order == request.order.digest() => Ok(true),
        Some(_) => Err(taken()),
    }
}

fn taken() -> Problem {
    Problem::new(
        ProblemKind::Conflict,
        "the name of the request belongs to another book already; send this one under another",
    )
}

/// Makes the message of a submission. The broker sees that Bindery has published it, and so a dispatcher believes who its sender
/// is.
fn message(service: &Service, tenant: &str, submission: Submission) -> Result<Message, Problem> {
    let id = format!("{}:{}", submission.request_id, bindery_store::now().0);
    let event = CloudEvent { source: "/bindery/api".to_owned(), ..CloudEvent::new(SUBMIT, id, submission) };
    let mut message = Message { user: service.settings.broker_user.clone(), ..event.message() };
    message.headers.insert(SENDER.to_owned(), tenant.to_owned());
    if message.body.len() > MAX_BYTES {
        let detail = format!("the submission has {} bytes, {MAX_BYTES} are allowed", message.body.len());
        return Err(Problem::new(ProblemKind::TooLarge, detail));
    }
    Ok(message)
}

/// Publishes a submission and waits until a dispatcher has accepted it.
async fn accepted(service: &Service, message: Message, accept_timeout: Duration) -> Result<(), Problem> {
    let answer = match service.ports.queue.ask(Lane::Submissions, message, accept_timeout).await {
        Ok(answer) => answer,
        Err(error @ QueueError::Unanswered(_)) => return Err(Problem::unavailable("the dispatcher", &error)),
        Err(error) => return Err(error.into()),
    };
    let receipt: CloudEvent<Receipt> = serde_json::from_slice(&answer.body).map_err(Problem::fault)?;
    match receipt.data {
        Receipt { book: Some(_), .. } => Ok(()),
        Receipt { errors, .. } => Err(Problem::invalid(errors)),
    }
}

fn received(request: &Request, repeated: bool) -> Response {
    let id = request.book_id().to_string();
    let path = format!("/v1/books/{id}");
    let location = HeaderValue::from_str(&path);
    let body = Json(AcceptedView { id, request_id: request.request_id.clone(), repeated, path });
    let mut response = (StatusCode::ACCEPTED, body).into_response();
    response.headers_mut().extend(location.ok().map(|location| (header::LOCATION, location)));
    response
}
