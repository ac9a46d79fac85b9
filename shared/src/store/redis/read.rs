//! Reading records for a step or an operation, each with the version it has.

use std::collections::HashMap;

use super::{
    connect::{Call, Connection},
    keys::{self, Keys, place},
    scripts,
};
use crate::{
    book::id::TaskId,
    ledger::{Book, Event, Moment, Others, Released, Rules, Snapshot, Standing, Task},
    store::{
        StoreError,
        record::{self, decode},
    },
};

/// The versions of the records a decision was made from; one that is missing has none.
#[derive(Default)]
pub(super) struct Versions {
    pub(super) book: Option<String>,
    pub(super) tasks: HashMap<TaskId, String>,
    /// The tasks that a claim may take, where the whole book was read: it leaves the book's own version as it is.
    pub(super) claimable: Vec<TaskId>,
    /// The number of the book's last event.
    pub(super) seq: u64,
}

/// What a step asks for beside its book and its task.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Beside {
    pub(super) others: bool,
    pub(super) chapters: bool,
}

type OthersRow = (Vec<String>, Vec<String>, Vec<String>, u32, u32, u32);
type Row = (u64, u64, String, String, u64, String, String, Option<OthersRow>, Option<Vec<String>>);
type WholeRow =
    (u64, u64, Option<String>, Option<String>, Option<u64>, Option<Vec<String>>, Option<HashMap<String, String>>);

/// Reads what a step on a task needs, beside it only what is asked for; none where there is no such task.
pub(super) async fn task(
    connection: &mut Connection,
    keys: &Keys,
    (task, beside): (TaskId, Beside),
    rules: &Rules,
) -> Result<Option<(Snapshot, Versions)>, StoreError> {
    let asked = [beside.others, beside.chapters].map(|asked| u8::from(asked).to_string());
    let args = [vec![place(task).to_string(), keys::BIND.to_string()], asked.to_vec()].concat();
    let mut names = keys.all();
    names.truncate(7);
    let call = Call { script: &scripts::READ, keys: names, args: args.into_iter().map(String::into_bytes).collect() };
    let Some(mut reply) = connection.script::<Option<Vec<redis::Value>>>(&call).await? else { return Ok(None) };
    // A script's reply ends with what is there.
    reply.resize(9, redis::Value::Nil);
    let (seconds, micros, book, version, seq, record, task_version, row, records): Row =
        redis::from_redis_value(redis::Value::Array(reply)).map_err(|error| unexpected(&error))?;
    let book = record::book(&book)?;
    let tasks = HashMap::from([(task, task_version)]);
    let mut versions = Versions { book: Some(version), tasks, claimable: Vec::new(), seq };
    let others = match row {
        Some(row) => read_others(row, &book, &mut versions, rules)?,
        None => Others::default(),
    };
    let mut chapters = sorted(&records.unwrap_or_default())?;
    chapters.retain(|task| task.id.chapter().is_some());
    let (now, task) = (moment(seconds, micros), decode("task", &record)?);
    Ok(Some((Snapshot { now, book, task, others, chapters }, versions)))
}

fn read_others(row: OthersRow, book: &Book, versions: &mut Versions, rules: &Rules) -> Result<Others, StoreError> {
    let (records, marks, owed, released, missing, dead) = row;
    let mut others = Others { released, missing: missing > 0, dead: dead > 0, ..Others::default() };
    for (record, version) in records.iter().zip(marks) {
        let task: Task = decode("task", record)?;
        versions.tasks.insert(task.id, version);
        match task.id {
            TaskId::Bind => others.bind = Some(task),
            _ => others.waiting.push(task),
        }
    }
    let owed = owed.iter().map(|record| Ok(Released::of(book, &decode("task", record)?, rules)));
    others.unpublished = owed.collect::<Result<_, StoreError>>()?;
    Ok(others)
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
    let claimable = tasks.iter().filter(|task| task.standing == Standing::Released && task.lease.is_none());
    let claimable = claimable.map(|task| task.id).collect();
    Ok((now, Some((book, tasks)), Versions { book: version, tasks: marks, claimable, seq: seq.unwrap_or(0) }))
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
