//! Gives a function every input that is kept for it: what the fuzzers begin with, and what they once found.

use std::path::Path;

/// Reads the folder of a target's inputs and gives each to `read`.
pub(crate) fn replay(target: &str, read: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().map(|folder| folder.join("fuzz/corpus"));
    let folder = corpus.filter(|folder| folder.is_dir()).map(|corpus| corpus.join(target)).next();
    let folder = folder.expect("the crate stands in the repository");
    let found = std::fs::read_dir(&folder).expect("every target has a folder of inputs");
    let inputs: Vec<_> = found.map(|entry| entry.expect("a folder can be listed").path()).collect();
    assert!(!inputs.is_empty(), "{} is empty", folder.display());
    for input in inputs {
        // Shown with the panic of the input that broke a promise.
        eprintln!("{}", input.display());
        read(&std::fs::read(&input).expect("an input can be read"));
    }
}
