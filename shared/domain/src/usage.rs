//! What model calls use.

use serde::{Deserialize, Serialize};

/// Tokens used by one call or a sum of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Prompt tokens, cached ones included.
    pub input: u64,
    /// Those of `input` that the server read from its cache.
    pub cached: u64,
    /// Those of `input` that the server wrote to its cache, which some providers charge extra for.
    #[serde(default)]
    pub cache_written: u64,
    /// Output tokens, reasoning included.
    pub output: u64,
    /// Those of `output` that were reasoning.
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
