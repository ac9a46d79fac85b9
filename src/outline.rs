//! Reading the outline that a command line names, and showing how it was read.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use bindery_outline::{Kind, MAX_BYTES, Note, Reading, Shape};

use crate::{cli::ShapeArg, exit::Failure};

/// The name of the standard input on a command line.
pub(crate) const STANDARD_INPUT: &str = "-";

/// Reads and parses an outline. Errors name the file and the line.
pub(crate) fn read(path: &Path, shape: Option<ShapeArg>) -> Result<Reading, Failure> {
    let name = path.display();
    let cannot = |error: io::Error| Failure::usage(format!("the outline {name} cannot be read: {error}"));
    let is_piped = path.as_os_str() == STANDARD_INPUT;
    let known = Kind::of(path);
    if known.is_none() && !is_piped {
        let advice =
            "an outline's name ends in .md, .txt, .docx, .yaml, .json, .org, .adoc, .rst, .typ, .tex, .opml or .csv";
        return Err(Failure::usage(format!("{name}: {advice}")));
    }
    let source: &mut dyn Read =
        if is_piped { &mut io::stdin().lock() } else { &mut File::open(path).map_err(cannot)? };
    let mut bytes = Vec::new();
    // One byte more than allowed is enough for the parser to refuse the size.
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    let kind = known.unwrap_or_else(|| kind_of(&bytes));
    let name = if is_piped { "standard input".to_owned() } else { name.to_string() };
    bindery_outline::read(&bytes, kind, shape.map(Shape::from)).map_err(|error| Failure::usage(error.in_file(&name)))
}

/// Returns the kind of an outline that has no file name.
fn kind_of(bytes: &[u8]) -> Kind {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4_096)]);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let is_key = |line: &str| line.starts_with("title:") || line.starts_with("chapters:");
    if bytes.starts_with(b"PK\x03\x04") {
        Kind::Docx
    } else if text.starts_with('{') {
        Kind::Json
    } else if text.lines().next().is_some_and(is_key)
        && String::from_utf8_lossy(bytes).lines().any(|line| line.starts_with("chapters:"))
    {
        Kind::Yaml
    } else {
        Kind::Markdown
    }
}

/// Shows on stderr how an outline was read, and what to do where it was meant otherwise.
pub(crate) fn show(reading: &Reading, path: &Path) {
    for Note { line, text } in &reading.notes {
        match line {
            Some(line) => eprintln!("{}:{line}: note: {text}", path.display()),
            None => eprintln!("{}: note: {text}", path.display()),
        }
    }
    eprintln!("{reading}");
    let advice = match reading.alternative {
        Some(Shape::Parts) => {
            "If these chapters are parts, and their sections the chapters, run it again with `--as parts`."
        }
        Some(Shape::Chapters) => {
            "If these parts are chapters, and their chapters sections, run it again with `--as chapters`."
        }
        None => return,
    };
    eprintln!("{advice}");
}

impl From<ShapeArg> for Shape {
    fn from(shape: ShapeArg) -> Self {
        match shape {
            ShapeArg::Parts => Self::Parts,
            ShapeArg::Chapters => Self::Chapters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_without_a_file_name_is_told_by_how_it_begins() {
        assert_eq!(kind_of(b"PK\x03\x04..."), Kind::Docx);
        assert_eq!(kind_of(b"\n {\"title\": 1}"), Kind::Json);
        assert_eq!(kind_of(b"title: T\nchapters:\n  - title: A\n"), Kind::Yaml);
        assert_eq!(kind_of(b"title: T\n\nChapter 1: A\n"), Kind::Markdown);
        assert_eq!(kind_of(b"# T\n"), Kind::Markdown);
    }
}
