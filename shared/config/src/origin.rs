//! The sources of values.

use std::{collections::BTreeMap, fmt, path::PathBuf};

/// The source of a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The defaults.
    #[default]
    Default,
    /// A configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line in the file, from 1; `None` where the whole file is meant.
        line: Option<usize>,
    },
    /// The environment variable of this name.
    Variable(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line: Some(line) } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// The origins of the values that are not defaults, by dotted key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Origins(BTreeMap<String, Origin>);

impl Origins {
    /// Records the source of the value in force for a key.
    pub(super) fn record(&mut self, key: String, origin: Origin) {
        self.0.insert(key, origin);
    }

    /// Returns the source of the value in force for a key. A section has the source of its first value that was set.
    pub(super) fn of(&self, key: &str) -> Origin {
        let section = format!("{key}.");
        let within = || self.0.iter().find(|(set, _)| set.starts_with(&section));
        self.0.get(key).or_else(|| within().map(|(_, origin)| origin)).cloned().unwrap_or_default()
    }
}
