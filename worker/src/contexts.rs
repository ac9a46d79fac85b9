//! Contexts at hand: each is read once by its digest and shared by all chapters written from it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bindery_context::{Context, UnreadableContext};
use bindery_domain::{BookId, Digest};
use bindery_runtime::{Halt, Work};
use bindery_store::Store;
use tokio::sync::OnceCell;

use crate::prompt;

/// How many contexts a worker remembers; a context of 1,000 chapters takes a few megabytes.
const REMEMBERED: usize = 16;

/// A context with the prefix that every prompt of its book begins with.
pub(crate) struct Ready {
    pub(crate) context: Context,
    pub(crate) prefix: String,
}

impl Ready {
    fn read(json: &str) -> Result<Arc<Self>, UnreadableContext> {
        let context = Context::read(json)?;
        Ok(Arc::new(Self { prefix: prompt::prefix(&context), context }))
    }
}

/// Filled once: chapters that begin together wait for the one of them that reads their book's context.
type Cell = Arc<OnceCell<Arc<Ready>>>;

#[derive(Default)]
pub(crate) struct Contexts {
    recent: Mutex<VecDeque<(Digest, Cell)>>,
}

impl Contexts {
    /// Returns the context a task's book is written from.
    pub(crate) async fn of(&self, work: &Work) -> Result<Arc<Ready>, Halt> {
        let Some(digest) = work.grant.book.context.clone() else {
            return Err(Halt::GiveUp("the book has no plan to write from".to_owned()));
        };
        let (cell, _) = self.cell(&digest);
        cell.get_or_try_init(|| read(work, &digest)).await.cloned()
    }

    /// Begins to read the context that a task's message names, unless it is known: the task's claim takes as long. What
    /// fails here is tried again by [`Self::of`].
    pub(crate) async fn expect(&self, store: &Arc<dyn Store>, book: &BookId, digest: &Digest) {
        let (cell, fresh) = self.cell(digest);
        if !fresh {
            return;
        }
        let (store, book, digest) = (store.clone(), book.clone(), digest.clone());
        let mut reading = Box::pin(async move {
            let read = || async {
                let stored = store.text(&book, &digest).await.ok().flatten();
                let json = stored.filter(|json| Digest::of(json) == digest).ok_or(())?;
                Ready::read(&json).map_err(drop)
            };
            cell.get_or_try_init(read).await.map(drop)
        });
        // The store is asked before the chapters of the book that have come together are claimed, which all wait for it.
        if futures_util::poll!(&mut reading).is_pending() {
            tokio::spawn(reading);
            tokio::task::yield_now().await;
        }
    }

    /// Returns the context's cell, the same for all who ask, and whether they are the first; what nobody has asked for the
    /// longest is forgotten.
    fn cell(&self, digest: &Digest) -> (Cell, bool) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let place = recent.iter().position(|(name, _)| name == digest);
        let known = place.and_then(|place| recent.remove(place));
        let fresh = known.is_none();
        let (digest, cell) = known.unwrap_or_else(|| (digest.clone(), Cell::default()));
        recent.push_front((digest, cell.clone()));
        recent.truncate(REMEMBERED);
        (cell, fresh)
    }
}

async fn read(work: &Work, digest: &Digest) -> Result<Arc<Ready>, Halt> {
    let Some(json) = work.text(digest).await? else {
        return Err(Halt::GiveUp(format!("the store has lost the book's context {digest}")));
    };
    Ok(Ready::read(&json)?)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bindery_domain::Micros;
    use bindery_ledger::{Plan, Request, Rules};
    use bindery_store::{Access, Clock};

    use super::*;

    const RULES: Rules = Rules {
        lease: Duration::from_secs(60),
        publish_grace: Duration::from_secs(5),
        lost_after: Duration::from_secs(60),
        solo_after: 3,
        retention: None,
    };

    #[tokio::test]
    async fn an_expected_context_is_read_before_it_is_asked_for_and_one_that_is_not_there_can_be_asked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        let store = bindery_store::connect(&access, RULES, Clock::Own).await.unwrap();
        let request: Request =
            serde_json::from_str(include_str!("../../shared/protocol/recorded/v1/request.json")).unwrap();
        let json = include_str!("../../shared/protocol/recorded/v1/context.json");
        let plan = Plan { context: json.into(), estimate: Micros::ZERO };
        store.accept(&request, Some(&plan)).await.unwrap();
        let contexts = Contexts::default();
        for (text, there) in [(json, true), ("another", false)] {
            let digest = Digest::of(text);
            contexts.expect(&store, &request.book_id(), &digest).await;
            // The reading has begun, so whoever asks now waits for it.
            let (cell, fresh) = contexts.cell(&digest);
            assert!(!fresh);
            let asked = cell.get_or_try_init(|| async { Err("it was not read") }).await;
            assert_eq!(asked.map(|ready| ready.context.book.title.as_str()).ok(), there.then_some("Knots"));
        }
    }

    #[test]
    fn all_chapters_of_a_book_share_one_context_and_the_least_used_is_forgotten() {
        let contexts = Contexts::default();
        let digests: Vec<Digest> = (0..=REMEMBERED).map(|n| Digest::of(n.to_string())).collect();
        let (first, fresh) = contexts.cell(&digests[0]);
        assert!(fresh);
        assert!(Arc::ptr_eq(&first, &contexts.cell(&digests[0]).0));
        let (second, _) = contexts.cell(&digests[1]);
        for digest in &digests[2..] {
            contexts.cell(digest);
            assert!(Arc::ptr_eq(&first, &contexts.cell(&digests[0]).0), "it is used all the time");
        }
        assert!(!Arc::ptr_eq(&second, &contexts.cell(&digests[1]).0), "it was used least");
        assert_eq!(contexts.recent.lock().unwrap().len(), REMEMBERED);
    }
}
