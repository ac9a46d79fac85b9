//! Does an editor's work in a DOCX come back into the book, and nothing else?

use std::{fs, process::Command};

use crate::support::{Bench, three_chapters};

/// Changes the first word of the last paragraph of a chapter, as an editor would in a word processor.
const EDIT: &str = "
import sys, docx
document = docx.Document(sys.argv[1])
heading = [p for p in document.paragraphs if p.style.name == 'Heading 1'][1]
body = [p for p in document.paragraphs if p.style.name in ('Body Text', 'Heading 1')]
at = [p._p for p in body].index(heading._p)
paragraph = body[at + 1]
paragraph.runs[0].text = 'An editor was here. ' + paragraph.runs[0].text
assert document.core_properties.title and document.core_properties.language == 'en'
document.save(sys.argv[1])
";

fn edited(bench: &Bench) {
    let python =
        std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with python-docx: run tests/run");
    let status = Command::new(python).args(["-c", EDIT]).arg(bench.path("out/book.docx")).status().unwrap();
    assert!(status.success());
}

#[test]
fn an_edit_in_the_document_changes_its_paragraph_and_nothing_else() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--format", "md,docx"]).exits(0);
    let before = fs::read_to_string(bench.path("out/book.md")).unwrap();
    bench.run(&["import", "book.md", "out/book.docx", "--out", "out"]).exits(0).tells(&["changes no text"]);
    let calls = bench.model.calls();
    edited(&bench);
    bench.calls_may_be_lost();
    bench.run(&["import", "book.md", "out/book.docx", "--out", "out"]).exits(0).tells(&["changes chapter 2"]);
    assert_eq!(bench.model.calls(), calls, "no model is called");
    let after = fs::read_to_string(bench.path("out/book.md")).unwrap();
    let changed: Vec<(&str, &str)> =
        before.lines().zip(after.lines()).filter(|(before, after)| before != after).collect();
    let [(old, new)] = changed[..] else { panic!("{changed:?}") };
    assert_eq!(new, format!("An editor was here. {old}"));
    assert_eq!(before.lines().count(), after.lines().count());
}

#[test]
fn a_file_that_is_no_document_and_a_book_that_is_not_finished_are_refused() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench.file("notes.docx", "no document");
    bench.run(&["import", "book.md", "notes.docx"]).exits(64).tells(&["notes.docx: it is no DOCX"]);
    bench.run(&["import", "book.md", "missing.docx"]).exits(64).tells(&["missing.docx cannot be read"]);
}
