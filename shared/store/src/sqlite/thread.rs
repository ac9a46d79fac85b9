//! The one thread that talks to SQLite, and the grouping of commands into transactions.

use std::sync::mpsc::{Receiver, Sender, channel};

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::StoreError;

/// The most commands that share one transaction: enough to hide the sync, few enough to answer soon.
const GROUP: usize = 64;

/// Runs a command inside the open transaction, unless none could be opened. Returns a function that answers the caller once
/// the transaction is committed.
type Job = Box<dyn FnOnce(Result<&Connection, StoreError>) -> Reply + Send>;
type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

pub(super) struct Thread {
    jobs: Sender<Job>,
}

impl Thread {
    /// Starts the thread, which opens the file; fails if the file cannot be opened.
    pub(super) async fn start(
        open: impl FnOnce() -> Result<Connection, StoreError> + Send + 'static,
    ) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let (opened, opening) = oneshot::channel();
        let body = move || match open() {
            Ok(db) => {
                let _ = opened.send(Ok(()));
                serve(&db, &queue);
            }
            Err(error) => {
                let _ = opened.send(Err(error));
            }
        };
        let started = std::thread::Builder::new().name("sqlite".to_owned()).spawn(body);
        started.map_err(|error| StoreError::Failed(error.to_string()))?;
        opening.await.map_err(|_| gone())??;
        Ok(Self { jobs })
    }

    /// Runs a job in its own transaction or a shared one; returns once the transaction is committed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |db| {
            let outcome = db.and_then(|db| savepoint(db, job));
            Box::new(move |committed| {
                let _ = answer.send(committed.and(outcome));
            })
        });
        self.jobs.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

fn gone() -> StoreError {
    StoreError::Failed("its thread has ended".to_owned())
}

fn serve(db: &Connection, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        if let Err(error) = db.execute_batch("BEGIN IMMEDIATE") {
            first(Err(error.into()))(Ok(()));
            continue;
        }
        let mut replies = vec![first(Ok(db))];
        while replies.len() < GROUP
            && let Ok(next) = queue.try_recv()
        {
            replies.push(next(Ok(db)));
        }
        let committed = db.execute_batch("COMMIT");
        if committed.is_err() {
            let _ = db.execute_batch("ROLLBACK");
        }
        for reply in replies {
            reply(match &committed {
                Ok(()) => Ok(()),
                Err(error) => Err(StoreError::Failed(error.to_string())),
            });
        }
    }
}

/// Runs one job so that its failure undoes its own writes and not those of other jobs.
fn savepoint<T>(db: &Connection, job: impl FnOnce(&Connection) -> Result<T, StoreError>) -> Result<T, StoreError> {
    db.execute_batch("SAVEPOINT job")?;
    let outcome = job(db);
    let end = if outcome.is_ok() { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    db.execute_batch(end)?;
    outcome
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn a_job_whose_transaction_cannot_begin_is_not_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("books.db");
        let blocker = Connection::open(&path).unwrap();
        blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
        let thread = Thread::start(move || Ok(Connection::open(&path)?)).await.unwrap();
        let ran = Arc::new(AtomicBool::new(false));
        let job = || {
            let ran = ran.clone();
            move |_: &Connection| {
                ran.store(true, Ordering::SeqCst);
                Ok(())
            }
        };
        assert!(thread.run(job()).await.is_err());
        assert!(!ran.load(Ordering::SeqCst), "what failed has run all the same");
        blocker.execute_batch("COMMIT").unwrap();
        thread.run(job()).await.unwrap();
        assert!(ran.load(Ordering::SeqCst));
    }
}
