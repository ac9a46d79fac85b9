//! The validator of ONIX records, which has EDItEUR's schemas.

use std::{path::Path, process::Command};

/// Checks that onixcheck finds no error in a record.
#[track_caller]
pub(crate) fn onixcheck(record: &Path) {
    let python = std::env::var_os("BINDERY_PYTHON");
    let python = python.expect("BINDERY_PYTHON is not set: run tests/run, which installs onixcheck");
    let checked = Command::new(python).args(["-m", "onixcheck"]).arg(record).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success() && said.contains("VALID - No errors found"), "{}: {said}", record.display());
}
