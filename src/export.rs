//! Copies the files of a bound book to the folder that the user names.

use std::path::Path;

use bindery_assembler::pictures;
use bindery_files::FilesError;
use bindery_format::{Format, ValidManuscript};
use bindery_ledger::Book;
use bindery_outline::Kind;

use crate::{
    app::App,
    exit::Failure,
    out_folder::{OutFolder, Written},
};

/// Copies the files of a bound book to a folder. Without `formats`, all are copied. Files of the author stay.
pub(crate) async fn files(
    app: &App,
    book: &Book,
    formats: Option<&[String]>,
    folder: &Path,
) -> Result<Written, Failure> {
    let Some(binding) = &book.binding else {
        return Err(Failure::usage(format!(
            "the book {} is not bound; it is {}; `bindery get --partial` copies it as far as it is written",
            book.id, book.state
        )));
    };
    let (mut folder, stem) = (OutFolder::open(folder, &app.folder)?, file_stem(&book.request_id, &book.title));
    let wanted = |format: &String| formats.is_none_or(|formats| formats.contains(format));
    let mut written = Written::default();
    for file in binding.files.iter().filter(|file| wanted(&file.format)) {
        let bytes = app.files.get(&book.id, file).await.map_err(|error| unread(app, book, &error))?;
        folder.write(&format!("{stem}.{}", ending(&file.format)), &bytes, &mut written)?;
    }
    written.tell();
    Ok(written)
}

/// Renders a book as far as it is written, and writes it to a folder. Without `formats`, it gets all that it is to be bound in.
pub(crate) async fn partial(
    app: &App,
    book: &Book,
    formats: Option<&[String]>,
    folder: &Path,
) -> Result<Written, Failure> {
    let so_far = app.so_far(book).await?;
    let lack = so_far.lack();
    if let Some(lack) = &lack {
        eprintln!("Note: {lack}.");
    }
    let mut manuscript = bindery_assembler::partial::manuscript(&so_far.request, so_far.texts(), lack);
    let given = &so_far.request.terms.pictures;
    manuscript.pictures = pictures(&app.files, &book.id, given).await.map_err(Failure::unavailable)?;
    let valid = ValidManuscript::of(manuscript).map_err(Failure::internal)?;
    let names = formats.unwrap_or(&book.terms.formats);
    let formats = names.iter().map(|name| name.parse::<Format>()).collect::<Result<Vec<_>, _>>();
    let formats = formats.map_err(Failure::usage)?;
    app.press.check(formats.iter().copied()).map_err(Failure::usage)?;
    let (mut folder, stem) = (OutFolder::open(folder, &app.folder)?, file_stem(&book.request_id, &book.title));
    let mut written = Written::default();
    for format in formats {
        let bytes = app.press.render(&valid, format).await.map_err(Failure::not_whole)?;
        folder.write(&format!("{stem}-partial.{}", format.extension()), &bytes, &mut written)?;
    }
    written.tell();
    Ok(written)
}

/// Makes the failure for a file that cannot be read. It says what to do.
fn unread(app: &App, book: &Book, error: &FilesError) -> Failure {
    let advice = match error {
        FilesError::Missing { .. } | FilesError::Damaged { .. } if app.fleet() => {
            format!("; where it is lost, `bindery redrive {}` binds it again", book.id)
        }
        FilesError::Missing { .. } | FilesError::Damaged { .. } => {
            "; where it is lost, `bindery write` on the outline binds it again".to_owned()
        }
        _ => String::new(),
    };
    Failure::unavailable(format!("{error}{advice}"))
}

/// Returns the name of a book's files without their endings, which is the same for every command. A book whose request is
/// named by the path of an outline has the name of the outline, and any other one its title.
pub(crate) fn file_stem(request_id: &str, title: &str) -> String {
    let path = Path::new(request_id);
    let outline = Some(path).filter(|path| path.is_absolute() && Kind::of(path).is_some());
    let outlined = outline.and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    outlined.unwrap_or_else(|| stem(title))
}

/// Returns the ending of the name of a file in a format. A format of a later version has its own name for one.
fn ending(format: &str) -> &str {
    match format.parse::<Format>() {
        Ok(known) => known.extension(),
        Err(_) => format,
    }
}

/// Makes a file name from a title.
pub(crate) fn stem(title: &str) -> String {
    let kept: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words: Vec<&str> = kept.split_whitespace().collect();
    let stem: String = words.join("-").to_lowercase().chars().take(60).collect();
    if stem.is_empty() { "book".to_owned() } else { stem }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_makes_a_file_name_that_every_system_accepts() {
        assert_eq!(stem("Bread: A/B \"Test\"?"), "bread-a-b-test");
        assert_eq!(stem("静かな本"), "静かな本");
        assert_eq!(stem("../.."), "book");
    }

    #[test]
    fn the_files_of_a_book_have_the_name_of_its_outline_or_else_of_its_title() {
        let outline = std::env::temp_dir().join("My Book.v2.md");
        assert_eq!(file_stem(&outline.to_string_lossy(), "Bread"), "My Book.v2");
        for name in ["course-17", "course-17.md", "/courses/17"] {
            assert_eq!(file_stem(name, "On Bread"), "on-bread", "{name}");
        }
    }
}
