//! The EPUB validator of the W3C.

use std::{path::Path, process::Command};

use serde_json::Value;

/// Checks that epubcheck finds no fatal error, no error and no warning in a file.
#[track_caller]
pub(crate) fn epubcheck(epub: &Path) {
    let variable = |name| {
        std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run tests/run, which installs epubcheck"))
    };
    let mut java = Command::new(variable("BINDERY_JAVA"));
    // Without the optimizing compiler, such a short run of the virtual machine is faster.
    java.args(["-XX:TieredStopAtLevel=1", "-jar"]).arg(variable("BINDERY_EPUBCHECK_JAR"));
    let checked = java.arg(epub).args(["--quiet", "--json", "-"]).output().unwrap();
    let said = String::from_utf8_lossy(&checked.stdout);
    let report: Value = serde_json::from_str(&said).unwrap_or_else(|error| {
        panic!("epubcheck's report is not JSON: {error}\n{said}\n{}", String::from_utf8_lossy(&checked.stderr))
    });
    let counts = &report["checker"];
    let found = ["nFatal", "nError", "nWarning"].map(|count| counts[count].as_u64());
    assert_eq!(found, [Some(0); 3], "{}: {:#}", epub.display(), report["messages"]);
    assert!(checked.status.success(), "{}: epubcheck failed", epub.display());
}
