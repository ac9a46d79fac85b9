//! Do books get what only another program can make, and pictures that lie beside their outline?

use std::{fs, os::unix::fs::PermissionsExt as _};

use crate::support::{Bench, three_chapters};

/// Puts a program in the place of the press, and returns a bench that finds it.
fn with_press(script: &str) -> Bench {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    fs::create_dir(bench.path("bin")).unwrap();
    bench.file("bin/bindery-pdf", format!("#!/bin/sh\n{script}\n"));
    fs::set_permissions(bench.path("bin/bindery-pdf"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bench.path("bin").display());
    bench.set("PATH", &path)
}

/// Returns a JPEG as far as a cover is read.
fn jpeg() -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 17, 8, 0x0a, 0, 0x06, 0x40, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0];
    [&[0xff, 0xd8][..], &frame, &[0xff, 0xda, 0, 2, 1, 2, 3, 0xff, 0xd9]].concat()
}

/// Returns a PNG as far as a picture is read.
fn png() -> Vec<u8> {
    [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x01\0\0\0\x01\0"[..], &[8, 2, 0, 0, 0, 1, 2, 3, 4]].concat()
}

#[test]
fn a_machine_without_the_press_says_how_to_get_it_before_anything_is_spent() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--format", "epub,pdf"]).exits(64).tells(&["cargo install --locked --path pdf"]);
    assert_eq!(bench.model.stats().calls, 0);
}

#[test]
fn the_press_gets_the_sheets_and_makes_the_files() {
    let bench =
        with_press("case $1 in pdf) head -c 2; printf -- '-made' ;; cover) cat > /dev/null; cat cover.jpg ;; esac");
    bench.file("cover.jpg", jpeg());
    bench.write(&["--format", "epub,pdf,cover"]).exits(0);
    assert_eq!(fs::read(bench.path("out/book.pdf")).unwrap(), b"PK-made");
    assert_eq!(fs::read(bench.path("out/book.cover.jpg")).unwrap(), jpeg());
    let mut epub = zip::ZipArchive::new(fs::File::open(bench.path("out/book.epub")).unwrap()).unwrap();
    assert!(epub.by_name("EPUB/cover.jpg").is_ok(), "the cover is in the EPUB too");
}

#[test]
fn an_epub_has_the_cover_that_the_press_draws_and_keeps_its_own_drawing_where_the_press_refuses() {
    let bench = with_press("cat > /dev/null; cat cover.jpg");
    bench.file("cover.jpg", jpeg());
    let has = |name: &str| {
        let epub = zip::ZipArchive::new(fs::File::open(bench.path("out/book.epub")).unwrap()).unwrap();
        epub.index_for_name(name).is_some()
    };
    bench.write(&["--format", "epub"]).exits(0);
    assert!(has("EPUB/cover.jpg") && !has("EPUB/cover.svg"));
    bench.file("bin/bindery-pdf", "#!/bin/sh\ncat > /dev/null; echo 'no font has it' >&2; exit 1\n");
    bench.write(&["--format", "epub,md"]).exits(0).tells(&["has a drawing as its cover and no JPEG", "no font has it"]);
    assert!(has("EPUB/cover.svg") && !has("EPUB/cover.jpg"));
}

#[test]
fn a_book_that_the_press_refuses_is_bound_once_the_fault_is_mended() {
    let bench = with_press("cat > /dev/null; echo 'no font has it: apt install fonts-noto-cjk' >&2; exit 1");
    bench.write(&["--format", "md,pdf"]).exits(1).tells(&["apt install fonts-noto-cjk"]);
    let calls = bench.model.stats().calls;
    bench.file("bin/bindery-pdf", "#!/bin/sh\ncat > /dev/null; printf made\n");
    bench.write(&["--format", "md,pdf"]).exits(0);
    assert_eq!(fs::read(bench.path("out/book.pdf")).unwrap(), b"made");
    assert_eq!(bench.model.stats().calls, calls, "no chapter is written again");
}

#[test]
fn pictures_beside_the_outline_stand_in_their_chapters() {
    let bench = Bench::new();
    let text = three_chapters().text() + "\nSee ![The old quay](art/quay.png) and ![Lost](lost.png).\n";
    bench.file("book.md", text);
    fs::create_dir(bench.path("art")).unwrap();
    bench.file("art/quay.png", png());
    bench.write(&["--format", "epub,html,md"]).exits(0).tells(&["the picture lost.png cannot be read"]);
    let html = fs::read_to_string(bench.path("out/book.html")).unwrap();
    assert!(html.contains("alt=\"The old quay\"") && html.contains("data:image/png;base64,"), "the picture is shown");
    let mut epub = zip::ZipArchive::new(fs::File::open(bench.path("out/book.epub")).unwrap()).unwrap();
    assert!(epub.by_name("EPUB/picture-001.png").is_ok());
    let calls = bench.model.stats().calls;
    bench.file("art/quay.png", [png(), vec![0]].concat());
    bench.write(&["--format", "epub,html,md"]).exits(0);
    assert_ne!(fs::read_to_string(bench.path("out/book.html")).unwrap(), html, "a new picture is bound without a call");
    assert_eq!(bench.model.stats().calls, calls);
}
