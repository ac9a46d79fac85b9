//! The pages of a book as PDF.

use bindery_format::Sheets;
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use crate::{
    PressFault, glyphs,
    world::{Press, told},
};

/// What the page adds to its inner margin, in inches.
struct Gutter {
    /// The most pages of a book with this gutter.
    pages: usize,
    inches: &'static str,
}

/// A thick book opens less far. With the outer margin, each is more than what KDP asks of a book of these pages:
/// <https://kdp.amazon.com/en_US/help/topic/GVBQ3CMEQW3W2VL6>.
const GUTTERS: [Gutter; 5] = [
    Gutter { pages: 150, inches: "0.125" },
    Gutter { pages: 300, inches: "0.25" },
    Gutter { pages: 500, inches: "0.375" },
    Gutter { pages: 700, inches: "0.5" },
    Gutter { pages: usize::MAX, inches: "0.625" },
];

/// Sets a book.
pub(crate) fn pdf(sheets: Sheets) -> Result<Vec<u8>, PressFault> {
    let mut press = Press::new(sheets)?;
    let document = with_gutter(&mut press)?;
    glyphs::check(&document)?;
    // PDF/A-2a is for archives and PDF/UA-1 for readers who cannot see the page.
    let strict = [PdfStandard::A_2a, PdfStandard::Ua_1];
    written(&document, &strict).or_else(|fault| {
        eprintln!("the PDF is no PDF/A and no PDF/UA: {fault}");
        written(&document, &[])
    })
}

/// Sets the pages with the gutter of a thin book, then with wider ones until the gutter is that of so many pages.
fn with_gutter(press: &mut Press) -> Result<PagedDocument, PressFault> {
    let mut least = 0;
    loop {
        press.give("gutter", GUTTERS[least].inches);
        let document = press.set()?;
        let pages = document.pages().len();
        let fitting = GUTTERS.iter().position(|gutter| pages <= gutter.pages).unwrap_or(GUTTERS.len() - 1);
        // A wider gutter makes more pages and never fewer, so the gutter only grows.
        if fitting <= least {
            return Ok(document);
        }
        least = fitting;
    }
}

fn written(document: &PagedDocument, standards: &[PdfStandard]) -> Result<Vec<u8>, PressFault> {
    let standards = PdfStandards::new(standards).map_err(|error| PressFault::Typst(error.message().to_string()))?;
    let options = PdfOptions { standards, ..PdfOptions::default() };
    typst_pdf::pdf(document, &options).map_err(|faults| PressFault::Typst(told(&faults)))
}
