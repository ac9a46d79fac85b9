//! Reads the books of the format tests as a word processor has saved them, and tells what has changed in them. It fails if
//! anything has.
//!
//! `cargo run -p bindery-format --example returned -- FOLDER`

#![expect(clippy::print_stdout, reason = "the program prints its report")]

use std::path::PathBuf;

use anyhow::{Context, ensure};
use bindery_format::ValidManuscript;

#[path = "../tests/formats/manuscripts.rs"]
mod manuscripts;

fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("name the folder of the saved documents")?.into();
    let mut changed = Vec::new();
    for (name, manuscript) in manuscripts::all() {
        let valid = ValidManuscript::of(manuscript).with_context(|| format!("failed to render {name}"))?;
        let path = folder.join(name).with_extension("docx");
        let document = std::fs::read(&path).with_context(|| format!("failed to read {}", path.display()))?;
        let edits = valid.edits(&document).with_context(|| format!("failed to take {name} back"))?;
        println!("{name}.docx: {} changed chapters, {} remarks", edits.chapters.len(), edits.remarks.len());
        changed.extend(edits.chapters.iter().map(|chapter| format!("{name}: chapter {}", chapter.number)));
        changed.extend(edits.remarks.iter().map(|remark| format!("{name}: {remark}")));
    }
    ensure!(changed.is_empty(), "the word processor changed:\n{}", changed.join("\n"));
    Ok(())
}
