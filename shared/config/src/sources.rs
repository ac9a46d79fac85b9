//! Where a configuration is read from.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Where a configuration is read from, the weaker source first.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The user's files.
    pub files: Files,
    /// The environment. Only variables that start with `BINDERY_` are looked at.
    pub environment: BTreeMap<String, String>,
    /// Settings from flags: dotted keys with their values as text.
    pub flags: Vec<(String, String)>,
}

/// Which configuration files are read.
#[derive(Clone, Debug, Default)]
pub enum Files {
    /// None.
    #[default]
    None,
    /// The one the user named, which must exist.
    Named(PathBuf),
    /// Those that exist of `bindery/config.toml` in the platform's configuration folder and `bindery.toml` in
    /// the working folder; the latter is read over the former.
    Usual {
        /// The platform's configuration folder, where there is one.
        config_folder: Option<PathBuf>,
        /// The working folder.
        working_folder: PathBuf,
    },
}

impl Files {
    /// Returns the files that must be read, in order.
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

/// Whether there is a file. One that cannot be looked at counts, so that reading it says why.
fn exists(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}
