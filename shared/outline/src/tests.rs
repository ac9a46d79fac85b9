//! Tests of all formats together.

mod documents;
mod forms;
mod properties;

use std::path::Path;

use super::*;

fn read(text: &str) -> Outline {
    parse(text.as_bytes(), Kind::Markdown).unwrap()
}

/// Returns the faults of a Markdown outline, one line each.
fn faults(text: &str) -> Vec<String> {
    let error = parse(text.as_bytes(), Kind::Markdown).unwrap_err();
    error.in_file("o.md").lines().map(str::to_owned).collect()
}

fn assert_fault(text: &str, expected: &str) {
    let found = faults(text);
    assert!(found.iter().any(|line| line.contains(expected)), "{text:?} gives {found:#?}");
}

const WHOLE: &str = "\
---
subtitle: An example
author: [A. Writer, B. Writer]
language: en_gb
words: 2500
---
Salt
====

For cooks.

- a list of the description

## 1. Where it comes from {words=1500}

Seas, *mines* and [lakes](http://example.org).

- Evaporation
  - sun
  - fire
* Mining

> A quotation.

### The sea ###

Slow work.

1. Ponds
2. Pans

#### Deeper

Still the sea.

## The end {last}
";

#[test]
fn a_whole_outline_lands_in_its_fields() {
    let outline = read(WHOLE);
    assert_eq!(outline.title, "Salt");
    assert_eq!(outline.description, "For cooks.\n\n- a list of the description");
    assert_eq!(outline.front.author, ["A. Writer", "B. Writer"]);
    assert_eq!(outline.front.language.as_deref(), Some("en-GB"));
    assert_eq!(outline.front.words, Some(2500));
    let [origin, end] = &outline.chapters[..] else { panic!("{outline:#?}") };
    assert_eq!((origin.title.as_str(), origin.words), ("Where it comes from", Some(1500)));
    assert_eq!(origin.summary, "Seas, *mines* and [lakes](http://example.org).\n\n> A quotation.");
    assert_eq!(origin.points, ["Evaporation\n- sun\n- fire", "Mining"]);
    let [sea] = &origin.sections[..] else { panic!("{origin:#?}") };
    assert_eq!(sea.heading, "The sea");
    assert_eq!(sea.summary, "Slow work.\n\n#### Deeper\n\nStill the sea.");
    assert_eq!(sea.points, ["Ponds", "Pans"]);
    assert!(end.last && end.title == "The end" && end.words.is_none());
}

#[test]
fn the_three_formats_give_the_same_outline() {
    let outline = read(WHOLE);
    let json = serde_json::to_vec_pretty(&outline).unwrap();
    assert_eq!(parse(&json, Kind::Json).unwrap(), outline);
    // JSON without surrogate escapes is YAML.
    assert_eq!(parse(&json, Kind::Yaml).unwrap(), outline);
    assert_eq!(serde_json::from_slice::<Outline>(&json).unwrap(), outline);
}

#[test]
fn the_extension_of_a_file_decides_how_it_is_read() {
    let of = |path: &str| Kind::of(Path::new(path));
    assert_eq!(of("a/b.MD"), Some(Kind::Markdown));
    assert_eq!(of("b.markdown"), Some(Kind::Markdown));
    assert_eq!(of("b.txt"), Some(Kind::Markdown));
    assert_eq!(of("b.yml"), Some(Kind::Yaml));
    assert_eq!(of("b.yaml"), Some(Kind::Yaml));
    assert_eq!(of("b.json"), Some(Kind::Json));
    assert_eq!(of("b.docx"), Some(Kind::Docx));
    assert_eq!(of("b.pdf"), None);
    assert_eq!(of("md"), None);
}

const MISPLACED: [(&str, &str); 17] = [
    ("", "o.md: the outline has no chapters"),
    ("# T\n", "o.md: the outline has no chapters"),
    ("## A\n", "o.md: the outline has no title"),
    ("#\n\n## A\n", "o.md:1: the outline has no title"),
    ("hello\n\n# T\n\n## A\n", "o.md:1: there is text before the title"),
    ("## A\n\n# T\n", "o.md:1: there is text before the title"),
    ("# T\n\n# P {part}\n\n# Q {part}\n\n## A\n", "o.md:3: the part \"P\" has no chapters"),
    ("# T\n\n### S\n\n## A\n", "o.md:3: the section \"S\" stands before the first chapter"),
    ("# T\n\n##\n", "o.md:3: chapter 1 has no title"),
    ("# T\n\n## A\n\n###\n", "o.md:5: a section of chapter 1 has no heading"),
    ("# T\n\n## A {role=hero}\n", "o.md:3: `hero` is not a role"),
    ("---\nwords: 900\n\n# T\n", "o.md:1: the front matter that begins here is not closed"),
    ("# T\n\n## A\n\n```\n\n## B\n", "o.md:5: the code block that begins here is not closed"),
    ("# T\n\n## A\n\n<!--\n\n## B\n", "o.md:5: the HTML comment that begins here is not closed"),
    ("# T {last}\n\n## A\n", "o.md:1: only chapters take attributes"),
    ("# T\n\n## A {first}\n", "o.md:3: `first` is not a chapter attribute"),
    ("# T\n\n## A {words=5}\n", "o.md:3: `words` must be from 20 to 50000"),
];

#[test]
fn a_misplaced_part_is_named_with_its_line() {
    for (text, expected) in MISPLACED {
        assert_fault(text, expected);
    }
}

const FRONT_MATTER: [(&str, &str); 17] = [
    ("langauge: en", "o.md:2: `langauge` is not a known key; did you mean `language`?"),
    ("isbn: 978-3-16-148410-1", "o.md:2: `978-3-16-148410-1` is not an ISBN"),
    ("words: many", "o.md:2: `words` must be a whole number such as `3000`, not the text \"many\""),
    ("words: 10", "o.md:2: `words` must be from 20 to 50000 a chapter, not 10"),
    ("words: [1]", "o.md:2: `words` must be a whole number such as `3000`, not a list"),
    ("tone: {a: b}", "o.md:2: `tone` must be a text, not a mapping"),
    ("banned: delve", "o.md:2: `banned` must be a list, one text each, not the text \"delve\""),
    ("canon:\n  - a\n  - [b]", "o.md:4: each item of `canon` must be a text, not a list"),
    ("author: {a: b}", "o.md:2: `author` must be a name or a list of names, not a mapping"),
    ("glossary: [a]", "o.md:2: `glossary` must be a mapping of terms to their meanings"),
    ("date: 2023-02-29", "o.md:2: `2023-02-29` is not a date of the calendar"),
    ("language: Klingon", "o.md:2: `Klingon` is not a language tag"),
    ("model: gpt", "o.md:2: `gpt` does not name a model"),
    ("tone: a\ntone: b", "o.md:3: `tone` is given twice"),
    ("tone: [", "this is not valid YAML: "),
    ("- a", "o.md:2: the front matter must be `key: value` lines, not a list"),
    ("glossary:\n  a: b\n  a: c", "o.md:4: `a` is given twice"),
];

#[test]
fn front_matter_faults_name_their_line_and_what_is_expected() {
    for (field, expected) in FRONT_MATTER {
        assert_fault(&format!("---\n{field}\n---\n# T\n\n## A\n"), expected);
    }
}

#[test]
fn all_faults_are_reported_at_once_in_the_order_of_their_lines() {
    let found = faults("---\nlangage: en\nwords: 1\n---\n# T\n\n## A {x}\n\n### S\n\n###\n\n##\n");
    let lines: Vec<_> = found.iter().map(|line| line.split(':').nth(1).unwrap()).collect();
    assert_eq!(lines, ["2", "3", "7", "11", "13"], "{found:#?}");
}

#[test]
fn every_limit_holds_at_its_edge() {
    let chapters = |count: usize| -> String { (1..=count).map(|n| format!("## C {n}\n")).collect() };
    let sections = |count: usize| -> String { (1..=count).map(|n| format!("### S {n}\n")).collect() };
    let title = |chars: usize| format!("# {}\n## C\n", "ü".repeat(chars));
    let points = |count: usize| format!("# T\n## C\n### S\n{}", "- p\n".repeat(count));
    for (inside, outside, expected) in [
        (title(300), title(301), "the title has 301 characters"),
        (points(64), points(65), "the chapter has 65 key points"),
        (format!("# T\n{}", chapters(2000)), format!("# T\n{}", chapters(2001)), "has 2001 chapters"),
        (format!("# T\n## C\n{}", sections(24)), format!("# T\n## C\n{}", sections(25)), "the chapter has 25 sections"),
    ] {
        read(&inside);
        assert_fault(&outside, expected);
    }
}

#[test]
fn unknown_keys_are_rejected_at_every_level_of_yaml_and_json() {
    for (json, line, key) in [
        (r#"{"title": "T", "chapters": [{"title": "A"}], "pages": 3}"#, 1, "pages"),
        ("{\"title\": \"T\", \"chapters\": [\n{\"title\": \"A\", \"name\": 1}]}", 2, "name"),
        (
            "{\"title\": \"T\", \"chapters\": [{\"title\": \"A\", \"sections\": [\n\n{\"heading\": \"S\", \"title\": 1}]}]}",
            3,
            "title",
        ),
    ] {
        for kind in [Kind::Json, Kind::Yaml] {
            let error = parse(json.as_bytes(), kind).unwrap_err();
            assert_eq!(error.problems[0].line, Some(line), "{error}");
            assert!(error.to_string().contains(&format!("`{key}` is not a known key")), "{error}");
        }
        let error = serde_json::from_str::<Outline>(json).unwrap_err();
        assert!(error.to_string().contains("is not a known key"), "{error}");
    }
    let chapter = r#"{"title": "A", "colour": "red"}"#;
    assert!(serde_json::from_str::<Chapter>(chapter).is_err());
    assert!(serde_json::from_str::<FrontMatter>(r#"{"colour": "red"}"#).is_err());
}

#[test]
fn wrong_types_in_yaml_and_json_name_their_line() {
    for (json, expected) in [
        ("{\"title\": 1984, \"chapters\": [{\"title\": \"A\"}]}", "line 1: `title` must be a text, not `1984`"),
        ("{\"title\": \"T\",\n\"chapters\": {}}", "line 2: `chapters` must be a list, not a mapping"),
        ("{\"title\": \"T\",\n\"chapters\": [\n3]}", "line 3: a chapter must be `key: value` lines, not `3`"),
        (
            "{\"title\": \"T\", \"chapters\": [{\"title\": \"A\",\n\"last\": \"yes\"}]}",
            "line 2: `last` must be `true` or `false`",
        ),
        (
            "{\"title\": \"T\", \"chapters\": [{\"title\": \"A\", \"points\": [\n3]}]}",
            "line 2: each key point must be a text, not `3`",
        ),
        ("[]", "line 1: an outline must be `key: value` lines, not a list"),
    ] {
        let error = parse(json.as_bytes(), Kind::Json).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let yaml = "title: 1984\nchapters:\n  - title: 10\n    last: true\n    words: 800\n";
    let outline = parse(yaml.as_bytes(), Kind::Yaml).unwrap();
    assert_eq!((outline.title.as_str(), outline.chapters[0].title.as_str()), ("1984", "10"));
}

#[test]
fn comments_and_forbidden_characters_are_dropped() {
    let outline =
        read("<!-- draft\n\n# Old -->\n# T <!-- x -->\n\n## A\n\nsum\u{0}mary <!-- y\n-->\n\n- p<!-- z -->\n");
    assert_eq!((outline.title.as_str(), outline.chapters[0].title.as_str()), ("T", "A"));
    assert_eq!(outline.chapters[0].summary, "summary");
    assert_eq!(outline.chapters[0].points, ["p"]);
    let json = r##"{"title": "T\u0007", "chapters": [{"title": "A", "summary": "a\u0000b"}]}"##;
    let outline = parse(json.as_bytes(), Kind::Json).unwrap();
    assert_eq!((outline.title.as_str(), outline.chapters[0].summary.as_str()), ("T", "ab"));
}

#[test]
fn line_numbers_count_windows_lines_and_dropped_comments() {
    let text = "---\r\ntone: dry\r\n---\r\n# T\r\n<!-- a\r\nb\r\n-->\r\n## A\r\n## B {x}\r\n";
    assert_fault(text, "o.md:9: `x` is not a chapter attribute");
}

#[test]
fn a_title_that_looks_like_markup_is_escaped_only_then() {
    let titles = ["1. First", "Chapter 2: x", "第3章 旅", "C#", "a *b* c", "x {y}", "R&D", "# #", "&amp;", "<b>"];
    let mut outline = Outline { title: "C# & *more*".into(), ..Outline::default() };
    outline.chapters = titles.map(|title| Chapter { title: title.into(), ..Chapter::default() }).into();
    let text = to_markdown(&outline);
    assert_eq!(read(&text), outline, "{text}");
    assert!(text.contains("\n## R&D\n") && text.contains("\n## C#\n"), "{text}");
    assert!(text.contains("\n## 1\\. First\n"), "{text}");
}

#[test]
fn an_outline_that_cannot_be_read_to_its_end_is_not_blamed_for_what_was_not_read() {
    assert_eq!(faults("---\nlangage: en\n---\n# T\n\n```\n\n## A\n").len(), 2);
    assert_eq!(faults("---\n# T\n\n## A\n").len(), 1);
}

#[test]
fn a_fault_quotes_no_more_than_a_line_can_hold() {
    let long = "x".repeat(100_000);
    for text in [
        format!("# T\n\n## {long}\n\n## {long} {{{long}}}\n"),
        format!("# T\n\n# {long}\n\n## A\n\n### {long}\n\n### {long}\n"),
        format!("---\ntone: [{long}]\n\"{long}\": 1\n---\n"),
        format!("---\nlanguage: {long}\nwords: {}\ndate: {long}\nmodel: {long}\n---\n", "9".repeat(100_000)),
    ] {
        assert!(faults(&text).iter().all(|line| line.len() < 500));
    }
}

#[test]
fn the_rules_hold_for_an_outline_from_a_program_too() {
    let chapter = |title: &str, point: &str| Chapter {
        title: title.into(),
        summary: "# loud\n\n- a list".into(),
        points: vec![point.into()],
        ..Chapter::default()
    };
    let made = Outline { title: " T ".into(), chapters: vec![chapter("A", "b\n")], ..Outline::default() };
    let outline = made.checked().unwrap();
    assert_eq!((outline.title.as_str(), outline.chapters[0].summary.as_str()), ("T", "#### loud\n\n- a list"));
    assert_eq!(outline.chapters[0].points, ["b"]);
    assert_eq!(read(&to_markdown(&outline)), outline);
    let untitled =
        Outline { title: "T".into(), chapters: vec![chapter("A", ""), chapter(" ", "")], ..Outline::default() };
    assert!(untitled.checked().unwrap_err().to_string().contains("chapter 2 has no title"));
    let twice =
        Outline { title: "T".into(), chapters: vec![chapter("A", "b"), chapter("A", "b")], ..Outline::default() };
    assert_eq!(twice.checked().unwrap().chapters.len(), 2);
}
