//! The stand-in in the process of the test, so that the test can see the calls.

use std::{collections::BTreeMap, time::Duration};

use bindery_stand_in::{Faults, PausedChapters, Served, Settings, StandIn, Stats, Timing};
use tokio::runtime::Runtime;

/// What a call was about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Subject {
    pub(crate) task: String,
    pub(crate) chapter: Option<u32>,
    pub(crate) section: Option<u32>,
}

impl Subject {
    pub(crate) fn plan() -> Self {
        Self { task: "plan".to_owned(), chapter: None, section: None }
    }

    pub(crate) fn brief(chapter: u32) -> Self {
        Self { task: "brief".to_owned(), chapter: Some(chapter), section: None }
    }

    pub(crate) fn section(chapter: u32, section: u32) -> Self {
        Self { task: "section".to_owned(), chapter: Some(chapter), section: Some(section) }
    }

    pub(crate) fn judgement(chapter: u32) -> Self {
        Self { task: "judgement".to_owned(), chapter: Some(chapter), section: None }
    }

    pub(crate) fn summary(chapter: u32) -> Self {
        Self { task: "summary".to_owned(), chapter: Some(chapter), section: None }
    }
}

/// The longest wait of a test, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// The pause between two checks whether a run has ended.
const GLANCE: Duration = Duration::from_millis(50);

/// A stand-in that answers at once.
pub(crate) struct ModelServer {
    stand_in: StandIn,
    runtime: Runtime,
}

impl ModelServer {
    /// Starts a server that has these faults and keeps every prompt.
    pub(crate) fn with_faults(faults: Faults) -> Self {
        Self::start(Settings { faults, ..Self::settings() })
    }

    /// Returns the settings that a server without faults has.
    pub(crate) fn settings() -> Settings {
        Settings { seed: 1, timing: Timing::instant(), record_prompts: true, ..Settings::default() }
    }

    /// Starts a server that answers no call about these chapters until the test resumes them.
    pub(crate) fn held_back(chapters: impl IntoIterator<Item = u32>) -> (Self, PausedChapters) {
        let paused = PausedChapters::new(chapters);
        (Self::start(Settings { paused_chapters: Some(paused.clone()), ..Self::settings() }), paused)
    }

    pub(crate) fn start(settings: Settings) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let stand_in = runtime.block_on(StandIn::start(settings)).unwrap();
        Self { stand_in, runtime }
    }

    pub(crate) fn base_url(&self) -> String {
        self.stand_in.base_url()
    }

    pub(crate) fn stats(&self) -> Stats {
        self.stand_in.stats()
    }

    /// Waits until the counts are as wanted. They are checked at once and whenever a call begins.
    pub(crate) fn wait_for(&self, what: &str, wanted: impl Fn(&Stats) -> bool) -> Stats {
        let waited =
            self.runtime.block_on(async { tokio::time::timeout(TIMEOUT, self.stand_in.wait_for(wanted)).await });
        waited.unwrap_or_else(|_| panic!("waited in vain for {what}; served so far: {:?}", self.stats()))
    }

    /// Waits until this many calls have begun. Returns false if `ended` returns true before.
    pub(crate) fn reaches(&self, calls: u64, mut ended: impl FnMut() -> bool) -> bool {
        loop {
            let reached = self.stand_in.wait_for(|stats| stats.calls >= calls);
            let waited = self.runtime.block_on(async { tokio::time::timeout(GLANCE, reached).await });
            if waited.is_ok() {
                return true;
            }
            if ended() {
                return false;
            }
        }
    }

    /// Returns all prompts whose contract has this task and this chapter, in the order in which they came.
    pub(crate) fn prompts(&self, task: &str, chapter: u32) -> Vec<String> {
        let names = |contract: &serde_json::Value| contract["task"] == task && contract["chapter"] == chapter;
        self.stand_in
            .prompts()
            .into_iter()
            .filter(|prompt| contract(prompt).is_some_and(|found| names(&found)))
            .collect()
    }

    /// Returns the prompts of a task that hold a text.
    pub(crate) fn prompts_with(&self, task: &str, text: &str) -> Vec<String> {
        let is_meant = |prompt: &String| {
            prompt.contains(text) && contract(prompt).is_some_and(|contract| contract["task"] == task)
        };
        self.stand_in.prompts().into_iter().filter(is_meant).collect()
    }

    /// Returns the number of calls for each subject, all tries together.
    pub(crate) fn calls(&self) -> BTreeMap<Subject, u64> {
        let mut calls = BTreeMap::new();
        for Served { task, chapter, section, calls: count, .. } in self.stats().served {
            *calls.entry(Subject { task, chapter, section }).or_default() += count;
        }
        calls
    }

    /// Returns the subjects that were tried more than once. Repeated calls of one try do not count.
    pub(crate) fn tried_again(&self) -> Vec<Subject> {
        let again = self.stats().served.into_iter().filter(|served| served.attempt > 1);
        let subject = |Served { task, chapter, section, .. }| Subject { task, chapter, section };
        let mut subjects: Vec<Subject> = again.map(subject).collect();
        subjects.sort();
        subjects.dedup();
        subjects
    }
}

/// Returns the contract at the end of a prompt.
pub(crate) fn contract(prompt: &str) -> Option<serde_json::Value> {
    let (_, json) = prompt.rsplit_once("<contract>")?;
    serde_json::from_str(json.split("</contract>").next()?).ok()
}
