//! Are the books of the format tests set as whole files with all of their text, and are covers drawn?

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use bindery_format::{Chapter, CoverImage, Format, Manuscript, Role, Trim, ValidManuscript};

#[path = "../../shared/format/tests/formats/manuscripts.rs"]
#[expect(dead_code, reason = "the tests of the formats use more of it")]
mod manuscripts;

fn make(format: Format, manuscript: Manuscript) -> Output {
    let sheets = ValidManuscript::of(manuscript).unwrap().render(format).unwrap();
    let mut press = Command::new(env!("CARGO_BIN_EXE_bindery-pdf"))
        .arg(format.name())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = press.stdin.take().unwrap();
    let writer = thread::spawn(move || input.write_all(&sheets));
    let output = press.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    output
}

/// Sets a book and holds the file against `qpdf`. Returns where it lies.
fn pdf(name: &str, manuscript: Manuscript) -> PathBuf {
    let output = make(Format::Pdf, manuscript);
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{name} follows PDF/A and PDF/UA");
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.pdf"));
    std::fs::write(&path, output.stdout).unwrap();
    let checked = run("qpdf", &["--check", path.to_str().unwrap()]);
    assert!(checked.contains("No syntax or stream encoding errors found"), "{name}: {checked}");
    path
}

fn run(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output = output.expect("`apt install qpdf poppler-utils` has the programs that read a PDF");
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn text(path: &std::path::Path) -> String {
    run("pdftotext", &[path.to_str().unwrap(), "-"])
}

fn info(path: &std::path::Path) -> String {
    run("pdfinfo", &[path.to_str().unwrap()])
}

/// Returns a book of this many words in chapters of 3,000.
fn long(words: usize) -> Manuscript {
    const WORDS: &str = "The keeper wrote the height of the water in a book each morning and nobody asked him why. ";
    let paragraph = WORDS.repeat(6);
    let body = format!("{paragraph}\n\n").repeat(3_000 / (6 * 18));
    let chapters = (1..=u32::try_from(words / 3_000).unwrap()).map(|number| Chapter {
        number,
        shown_number: Some(number),
        role: Role::Chapter,
        part: None,
        title: format!("Year {number}"),
        goals: Vec::new(),
        provenance: None,
        body: body.clone(),
    });
    Manuscript { chapters: chapters.collect(), ..manuscripts::smallest() }
}

#[test]
fn every_book_is_set_and_keeps_its_text() {
    for (name, manuscript) in manuscripts::all() {
        let title =
            manuscript.chapters.last().map_or_else(|| manuscript.title.clone(), |chapter| chapter.title.clone());
        let path = pdf(name, manuscript);
        let text = text(&path);
        let first = title.split_whitespace().next().unwrap_or_default();
        // Arabic letters come back in the shape that they have in a word.
        assert!(name == "arabic" || name == "hostile" || text.contains(first), "{name}: {text}");
    }
}

#[test]
fn the_file_says_what_the_book_is() {
    let path = pdf("said", manuscripts::published());
    let said = info(&path);
    for line in ["The Keeper of Tides", "Ines Calder", "Tagged:          yes", "432 x 648"] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    let bytes = std::fs::read(&path).unwrap();
    for standard in ["pdfaid:part", "pdfuaid:part"] {
        assert!(bytes.windows(standard.len()).any(|part| part == standard.as_bytes()), "{standard}");
    }
    let text = text(&path);
    for line in ["Contents", "ISBN 978-3-16-148410-0", "© 2026 Ines Calder"] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[test]
fn the_outline_chooses_the_size_of_a_page() {
    for (trim, size) in [(Trim::Small, "360 x 576"), (Trim::A5, "419.528 x 595.276"), (Trim::A4, "595.276 x 841.89")] {
        let mut manuscript = manuscripts::ordinary();
        manuscript.publication.trim = trim;
        let said = info(&pdf(trim.name(), manuscript));
        assert!(said.contains(size), "{said}");
    }
}

#[test]
fn three_hundred_pages_are_set_within_ten_seconds() {
    let began = Instant::now();
    let path = pdf("long", long(150_000));
    let said = info(&path);
    let pages = said.lines().find_map(|line| line.strip_prefix("Pages:")).unwrap().trim().parse::<usize>().unwrap();
    assert!(pages >= 300, "{pages} pages");
    assert!(began.elapsed() < Duration::from_secs(10), "{pages} pages took {:?}", began.elapsed());
}

#[test]
fn a_character_without_a_font_is_an_error_that_names_the_package() {
    let mut manuscript = manuscripts::ordinary();
    manuscript.chapters[0].body = "A sign that nobody has: \u{378}.".to_owned();
    let output = make(Format::Pdf, manuscript);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("apt install fonts-noto"), "{said}");
}

#[test]
fn a_cover_is_drawn_as_a_jpeg_that_no_shop_finds_fault_with() {
    let output = make(Format::Cover, manuscripts::ordinary());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cover = CoverImage::read(output.stdout).unwrap();
    assert_eq!(cover.kind().extension(), "jpg");
    assert_eq!(cover.warnings(), Vec::<String>::new());
}
