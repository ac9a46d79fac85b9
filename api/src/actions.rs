//! What is done to a book: it is held, cancelled, tried again, written again, or its plan is approved.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_commands::{Action, Manuscript, RevisionWish, command};
use bindery_ledger::Book;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    book::described,
    extract::{JsonBody, Own},
    problem::Problem,
    service::Service,
    view::BookView,
};

/// Which chapters are to be written again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Rewrite")]
pub(crate) struct RewriteOrder {
    /// The numbers of the chapters, from 1.
    chapters: Vec<u32>,
    /// A note on these chapters for the model, of at most 4,000 characters.
    #[serde(default)]
    note: Option<String>,
}

/// What a model is to change in chapters.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Revise")]
pub(crate) struct ReviseOrder {
    /// The numbers of the chapters, from 1.
    chapters: Vec<u32>,
    /// The numbers of the sections of the one chapter that may change; all of them, if it is left out.
    #[serde(default)]
    sections: Vec<u32>,
    /// What is to be changed, in at most 4,000 characters.
    note: String,
    /// The words in the one chapter that the note is about.
    #[serde(default)]
    passage: Option<String>,
}

/// Calls a book off.
pub(crate) async fn cancel(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    done(&service, &book, Action::Cancel).await
}

/// Holds a book.
pub(crate) async fn hold(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    done(&service, &book, Action::Hold).await
}

/// Lifts the hold of an operator.
pub(crate) async fn lift(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    done(&service, &book, Action::Lift).await
}

/// Approves the plan of a book.
pub(crate) async fn approve(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    done(&service, &book, Action::Approve).await
}

/// Tries a failed book again.
pub(crate) async fn redrive(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<BookView>, Problem> {
    done(&service, &book, Action::Redrive).await
}

/// Has chapters of a settled book written again.
pub(crate) async fn rewrite(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    body: JsonBody,
) -> Result<Json<BookView>, Problem> {
    let RewriteOrder { chapters, note } = body.read()?;
    done(&service, &book, Action::Rewrite { chapters, note }).await
}

/// Has a model change chapters of a finished book as a note says.
pub(crate) async fn revise(
    State(service): State<Arc<Service>>,
    Own(book): Own,
    body: JsonBody,
) -> Result<Json<BookView>, Problem> {
    let ReviseOrder { chapters, sections, note, passage } = body.read()?;
    let wish = RevisionWish { chapters, sections, note, passage };
    let revisions = Manuscript::open(&*service.ports.store, &book).await?.revisions(wish).await?;
    done(&service, &book, Action::Revise(revisions)).await
}

/// Does to a book what the caller wants, and describes it as it is then.
pub(crate) async fn done(service: &Service, book: &Book, action: Action) -> Result<Json<BookView>, Problem> {
    let now = command(&service.ports, &*service.files, book, action).await?;
    described(service, &now).await.map(Json)
}
