//! Applying what the ledger decided, unless the records it was decided from have changed.

use std::collections::BTreeSet;

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Book, Standing, Task, Writes};

use super::{
    connect::{Call, Connection},
    decide::Guard,
    hints::{self, Hints},
    keys::{Keys, order, place},
    packed::{self, Packed},
    read::Versions,
    scripts,
};
use crate::{StoreError, record::encode};

/// The earliest due time before and after; the last event's number, and which listeners were told of; the version of what
/// was written.
type Reply = (Option<f64>, Option<f64>, u64, u64, String);

/// Applies all writes or nothing; returns what is still to be hinted at, none where a record has changed that the writes
/// were decided from. What was written has its new version then.
pub(super) async fn writes(
    connection: &mut Connection,
    (id, settles): (&BookId, bool),
    (versions, guard): (&mut Versions, Guard),
    (writes, packed): (&Writes, &Packed),
) -> Result<Option<Hints>, StoreError> {
    let keys = Keys::of(id);
    let mut names = keys.all();
    names.extend(writes.texts.keys().map(|digest| keys.text(digest)));
    let call = Call { script: &scripts::APPLY, keys: names, args: arguments((versions, guard), writes, packed) };
    let hints = Hints::expected(writes, settles, versions.seq);
    let (reply, hinted): (Option<Reply>, bool) = connection.script_with(&call, &hints.commands(id)).await?;
    let Some((before, after, seq, told, version)) = reply else {
        if settles && hinted {
            hints::name_again(connection, id).await?;
        }
        return Ok(None);
    };
    versions.seq = seq;
    if guard == Guard::Changes {
        versions.book = Some(version.clone());
    }
    versions.tasks.extend(writes.tasks.iter().map(|task| (task.id, version.clone())));
    let appended = writes.events.len() as u64;
    let earlier = after.filter(|after| before.is_none_or(|before| *after < before));
    let untold = (appended > 0 && told >= seq - appended).then_some(seq);
    let needed = Hints { due: earlier.map(millis), untold, settled: settles };
    Ok(Some(if hinted { needed.beyond(hints) } else { needed }))
}

/// Returns a due time from the score that holds it.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a due time is a whole number from 1970 on"
)]
pub(super) fn millis(score: f64) -> u64 {
    score as u64
}

fn arguments((versions, guard): (&Versions, Guard), writes: &Writes, packed: &Packed) -> Vec<Vec<u8>> {
    let mut list = Arguments(Vec::new());
    let version = |found: Option<&String>| found.map_or("0", String::as_str).to_owned();
    list.add(if guard == Guard::Open { String::new() } else { version(versions.book.as_ref()) });
    list.add(if guard == Guard::Changes { "1" } else { "0" });
    // What is written must be as it was read, and what is new must not be there yet.
    let written = writes.tasks.iter().map(|task| task.id).chain(writes.removed.iter().copied());
    let checked: BTreeSet<TaskId> = written.chain(versions.firm.iter().copied()).collect();
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
        list.add(packed.get(text));
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
            Standing::Dead => "dead",
        });
        self.add(order(task).map_or_else(String::new, |order| order.to_string()));
        self.add(if task.owed() { "1" } else { "0" });
        self.add(task.due.map_or_else(String::new, |due| due.0.to_string()));
    }
}
