//! The private virtual environment that Celery is installed in.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

/// Installs as the tests do. What that prints is for the reader, but for the last line.
const SCRIPT: &str = r#"set -euo pipefail; source tests/tools.sh; need_celery >&2; printf '%s' "$BINDERY_PYTHON""#;

/// Makes sure of Celery, and returns the Python that has it.
pub(super) fn python() -> Result<PathBuf> {
    let mut bash = Command::new("bash");
    bash.args(["-c", SCRIPT]).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stderr(Stdio::inherit());
    let output = bash.output().context("bash could not be started")?;
    ensure!(output.status.success(), "Celery is not installed; the line to type is above");
    Ok(String::from_utf8(output.stdout)?.into())
}
