//! Are outlines of many forms read, and does the error for one that cannot be used say what is wrong, and in which line?

use std::{collections::BTreeSet, io::Write as _, process::Stdio};

use crate::support::Bench;

/// Checks that an outline is refused with these words and this line.
#[track_caller]
fn refused(name: &str, text: impl AsRef<[u8]>, line: Option<usize>, words: &str) {
    let bench = Bench::new();
    bench.file(name, text);
    let ended = bench.run(&["write", name]).exits(64);
    let place = line.map_or_else(|| format!("{name}: "), |line| format!("{name}:{line}: "));
    assert!(ended.stderr.contains(&place), "{place:?} is missing in\n{}", ended.stderr);
    assert!(ended.stderr.contains(words), "{words:?} is missing in\n{}", ended.stderr);
    assert!(ended.stdout.is_empty() && ended.stderr.len() < 10_000, "the answer is too long");
    assert_eq!(bench.model.stats().calls, 0);
}

#[test]
fn missing_and_misplaced_titles_are_reported() {
    refused("o.md", "## A\n", None, "the outline has no title");
    refused("o.md", "# A\n\nText.\n", None, "the outline has no chapters");
    refused("o.md", "# A\n\n# B {part}\n\n# C {part}\n\n## D\n", Some(3), "the part \"B\" has no chapters");
    refused("o.md", "- a list\n\n# A\n\n## B\n", Some(1), "there is text before the title");
    refused("o.md", "# A\n\n### S\n\n## B\n", Some(3), "stands before the first chapter");
    refused("o.md", "# A\n\n## B\n\n###\n", Some(5), "a section of chapter 1 has no heading");
    refused("o.md", "# A\n\n##\n", Some(3), "has no title");
    refused("o.md", format!("# A\n\n## {}\n", "long ".repeat(100)), Some(3), "at most 300 are allowed");
}

#[test]
fn more_chapters_sections_or_points_than_a_book_can_have_are_reported() {
    let list = |item: &dyn Fn(usize) -> String, count: usize| (0..count).map(item).collect::<String>();
    let chapters = list(&|n| format!("## Chapter of {n} things\n\n"), 2_001);
    refused("o.md", format!("# A\n\n{chapters}"), None, "2001 chapters and at most 2000");
    let sections = list(&|n| format!("### Section of {n} things\n\n"), 25);
    refused("o.md", format!("# A\n\n## B\n\n{sections}"), Some(3), "25 sections and at most 24");
    let points = list(&|n| format!("- point {n}\n"), 65);
    refused("o.md", format!("# A\n\n## B\n\n{points}"), Some(3), "65 key points and at most 64");
}

#[test]
fn wrong_front_matter_and_attributes_are_reported() {
    let front = |lines: &str| format!("---\n{lines}\n---\n# A\n\n## B\n");
    refused("o.md", "---\nlanguage: en\n# A\n", Some(1), "is not closed");
    refused("o.md", front("langauge: en"), Some(2), "did you mean `language`?");
    refused("o.md", front("tone: dry\ntone: wet"), Some(3), "given twice");
    refused("o.md", front("words: many"), Some(2), "`words` must be");
    refused("o.md", front("words: 7"), Some(2), "from 20 to 50000");
    refused("o.md", front("date: 2026-02-30"), Some(2), "not a date of the calendar");
    refused("o.md", front("language: klingonisch-sprache"), Some(2), "not a language tag");
    refused("o.md", front("isbn: 978-3-16-148410-1"), Some(2), "is not an ISBN");
    refused("o.md", front("model: gpt"), Some(2), "provider:model");
    refused("o.md", front("tone: \"dry"), Some(2), "not valid YAML");
    refused("o.md", "# A\n\n## B {first}\n", Some(3), "not a chapter attribute");
    refused("o.md", "# A\n\n## B\n\n### S {last}\n", Some(5), "only chapters take attributes");
    refused("o.md", "# A\n\n## B\n\n<!-- never closed\n\n## C\n", Some(5), "is not closed");
}

#[test]
fn json_and_yaml_that_are_not_an_outline_are_reported() {
    refused("o.json", "{\"title\": \"A\",\n \"chapters\": [}", Some(2), "not valid JSON");
    refused(
        "o.json",
        "{\"title\": \"A\", \"chapters\": [{\"title\": \"B\", \"poimts\": []}]}",
        Some(1),
        "did you mean `points`",
    );
    refused("o.yaml", "title: A\nchapters:\n  - title: B\n    words: [1]\n", Some(4), "must be");
    refused("o.yaml", "title: A\nchapters: [\n", Some(2), "not valid YAML");
}

#[test]
fn a_file_that_is_not_text_or_far_too_large_is_refused() {
    refused("o.md", b"# A\n\n## B \xff\xfe\n", Some(3), "not valid UTF-8");
    refused("o.md", vec![b'a'; 50_000_000], None, "at most 5000000 are read");
}

#[test]
fn a_missing_file_or_an_unknown_ending_is_refused() {
    let bench = Bench::new();
    bench.run(&["write", "nowhere.md"]).exits(64).tells(&["nowhere.md cannot be read"]);
    bench.file("outline.pdf", "x");
    bench.run(&["write", "outline.pdf"]).exits(64).tells(&["ends in .md, .txt, .docx, .yaml, .json, .org"]);
    bench.file("outline.docx", "x");
    bench.run(&["write", "outline.docx"]).exits(64).tells(&["outline.docx: this is no document of a word processor"]);
}

#[test]
fn all_faults_are_reported_at_once() {
    let bench = Bench::new();
    bench.file("o.md", "---\nlangauge: en\n---\n# A\n\n## B\n\n##\n\n## C {first}\n");
    bench.run(&["write", "o.md"]).exits(64).tells(&["o.md:2: ", "o.md:8: ", "o.md:10: "]);
}

/// An outline as a chat model answers with it.
const ANSWER: &str = "\
Of course! Here is a plan for your book:

**Bees in the City**

**Introduction**

**Part I: The Hive**

**Chapter One: Wax**
- why six sides

**Part II: The Year**

**Chapter Two: Swarms**
- when they leave

Shall I write the first chapter?
";

#[test]
fn an_outline_of_another_form_is_read_and_the_reading_is_shown_before_a_call() {
    let bench = Bench::new();
    bench.file("bees.txt", ANSWER);
    bench.run(&["plan", "bees.txt", "--no-plan"]).exits(0).tells(&[
        "bees.txt:1: note: the greeting before the outline is left out",
        "\"Bees in the City\" is read as: nonfiction, 2 parts, 3 chapters, introduction unnumbered",
        "\n  Introduction\n  Part I: The Hive\n    1. Wax\n  Part II: The Year\n    2. Swarms\n",
    ]);
    assert_eq!(bench.model.stats().calls, 0);
}

#[test]
fn what_other_tools_put_into_front_matter_is_left_out_and_told() {
    let bench = Bench::new();
    bench.file(
        "bees.md",
        "---\ntitle: Bees: A Year\ndate: last-modified\nisbn: TBD\nlang: German\n---\n\n# Wax\n\n# Honey\n",
    );
    let ended = bench.run(&["tidy", "bees.md"]).exits(0).tells(&[
        "bees.md:3: note: `last-modified` is no date, so `date` is left out",
        "bees.md:4: note: `TBD` is no ISBN, so `isbn` is left out",
    ]);
    assert!(ended.stdout.starts_with("---\nlanguage: de\n---\n\n# Bees: A Year\n"), "{}", ended.stdout);
}

#[test]
fn a_tidied_outline_is_read_as_the_one_it_was_made_from() {
    let bench = Bench::new();
    bench.file("bees.txt", ANSWER);
    let tidied = bench.run(&["tidy", "bees.txt"]).exits(0).stdout;
    assert!(tidied.starts_with("# Bees in the City\n\n## Introduction\n\n# Part I: The Hive\n\n## Wax\n"), "{tidied}");
    bench.file("bees.md", tidied);
    let again = bench.run(&["tidy", "bees.md", "--json"]).exits(0);
    let first = bench.run(&["tidy", "bees.txt", "--json"]).exits(0);
    assert_eq!(again.stdout, first.stdout);
}

#[test]
fn the_command_line_says_whether_headings_are_parts_or_chapters() {
    let bench = Bench::new();
    bench.file("o.md", "# T\n\n## A\n\n### B\n\n### C\n\n## D\n\n### E\n\n### F\n");
    bench.run(&["tidy", "o.md"]).exits(0).tells(&["read as: nonfiction, 2 chapters", "run it again with `--as parts`"]);
    bench.run(&["tidy", "o.md", "--as", "parts"]).exits(0).tells(&["read as: nonfiction, 2 parts, 4 chapters"]);
    bench.run(&["plan", "o.md", "--no-plan", "--as", "parts"]).exits(0).tells(&["2 parts, 4 chapters"]);
}

#[test]
fn an_outline_is_read_from_the_standard_input() {
    let bench = Bench::new();
    let mut command = bench.command(&["plan", "-", "--no-plan"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(ANSWER.as_bytes()).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert!(bench.path("bees-in-the-city.plan.json").exists());
}

#[test]
fn an_introduction_is_bound_without_a_number_and_parts_stand_above_their_chapters() {
    let bench = Bench::new();
    bench.file("bees.txt", ANSWER);
    bench.run(&["write", "bees.txt", "--no-plan", "--words", "300", "--yes", "--format", "md"]).exits(0);
    let book = std::fs::read_to_string(bench.path("bees/bees.md")).unwrap();
    for line in
        ["\n# Part I: The Hive {.part .unnumbered}\n\n# Wax\n", "\n# Introduction {.unnumbered}\n", "\n# Swarms\n"]
    {
        assert!(book.contains(line), "{line:?} is missing in\n{book}");
    }
}

#[test]
fn a_dedication_stands_as_it_was_typed_and_nobody_invents_the_author() {
    let bench = Bench::new();
    let outline = "# Lamps\n\n## Dedication\n\nFor my mother,  \nwho kept the lamp.\n\n## Oil\n\n- wicks\n\n## About the Author\n";
    bench.file("lamps.md", outline);
    let ended = bench.run(&["write", "lamps.md", "--no-plan", "--words", "300", "--format", "md"]).exits(0);
    assert!(ended.stderr.contains("\"About the Author\" has no text and is left out"), "{}", ended.stderr);
    let book = std::fs::read_to_string(bench.path("lamps/lamps.md")).unwrap();
    assert!(book.contains("For my mother,") && !book.contains("About the Author"), "{book}");
    let called: BTreeSet<u32> = bench.model.calls().into_keys().filter_map(|subject| subject.chapter).collect();
    assert_eq!(called, [2].into(), "a model was asked for the dedication");
}

#[test]
fn a_chapter_may_have_20_words() {
    let bench = Bench::new();
    bench.file("short.md", "# Lamps\n\n## Oil {words=20}\n\n## Wicks {words=25}\n");
    bench.run(&["write", "short.md", "--no-plan", "--format", "md"]).exits(0);
    assert!(bench.path("short/short.md").exists());
}
