//! Copies the files of a bound book to the folder that the user names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bindery_files::{FilesError, write_whole};
use bindery_ledger::Book;

use crate::{app::App, exit::Failure};

/// Copies the files of a bound book, each as `stem.format`, and returns their paths. Without `formats`, all are copied.
pub(crate) async fn files(
    app: &App,
    book: &Book,
    formats: Option<&[String]>,
    folder: &Path,
    stem: &str,
) -> Result<Vec<PathBuf>, Failure> {
    let Some(binding) = &book.binding else {
        return Err(Failure::usage(format!("the book {} is not bound; it is {}", book.id, book.state)));
    };
    let cannot = |path: &Path, error: std::io::Error| Failure::unavailable(format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| cannot(folder, error))?;
    let wanted = |format: &String| formats.is_none_or(|formats| formats.contains(format));
    let mut paths = Vec::new();
    for file in binding.files.iter().filter(|file| wanted(&file.format)) {
        let path = folder.join(format!("{stem}.{}", file.format));
        let bytes = app.files.get(&book.id, file).await.map_err(|error| unread(app, book, &error))?;
        write_whole(&path, &bytes).map_err(|error| cannot(&path, error))?;
        paths.push(path);
    }
    Ok(paths)
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
}
