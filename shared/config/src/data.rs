//! Settings of the data folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSettings {
    /// The data folder; unset, the program takes the platform's.
    pub dir: Option<PathBuf>,
}
