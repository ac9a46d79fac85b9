//! Gives a function every input that is kept for it: what the fuzzers begin with, and what they once found.

use std::path::{Path, PathBuf};

/// Gives each of a target's inputs to `read`.
pub(crate) fn replay(target: &str, read: fn(&[u8])) {
    for input in inputs(target) {
        // Shown with the panic of the input that broke a promise.
        eprintln!("{}", input.path.display());
        read(&input.bytes);
    }
}

/// An input that is kept.
pub(crate) struct Input {
    pub(crate) path: PathBuf,
    pub(crate) bytes: Vec<u8>,
}

/// Reads the folder of a target's inputs.
pub(crate) fn inputs(target: &str) -> Vec<Input> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("fuzz/corpus"));
    let folder = corpus.filter(|folder| folder.is_dir()).map(|corpus| corpus.join(target)).next();
    let folder = folder.expect("the crate stands in the repository");
    let found = std::fs::read_dir(&folder).expect("every target has a folder of inputs");
    let paths = found.map(|entry| entry.expect("a folder can be listed").path());
    let read = |path: PathBuf| Input { bytes: std::fs::read(&path).expect("an input can be read"), path };
    let inputs: Vec<Input> = paths.map(read).collect();
    assert!(!inputs.is_empty(), "{} is empty", folder.display());
    inputs
}
