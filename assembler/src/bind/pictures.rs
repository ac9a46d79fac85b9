//! The author's pictures: their files, and the places that they get in the chapters.

use std::{collections::BTreeSet, sync::Arc};

use bindery_domain::BookId;
use bindery_files::{Files, FilesError};
use bindery_format::{NamedPicture, Picture, PictureFault};
use bindery_ledger::GivenPicture;
use bindery_outline::Chapter;

/// Why the pictures of a book are not at hand.
#[derive(Debug, thiserror::Error)]
pub enum PicturesError {
    /// A file cannot be read.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// A file is no picture.
    #[error("the picture {path} cannot be used: {fault}")]
    Picture {
        /// The path under which the outline names it.
        path: String,
        /// What is wrong with it.
        fault: PictureFault,
    },
}

/// Reads the pictures that were stored with a book.
pub async fn pictures(
    files: &Arc<dyn Files>,
    book: &BookId,
    given: &[GivenPicture],
) -> Result<Vec<Picture>, PicturesError> {
    let mut read = Vec::with_capacity(given.len());
    for GivenPicture { path, file } in given {
        let bytes = files.get(book, file).await?;
        let picture = Picture::read(path, bytes);
        read.push(picture.map_err(|fault| PicturesError::Picture { path: path.clone(), fault })?);
    }
    Ok(read)
}

/// Returns the text of a chapter with the pictures that its outline names. A picture that the text leaves out stands at the end
/// of its section, or else at the end of the chapter.
pub(super) fn placed(body: String, outlined: &Chapter, given: &[GivenPicture]) -> String {
    if given.is_empty() {
        return body;
    }
    let mut shown: BTreeSet<String> = NamedPicture::of(&body).into_iter().map(|picture| picture.path).collect();
    let mut body = body;
    let sections = outlined.sections.iter().map(|section| Place {
        heading: Some(section.heading.as_str()),
        texts: std::iter::once(&section.summary).chain(&section.points).collect(),
    });
    let chapter = Place { heading: None, texts: std::iter::once(&outlined.summary).chain(&outlined.points).collect() };
    for Place { heading, texts } in sections.chain([chapter]) {
        for picture in texts.into_iter().flat_map(|text| NamedPicture::of(text)) {
            if given.iter().any(|given| given.path == picture.path) && shown.insert(picture.path.clone()) {
                insert(&mut body, heading, &picture);
            }
        }
    }
    body
}

/// A place in a chapter, with what the outline says of it.
struct Place<'o> {
    /// The heading of a section; `None` for the whole chapter.
    heading: Option<&'o str>,
    texts: Vec<&'o String>,
}

fn insert(body: &mut String, heading: Option<&str>, picture: &NamedPicture) {
    let at = heading.and_then(|heading| end_of_section(body, heading)).unwrap_or(body.trim_end().len());
    let alt = picture.alt.replace(['[', ']'], "");
    body.insert_str(at, &format!("\n\n![{alt}](<{}>)\n", picture.path));
}

/// Returns where the section with this heading ends.
fn end_of_section(body: &str, heading: &str) -> Option<usize> {
    let mut at = 0;
    let mut inside = false;
    for line in body.split_inclusive('\n') {
        if let Some(title) = line.strip_prefix("## ") {
            if inside {
                return Some(body[..at].trim_end().len());
            }
            inside = title.trim() == heading;
        }
        at += line.len();
    }
    inside.then(|| body.trim_end().len())
}

#[cfg(test)]
mod tests {
    use bindery_domain::Digest;
    use bindery_ledger::BoundFile;
    use bindery_outline::Section;

    use super::*;

    fn given(path: &str) -> GivenPicture {
        let file = BoundFile { format: "png".into(), digest: Digest::of(path), bytes: 1, url: String::new() };
        GivenPicture { path: path.into(), file }
    }

    #[test]
    fn a_picture_that_the_text_leaves_out_stands_at_the_end_of_its_section() {
        let section = |heading: &str, summary: &str| Section {
            heading: heading.into(),
            summary: summary.into(),
            points: Vec::new(),
        };
        let outlined = Chapter {
            summary: "All of it: ![Map](map.png), and ![lost](lost.png).".into(),
            sections: vec![section("Quay", "The ![Old quay](old%20quay.png)."), section("Pier", "![Pier](pier.png)")],
            ..Chapter::default()
        };
        let given = ["map.png", "old quay.png", "pier.png"].map(given);
        let body = "Opening.\n\n## Quay\n\nText.\n\n## Pier\n\nSee ![the pier](pier.png).\n".to_owned();
        let expected = "Opening.\n\n## Quay\n\nText.\n\n![Old quay](<old quay.png>)\n\n\n## Pier\n\n\
                        See ![the pier](pier.png).\n\n![Map](<map.png>)\n\n";
        assert_eq!(placed(body.clone(), &outlined, &given), expected);
        assert_eq!(placed(body.clone(), &outlined, &[]), body);
    }
}
