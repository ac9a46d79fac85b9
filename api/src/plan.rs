//! The plan of a book, which all of its chapters are written from.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
};
use bindery_commands::{CommandError, PlanError, StoredPlan, plan_of, replacement};
use bindery_ledger::Hold;

use crate::{
    actions::done,
    edition::{if_match, tag},
    extract::{JsonBody, Own},
    problem::Problem,
    service::Service,
    view::{BookView, PlanView},
};

/// A plan with the header that names this edition of it.
type TaggedPlan = ([(HeaderName, HeaderValue); 1], Json<PlanView>);

/// Returns the plan of a book.
pub(crate) async fn get(State(service): State<Arc<Service>>, Own(book): Own) -> Result<TaggedPlan, Problem> {
    let StoredPlan { digest, context } = plan_of(&*service.ports.store, &book).await?;
    let plan = serde_json::to_value(&context).map_err(Problem::fault)?;
    let view = PlanView { awaits_approval: book.holds.contains(&Hold::Review), plan };
    Ok(([(header::ETAG, tag(digest.as_str()))], Json(view)))
}

/// Puts an edited plan in the place of the one that waits for a review.
pub(crate) async fn replace(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Json<BookView>, Problem> {
    let json = std::str::from_utf8(&body.0).map_err(|error| Problem::invalid(vec![error.to_string()]))?;
    let instead_of = if_match(&headers)?;
    let action = replacement(&*service.ports.store, &book, json, instead_of.as_deref()).await?;
    done(&service, &book, action).await
}

impl From<PlanError> for Problem {
    fn from(error: PlanError) -> Self {
        CommandError::from(error).into()
    }
}
