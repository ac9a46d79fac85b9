//! Tests of reading books.

use super::*;
use crate::{Chapter, Format, Manuscript, ValidManuscript};

fn manuscript() -> Manuscript {
    let chapter = |number, title: &str, body: &str| Chapter {
        number,
        shown_number: Some(number),
        role: crate::Role::Chapter,
        part: None,
        title: title.to_owned(),
        goals: Vec::new(),
        provenance: None,
        body: body.to_owned(),
    };
    Manuscript {
        title: "Tides & Men".to_owned(),
        subtitle: None,
        authors: vec!["A. Writer".to_owned()],
        language: "en-GB".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-01-02".to_owned(),
        modified: None,
        identifier: "urn:uuid:x".to_owned(),
        notice: None,
        publication: crate::Publication::default(),
        chapters: vec![
            chapter(1, "Ebb", "The *water* leaves.\n\n## Mud\n\nBoats settle."),
            chapter(2, "Flood", "It comes back.\n\n- one\n- two\n"),
        ],
        pictures: Vec::new(),
        mark: None,
    }
}

#[test]
fn a_bound_epub_is_read_back_chapter_by_chapter() {
    let bytes = ValidManuscript::of(manuscript()).unwrap().render(Format::Epub).unwrap();
    let book = BookText::of_epub(&bytes).unwrap();
    assert_eq!(book.title.as_deref(), Some("Tides & Men"));
    assert_eq!(book.language.as_deref(), Some("en-GB"));
    let read = &book.markdown;
    let place = |text: &str| read.find(text).unwrap_or_else(|| panic!("“{text}” is missing in {read}"));
    let order = ["The water leaves.", "## Mud", "Boats settle.", "It comes back.", "- one", "- two"].map(place);
    assert!(order.is_sorted(), "{read}");
    let chapters = read
        .lines()
        .filter(|line| line.starts_with("# "))
        .filter(|line| line.contains("Ebb") || line.contains("Flood"));
    assert_eq!(chapters.count(), 2, "{read}");
}

#[test]
fn a_markdown_file_says_its_title_and_language() {
    let bytes = ValidManuscript::of(manuscript()).unwrap().render(Format::Markdown).unwrap();
    let book = BookText::of_markdown(&String::from_utf8(bytes).unwrap());
    assert_eq!((book.title.as_deref(), book.language.as_deref()), (Some("Tides & Men"), Some("en-GB")));
    assert_eq!(BookText::of_markdown("# Salt\r\n\r\nText.").title.as_deref(), Some("Salt"));
}

#[test]
fn plain_text_is_divided_at_lines_that_name_a_chapter() {
    let text = "junk\n*** START OF THE BOOK ***\nCHAPTER IV.\n\n    Indented *text*\ngoes on.\n\nChapter Two: x\n\nPart of it.\n\n\
                *** END OF THE BOOK ***\nlicence";
    let markdown = BookText::of_plain_text(text).markdown;
    let headings: Vec<&str> = markdown.lines().filter(|line| line.starts_with("## ")).collect();
    assert_eq!(headings, ["## CHAPTER IV.", "## Chapter Two: x"]);
    assert!(markdown.contains("Indented \\*text\\*\ngoes on."));
    assert!(!markdown.contains("licence") && !markdown.contains("junk"));
}

#[test]
fn what_is_no_epub_is_told() {
    assert!(matches!(BookText::of_epub(b"PK"), Err(EpubError::Archive(_))));
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("x", zip::write::SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert!(matches!(BookText::of_epub(&bytes), Err(EpubError::File { .. })));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_reading_fail(text in r"(chapter |I|1|\n|\*|#|-| |---\n|lang: x|é){0,60}") {
        BookText::of_plain_text(&text);
        BookText::of_markdown(&text);
    }
}
