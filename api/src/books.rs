//! The list of books.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_commands::{BookPage, BookQuery};
use bindery_ledger::Book;
use bindery_store::StoreError;

use crate::{
    extract::{Called, Search},
    problem::Problem,
    service::Service,
    view::{BookList, BookSummary, summary},
};

/// Lists the caller's books.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Search(query): Search<BookQuery>,
) -> Result<Json<BookList>, Problem> {
    let filter = query.read(bindery_store::now()).map_err(Problem::invalid)?;
    let BookPage { books, next } = caller.page(&*service.ports.store, &filter).await?;
    let mut listing = BookList { books: Vec::with_capacity(books.len()), next: next.map(|next| next.to_string()) };
    for book in &books {
        listing.books.push(listed(&service, book).await?);
    }
    Ok(Json(listing))
}

/// Describes a book in a list, with how far it is.
pub(crate) async fn listed(service: &Service, book: &Book) -> Result<BookSummary, StoreError> {
    let missing = match book.state.settled() {
        true => 0,
        false => service.ports.store.missing(std::slice::from_ref(&book.id)).await?,
    };
    Ok(summary(book, missing))
}
