//! Which books are meant: one filter for the command line and the API, for lists and for what is done to many books at once.

use std::time::Duration;

use bindery_domain::{Moment, duration, moment};
use bindery_ledger::{Book, State};
use bindery_store::{Store, StoreError};
use serde::Deserialize;

use crate::{
    BookState, Caller,
    cursor::{Cursor, Place},
};

/// How many books a page has, unless the caller asks for fewer or more.
const PAGE: usize = 50;

/// The most books that a page may have.
pub const MAX_PAGE: usize = 500;

/// Which books a caller asks for, as it writes it. What is left out lets all books pass.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookQuery {
    /// Their states, separated by commas.
    pub state: Option<String>,
    /// Whether they have failed.
    pub failed: Option<bool>,
    /// Whether they are held.
    pub held: Option<bool>,
    /// Whether they are not settled.
    pub open: Option<bool>,
    /// Their tenant.
    pub tenant: Option<String>,
    /// A part of the title or of the request's name, or the beginning of the id.
    pub text: Option<String>,
    /// A tag that they have.
    pub tag: Option<String>,
    /// The time from which they were accepted, or the age that they have at most.
    pub since: Option<String>,
    /// The time before which they were accepted, or the age that they have at least.
    pub until: Option<String>,
    /// How many of them a page has at most.
    pub limit: Option<usize>,
    /// Where the page begins: what the page before named.
    pub cursor: Option<String>,
}

/// Which books are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookFilter {
    states: Vec<BookState>,
    failed: Option<bool>,
    held: Option<bool>,
    open: Option<bool>,
    tenant: Option<String>,
    text: Option<String>,
    tag: Option<String>,
    since: Option<Moment>,
    until: Option<Moment>,
    behind: Option<Place>,
    asked_at: Moment,
    limit: usize,
}

impl BookQuery {
    /// Reads the filter, or returns all of its faults.
    pub fn read(&self, now: Moment) -> Result<BookFilter, Vec<String>> {
        let mut errors = Vec::new();
        let cursor = self.cursor.as_deref().map(|text| Cursor::parse(text).ok_or("take it from `next` of a list"));
        let cursor = cursor.transpose().unwrap_or_else(|error| fault(&mut errors, "cursor", error));
        let asked_at = cursor.as_ref().map_or(now, |cursor| cursor.asked_at);
        let limit = self.limit.unwrap_or(PAGE);
        if !(1..=MAX_PAGE).contains(&limit) {
            errors.push(format!("limit: must be from 1 to {MAX_PAGE}"));
        }
        let mut time = |name, given: &Option<String>| {
            let read = given.as_deref().map(|given| time(given, asked_at)).transpose();
            read.unwrap_or_else(|error| fault(&mut errors, name, error))
        };
        let (since, until) = (time("since", &self.since), time("until", &self.until));
        let filter = BookFilter {
            states: states(self.state.as_deref(), &mut errors),
            failed: self.failed,
            held: self.held,
            open: self.open,
            tenant: self.tenant.clone(),
            text: self.text.as_ref().map(|text| text.to_lowercase()),
            tag: self.tag.clone(),
            since,
            until,
            behind: cursor.map(|cursor| cursor.behind),
            asked_at,
            limit,
        };
        if errors.is_empty() { Ok(filter) } else { Err(errors) }
    }
}

fn fault<T>(errors: &mut Vec<String>, name: &str, error: &str) -> Option<T> {
    errors.push(format!("{name}: {error}"));
    None
}

fn states(names: Option<&str>, errors: &mut Vec<String>) -> Vec<BookState> {
    let mut states = Vec::new();
    for name in names.iter().flat_map(|names| names.split(',')) {
        match serde_json::from_value(name.into()) {
            Ok(state) => states.push(state),
            Err(error) => errors.push(format!("state: {error}")),
        }
    }
    states
}

/// Reads a time, or an age that is counted back from `now`.
fn time(given: &str, now: Moment) -> Result<Moment, &'static str> {
    let aged = |age: Duration| Moment(now.0.saturating_sub(u64::try_from(age.as_millis()).unwrap_or(u64::MAX)));
    moment(given)
        .or_else(|| duration::parse(given).map(aged))
        .ok_or("must be an age like `1d` or `12h`, a day like `2026-11-30`, or a time like `2026-11-30T12:00:00Z`")
}

impl BookFilter {
    /// Returns whether a book is meant.
    pub fn takes(&self, book: &Book) -> bool {
        let has = |text: &String| {
            [&book.title, &book.request_id].iter().any(|field| field.to_lowercase().contains(text.as_str()))
                || book.id.as_str().starts_with(text.as_str())
        };
        (self.states.is_empty() || self.states.contains(&BookState::of(book)))
            && self.failed.is_none_or(|failed| failed == matches!(book.state, State::Failed(_)))
            && self.held.is_none_or(|held| held == book.held())
            && self.open.is_none_or(|open| open != book.state.settled())
            && self.tenant.as_ref().is_none_or(|tenant| *tenant == book.tenant)
            && self.text.as_ref().is_none_or(has)
            && self.tag.as_ref().is_none_or(|tag| book.terms.tags.contains(tag))
            && self.since.is_none_or(|since| book.accepted_at >= since)
            && self.until.is_none_or(|until| book.accepted_at < until)
            && self.behind.as_ref().is_none_or(|behind| Place::of(book) < *behind)
    }

    /// Returns the place behind a book, where the next page begins.
    pub fn behind(&self, book: &Book) -> Cursor {
        Cursor { behind: Place::of(book), asked_at: self.asked_at }
    }

    /// Returns how many books a page has at most.
    pub fn limit(&self) -> usize {
        self.limit
    }
}

/// A page of a list of books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookPage {
    /// The books, newest first.
    pub books: Vec<Book>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<Cursor>,
}

impl Caller {
    /// Returns all of the caller's books that are meant, newest first.
    pub async fn books(&self, store: &dyn Store, filter: &BookFilter) -> Result<Vec<Book>, StoreError> {
        let mut books = store.books().await?;
        books.retain(|book| self.sees(book) && filter.takes(book));
        books.sort_by_cached_key(|book| std::cmp::Reverse(Place::of(book)));
        Ok(books)
    }

    /// Returns a page of the caller's books that are meant.
    pub async fn page(&self, store: &dyn Store, filter: &BookFilter) -> Result<BookPage, StoreError> {
        let mut books = self.books(store, filter).await?;
        let more = books.len() > filter.limit;
        books.truncate(filter.limit);
        let next = books.last().filter(|_| more).map(|last| filter.behind(last));
        Ok(BookPage { books, next })
    }
}

#[cfg(test)]
mod tests;
