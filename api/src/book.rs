//! One book: what is known of it, what it waits for, and its deletion.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use bindery_commands::{Need, remove, why};
use bindery_ledger::{Book, Request};

use crate::{
    extract::Own,
    problem::Problem,
    service::Service,
    view::{BookView, WhyView, view},
};

/// Returns all that is known of a book but its texts.
pub(crate) async fn get(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    described(&service, &book).await.map(Json)
}

/// Describes a book.
pub(crate) async fn described(service: &Service, book: &Book) -> Result<BookView, Problem> {
    let request = request(service, book).await?;
    let tasks = service.ports.store.tasks(&book.id).await?;
    Ok(view(book, &request, &tasks))
}

/// Returns the request of a book.
pub(crate) async fn request(service: &Service, book: &Book) -> Result<Request, Problem> {
    service.ports.store.request(&book.id).await?.ok_or_else(Problem::no_book)
}

/// Deletes a book with its texts and files.
pub(crate) async fn delete(State(service): State<Arc<Service>>, Own(book): Own) -> Result<StatusCode, Problem> {
    remove(&service.ports, &*service.files, &book, "a caller of the API asked for it").await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what a book waits for.
pub(crate) async fn waits(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<WhyView>, Problem> {
    let tasks = service.ports.store.tasks(&book.id).await?;
    let reasons = why(&book, &tasks, bindery_store::now(), |need| advice(&book, need));
    Ok(Json(WhyView { reasons }))
}

/// Returns the request that gives a book what it needs.
pub(crate) fn advice(book: &Book, need: Need) -> String {
    let post = |what: &str| format!("`POST /v1/books/{}/{what}`", book.id);
    match need {
        Need::Redrive => post("redrive"),
        Need::Lift => post("lift"),
        Need::Budget => "send it again with a larger budget_usd".to_owned(),
        Need::Approval => post("plan/approve"),
    }
}
