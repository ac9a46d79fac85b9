//! The cache of contexts: each is read once by its digest, and shared by all chapters that are written from it.

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

/// The most contexts in the cache. A context of 1,000 chapters takes a few megabytes.
const MAX_CONTEXTS: usize = 16;

/// The context of a book, and the prefix with which every prompt of the book begins.
pub(crate) struct BookContext {
    pub(crate) context: Context,
    pub(crate) prefix: String,
}

impl BookContext {
    fn read(json: &str) -> Result<Arc<Self>, UnreadableContext> {
        let context = Context::read(json)?;
        Ok(Arc::new(Self { prefix: prompt::prefix(&context, None), context }))
    }

    /// Returns the book for a model with this context, with a shorter prefix if the prompts need one.
    pub(crate) fn within(self: Arc<Self>, context_tokens: Option<u32>) -> Arc<Self> {
        let prefix = prompt::prefix(&self.context, context_tokens);
        if prefix == self.prefix {
            return self;
        }
        Arc::new(Self { prefix, context: self.context.clone() })
    }
}

/// A context that is read once: chapters that begin together wait for the first of them to read it.
type Cell = Arc<OnceCell<Arc<BookContext>>>;

/// The most recently used contexts of a worker.
#[derive(Default)]
pub(crate) struct ContextCache {
    /// The contexts by their digests, with the most recently used one first.
    recent: Mutex<VecDeque<(Digest, Cell)>>,
}

/// The result of a look-up in the cache.
struct Lookup {
    cell: Cell,
    /// Whether the cell was made by this look-up.
    new: bool,
}

impl ContextCache {
    /// Returns the context from which a task's book is written.
    pub(crate) async fn of(&self, work: &Work) -> Result<Arc<BookContext>, Halt> {
        let Some(digest) = work.grant.book.context.clone() else {
            return Err(Halt::GiveUp("the book has no plan to write from".to_owned()));
        };
        let Lookup { cell, .. } = self.look_up(&digest);
        cell.get_or_try_init(|| read(work, &digest)).await.cloned()
    }

    /// Begins to read the context that a task's message names, unless it is in the cache: the claim of the task takes as
    /// long. If the read fails, [`Self::of`] repeats it.
    pub(crate) async fn expect(&self, store: &Arc<dyn Store>, book: &BookId, digest: &Digest) {
        let Lookup { cell, new } = self.look_up(digest);
        if !new {
            return;
        }
        let (store, book, digest) = (store.clone(), book.clone(), digest.clone());
        let mut reading = Box::pin(async move {
            let read = || async {
                let stored = store.text(&book, &digest).await.ok().flatten();
                let json = stored.filter(|json| Digest::of(json) == digest).ok_or(())?;
                BookContext::read(&json).map_err(drop)
            };
            cell.get_or_try_init(read).await.map(drop)
        });
        // The chapters of a book that arrive together all need this context, so it is asked for before they are claimed.
        if futures_util::poll!(&mut reading).is_pending() {
            tokio::spawn(reading);
            tokio::task::yield_now().await;
        }
    }

    /// Returns the cell of a context, or makes it. The least recently used contexts beyond the limit are dropped.
    fn look_up(&self, digest: &Digest) -> Lookup {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let position = recent.iter().position(|(cached, _)| cached == digest);
        let known = position.and_then(|position| recent.remove(position));
        let new = known.is_none();
        let (digest, cell) = known.unwrap_or_else(|| (digest.clone(), Cell::default()));
        recent.push_front((digest, cell.clone()));
        recent.truncate(MAX_CONTEXTS);
        Lookup { cell, new }
    }
}

async fn read(work: &Work, digest: &Digest) -> Result<Arc<BookContext>, Halt> {
    let Some(json) = work.text(digest).await? else {
        return Err(Halt::GiveUp(format!("the store has lost the book's context {digest}")));
    };
    Ok(BookContext::read(&json)?)
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
        max_open_books: None,
    };

    #[tokio::test]
    async fn an_expected_context_is_read_ahead_and_a_missing_one_can_be_asked_for_again() {
        let folder = tempfile::tempdir().unwrap();
        let access = Access::new(&format!("sqlite:{}", folder.path().join("books.db").display()));
        let store = bindery_store::connect(&access, RULES, Clock::Own).await.unwrap();
        let request: Request =
            serde_json::from_str(include_str!("../../shared/protocol/recorded/v1/request.json")).unwrap();
        let json = include_str!("../../shared/protocol/recorded/v1/context.json");
        let plan = Plan { context: json.into(), estimate: Micros::ZERO, outline: None };
        store.accept(&request, Some(&plan)).await.unwrap();
        let contexts = ContextCache::default();
        for (text, there) in [(json, true), ("another", false)] {
            let digest = Digest::of(text);
            contexts.expect(&store, &request.book_id(), &digest).await;
            // The read has begun, so a caller that comes now waits for it.
            let Lookup { cell, new } = contexts.look_up(&digest);
            assert!(!new);
            let read = cell.get_or_try_init(|| async { Err("it was not read") }).await;
            assert_eq!(read.map(|book| book.context.book.title.as_str()).ok(), there.then_some("Knots"));
        }
    }

    #[test]
    fn all_chapters_of_a_book_share_one_context_and_the_least_recently_used_is_dropped() {
        let contexts = ContextCache::default();
        let digests: Vec<Digest> = (0..=MAX_CONTEXTS).map(|n| Digest::of(n.to_string())).collect();
        let Lookup { cell: first, new } = contexts.look_up(&digests[0]);
        assert!(new);
        assert!(Arc::ptr_eq(&first, &contexts.look_up(&digests[0]).cell));
        let second = contexts.look_up(&digests[1]).cell;
        for digest in &digests[2..] {
            contexts.look_up(digest);
            assert!(Arc::ptr_eq(&first, &contexts.look_up(&digests[0]).cell), "it is used all the time");
        }
        assert!(!Arc::ptr_eq(&second, &contexts.look_up(&digests[1]).cell), "it was used least recently");
        assert_eq!(contexts.recent.lock().unwrap().len(), MAX_CONTEXTS);
    }
}
