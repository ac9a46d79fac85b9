//! Holds calls back until they are let through, so that a test decides what happens while they are under way.

use std::{collections::BTreeSet, sync::Arc};

use tokio::sync::watch;

use crate::faults::Subject;

/// Holds back the calls about chapters it is closed to, after they are counted and before they are answered.
#[derive(Clone, Debug)]
pub struct Turnstile {
    closed: Arc<watch::Sender<BTreeSet<u32>>>,
}

impl Turnstile {
    /// Returns a turnstile that lets no call about these chapters through.
    pub fn closed_to(chapters: impl IntoIterator<Item = u32>) -> Self {
        Self { closed: Arc::new(watch::Sender::new(chapters.into_iter().collect())) }
    }

    /// Lets the calls about a chapter through, those that wait and those to come.
    pub fn open(&self, chapter: u32) {
        self.closed.send_modify(|closed| {
            closed.remove(&chapter);
        });
    }

    /// Lets all calls through.
    pub fn open_all(&self) {
        self.closed.send_modify(BTreeSet::clear);
    }

    /// Waits until a call is let through.
    pub(crate) async fn pass(&self, subject: &Subject) {
        let Some(chapter) = subject.chapter else { return };
        let mut closed = self.closed.subscribe();
        // The sender lives in this turnstile, so the wait cannot fail.
        let _ = closed.wait_for(|closed| !closed.contains(&chapter)).await;
    }
}
