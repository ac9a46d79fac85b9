//! Does a finished book take an editor's notes, texts and second thoughts, and stays all else as it was?

use std::fs;

use serde_json::Value;

use crate::support::{Bench, Ended, three_chapters};

const NOTE: &str = "Say who asked for it.";

fn written() -> Bench {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--format", "md"]).exits(0);
    bench
}

fn bound(bench: &Bench) -> String {
    fs::read_to_string(bench.path("out/book.md")).unwrap()
}

fn change(bench: &Bench, arguments: &[&str]) -> Ended {
    bench.run(&[arguments, &["--out", "out"]].concat())
}

/// Returns the names and origins of a chapter's versions.
fn versions(bench: &Bench, chapter: &str) -> Vec<(String, String)> {
    let listed = bench.run(&["versions", "book.md", "--chapter", chapter, "--json"]).exits(0);
    let version = |line: &str| {
        let value: Value = serde_json::from_str(line).unwrap();
        (value["version"].as_str().unwrap().to_owned(), value["origin"].as_str().unwrap().to_owned())
    };
    listed.stdout.lines().map(version).collect()
}

fn named(versions: &[(&str, &str)]) -> Vec<(String, String)> {
    versions.iter().map(|(name, origin)| ((*name).to_owned(), (*origin).to_owned())).collect()
}

#[test]
fn a_note_changes_what_it_names_and_the_former_text_can_be_taken_back() {
    let bench = written();
    bench.calls_may_be_lost();
    let before = bound(&bench);
    let revise = ["revise", "book.md", "--chapter", "2", "--section", "1", "--note", NOTE];
    change(&bench, &revise).exits(0).tells(&["revised        1 chapter"]);
    let after = bound(&bench);
    let changed: Vec<(&str, &str)> = before.lines().zip(after.lines()).filter(|(old, new)| old != new).collect();
    let [(old, new)] = changed[..] else { panic!("{changed:?}") };
    assert_eq!(new, format!("{old} An editor asked for this: {NOTE}"));
    assert_eq!(versions(&bench, "2"), named(&[("2.1", "revised"), ("1.0", "written")]));
    let diff = bench.run(&["diff", "book.md", "--chapter", "2"]).exits(0);
    assert!(diff.stdout.contains(&format!("-{old}")) && diff.stdout.contains(&format!("+{new}")), "{}", diff.stdout);
    let calls = bench.model.calls();
    change(&bench, &["restore", "book.md", "--chapter", "2", "1.0"]).exits(0);
    assert_eq!((bench.model.calls(), bound(&bench) == before), (calls, true), "no model is called");
    assert_eq!(versions(&bench, "2"), named(&[("3.0", "restored"), ("2.1", "revised"), ("1.0", "written")]));
    assert_eq!(versions(&bench, "1"), named(&[("1.0", "written")]));
}

#[test]
fn a_note_about_marked_words_changes_the_section_that_has_them() {
    let bench = written();
    bench.calls_may_be_lost();
    let text = bench.run(&["read", "book.md", "3"]).exits(0).stdout;
    let last = text.trim().lines().last().unwrap();
    let words: Vec<&str> = last.split_whitespace().rev().take(6).collect();
    let words = words.into_iter().rev().collect::<Vec<_>>().join(" ");
    let sections = text.matches("\n## ").count();
    change(&bench, &["revise", "book.md", "--chapter", "3", "--passage", &words, "--note", NOTE]).exits(0);
    let revised = bench.run(&["read", "book.md", "3"]).exits(0).stdout;
    let (others, section) = revised.rsplit_once("\n## ").unwrap();
    assert!(section.contains(NOTE) && !others.contains(NOTE), "{revised}");
    assert_eq!(revised.matches("\n## ").count(), sections);
}

#[test]
fn the_markdown_of_a_chapter_comes_back_as_its_editor_left_it() {
    let bench = written();
    bench.calls_may_be_lost();
    let before = bound(&bench);
    let text = bench.run(&["read", "book.md", "2"]).exits(0).stdout;
    let edited = text.trim_end().to_owned() + "\n\nAn editor was here.\n";
    bench.file("chapter.md", &edited);
    change(&bench, &["import", "book.md", "chapter.md", "--chapter", "2"]).exits(0);
    let after = bound(&bench);
    let added: Vec<&str> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(added, ["An editor was here."]);
    assert_eq!(versions(&bench, "2"), named(&[("2.0", "edited"), ("1.0", "written")]));
}

#[test]
fn what_a_book_does_not_have_is_said_and_nothing_is_done() {
    let bench = written();
    let before = bound(&bench);
    for (arguments, told) in [
        (["revise", "book.md", "--chapter", "4", "--note", NOTE], "the book has no chapter 4; it has 3"),
        (["revise", "book.md", "--chapter", "1", "--note", " "], "note: is empty; say what is to be changed"),
        (["restore", "book.md", "--chapter", "1", "2.0", "--yes"], "unexpected argument '--yes'"),
    ] {
        bench.run(&arguments).exits(if told.starts_with("unexpected") { 2 } else { 64 }).tells(&[told]);
    }
    let revise = ["revise", "book.md", "--chapter", "1", "--note", NOTE];
    let unknown = bench.run(&[&revise[..], &["--section", "99"]].concat()).exits(64);
    unknown.tells(&["sections: chapter 1 has no section 99"]);
    let elsewhere = bench.run(&[&revise[..], &["--passage", "zyxwv utsrq"]].concat()).exits(64);
    elsewhere.tells(&["passage: chapter 1 does not have these words"]);
    let restore = bench.run(&["restore", "book.md", "--chapter", "1", "2.0"]).exits(64);
    restore.tells(&["chapter 1 has no version 2.0; it has 1.0"]);
    bench.run(&["diff", "book.md", "--chapter", "1"]).exits(64).tells(&["chapter 1 has no version before 1.0"]);
    assert_eq!(bound(&bench), before);
}

#[test]
fn a_plan_that_waits_for_a_review_goes_out_and_comes_back_edited() {
    let bench = Bench::new();
    bench.outline(&three_chapters());
    bench.write(&["--review"]).exits(3);
    bench.run(&["plan", "book.md", "--out", "plan.json"]).exits(0).tells(&["bindery approve"]);
    let mut plan: Value = serde_json::from_str(&fs::read_to_string(bench.path("plan.json")).unwrap()).unwrap();
    plan["book"]["style"]["tone"] = "as dry as a tide table".into();
    bench.file("plan.json", plan.to_string());
    bench.run(&["approve", "book.md", "--plan", "plan.json"]).exits(0);
    bench.write(&[]).exits(0);
    assert!(bench.model.prompts("section", 2).iter().all(|prompt| prompt.contains("as dry as a tide table")));
    plan["chapters"].as_array_mut().unwrap().pop();
    bench.file("plan.json", plan.to_string());
    let late = bench.run(&["approve", "book.md", "--plan", "plan.json"]).exits(64);
    late.tells(&["plan.json: the plan does not fit: it has 2 chapters, the outline has 3"]);
}
