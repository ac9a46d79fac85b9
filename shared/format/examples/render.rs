//! Writes the books of the format tests into a folder, in every format, for a look and for other tools.
//!
//! `cargo run -p bindery-format --example render -- FOLDER`

use std::path::PathBuf;

use anyhow::Context;
use bindery_format::{Format, ValidManuscript};

#[path = "../tests/formats/manuscripts.rs"]
mod manuscripts;

fn main() -> anyhow::Result<()> {
    let folder: PathBuf = std::env::args_os().nth(1).context("name a folder to write to")?.into();
    std::fs::create_dir_all(&folder)?;
    for (name, manuscript) in manuscripts::all() {
        let valid = ValidManuscript::of(manuscript).with_context(|| format!("failed to render {name}"))?;
        for format in Format::all().filter(|format| !format.needs_press()) {
            let file = folder.join(name).with_extension(format.extension());
            let bytes = valid.render(format).with_context(|| format!("failed to render {name} as {format}"))?;
            std::fs::write(&file, bytes).with_context(|| format!("failed to write {}", file.display()))?;
        }
    }
    Ok(())
}
