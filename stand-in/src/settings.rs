//! The settings of a stand-in.

use crate::{faults::Faults, paused_chapters::PausedChapters, schema::Schemas, timing::Timing};

/// The settings of a stand-in.
#[derive(Clone, Default)]
pub struct Settings {
    /// The seed of all random choices, together with the prompt and the try.
    pub seed: u64,
    /// How soon answers begin and how fast they are sent.
    pub timing: Timing,
    /// Which calls fail, and how.
    pub faults: Faults,
    /// What is done with the JSON schemas of requests.
    pub schemas: Schemas,
    /// The only key that is accepted; `None` accepts every key.
    pub key: Option<String>,
    /// Whether the prompts of all calls are kept, for tests that inspect them.
    pub record_prompts: bool,
    /// The chapters whose calls are held back, for tests that act while they are in flight.
    pub paused_chapters: Option<PausedChapters>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("seed", &self.seed)
            .field("timing", &self.timing)
            .field("faults", &self.faults)
            .field("schemas", &self.schemas)
            .field("key", &self.key.as_ref().map(|_| "(secret)"))
            .field("record_prompts", &self.record_prompts)
            .field("paused_chapters", &self.paused_chapters)
            .finish()
    }
}
