//! The author's pictures, which an outline names and which lie beside it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path},
};

use bindery_domain::BookId;
use bindery_format::{NamedPicture, Picture};
use bindery_ledger::GivenPicture;
use bindery_outline::{Chapter, Outline};

use crate::{app::App, exit::Failure};

/// Reads the pictures that an outline names, beside the outline. It tells of those that are not there, and of those without a
/// text for readers who do not see them.
pub(crate) fn read(path: &Path, outline: &Outline) -> Result<Vec<Picture>, Failure> {
    let mut pictures = Vec::new();
    for (name, alt) in named(outline) {
        if Path::new(&name).components().any(|part| !matches!(part, Component::Normal(_))) {
            eprintln!(
                "{}: warning: the picture {name} lies outside of the outline's folder, so it is left out",
                path.display()
            );
            continue;
        }
        let file = path.with_file_name(&name);
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) => {
                eprintln!("{}: warning: the picture {name} cannot be read, so it is left out: {error}", path.display());
                continue;
            }
        };
        let picture = Picture::read(&name, bytes);
        pictures.push(
            picture
                .map_err(|fault| Failure::usage(format!("the picture {} cannot be used: {fault}", file.display())))?,
        );
        if alt.trim().is_empty() {
            eprintln!(
                "{}: warning: the picture {name} has no text for readers who do not see it; write it as ![what it shows]({name})",
                path.display()
            );
        }
    }
    Ok(pictures)
}

/// Returns the pictures that an outline names, each once, with their texts.
fn named(outline: &Outline) -> BTreeMap<String, String> {
    let texts = |chapter: &Chapter| {
        let sections =
            chapter.sections.iter().flat_map(|section| std::iter::once(&section.summary).chain(&section.points));
        let own = std::iter::once(&chapter.summary).chain(&chapter.points);
        own.chain(sections).flat_map(|text| NamedPicture::of(text)).collect::<Vec<_>>()
    };
    outline.chapters.iter().flat_map(texts).map(|picture| (picture.path, picture.alt)).collect()
}

/// Stores pictures with the files of a book.
pub(crate) async fn store(app: &App, book: &BookId, pictures: &[Picture]) -> Result<Vec<GivenPicture>, Failure> {
    let mut given = Vec::with_capacity(pictures.len());
    for picture in pictures {
        let stored = app.files.put(book, picture.extension(), picture.bytes().to_vec()).await;
        given.push(GivenPicture { path: picture.path.clone(), file: stored.map_err(Failure::unavailable)? });
    }
    Ok(given)
}
