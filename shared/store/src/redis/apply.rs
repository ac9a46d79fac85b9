//! Applying a decision of the ledger, unless the records that it was made from have changed.

use std::collections::BTreeSet;

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Book, BookCheck, Standing, Task, Writes};

use super::{
    connect::Connection,
    hints::{self, Hints},
    keys::{Keys, order, place},
    link::Answered,
    packed,
    read::Versions,
    scripts::{self, Call},
};
use crate::{StoreError, record::encode};

/// The earliest due time before and after, the number of the last event, and the number of the last published event.
type Reply = (Option<f64>, Option<f64>, u64, u64);

/// A decision, and the records that it was made from.
pub(super) struct Decided<'a> {
    pub(super) book: &'a BookId,
    /// The book before the decision; `None` where there was none.
    pub(super) before: Option<&'a Book>,
    pub(super) versions: &'a Versions,
    pub(super) writes: &'a Writes,
}

/// Applies a decision, all or nothing. Returns `false` where a record that it was made from has changed.
pub(super) async fn apply(connection: &mut Connection, decided: &Decided<'_>) -> Result<bool, StoreError> {
    if is_empty(decided.writes) {
        return Ok(true);
    }
    let was_open = decided.before.is_some_and(|before| !before.state.settled());
    let book = decided.writes.book.as_ref();
    let settles = was_open && book.is_some_and(|book| book.state.settled());
    let opened = book.filter(|book| !was_open && !book.state.settled());
    if let Some(book) = opened {
        connection.query::<()>(&hints::open(book)).await?;
    }
    let Some(left) = write(connection, decided, settles).await? else { return Ok(false) };
    let pipe = hints::follow(decided.book, left, opened);
    if !pipe.is_empty() {
        connection.query::<()>(&pipe).await?;
    }
    Ok(true)
}

/// Returns whether there is nothing to write. The checks do not matter then.
fn is_empty(writes: &Writes) -> bool {
    *writes == Writes { book_check: writes.book_check, ..Writes::default() }
}

/// Runs the script. Returns the hints that are still missing; `None` where a record has changed.
async fn write(connection: &mut Connection, decided: &Decided<'_>, settles: bool) -> Result<Option<Hints>, StoreError> {
    let Decided { book: id, versions, writes, .. } = decided;
    let keys = Keys::of(id);
    let mut names = keys.all();
    names.extend(writes.texts.keys().map(|digest| keys.text(digest)));
    let call = Call { script: &scripts::APPLY, keys: names, args: arguments(versions, writes) };
    let hints = Hints::expected(writes, settles, versions.seq);
    let answered = connection.script_with::<Option<Reply>>(&call, &hints.commands(id)).await?;
    let Answered { answer: reply, followed: hinted } = answered;
    let Some((before, after, seq, published)) = reply else {
        if settles && hinted {
            hints::name_again(connection, id).await?;
        }
        return Ok(None);
    };
    let appended = writes.events.len() as u64;
    let earlier = after.filter(|after| before.is_none_or(|before| *after < before));
    let unpublished = (appended > 0 && published >= seq - appended).then_some(seq);
    let needed = Hints { due: earlier.map(millis), unpublished, settled: settles };
    Ok(Some(if hinted { needed.beyond(hints) } else { needed }))
}

/// Returns the due time that a score stands for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a due time is a whole number from 1970 on"
)]
pub(super) fn millis(score: f64) -> u64 {
    score as u64
}

fn arguments(versions: &Versions, writes: &Writes) -> Vec<Vec<u8>> {
    let mut list = Arguments(Vec::new());
    let version = |found: Option<&String>| found.map_or("0", String::as_str).to_owned();
    let (book, replaced) = match writes.book_check {
        BookCheck::Replaced => (version(versions.book.as_ref()), "1"),
        BookCheck::Unchanged => (version(versions.book.as_ref()), "0"),
        BookCheck::Open => (String::new(), "0"),
    };
    list.add(book);
    list.add(replaced);
    // Records that are replaced must be as they were read, and new records must not exist yet.
    let written = writes.tasks.iter().map(|task| task.id).chain(writes.removed.iter().copied());
    let checked: BTreeSet<TaskId> = written.chain(versions.checked.iter().copied()).collect();
    list.add(checked.len().to_string());
    for task in checked {
        list.add(place(task).to_string());
        list.add(version(versions.tasks.get(&task)));
    }
    match &writes.book {
        Some(book) => list.book(book),
        None => list.add(""),
    }
    let request = writes.request.as_ref().map(|request| packed::pack(&encode(request)));
    list.add(request.unwrap_or_default());
    let outline = writes.outline.as_ref().map(|outline| packed::pack(&encode(outline)));
    list.add(outline.unwrap_or_default());
    list.add(writes.removed.len().to_string());
    for task in &writes.removed {
        list.add(place(*task).to_string());
    }
    list.add(writes.tasks.len().to_string());
    for task in &writes.tasks {
        list.task(task);
    }
    list.add(writes.texts.len().to_string());
    for (digest, text) in &writes.texts {
        list.add(digest.as_str());
        list.add(packed::pack(text));
    }
    list.add(writes.events.len().to_string());
    for event in &writes.events {
        list.add(encode(event));
    }
    list.0
}

/// The script's arguments, in the order in which it takes them.
struct Arguments(Vec<Vec<u8>>);

impl Arguments {
    fn add(&mut self, argument: impl Into<Vec<u8>>) {
        self.0.push(argument.into());
    }

    fn book(&mut self, book: &Book) {
        self.add(encode(book));
        self.add(book.terms.window.to_string());
        self.add(book.wave.to_string());
        self.add(if book.state.settled() { "0" } else { "1" });
        self.add(book.due().map_or_else(String::new, |due| due.0.to_string()));
    }

    fn task(&mut self, task: &Task) {
        self.add(place(task.id).to_string());
        self.add(encode(task));
        self.add(match task.standing {
            Standing::Waiting => "waiting",
            Standing::Released => "released",
            Standing::Done => "done",
            Standing::Dead if task.is_gap() => "dead",
            // A repair that was given up is no gap of the book.
            Standing::Dead => "done",
        });
        self.add(order(task).map_or_else(String::new, |order| order.to_string()));
        self.add(if task.owed() { "1" } else { "0" });
        self.add(task.due.map_or_else(String::new, |due| due.0.to_string()));
    }
}
