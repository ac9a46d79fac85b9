//! The tokens that model calls use.

use serde::{Deserialize, Serialize};

/// The tokens of one call, or of several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens, the cached ones included.
    pub input: u64,
    /// Prompt tokens that the server read from its cache.
    pub cached: u64,
    /// Prompt tokens that the server wrote to its cache; some providers charge extra for them.
    #[serde(default)]
    pub cache_written: u64,
    /// Output tokens, those for reasoning included.
    pub output: u64,
    /// Output tokens for reasoning.
    pub reasoning: u64,
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.input += other.input;
        self.cached += other.cached;
        self.cache_written += other.cache_written;
        self.output += other.output;
        self.reasoning += other.reasoning;
    }
}
