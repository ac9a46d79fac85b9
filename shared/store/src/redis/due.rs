//! Due times. Each book has its own. An index over all books says which books to look at, and is never trusted.

use std::time::Duration;

use bindery_domain::{BookId, Moment};
use bindery_ledger::TaskRef;
use redis::Cmd;

use super::{
    apply::millis,
    connect::Connections,
    keys::{self, Keys},
    read::moment,
    scripts::{self, Call},
};
use crate::{Clock, Due, StoreError};

pub(super) type Scored = Vec<(String, f64)>;

/// Reads what is due in one book.
pub(super) async fn of_book(
    connections: &Connections,
    clock: &Clock,
    book: &BookId,
    limit: u32,
) -> Result<Due, StoreError> {
    let mut pipe = redis::pipe();
    pipe.cmd("TIME").add_command(first(book, limit));
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
        // The due times of a book whose keys have another type than they should have cannot be served.
        let Ok(list) = list else { continue };
        if list.first().is_none_or(|(_, at)| millis(*at) > now.0) {
            correct(connections, name, *hint, list.first().map(|(_, at)| millis(*at))).await?;
        }
        all.extend(entries(&BookId::named(name), list));
    }
    all.sort_by_key(|entry: &Entry| entry.at);
    // If every hint that was read is due, more hints may be due.
    if ripe.len() > limit as usize {
        next = Some(now);
    }
    Ok(gather(all, now, limit, next))
}

async fn lists(
    connections: &Connections,
    hints: &Scored,
    limit: u32,
) -> Result<Vec<Result<Scored, StoreError>>, StoreError> {
    let list = |(name, _): &(String, f64)| first(&BookId::named(name), limit);
    connections.each_readable(&hints.iter().map(list).collect::<Vec<_>>()).await
}

/// Returns the command that reads a book's earliest due times, one more than the limit.
pub(super) fn first(book: &BookId, limit: u32) -> Cmd {
    let mut ask = redis::cmd("ZRANGE");
    ask.arg(Keys::of(book).due()).arg(0).arg(limit).arg("WITHSCORES");
    ask
}

/// Corrects a hint that was too early. Meanwhile a step may set an earlier due time and find the old hint still early
/// enough. So the book is read once more.
async fn correct(connections: &Connections, book: &str, seen: f64, right: Option<u64>) -> Result<(), StoreError> {
    let right = right.map_or_else(String::new, |at| at.to_string());
    let args = vec![book.as_bytes().to_vec(), millis(seen).to_string().into_bytes(), right.into_bytes()];
    let call = Call { script: &scripts::CORRECT, keys: vec![keys::DUE.to_owned()], args };
    if connections.script::<u8>(&call).await? == 0 {
        return Ok(());
    }
    let book = BookId::named(book);
    let lists: Vec<Scored> = connections.each(&[first(&book, 0)]).await?;
    let Some((_, at)) = lists.first().and_then(|list| list.first()) else { return Ok(()) };
    let _added: Vec<u8> = connections.each(&[set(&book, millis(*at))]).await?;
    Ok(())
}

/// Returns the command that sets a due time's hint, unless an earlier one is set.
pub(super) fn set(book: &BookId, at: u64) -> Cmd {
    let mut set = redis::cmd("ZADD");
    set.arg(keys::DUE).arg("LT").arg(at).arg(book.as_str());
    set
}

/// What is due, and since when.
struct Entry {
    at: Moment,
    item: TaskRef,
}

fn entries(book: &BookId, list: Scored) -> Vec<Entry> {
    let named = |(place, at): (String, f64)| {
        let task = if place == keys::OWN { None } else { Some(keys::at(&place)?) };
        Some(Entry { at: Moment(millis(at)), item: TaskRef { book: book.clone(), task } })
    };
    list.into_iter().filter_map(named).collect()
}

/// Takes the due items from ordered entries, and returns them with the time until the next one.
fn gather(entries: Vec<Entry>, now: Moment, limit: u32, next: Option<Moment>) -> Due {
    let mut due = Due { next: next.map(|at| at.since(now)), ..Due::default() };
    for Entry { at, item } in entries {
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
