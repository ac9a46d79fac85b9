//! Does the error for an outline that cannot be used say what is wrong, and in which line?

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
fn missing_repeated_and_misplaced_titles_are_reported() {
    refused("o.md", "## A\n", None, "the outline has no title");
    refused("o.md", "# A\n\nText.\n", None, "the outline has no chapters");
    refused("o.md", "# A\n\n# B\n\n## C\n", Some(3), "a second title");
    refused("o.md", "Text.\n\n# A\n\n## B\n", Some(1), "there is text before the title");
    refused("o.md", "# A\n\n## B\n\n## b\n", Some(5), "two chapters are called");
    refused("o.md", "# A\n\n### S\n\n## B\n", Some(3), "stands before the first chapter");
    refused("o.md", "# A\n\n## B\n\n### S\n\n### S\n", Some(7), "two sections of this chapter");
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
    refused("o.md", front("words: 7"), Some(2), "from 100 to 20000");
    refused("o.md", front("date: 2026-02-30"), Some(2), "not a date of the calendar");
    refused("o.md", front("language: klingonisch-sprache"), Some(2), "not a language tag");
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
    bench.file("outline.docx", "x");
    bench.run(&["write", "outline.docx"]).exits(64).tells(&["ends in .md, .yaml or .json"]);
}

#[test]
fn all_faults_are_reported_at_once() {
    let bench = Bench::new();
    bench.file("o.md", "---\nlangauge: en\n---\n# A\n\n## B\n\n## B\n\n## C {first}\n");
    bench.run(&["write", "o.md"]).exits(64).tells(&["o.md:2: ", "o.md:8: ", "o.md:10: "]);
}
