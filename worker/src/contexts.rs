//! Contexts at hand: each is read once by its digest and shared by all chapters written from it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bindery_shared::{
    book::{context::Context, digest::Digest},
    consume::{Halt, Work},
};
use tokio::sync::OnceCell;

use crate::prompt;

/// How many contexts a worker remembers; a context of 1,000 chapters takes a few megabytes.
const REMEMBERED: usize = 16;

/// A context with the prefix that every prompt of its book begins with.
pub(crate) struct Ready {
    pub(crate) context: Context,
    pub(crate) prefix: String,
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
        self.cell(&digest).get_or_try_init(|| read(work, &digest)).await.cloned()
    }

    /// Returns the context's cell, the same for all who ask; what nobody has asked for the longest is forgotten.
    fn cell(&self, digest: &Digest) -> Cell {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let place = recent.iter().position(|(name, _)| name == digest);
        let known = place.and_then(|place| recent.remove(place));
        let (digest, cell) = known.unwrap_or_else(|| (digest.clone(), Cell::default()));
        recent.push_front((digest, cell.clone()));
        recent.truncate(REMEMBERED);
        cell
    }
}

async fn read(work: &Work, digest: &Digest) -> Result<Arc<Ready>, Halt> {
    let Some(json) = work.text(digest).await? else {
        return Err(Halt::GiveUp(format!("the store has lost the book's context {digest}")));
    };
    let context = Context::read(&json)?;
    Ok(Arc::new(Ready { prefix: prompt::prefix(&context), context }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_chapters_of_a_book_share_one_context_and_the_least_used_is_forgotten() {
        let contexts = Contexts::default();
        let digests: Vec<Digest> = (0..=REMEMBERED).map(|n| Digest::of(n.to_string())).collect();
        let first = contexts.cell(&digests[0]);
        assert!(Arc::ptr_eq(&first, &contexts.cell(&digests[0])));
        let second = contexts.cell(&digests[1]);
        for digest in &digests[2..] {
            contexts.cell(digest);
            assert!(Arc::ptr_eq(&first, &contexts.cell(&digests[0])), "it is used all the time");
        }
        assert!(!Arc::ptr_eq(&second, &contexts.cell(&digests[1])), "it was used least");
        assert_eq!(contexts.recent.lock().unwrap().len(), REMEMBERED);
    }
}
