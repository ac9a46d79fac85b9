//! `bindery score` scores books from files.

mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use bindery_check::{
    detected_language,
    manuscript::{ManuscriptText, chapters_of},
    score::Score,
};
use bindery_files::write_whole;
use bindery_format::{BookText, score_page};
use bindery_text::language;

use crate::{
    cli::{Global, ScoreArgs},
    exit::Failure,
    stdout,
};

/// The largest file that is read.
const MAX_BYTES: u64 = 100_000_000;

/// Runs the command.
pub(crate) fn run(global: &Global, arguments: &ScoreArgs) -> Result<ExitCode, Failure> {
    if let Some(tag) = arguments.language.as_deref().filter(|tag| language::tag(tag).is_none()) {
        return Err(Failure::usage(format!("`{tag}` is no language tag, like en or pt-BR")));
    }
    for path in &arguments.files {
        score(global, arguments, path)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn score(global: &Global, arguments: &ScoreArgs, path: &Path) -> Result<(), Failure> {
    let book = read(path)?;
    let named = arguments.language.as_deref().or(book.language.as_deref()).and_then(language::tag);
    let language = match &named {
        Some(tag) => tag.as_str(),
        None => detected_language(&book.markdown).unwrap_or("en"),
    };
    let score = Score::of(&ManuscriptText::read(language, &chapters_of(&book.markdown)));
    if score.words == 0 {
        return Err(Failure::usage(format!("{}: there is no running text in it", path.display())));
    }
    let title = book.title.unwrap_or_else(|| path.file_stem().unwrap_or_default().to_string_lossy().into_owned());
    let files = write(arguments, path, &title, &score)?;
    if global.json {
        return stdout::line(serde_json::json!({
            "kind": "score", "file": path, "title": title, "files": files, "score": score,
        }));
    }
    stdout::text(table::of(&title, &score))?;
    files.iter().try_for_each(|file| stdout::line(file.display()))
}

/// Reads a book by the kind that its name says.
fn read(path: &Path) -> Result<BookText, Failure> {
    let name = path.display();
    let cannot = |error: std::io::Error| Failure::usage(format!("the book {name} cannot be read: {error}"));
    let kind = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    if !matches!(kind.as_str(), "md" | "markdown" | "txt" | "epub") {
        return Err(Failure::usage(format!("{name}: a book's name ends in .md, .txt or .epub")));
    }
    if fs::metadata(path).map_err(cannot)?.len() > MAX_BYTES {
        return Err(Failure::usage(format!("{name} is larger than {MAX_BYTES} bytes, and so no book")));
    }
    let bytes = fs::read(path).map_err(cannot)?;
    if kind == "epub" {
        return BookText::of_epub(&bytes).map_err(|error| Failure::usage(format!("{name}: {error}")));
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::usage(format!("{name} is not in UTF-8: save it in this encoding, and run it again")))?;
    Ok(if kind == "txt" { BookText::of_plain_text(&text) } else { BookText::of_markdown(&text) })
}

/// Writes the score's files, and returns their paths.
fn write(arguments: &ScoreArgs, path: &Path, title: &str, score: &Score) -> Result<Vec<PathBuf>, Failure> {
    let beside = path.parent().unwrap_or(Path::new(""));
    let folder = arguments.out.as_deref().unwrap_or(beside);
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let json = serde_json::to_string_pretty(score).map_err(Failure::internal)? + "\n";
    let contents = [("html", score_page(title, score)), ("json", json)];
    if arguments.out.is_some() {
        fs::create_dir_all(folder).map_err(|error| Failure::unavailable(format!("{}: {error}", folder.display())))?;
    }
    let write = |(kind, text): (&str, String)| {
        let path = folder.join(format!("{stem}.score.{kind}"));
        let written = write_whole(&path, text.as_bytes());
        written.map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))?;
        Ok(path)
    };
    contents.into_iter().map(write).collect()
}
