//! Contexts at hand: each is read once by its digest and shared by all chapters written from it.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use bindery_shared::{
    book::{context::Context, digest::Digest},
    consume::{Halt, Work},
};

use crate::prompt;

/// How many contexts a worker remembers; a context of 1,000 chapters takes about a megabyte.
const REMEMBERED: usize = 16;

/// A context with the prefix that every prompt of its book begins with.
pub(crate) struct Ready {
    pub(crate) context: Context,
    pub(crate) prefix: String,
}

#[derive(Default)]
pub(crate) struct Contexts {
    recent: Mutex<VecDeque<(Digest, Arc<Ready>)>>,
}

impl Contexts {
    /// Returns the context a task's book is written from.
    pub(crate) async fn of(&self, work: &Work) -> Result<Arc<Ready>, Halt> {
        let Some(digest) = work.grant.book.context.clone() else {
            return Err(Halt::GiveUp("the book has no plan to write from".to_owned()));
        };
        if let Some(ready) = self.remembered(&digest) {
            return Ok(ready);
        }
        let Some(json) = work.text(&digest).await? else {
            return Err(Halt::GiveUp(format!("the store has lost the book's context {digest}")));
        };
        let context = Context::read(&json)?;
        let ready = Arc::new(Ready { prefix: prompt::prefix(&context), context });
        self.remember(digest, ready.clone());
        Ok(ready)
    }

    fn remembered(&self, digest: &Digest) -> Option<Arc<Ready>> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.iter().find(|(name, _)| name == digest).map(|(_, ready)| ready.clone())
    }

    fn remember(&self, digest: Digest, ready: Arc<Ready>) {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.push_front((digest, ready));
        recent.truncate(REMEMBERED);
    }
}
