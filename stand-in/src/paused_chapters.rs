//! Holds back the calls about some chapters, so that a test can act while they are in flight.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::watch;

use crate::faults::Subject;

/// The chapters whose calls are held back, after they are counted and before they are answered. Clones share them.
#[derive(Clone, Debug)]
pub struct PausedChapters {
    chapters: Arc<watch::Sender<BTreeSet<u32>>>,
}

impl PausedChapters {
    /// Pauses these chapters.
    pub fn new(chapters: impl IntoIterator<Item = u32>) -> Self {
        Self { chapters: Arc::new(watch::Sender::new(chapters.into_iter().collect())) }
    }

    /// Lets the calls about a chapter through, both the waiting ones and later ones.
    pub fn resume(&self, chapter: u32) {
        self.chapters.send_modify(|chapters| {
            chapters.remove(&chapter);
        });
    }

    /// Lets all calls through.
    pub fn resume_all(&self) {
        self.chapters.send_modify(BTreeSet::clear);
    }

    /// Waits until the chapter of a call is not paused.
    pub(crate) async fn wait(&self, subject: &Subject) {
        let Some(chapter) = subject.chapter else { return };
        let mut paused = self.chapters.subscribe();
        // The sender lives in this value, so the wait cannot fail.
        let _ = paused.wait_for(|chapters| !chapters.contains(&chapter)).await;
    }
}
