//! Do the files of the author stay as they are, and can the author read a book that is not finished?

use std::fs;

use bindery_stand_in::{Faults, Match, Rule};

use crate::support::{Bench, three_chapters};

/// Returns the names of the files of a book in a folder, without those of its score.
fn names(bench: &Bench, folder: &str) -> Vec<String> {
    let entries = fs::read_dir(bench.path(folder)).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
    names.retain(|name| !name.contains(".score."));
    names.sort_unstable();
    names
}

/// Returns a bench whose book failed, because the second section of chapter 2 is refused again and again.
fn failed() -> Bench {
    let matching = Match { task: Some("section".to_owned()), chapter: Some(2), section: Some(2), ..Match::default() };
    let bench = Bench::with_faults(Faults::none().with_rule(Rule::on(matching, "refused".parse().unwrap()).times(99)));
    bench.outline(&three_chapters());
    bench.write(&[]).exits(1);
    bench
}

#[test]
fn an_edited_file_stays_and_the_next_edition_gets_another_name() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench.file("out/book.md", "# My own book\n");
    bench.calls_may_be_lost();
    let ended = bench.run(&["--json", "rewrite", "book.md", "--chapter", "1", "--out", "out"]).exits(0);
    let report = ended.values().pop().unwrap();
    assert!(report["kept"][0]["kept"].as_str().unwrap().ends_with("book.md"), "{report}");
    assert!(report["kept"][0]["written"].as_str().unwrap().ends_with("book-2.md"), "{report}");
    assert!(ended.stderr.contains("is not as Bindery wrote it, so it stays"), "{}", ended.stderr);
    assert_eq!(fs::read_to_string(bench.path("out/book.md")).unwrap(), "# My own book\n");
    assert_eq!(names(&bench, "out"), ["book-2.md", "book.epub", "book.html", "book.md"]);
}

#[test]
fn an_edited_plan_stays_and_the_new_plan_gets_another_name() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.run(&["plan", "book.md", "--no-plan"]).exits(0);
    bench.file("book.plan.json", "{}");
    bench.run(&["plan", "book.md", "--no-plan"]).exits(0).tells(&["book.plan-2.json"]);
    assert_eq!(fs::read_to_string(bench.path("book.plan.json")).unwrap(), "{}");
}

#[test]
fn a_folder_that_cannot_be_written_fails_before_the_first_call() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.file("shelf", "a file where a folder should be");
    bench.run(&["write", "book.md", "--out", "shelf"]).exits(69).tells(&["shelf", "--out"]);
    assert_eq!(bench.model.stats().calls, 0);
}

#[test]
fn get_names_files_as_write_does() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&[]).exits(0);
    bench.run(&["get", "book.md", "--out", "shelf"]).exits(0);
    assert_eq!(names(&bench, "shelf"), names(&bench, "out"));
}

#[test]
fn what_is_written_of_a_failed_book_can_be_read() {
    let bench = failed();
    let whole = bench.run(&["read", "book.md"]).exits(0);
    assert!(whole.stderr.contains("2 of 3 chapters are finished"), "{}", whole.stderr);
    assert!(whole.stdout.contains("This book is not finished: 2 of 3 chapters are finished."), "{}", whole.stdout);
    let chapter = bench.run(&["read", "book.md", "2"]).exits(0);
    assert!(chapter.stderr.contains("chapter 2 is not finished: "), "{}", chapter.stderr);
    assert!(chapter.stdout.starts_with("# ") && chapter.stdout.contains("\n## "), "{}", chapter.stdout);
    assert!(whole.stdout.len() > chapter.stdout.len());
    bench.run(&["read", "book.md", "4"]).exits(64).tells(&["no chapter 4"]);
    let values = bench.run(&["--json", "read", "book.md"]).exits(0).values();
    let finished: Vec<bool> = values.iter().map(|value| value["finished"].as_bool().unwrap()).collect();
    assert_eq!(finished, [true, false, true]);
}

#[test]
fn a_failed_book_is_copied_as_far_as_it_is_written() {
    let bench = failed();
    bench.run(&["get", "book.md", "--out", "shelf"]).exits(64).tells(&["--partial"]);
    bench.run(&["get", "book.md", "--out", "shelf", "--partial"]).exits(0);
    assert_eq!(names(&bench, "shelf"), ["book-partial.epub", "book-partial.html", "book-partial.md"]);
}

#[test]
fn a_book_of_which_nothing_is_written_cannot_be_read() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--review"]).exits(3);
    bench.run(&["read", "book.md"]).exits(1).tells(&["nothing is written of the book"]);
}
