//! Settings of the data folder.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Where files are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataSettings {
    /// The data folder; unset, it is the platform's, which the program knows.
    pub dir: Option<PathBuf>,
}
