//! Due times. Each book has its own; an index over all books says which to look at, and is never trusted.

use std::time::Duration;

use super::{
    apply::millis,
    connect::{Call, Connections},
    keys::{self, Keys},
    read::moment,
    scripts,
};
use crate::{
    book::id::BookId,
    ledger::{Moment, Named},
    store::{Clock, Due, StoreError},
};

type Scored = Vec<(String, f64)>;

/// Reads what is due in one book.
pub(super) async fn of_book(
    connections: &Connections,
    clock: &Clock,
    book: &BookId,
    limit: u32,
) -> Result<Due, StoreError> {
    let mut pipe = redis::pipe();
    pipe.cmd("TIME").cmd("ZRANGE").arg(Keys::of(book).due()).arg(0).arg(limit).arg("WITHSCORES");
    let ((seconds, micros), found): ((u64, u64), Scored) = connections.query(&pipe).await?;
    Ok(gather(entries(book, found), clock.at(moment(seconds, micros)), limit, None))
}

/// Reads what is due in all books.
pub(super) async fn of_all(connections: &Connections, clock: &Clock, limit: u32) -> Result<Due, StoreError> {
    let mut pipe = redis::pipe();
    pipe.cmd("TIME").cmd("ZRANGE").arg(keys::DUE).arg(0).arg(limit).arg("WITHSCORES");
    let ((seconds, micros), hints): ((u64, u64), Scored) = connections.query(&pipe).await?;
    let now = clock.at(moment(seconds, micros));
    let (ripe, later): (Scored, Scored) = hints.into_iter().partition(|(_, at)| millis(*at) <= now.0);
    let mut next = later.first().map(|(_, at)| Moment(millis(*at)));
    let mut all = Vec::new();
    let lists = lists(connections, &ripe, limit).await?;
    for ((name, hint), list) in ripe.iter().zip(lists) {
        if list.first().is_none_or(|(_, at)| millis(*at) > now.0) {
            correct(connections, name, *hint, list.first().map(|(_, at)| millis(*at))).await?;
        }
        all.extend(entries(&BookId::named(name), list));
    }
    all.sort_by_key(|(at, _)| *at);
    // Where every hint that was read was ripe, more may be.
    if ripe.len() > limit as usize {
        next = Some(now);
    }
    Ok(gather(all, now, limit, next))
}

async fn lists(connections: &Connections, hints: &Scored, limit: u32) -> Result<Vec<Scored>, StoreError> {
    if hints.is_empty() {
        return Ok(Vec::new());
    }
    let mut pipe = redis::pipe();
    for (name, _) in hints {
        pipe.cmd("ZRANGE").arg(Keys::of(&BookId::named(name)).due()).arg(0).arg(limit).arg("WITHSCORES");
    }
    connections.query(&pipe).await
}

/// Corrects a hint that was too early. A step may set an earlier due time between the reading and the correction, and
/// find the old hint still early enough: so the book is looked at once more.
async fn correct(connections: &Connections, book: &str, seen: f64, right: Option<u64>) -> Result<(), StoreError> {
    let right = right.map_or_else(String::new, |at| at.to_string());
    let args = vec![book.as_bytes().to_vec(), millis(seen).to_string().into_bytes(), right.into_bytes()];
    let call = Call { script: &scripts::CORRECT, keys: vec![keys::DUE.to_owned()], args };
    if connections.script::<u8>(&call).await? == 1 {
        hint(connections, &[BookId::named(book)]).await?;
    }
    Ok(())
}

/// Sets the hints of books from their own due times.
pub(super) async fn hint(connections: &Connections, books: &[BookId]) -> Result<(), StoreError> {
    let mut ask = redis::pipe();
    for book in books {
        ask.cmd("ZRANGE").arg(Keys::of(book).due()).arg(0).arg(0).arg("WITHSCORES");
    }
    let lists: Vec<Scored> = connections.query(&ask).await?;
    let mut tell = redis::pipe();
    for (book, list) in books.iter().zip(lists) {
        if let Some((_, at)) = list.first() {
            set(&mut tell, book, millis(*at));
        }
    }
    if tell.is_empty() { Ok(()) } else { connections.query(&tell).await }
}

/// Adds the command that hints at a due time, unless an earlier one is hinted at.
pub(super) fn set(pipe: &mut redis::Pipeline, book: &BookId, at: u64) {
    pipe.cmd("ZADD").arg(keys::DUE).arg("LT").arg(at).arg(book.as_str()).ignore();
}

fn entries(book: &BookId, list: Scored) -> Vec<(Moment, Named)> {
    let named = |(place, at): (String, f64)| {
        let task = if place == keys::OWN { None } else { Some(keys::at(&place)?) };
        Some((Moment(millis(at)), Named { book: book.clone(), task }))
    };
    list.into_iter().filter_map(named).collect()
}

/// Takes what is due from entries in order, and tells the time until the next.
fn gather(entries: Vec<(Moment, Named)>, now: Moment, limit: u32, next: Option<Moment>) -> Due {
    let mut due = Due { items: Vec::new(), next: next.map(|at| at.since(now)) };
    for (at, item) in entries {
        if due.items.len() == limit as usize {
            due.next = Some(Duration::ZERO);
            break;
        }
        if at > now {
            due.next = Some(due.next.map_or(at.since(now), |next| next.min(at.since(now))));
            break;
        }
        due.items.push(item);
    }
    due
}
