//! The plan of a book, which all of its chapters are written from.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_ledger::{Hold, Texts};

use crate::{
    extract::Own,
    problem::{Problem, ProblemKind, texts_gone},
    service::Service,
    view::PlanView,
};

/// Returns the plan of a book.
pub(crate) async fn get(State(service): State<Arc<Service>>, Own(book): Own) -> Result<Json<PlanView>, Problem> {
    if matches!(book.texts, Texts::Leaving(_) | Texts::Left) {
        return Err(texts_gone());
    }
    let Some(digest) = &book.context else {
        return Err(Problem::new(ProblemKind::NotFound, "the book is not planned yet"));
    };
    let text = service.ports.store.text(&book.id, digest).await?;
    let text = text.ok_or_else(|| Problem::fault("the store has a book without its plan"))?;
    let plan = serde_json::from_str(&text).map_err(Problem::fault)?;
    Ok(Json(PlanView { awaits_approval: book.holds.contains(&Hold::Review), plan }))
}
