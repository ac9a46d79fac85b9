//! What is done to all books of a filter at once, with a count first.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_commands::{BookQuery, BulkAction, BulkResult, BulkResults, act_on_each};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    extract::{Called, JsonBody, Search},
    problem::{Problem, ProblemKind},
    service::Service,
};

/// What is to be done to the books that the query chooses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BulkOrder")]
pub(crate) struct BulkOrder {
    /// What is done to each.
    action: BulkAction,
    /// The most books that you expect, as the count said. Without it the books are counted, and nothing is done. Where there are
    /// more, nothing is done either.
    #[serde(default)]
    confirm: Option<usize>,
}

/// What was done to the books.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BulkAnswer")]
pub(crate) struct BulkAnswer {
    /// How many books of the filter the action concerned, on this page and on the following ones.
    count: usize,
    /// What became of each book of this page.
    results: Vec<BookResult>,
    /// The `cursor` with which the same request goes on; it is missing where no book is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What became of a book.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BookResult {
    /// The id of the book.
    id: String,
    /// The tenant that owns it.
    tenant: String,
    /// The name that its request gave it.
    request_id: String,
    /// Whether it was done.
    done: bool,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Counts the books of a filter that an action concerns, or does it to a page of them.
pub(crate) async fn act(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Search(query): Search<BookQuery>,
    body: JsonBody,
) -> Result<Json<BulkAnswer>, Problem> {
    let BulkOrder { action, confirm } = body.read()?;
    if !caller.may(action.scope()) {
        return Err(Problem::lacks(action.scope()));
    }
    let filter = query.read(bindery_store::now()).map_err(Problem::invalid)?;
    let mut books = caller.concerned(&*service.ports.store, &filter, action).await?;
    let count = books.len();
    match confirm {
        None => return Ok(Json(BulkAnswer { count, results: Vec::new(), next: None })),
        Some(most) if count > most => {
            let detail = format!("there are {count} books by now, and you expect {most} at most; nothing was done");
            return Err(Problem::new(ProblemKind::Conflict, detail));
        }
        Some(_) => books.truncate(filter.limit()),
    }
    let BulkResults { results, stopped } = act_on_each(&service.ports, &*service.files, action, books).await;
    match (results.last(), stopped) {
        (None, Some(error)) => Err(error.into()),
        (last, _) => {
            let next = last.filter(|_| results.len() < count).map(|last| filter.behind(&last.book).to_string());
            Ok(Json(BulkAnswer { count, next, results: results.into_iter().map(BookResult::of).collect() }))
        }
    }
}

impl BookResult {
    fn of(BulkResult { book, error }: BulkResult) -> Self {
        Self {
            id: book.id.to_string(),
            tenant: book.tenant,
            request_id: book.request_id,
            done: error.is_none(),
            reason: error.map(|error| Problem::from(error).detail().to_owned()),
        }
    }
}
