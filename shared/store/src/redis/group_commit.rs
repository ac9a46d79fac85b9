//! Commands of one book that wait at the same time are read together, decided in order, and applied together.
//!
//! Otherwise, every commit of a busy book would be decided again each time another one is applied. With 64 chapters in flight,
//! the fleet wrote a fraction of the chapters. `cargo bench --bench fleet -- chapters` shows it.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bindery_domain::{BookId, TaskId};
use bindery_ledger::{Answer, Command, Group};
use tokio::sync::oneshot;

use super::{
    Servers,
    apply::{Decided, apply},
    contended,
    keys::Keys,
    pause_before,
    read::{self, Asked, Found},
};
use crate::StoreError;

/// The most commands that one script applies. Redis does nothing else meanwhile; this many take it a millisecond or two.
const MAX_GROUP: usize = 32;

/// The waiting commands, by book.
pub(super) struct GroupCommit {
    servers: Arc<Servers>,
    /// A book is in this map while a group of its commands is being decided.
    waiting: Mutex<HashMap<BookId, VecDeque<Waiting>>>,
}

struct Waiting {
    task: TaskId,
    command: Command,
    answer: oneshot::Sender<Result<Answer, StoreError>>,
}

impl GroupCommit {
    pub(super) fn new(servers: Arc<Servers>) -> Self {
        Self { servers, waiting: Mutex::default() }
    }

    /// Has a command decided in the next group of its book.
    pub(super) async fn step(
        self: &Arc<Self>,
        book: &BookId,
        task: TaskId,
        command: Command,
    ) -> Result<Answer, StoreError> {
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { task, command, answer };
        if self.enter(book, waiting) {
            // This is a separate task, so that the groups go on for the other callers when this caller is gone.
            tokio::spawn(self.clone().run(book.clone()));
        }
        let broken_off = || StoreError::Failed("the command's group was broken off; the log says where".to_owned());
        answered.await.unwrap_or_else(|_| Err(broken_off()))
    }

    /// Adds a waiting command. Returns whether no group of its book is being decided.
    fn enter(&self, book: &BookId, waiting: Waiting) -> bool {
        let mut all = self.waiting();
        let is_first = !all.contains_key(book);
        all.entry(book.clone()).or_default().push_back(waiting);
        is_first
    }

    /// Decides groups of a book until no command waits.
    async fn run(self: Arc<Self>, book: BookId) {
        let _running = Running { groups: &self, book: &book };
        while let Some(group) = self.next(&book) {
            self.serve(&book, group).await;
        }
    }

    fn next(&self, book: &BookId) -> Option<Vec<Waiting>> {
        let mut all = self.waiting();
        let waiting = all.get_mut(book)?;
        if waiting.is_empty() {
            all.remove(book);
            return None;
        }
        let size = waiting.len().min(MAX_GROUP);
        Some(waiting.drain(..size).collect())
    }

    /// Decides and answers a group. The commands that it leaves come first in the next group.
    async fn serve(&self, book: &BookId, mut group: Vec<Waiting>) {
        match self.decide(book, &group).await {
            Ok(answers) => {
                let left = group.split_off(answers.len());
                for (waiting, answer) in group.into_iter().zip(answers) {
                    // The caller may be gone.
                    let _ = waiting.answer.send(answer);
                }
                if let Some(waiting) = self.waiting().get_mut(book) {
                    left.into_iter().rev().for_each(|left| waiting.push_front(left));
                }
            }
            Err(error) => group.into_iter().for_each(|waiting| _ = waiting.answer.send(Err(error.clone()))),
        }
    }

    /// Decides the first commands of a group, at least one, and applies what was decided.
    async fn decide(&self, book: &BookId, group: &[Waiting]) -> Result<Vec<Result<Answer, StoreError>>, StoreError> {
        let (servers, keys) = (&self.servers, Keys::of(book));
        let tasks: BTreeSet<TaskId> = group.iter().map(|waiting| waiting.task).collect();
        let mut others = group.iter().any(|waiting| waiting.command.moves_book_on());
        let mut connection = servers.connections.get().await?;
        for attempt in 0..super::MAX_CAS_ATTEMPTS {
            pause_before(attempt).await;
            let all = |answer: Answer| Ok(group.iter().map(|_| Ok(answer.clone())).collect());
            let found = match read::group(&mut connection, &Asked { keys: &keys, tasks: &tasks, others }).await {
                Ok(Some(found)) => found,
                Ok(None) => return all(Answer::Closed),
                Err(StoreError::Newer(version)) => return all(Answer::Newer { version }),
                Err(error) => return Err(error),
            };
            let Found { mut reading, versions, unreadable } = found;
            reading.now = servers.clock.at(reading.now);
            let before = reading.book.clone();
            let mut decision = Group::new(&servers.rules, reading);
            let answers: Vec<_> = group
                .iter()
                .map_while(|waiting| match unreadable.get(&waiting.task) {
                    Some(error) => Some(Err(error.clone())),
                    None => decision.step(waiting.task, &waiting.command).map(Ok),
                })
                .collect();
            if answers.is_empty() {
                others = true;
                continue;
            }
            let writes = decision.finish();
            // Only the tasks of the decided commands must be unchanged.
            let checked = group[..answers.len()].iter().map(|waiting| waiting.task).collect();
            let versions = read::Versions { checked, ..versions };
            let decided = Decided { book, before: Some(&before), versions: &versions, writes: &writes };
            if apply(&mut connection, &decided).await? {
                return Ok(answers);
            }
        }
        Err(contended("the book"))
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<BookId, VecDeque<Waiting>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes a book whose group panicked, so that the waiting callers get an error and the next command starts afresh.
struct Running<'a> {
    groups: &'a GroupCommit,
    book: &'a BookId,
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.groups.waiting().remove(self.book);
        }
    }
}
