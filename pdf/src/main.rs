//! Makes what needs a press: the pages of a book as PDF, and its cover as JPEG. `bindery` starts this program, writes the sheets
//! of a book to its standard input, and reads the file from its standard output.

mod cover;
mod glyphs;
mod pages;
mod world;

use std::{
    io::{self, Read, Write},
    process::ExitCode,
};

use bindery_format::{Sheets, SheetsFault};

use self::glyphs::MissingGlyphs;

const USAGE: &str = "usage: bindery-pdf pdf|cover < SHEETS > FILE

`bindery write --format pdf,cover` starts this program. It must lie beside `bindery` or in a folder of PATH.
The sheets of a book come from `bindery`; they are no file that people write.";

/// Why nothing could be made.
#[derive(Debug, thiserror::Error)]
enum PressFault {
    #[error("{0}")]
    Sheets(#[from] SheetsFault),
    #[error("{0}")]
    Glyphs(#[from] MissingGlyphs),
    /// Typst refused the source, or could not write the file.
    #[error("the book cannot be set: {0}")]
    Typst(String),
    #[error("the cover cannot be written: {0}")]
    Image(#[from] image::ImageError),
    #[error("{0}")]
    Stream(#[from] io::Error),
}

fn main() -> ExitCode {
    let work = std::env::args().nth(1).unwrap_or_default();
    let make: fn(Sheets) -> Result<Vec<u8>, PressFault> = match work.as_str() {
        "pdf" => pages::pdf,
        "cover" => cover::jpeg,
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(make) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(make: fn(Sheets) -> Result<Vec<u8>, PressFault>) -> Result<(), PressFault> {
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    let file = make(Sheets::read(&bytes)?)?;
    io::stdout().write_all(&file)?;
    Ok(())
}
