//! Is what sells a book taken from its outline, also after the book is finished?

use std::{fs, io::Read as _};

use crate::support::{Bench, three_chapters};

/// Saves an outline with these lines of front matter.
fn outline(bench: &Bench, front: &str) {
    bench.file("book.md", three_chapters().text().replacen("---\n", &format!("---\n{front}\n"), 1));
}

/// Reads a file of the bound EPUB; `None` where there is none of that name.
fn epub_file(bench: &Bench, name: &str) -> Option<Vec<u8>> {
    let mut archive = zip::ZipArchive::new(fs::File::open(bench.path("out/book.epub")).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name(name).ok()?.read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

fn package(bench: &Bench) -> String {
    String::from_utf8(epub_file(bench, "EPUB/package.opf").unwrap()).unwrap()
}

/// Returns a PNG as far as a cover is read.
fn png(width: u32, height: u32) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &size[..], &[8, 2, 0, 0, 0, 1, 2, 3, 4], b"\0\0\0\0IEND\xae\x42\x60\x82"]
        .concat()
}

#[test]
fn metadata_that_is_added_to_a_finished_book_is_bound_without_a_call() {
    let bench = Bench::new();
    outline(&bench, "publisher: The Harbour Press");
    bench.write(&[]).exits(0);
    let (calls, before) = (bench.model.stats().calls, package(&bench));
    assert!(!before.contains("urn:isbn"), "{before}");
    outline(&bench, "publisher: The Harbour Press\nisbn: 978-3-16-148410-0\nblurb: Read it.");
    bench.write(&[]).exits(0);
    let after = package(&bench);
    assert!(after.contains("urn:isbn:9783161484100") && after.contains("Read it."), "{after}");
    assert_eq!(bench.model.stats().calls, calls);
    outline(&bench, "publisher: The Harbour Press\ntone: dry");
    bench.write(&[]).exits(4).tells(&["front matter changed"]);
}

#[test]
fn the_cover_of_the_author_is_the_cover_of_the_epub() {
    let bench = Bench::new();
    outline(&bench, "cover: art.png");
    bench.write(&[]).exits(64).tells(&["art.png cannot be read"]);
    bench.file("art.png", "no picture");
    bench.write(&[]).exits(64).tells(&["art.png cannot be used", "neither a JPEG nor a PNG"]);
    bench.file("art.png", png(600, 960));
    bench.write(&[]).exits(0).tells(&["art.png: warning", "Apple Books"]);
    assert_eq!(epub_file(&bench, "EPUB/cover.png"), Some(png(600, 960)));
    let calls = bench.model.stats().calls;
    bench.file("art.png", png(1_600, 2_560));
    bench.write(&[]).exits(0);
    assert_eq!(epub_file(&bench, "EPUB/cover.png"), Some(png(1_600, 2_560)), "a new cover is bound without a call");
    assert_eq!(bench.model.stats().calls, calls);
}

#[test]
fn an_onix_record_is_a_file_beside_the_others() {
    let bench = Bench::new();
    outline(&bench, "isbn: 978-3-16-148410-0");
    let printed = bench.write(&["--format", "onix"]).exits(0).stdout;
    assert!(printed.starts_with("out/book.onix.xml\n"), "{printed}");
    let record = fs::read_to_string(bench.path("out/book.onix.xml")).unwrap();
    assert!(record.contains("<IDValue>9783161484100</IDValue>"), "{record}");
}
