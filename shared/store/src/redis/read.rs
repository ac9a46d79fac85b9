//! Reading records together with their versions.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bindery_domain::{Moment, TaskId};
use bindery_ledger::{Event, Reading, Standing, Standings, StoredBook, Task};

use super::{
    connect::Connection,
    keys::{self, Keys, place},
    scripts::{self, Call},
};
use crate::{
    StoreError,
    record::{self, decode},
};

/// The versions of the records that a decision was made from. A missing record has no version.
#[derive(Clone, Default)]
pub(super) struct Versions {
    pub(super) book: Option<String>,
    pub(super) tasks: HashMap<TaskId, String>,
    /// The tasks that must be unchanged even if the decision does not write them.
    pub(super) checked: Vec<TaskId>,
    /// The number of the book's last event.
    pub(super) seq: u64,
}

/// What a group of commands needs to read.
pub(super) struct Asked<'a> {
    pub(super) keys: &'a Keys,
    /// The tasks that the commands are about.
    pub(super) tasks: &'a BTreeSet<TaskId>,
    /// Whether the group needs the book's other tasks.
    pub(super) others: bool,
}

/// What was read for a group.
pub(super) struct Found {
    pub(super) reading: Reading,
    pub(super) versions: Versions,
    /// The tasks of the group whose records cannot be read, each with the reason.
    pub(super) unreadable: HashMap<TaskId, StoreError>,
}

/// The reply about the book's other tasks. It has the records and versions of the binding, the audit and the first waiting
/// chapters and repairs, and the records of the owed tasks. The numbers count those that are released, missing in the open wave,
/// and dead.
type OthersRow = (Vec<String>, Vec<String>, Vec<String>, u32, u32, u32);
type GroupRow = ((u64, u64), String, String, u64, Vec<Option<String>>, Vec<Option<String>>, Option<OthersRow>);
type WholeRow =
    (u64, u64, Option<String>, Option<String>, Option<u64>, Option<Vec<String>>, Option<HashMap<String, String>>);

/// Reads what a group needs; returns `None` where the book does not exist.
pub(super) async fn group(connection: &mut Connection, asked: &Asked<'_>) -> Result<Option<Found>, StoreError> {
    let others = u8::from(asked.others).to_string();
    let places = asked.tasks.iter().map(|task| place(*task).to_string());
    let args = [keys::BIND.to_string(), keys::AUDIT.to_string(), others].into_iter().chain(places);
    let mut names = asked.keys.all();
    names.truncate(7);
    let call = Call { script: &scripts::READ, keys: names, args: args.map(String::into_bytes).collect() };
    let Some(row) = connection.script::<Option<GroupRow>>(&call).await? else { return Ok(None) };
    let ((seconds, micros), book, version, seq, records, marks, others) = row;
    let (now, book) = (moment(seconds, micros), record::book(&book)?);
    let mut versions = Versions { book: Some(version), seq, ..Versions::default() };
    let (mut tasks, mut unreadable) = (BTreeMap::new(), HashMap::new());
    let standings = others.map(|row| read_others(row, &mut tasks, &mut versions)).transpose()?;
    for ((task, record), mark) in asked.tasks.iter().zip(records).zip(marks) {
        let (Some(record), Some(mark)) = (record, mark) else { continue };
        match decode("task", &record) {
            Ok(record) => _ = tasks.insert(*task, record),
            Err(error) => _ = unreadable.insert(*task, error),
        }
        versions.tasks.insert(*task, mark);
    }
    Ok(Some(Found { reading: Reading { now, book, tasks, standings }, versions, unreadable }))
}

fn read_others(
    row: OthersRow,
    tasks: &mut BTreeMap<TaskId, Task>,
    versions: &mut Versions,
) -> Result<Standings, StoreError> {
    let (records, marks, owed, released, missing, dead) = row;
    for record in &owed {
        let task: Task = decode("task", record)?;
        tasks.insert(task.id, task);
    }
    for (record, version) in records.iter().zip(marks) {
        let task: Task = decode("task", record)?;
        versions.tasks.insert(task.id, version);
        tasks.insert(task.id, task);
    }
    Ok(Standings { released, missing, dead })
}

/// A whole book with its tasks.
pub(super) struct Whole {
    /// The server's time.
    pub(super) now: Moment,
    /// The book; `None` where there is none.
    pub(super) stored: Option<StoredBook>,
    pub(super) versions: Versions,
}

/// Reads the time, and a whole book with its tasks where the book exists.
pub(super) async fn whole(connection: &mut Connection, keys: &Keys) -> Result<Whole, StoreError> {
    let mut names = keys.all();
    names.truncate(3);
    let call = Call { script: &scripts::WHOLE, keys: names, args: Vec::new() };
    let mut reply: Vec<redis::Value> = connection.script(&call).await?;
    reply.resize(7, redis::Value::Nil);
    let (seconds, micros, book, version, seq, tasks, marks): WholeRow =
        redis::from_redis_value(redis::Value::Array(reply)).map_err(|error| unexpected(&error))?;
    let now = moment(seconds, micros);
    let Some(book) = book else { return Ok(Whole { now, stored: None, versions: Versions::default() }) };
    let book = record::book(&book)?;
    let tasks = sorted(&tasks.unwrap_or_default())?;
    let marks = marks.unwrap_or_default().into_iter();
    let marks = marks.filter_map(|(place, version)| Some((keys::at(&place)?, version))).collect();
    let leasable = tasks.iter().filter(|task| task.standing == Standing::Released || task.lease.is_some());
    let checked = leasable.map(|task| task.id).collect();
    let versions = Versions { book: version, tasks: marks, checked, seq: seq.unwrap_or(0) };
    Ok(Whole { now, stored: Some(StoredBook { book, tasks }), versions })
}

/// Reads tasks in the order of their places.
pub(super) fn sorted(records: &[String]) -> Result<Vec<Task>, StoreError> {
    let tasks = records.iter().map(|record| decode::<Task>("task", record));
    let mut tasks = tasks.collect::<Result<Vec<_>, _>>()?;
    tasks.sort_by_key(|task| place(task.id));
    Ok(tasks)
}

/// Reads an entry of a book's event stream, whose id is the event's number; `None` where the entry is no event.
pub(super) fn event(id: &str, fields: &[String]) -> Option<Event> {
    let seq = id.strip_suffix("-0")?.parse().ok()?;
    Some(record::event(seq, fields.get(1).map_or("", String::as_str)))
}

pub(super) fn moment(seconds: u64, micros: u64) -> Moment {
    Moment(seconds * 1_000 + micros / 1_000)
}

fn unexpected(error: &redis::ParsingError) -> StoreError {
    StoreError::Failed(error.to_string())
}
