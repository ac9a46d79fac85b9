//! Does an editor's work in a DOCX come back into the book, and nothing else?

use std::{fs, path::Path, process::Command};

use serde_json::json;

use crate::{
    api::{self, Studio, ordered},
    support::{Bench, three_chapters},
};

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
    edit(&bench.path("out/book.docx"));
}

fn edit(document: &Path) {
    let python =
        std::env::var_os("BINDERY_PYTHON").expect("BINDERY_PYTHON is a Python with python-docx: run tests/run");
    let status = Command::new(python).args(["-c", EDIT]).arg(document).status().unwrap();
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

#[test]
fn an_edited_document_comes_back_over_http() {
    const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let bench = api::bench();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({"formats": ["md", "docx"]}));
    studio.caller.book_is(&id, "done");
    let path = format!("/v1/books/{id}/import");
    let send = |kind: &str, body: &[u8]| studio.caller.send("POST", &path, &[("Content-Type", kind)], body);
    let text = || studio.caller.get(&format!("/v1/books/{id}/chapters/2")).is(200).json()["text"].clone();
    let (document, before) = (studio.caller.get(&format!("/v1/books/{id}/files/docx")).is(200).body, text());
    let unchanged = send(DOCX, &document).is(200).json();
    assert_eq!((&unchanged["chapters"], &unchanged["book"]["edition"]), (&json!([]), &json!(1)), "{unchanged}");
    let file = bench.path("sent.docx");
    fs::write(&file, &document).unwrap();
    edit(&file);
    let calls = bench.model.calls();
    bench.calls_may_be_lost();
    let changed = send(DOCX, &fs::read(&file).unwrap()).is(200).json();
    assert_eq!((&changed["chapters"], &changed["book"]["edition"]), (&json!([2]), &json!(2)), "{changed}");
    studio.caller.book_is(&id, "done");
    assert_eq!(bench.model.calls(), calls, "no model is called");
    assert_eq!(text().as_str().unwrap().replacen("An editor was here. ", "", 1), before, "nothing else is changed");
    assert_ne!(text(), before);
    send("application/json", b"{}").is(415);
    let refused = send(DOCX, b"no document").is(422).json();
    assert!(refused["detail"].as_str().unwrap().starts_with("it is no DOCX"), "{refused}");
    studio.stop();
}
