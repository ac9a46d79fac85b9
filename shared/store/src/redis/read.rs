//! Reading records for a round of steps or an operation, each with the version it has.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bindery_domain::{Moment, TaskId};
use bindery_ledger::{Book, Event, Extent, Reading, Standing, Standings, Task};

use super::{
    connect::{Call, Connection},
    keys::{self, Keys, place},
    scripts,
};
use crate::{
    StoreError,
    record::{self, decode},
};

/// The versions of the records a decision was made from; one that is missing has none.
#[derive(Clone, Default)]
pub(super) struct Versions {
    pub(super) book: Option<String>,
    pub(super) tasks: HashMap<TaskId, String>,
    /// The tasks that must be as they were also where they are not written: those that commands are about, or where the whole
    /// book was read, those whose leases may begin or end, which may leave the book's own version as it is.
    pub(super) firm: Vec<TaskId>,
    /// The number of the book's last event.
    pub(super) seq: u64,
}

/// What a round asks for beside its book and its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Beside {
    /// Nothing.
    Nothing,
    /// What a step may ask for of the other tasks.
    Others,
    /// That, and all chapters.
    Chapters,
}

/// What was read for a round.
pub(super) struct Found {
    pub(super) reading: Reading,
    pub(super) versions: Versions,
    /// Those of the tasks the round is about whose records cannot be read, and why.
    pub(super) unreadable: HashMap<TaskId, StoreError>,
}

/// Records and versions of tasks beside those a round is about, the records of those that are owed, and how many chapters
/// are released, missing in the open wave, and dead.
type BesideRow = (Vec<String>, Vec<String>, Option<Vec<String>>, u32, u32, u32);
type Row =
    ((u64, u64), String, String, u64, Vec<Option<String>>, Vec<Option<String>>, Option<Vec<String>>, Option<BesideRow>);
type WholeRow =
    (u64, u64, Option<String>, Option<String>, Option<u64>, Option<Vec<String>>, Option<HashMap<String, String>>);

/// Reads what a round on these tasks needs, beside them only what is asked for; none where there is no such book.
pub(super) async fn round(
    connection: &mut Connection,
    keys: &Keys,
    (tasks, beside): (&BTreeSet<TaskId>, Beside),
) -> Result<Option<Found>, StoreError> {
    let asked = [beside >= Beside::Others, beside == Beside::Chapters];
    let asked = asked.map(|asked| u8::from(asked).to_string());
    let places = tasks.iter().map(|task| place(*task).to_string());
    let args = std::iter::once(keys::BIND.to_string()).chain(asked).chain(places);
    let mut names = keys.all();
    names.truncate(7);
    let call = Call { script: &scripts::READ, keys: names, args: args.map(String::into_bytes).collect() };
    let Some(row) = connection.script::<Option<Row>>(&call).await? else { return Ok(None) };
    let ((seconds, micros), book, version, seq, records, marks, all, row) = row;
    let (now, book) = (moment(seconds, micros), record::book(&book)?);
    let mut versions = Versions { book: Some(version), seq, ..Versions::default() };
    let (mut known, mut unreadable) = (BTreeMap::new(), HashMap::new());
    let mut extent = Extent::Alone;
    if let Some(row) = row {
        extent = read_beside(row, &mut known, &mut versions)?;
    }
    if let Some(all) = all {
        extent = Extent::Whole;
        known.extend(sorted(&all)?.into_iter().map(|task| (task.id, task)));
    }
    for ((task, record), mark) in tasks.iter().zip(records).zip(marks) {
        let (Some(record), Some(mark)) = (record, mark) else { continue };
        match decode("task", &record) {
            Ok(record) => _ = known.insert(*task, record),
            Err(error) => _ = unreadable.insert(*task, error),
        }
        versions.tasks.insert(*task, mark);
    }
    let reading = Reading { now, book, tasks: known, extent };
    Ok(Some(Found { reading, versions, unreadable }))
}

fn read_beside(
    row: BesideRow,
    known: &mut BTreeMap<TaskId, Task>,
    versions: &mut Versions,
) -> Result<Extent, StoreError> {
    let (records, marks, owed, released, missing, dead) = row;
    for (record, version) in records.iter().zip(marks) {
        let task: Task = decode("task", record)?;
        versions.tasks.insert(task.id, version);
        known.insert(task.id, task);
    }
    let standings = Standings { released, missing, dead };
    let extent = Extent::Window { standings, owed: owed.is_some() };
    for record in owed.unwrap_or_default() {
        let task: Task = decode("task", &record)?;
        known.insert(task.id, task);
    }
    Ok(extent)
}

/// Reads a whole book: the time, and the book with its tasks where there is one.
pub(super) async fn whole(
    connection: &mut Connection,
    keys: &Keys,
) -> Result<(Moment, Option<(Book, Vec<Task>)>, Versions), StoreError> {
    let mut names = keys.all();
    names.truncate(3);
    let call = Call { script: &scripts::WHOLE, keys: names, args: Vec::new() };
    let mut reply: Vec<redis::Value> = connection.script(&call).await?;
    reply.resize(7, redis::Value::Nil);
    let (seconds, micros, book, version, seq, tasks, marks): WholeRow =
        redis::from_redis_value(redis::Value::Array(reply)).map_err(|error| unexpected(&error))?;
    let now = moment(seconds, micros);
    let Some(book) = book else { return Ok((now, None, Versions::default())) };
    let book = record::book(&book)?;
    let tasks = sorted(&tasks.unwrap_or_default())?;
    let marks = marks.unwrap_or_default().into_iter();
    let marks = marks.filter_map(|(place, version)| Some((keys::at(&place)?, version))).collect();
    let leasable = tasks.iter().filter(|task| task.standing == Standing::Released || task.lease.is_some());
    let firm = leasable.map(|task| task.id).collect();
    Ok((now, Some((book, tasks)), Versions { book: version, tasks: marks, firm, seq: seq.unwrap_or(0) }))
}

/// Reads tasks in the order of their places.
pub(super) fn sorted(records: &[String]) -> Result<Vec<Task>, StoreError> {
    let tasks = records.iter().map(|record| decode::<Task>("task", record));
    let mut tasks = tasks.collect::<Result<Vec<_>, _>>()?;
    tasks.sort_by_key(|task| place(task.id));
    Ok(tasks)
}

/// Reads an entry of a book's event stream, whose id is the event's number.
pub(super) fn event(id: &str, fields: &[String]) -> Result<Event, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "event", cause: format!("its id is `{id}`") };
    let mut event: Event = decode("event", fields.get(1).ok_or_else(unreadable)?)?;
    event.seq = id.strip_suffix("-0").and_then(|seq| seq.parse().ok()).ok_or_else(unreadable)?;
    Ok(event)
}

pub(super) fn moment(seconds: u64, micros: u64) -> Moment {
    Moment(seconds * 1_000 + micros / 1_000)
}

fn unexpected(error: &redis::ParsingError) -> StoreError {
    StoreError::Failed(error.to_string())
}
