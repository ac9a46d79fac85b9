//! Where a value came from.

use std::{collections::BTreeMap, fmt, path::PathBuf};

/// Where a value came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// The defaults.
    #[default]
    Default,
    /// A configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// The line within it, from 1; none when the file as a whole is meant.
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
    /// Notes that the value in force for a key came from here.
    pub(super) fn note(&mut self, key: String, origin: Origin) {
        self.0.insert(key, origin);
    }

    /// Returns where the value in force for a key came from; for a section, its first value that was set.
    pub(super) fn of(&self, key: &str) -> Origin {
        let section = format!("{key}.");
        let within = || self.0.iter().find(|(set, _)| set.starts_with(&section));
        self.0.get(key).or_else(|| within().map(|(_, origin)| origin)).cloned().unwrap_or_default()
    }
}
