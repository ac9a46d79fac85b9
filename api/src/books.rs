//! The list of books.

use std::sync::Arc;

use axum::{Json, extract::State};
use bindery_ledger::Book;
use bindery_store::StoreError;
use serde::Deserialize;

use crate::{
    cursor::Cursor,
    extract::{Called, Search},
    problem::Problem,
    service::Service,
    view::{BookList, BookState, BookSummary, summary},
};

/// How many books a page has, unless the caller asks for fewer or more.
const PAGE: usize = 50;

/// The most books that a page may have.
pub(crate) const MAX_PAGE: usize = 500;

/// What the list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Listing {
    state: Option<String>,
    held: Option<bool>,
    open: Option<bool>,
    tenant: Option<String>,
    text: Option<String>,
    limit: Option<usize>,
    cursor: Option<String>,
}

/// Which books are listed.
struct Filter {
    states: Vec<BookState>,
    held: Option<bool>,
    open: Option<bool>,
    tenant: Option<String>,
    text: Option<String>,
    behind: Option<Cursor>,
}

impl Listing {
    /// Reads the filter, or returns all of its faults.
    fn filter(&self) -> Result<Filter, Vec<String>> {
        let mut errors = Vec::new();
        let mut states = Vec::new();
        for name in self.state.iter().flat_map(|names| names.split(',')) {
            match serde_json::from_value(name.into()) {
                Ok(state) => states.push(state),
                Err(error) => errors.push(format!("state: {error}")),
            }
        }
        let behind =
            self.cursor.as_deref().map(|text| Cursor::parse(text).ok_or("cursor: take it from `next` of a list"));
        let behind = behind.transpose().map_err(|error| errors.push(error.to_owned())).ok().flatten();
        if self.limit.is_some_and(|limit| !(1..=MAX_PAGE).contains(&limit)) {
            errors.push(format!("limit: must be from 1 to {MAX_PAGE}"));
        }
        let text = self.text.as_ref().map(|text| text.to_lowercase());
        let filter = Filter { states, held: self.held, open: self.open, tenant: self.tenant.clone(), text, behind };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

impl Filter {
    fn takes(&self, book: &Book) -> bool {
        let has = |text: &String| {
            [&book.title, &book.request_id].iter().any(|field| field.to_lowercase().contains(text.as_str()))
                || book.id.as_str().starts_with(text.as_str())
        };
        (self.states.is_empty() || self.states.contains(&BookState::of(book)))
            && self.held.is_none_or(|held| held == book.held())
            && self.open.is_none_or(|open| open != book.state.settled())
            && self.tenant.as_ref().is_none_or(|tenant| *tenant == book.tenant)
            && self.text.as_ref().is_none_or(has)
            && self.behind.as_ref().is_none_or(|behind| Cursor::of(book) < *behind)
    }
}

/// Lists the caller's books.
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
    Called(caller): Called,
    Search(listing): Search<Listing>,
) -> Result<Json<BookList>, Problem> {
    let filter = listing.filter().map_err(Problem::invalid)?;
    let mut books = service.ports.store.books().await?;
    books.retain(|book| caller.sees(book) && filter.takes(book));
    books.sort_by_cached_key(|book| std::cmp::Reverse(Cursor::of(book)));
    let limit = listing.limit.unwrap_or(PAGE);
    let more = books.len() > limit;
    books.truncate(limit);
    let next = books.last().filter(|_| more).map(|last| Cursor::of(last).to_string());
    let mut page = Vec::with_capacity(books.len());
    for book in &books {
        page.push(listed(&service, book).await?);
    }
    Ok(Json(BookList { books: page, next }))
}

/// Describes a book in a list, with how far it is.
pub(crate) async fn listed(service: &Service, book: &Book) -> Result<BookSummary, StoreError> {
    let missing = match book.state.settled() {
        true => 0,
        false => service.ports.store.missing(std::slice::from_ref(&book.id)).await?,
    };
    Ok(summary(book, missing))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_faults_of_a_filter_are_named_at_once() {
        let listing =
            Listing { state: Some("done,lost".into()), limit: Some(0), cursor: Some("x".into()), ..Listing::default() };
        let errors = listing.filter().err().unwrap();
        for about in ["state:", "limit:", "cursor:"] {
            assert!(errors.iter().any(|error| error.starts_with(about)), "{about} is missing in {errors:?}");
        }
    }
}
