//! The sources of a configuration.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The sources of a configuration, in the order in which they override each other.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The configuration files.
    pub files: Files,
    /// The environment. Only variables that start with `BINDERY_` count.
    pub environment: BTreeMap<String, String>,
    /// The settings of flags: dotted keys with their values as text.
    pub flags: BTreeMap<String, String>,
}

/// The configuration files that are read.
#[derive(Clone, Debug, Default)]
pub enum Files {
    /// None.
    #[default]
    None,
    /// The one that the user named, which must exist.
    Named(PathBuf),
    /// `bindery/config.toml` in the platform's configuration folder and `bindery.toml` in the working folder, where
    /// they exist. The latter overrides the former.
    Usual {
        /// The platform's configuration folder; `None` where it has none.
        config_folder: Option<PathBuf>,
        /// The working folder.
        working_folder: PathBuf,
    },
}

impl Files {
    /// Returns the files to read, in order.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        match self {
            Self::None => Vec::new(),
            Self::Named(path) => vec![path.clone()],
            Self::Usual { config_folder, working_folder } => config_folder
                .iter()
                .map(|folder| folder.join("bindery/config.toml"))
                .chain([working_folder.join("bindery.toml")])
                .filter(|path| exists(path))
                .collect(),
        }
    }
}

/// Returns whether there is a file. One that cannot be examined counts, so that reading it reports the cause.
fn exists(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}
