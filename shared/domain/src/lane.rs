//! The queues of a fleet.

use std::fmt;

/// A queue of a fleet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// Requests from upstream systems.
    Submissions,
    /// Commands from upstream systems on their books.
    Commands,
    /// Plans to make.
    Plans,
    /// Chapters to write.
    Chapters,
    /// Chapters that are written alone because their workers stopped responding.
    Solo,
    /// Books to bind.
    Bindings,
    /// Notices to send to webhooks.
    Webhooks,
    /// Messages that could not be read.
    Dead,
}

impl Lane {
    /// All lanes.
    pub const ALL: [Self; 8] = [
        Self::Submissions,
        Self::Commands,
        Self::Plans,
        Self::Chapters,
        Self::Solo,
        Self::Bindings,
        Self::Webhooks,
        Self::Dead,
    ];

    /// Returns whether upstream systems publish to the queue. Only Bindery publishes to the others.
    pub fn is_public(self) -> bool {
        matches!(self, Self::Submissions | Self::Commands)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submissions => "submissions",
            Self::Commands => "commands",
            Self::Plans => "plans",
            Self::Chapters => "chapters",
            Self::Solo => "solo",
            Self::Bindings => "bindings",
            Self::Webhooks => "webhooks",
            Self::Dead => "dead",
        })
    }
}
