//! The counts of a benchmark, which a smoke run makes smaller.

use anyhow::{Context as _, Result};

/// Returns the count that a variable of the environment has, or the usual one.
pub(crate) fn count(variable: &str, usual: usize) -> Result<usize> {
    match std::env::var_os(variable) {
        Some(given) => given.to_string_lossy().parse().with_context(|| format!("{variable} must be a number")),
        None => Ok(usual),
    }
}
