//! Prints the time that each format takes for a chapter, in a book of 200 chapters and in one of 2,000. The two are alike where
//! the time is linear in the chapters.
//!
//! `cargo run --release -p bindery-format --example scale`

use std::{io::Write as _, time::Instant};

use bindery_format::{Chapter, Format, Manuscript, Role, ValidManuscript};

/// The words of a chapter.
const WORDS: usize = 500;

fn book(chapters: u32) -> Manuscript {
    let sentence = "The keeper wrote *down* what the water did, and nobody asked him why [he did](#title-7). ";
    let body = format!("{}\n\n## A heading\n\nIt ends.\n", sentence.repeat(WORDS / 16));
    let chapter = |number| Chapter {
        number,
        shown_number: Some(number),
        role: Role::Chapter,
        part: Some(format!("Part {}", number / 20 + 1)),
        goals: Vec::new(),
        provenance: None,
        title: format!("Title {number}"),
        body: body.clone(),
    };
    Manuscript {
        title: "A long book".to_owned(),
        subtitle: None,
        authors: Vec::new(),
        language: "en".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-11-23".to_owned(),
        modified: None,
        identifier: "urn:uuid:0".to_owned(),
        notice: None,
        publication: bindery_format::Publication::default(),
        chapters: (1..=chapters).map(chapter).collect(),
        pictures: Vec::new(),
        mark: None,
    }
}

fn main() -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let books = [200, 2_000].map(|chapters| (chapters, ValidManuscript::of(book(chapters))));
    for (chapters, book) in books {
        let book = book?;
        for format in Format::all() {
            let begun = Instant::now();
            book.render(format)?;
            let each = begun.elapsed() / chapters;
            writeln!(out, "{chapters:>5} chapters, {format:<5} {:>7.1} µs a chapter", each.as_secs_f64() * 1e6)?;
        }
    }
    Ok(())
}
