//! What a stand-in is started with.

use crate::{faults::Faults, timing::Timing, turnstile::Turnstile};

/// What a stand-in is started with.
#[derive(Clone, Default)]
pub struct Settings {
    /// What every draw is seeded from, together with the prompt and the try.
    pub seed: u64,
    /// How fast answers begin and flow.
    pub timing: Timing,
    /// Which calls go wrong, and how.
    pub faults: Faults,
    /// The one key that is let in; every key is when absent.
    pub key: Option<String>,
    /// Whether the prompts of all calls are kept, for tests that look at what reached a prompt.
    pub record_prompts: bool,
    /// Which calls are held back, for tests that act while they are under way.
    pub turnstile: Option<Turnstile>,
}

impl std::fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("seed", &self.seed)
            .field("timing", &self.timing)
            .field("faults", &self.faults)
            .field("key", &self.key.as_ref().map(|_| "(secret)"))
            .field("record_prompts", &self.record_prompts)
            .field("turnstile", &self.turnstile)
            .finish()
    }
}
