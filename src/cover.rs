//! The author's own cover, which an outline names.

use std::{fs, path::Path};

use bindery_format::{CoverImage, Design};
use bindery_ledger::BoundFile;
use bindery_outline::FrontMatter;

use crate::{app::App, exit::Failure};

/// Returns the name of the cover's file; `None` where the outline names none.
fn named(front: &FrontMatter) -> Option<&str> {
    front.cover.as_deref().filter(|cover| Design::named(cover).is_none())
}

/// Reads the cover that an outline names, beside the outline, and tells what shops will find fault with.
pub(crate) fn read(outline: &Path, front: &FrontMatter) -> Result<Option<CoverImage>, Failure> {
    let Some(name) = named(front) else { return Ok(None) };
    let path = outline.with_file_name(name);
    let bytes = fs::read(&path)
        .map_err(|error| Failure::usage(format!("the cover {} cannot be read: {error}", path.display())))?;
    let image = CoverImage::read(bytes)
        .map_err(|error| Failure::usage(format!("the cover {} cannot be used: {error}", path.display())))?;
    for warning in image.warnings() {
        eprintln!("{}: warning: {warning}", path.display());
    }
    Ok(Some(image))
}

/// Stores a cover with the files of a book.
pub(crate) async fn store(app: &App, book: &bindery_domain::BookId, image: &CoverImage) -> Result<BoundFile, Failure> {
    let stored = app.files.put(book, image.kind().extension(), image.bytes().to_vec()).await;
    stored.map_err(Failure::unavailable)
}
