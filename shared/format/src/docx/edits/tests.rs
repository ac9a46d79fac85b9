use std::io::{Cursor, Read as _, Write as _};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{Chapter, Edits, Format, Manuscript, Provenance, Role, ValidManuscript};

const FIRST: &str = "A first paragraph with *emphasis* and a note[^a].\n\n## Heading\n\n- one\n- two\n  1. deeper\n\n\
    ```rust\nlet x = 1;\n```\n\nA formula $x^2$ stands here, and \\(y\\).\n\n> A quotation.\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n\
    [^a]: The **note**.\n";
const SECOND: &str = "The second chapter links to [the first](#first) and [out](https://example.org/).\n\nIt ends.\n";

fn manuscript() -> ValidManuscript {
    let chapter = |number, title: &str, body: &str| Chapter {
        number,
        shown_number: Some(number),
        role: Role::Chapter,
        part: None,
        goals: Vec::new(),
        provenance: None::<Provenance>,
        title: title.to_owned(),
        body: body.to_owned(),
    };
    ValidManuscript::of(Manuscript {
        title: "Book".to_owned(),
        subtitle: None,
        authors: vec!["Ada".to_owned()],
        language: "en".to_owned(),
        description: String::new(),
        publisher: None,
        rights: None,
        date: "2026-11-23".to_owned(),
        modified: None,
        identifier: "urn:uuid:0".to_owned(),
        notice: None,
        publication: crate::Publication::default(),
        chapters: vec![chapter(1, "First", FIRST), chapter(2, "Second", SECOND)],
        pictures: Vec::new(),
        mark: None,
    })
    .unwrap()
}

/// Returns what an editor changes who replaces one piece of the document's markup by another.
fn edited(from: &str, to: &str) -> Edits {
    let book = manuscript();
    let docx = book.render(Format::Docx).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut changed = ZipWriter::new(Cursor::new(Vec::new()));
    let mut count = 0;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        count += text.matches(from).count();
        changed.start_file(file.name().unwrap().into_owned(), SimpleFileOptions::default()).unwrap();
        changed.write_all(text.replace(from, to).as_bytes()).unwrap();
    }
    assert!(from.is_empty() || count == 1, "{from} stands {count} times in the document");
    book.edits(&changed.finish().unwrap().into_inner()).unwrap()
}

#[test]
fn a_document_without_edits_changes_nothing() {
    let edits = manuscript().edits(&manuscript().render(Format::Docx).unwrap()).unwrap();
    assert_eq!(edits, Edits { chapters: Vec::new(), remarks: Vec::new() });
}

#[test]
fn an_edit_changes_its_block_and_nothing_else() {
    let edits = edited(">A quotation.<", ">Another quotation.<");
    let [chapter] = &edits.chapters[..] else { panic!("{edits:?}") };
    assert_eq!(chapter.number, 1);
    let body = &chapter.body;
    assert!(body.contains("> Another quotation.") && !body.contains("> A quotation."), "{body}");
    for kept in ["*emphasis*", "```rust\nlet x = 1;\n```", "$x^2$", "| a | b |", "The **note**.", "## Heading"] {
        assert!(body.contains(kept), "{kept} is gone from {body}");
    }
}

#[test]
fn a_changed_note_and_a_changed_item_come_back() {
    let note = edited(">note<", ">remark<");
    assert!(note.chapters[0].body.contains("The **remark**."), "{note:?}");
    let item = edited(">deeper<", ">deepest<");
    assert!(item.chapters[0].body.contains("- two\n  1. deepest"), "{item:?}");
}

#[test]
fn tracked_changes_are_taken_as_accepted() {
    let run = "<w:r><w:t xml:space=\"preserve\">It ends.</w:t></w:r>";
    let tracked =
        "<w:del><w:r><w:delText>It ends.</w:delText></w:r></w:del><w:ins><w:r><w:t>It goes on.</w:t></w:r></w:ins>";
    let edits = edited(run, tracked);
    assert_eq!(edits.chapters[0].number, 2);
    assert!(edits.chapters[0].body.ends_with("It goes on.\n"), "{edits:?}");
    assert!(edits.chapters[0].body.contains("[the first](#first) and [out](https://example.org/)"), "{edits:?}");
}

#[test]
fn a_changed_title_is_told_and_not_taken() {
    let edits = edited(">Second</w:t></w:r><w:bookmarkEnd", ">Third</w:t></w:r><w:bookmarkEnd");
    assert!(edits.chapters.is_empty());
    assert!(edits.remarks[0].starts_with("chapter 2 has another title in the document, `Third`"), "{edits:?}");
}

#[test]
fn what_is_no_document_is_refused() {
    let error = manuscript().edits(b"text").unwrap_err();
    assert!(error.to_string().starts_with("it is no DOCX"), "{error}");
}
