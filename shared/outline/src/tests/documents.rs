//! Tests of the published examples and the page for writers.

use std::{fs, path::PathBuf};

use super::super::{fields::FRONT_KEYS, *};

fn docs() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "..", "..", "docs"].iter().collect()
}

fn example(name: &str) -> Outline {
    let path = docs().join("examples").join(name);
    let kind = Kind::of(&path).unwrap();
    parse(&fs::read(&path).unwrap(), kind).unwrap_or_else(|error| panic!("{}", error.in_file(name)))
}

#[test]
fn every_example_is_an_outline_and_reads_back_from_markdown() {
    let mut count = 0;
    for file in fs::read_dir(docs().join("examples")).unwrap() {
        let outline = example(file.unwrap().file_name().to_str().unwrap());
        let text = to_markdown(&outline);
        assert_eq!(parse(text.as_bytes(), Kind::Markdown).unwrap(), outline, "{text}");
        for Chapter { title, summary, points, sections, .. } in &outline.chapters {
            let points = points.len() + sections.iter().map(|part| part.points.len()).sum::<usize>();
            assert!(!summary.is_empty() && points >= 3, "{title} is thin");
        }
        count += 1;
    }
    assert_eq!(count, 6);
}

#[test]
fn the_examples_show_what_the_guides_say_about_them() {
    let bread = example("bread-at-home.md");
    assert_eq!((bread.chapters.len(), bread.front.words), (10, Some(3000)));
    assert!(!bread.chapters.iter().any(|chapter| chapter.last));
    let novel = example("slack-water.md");
    assert_eq!(novel.chapters.len(), 12);
    assert!(novel.front.point_of_view.is_some() && novel.front.canon.len() > 5);
    let german = example("das-wasser-der-stadt.md");
    let last: Vec<_> = german.chapters.iter().map(|chapter| chapter.last).collect();
    assert_eq!((last.first(), last.last()), (Some(&true), Some(&true)));
    assert_eq!(german.front.language.as_deref(), Some("de"));
    let japanese = example("chiisana-honya.md");
    assert_eq!(japanese.front.language.as_deref(), Some("ja"));
    assert_eq!(example("five-knots.yaml").chapters.len(), 3);
    assert_eq!(example("night-sky.json").chapters.len(), 3);
}

#[test]
fn the_page_for_writers_names_every_key_and_limit() {
    let page = fs::read_to_string(docs().join("outline.md")).unwrap();
    for key in FRONT_KEYS {
        assert!(page.contains(&format!("\n| `{key}` | ")), "{key} is not in the table");
    }
    assert!(page.contains(&format!("from {MIN_WORDS} to {MAX_WORDS};")));
    for (limit, of) in [
        (MAX_BYTES, "the outline"),
        (MAX_CHAPTERS, "chapters in a book"),
        (MAX_SECTIONS, "sections in a chapter"),
        (MAX_GOALS, "learning goals of a chapter"),
        (MAX_POINTS, "key points in a chapter, including those of its sections"),
        (MAX_TITLE, "characters in a title, a heading or a glossary term"),
    ] {
        let row = page.lines().find(|line| line.starts_with(&format!("| {of} |"))).unwrap();
        assert!(row.replace(',', "").contains(&format!(" {limit} ")), "{row}");
    }
}

#[test]
fn the_outline_on_the_page_for_writers_can_be_read() {
    let page = fs::read_to_string(docs().join("outline.md")).unwrap();
    let (_, rest) = page.split_once("```markdown\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let outline = parse(text.as_bytes(), Kind::Markdown).unwrap();
    assert_eq!(outline.chapters.len(), 3);
    assert!(outline.chapters[2].last);
}

#[test]
fn the_text_of_a_dedication_is_typed_and_one_without_a_text_is_left_out() {
    let text =
        "# T\n\n## Dedication\n\nFor Ann.\n\n## A\n\n## Acknowledgements\n\n- my editor\n\n## About the Author\n";
    let Reading { outline, notes, .. } = crate::read(text.as_bytes(), Kind::Markdown, None).unwrap();
    let titles: Vec<&str> = outline.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(titles, ["Dedication", "A", "Acknowledgements"]);
    assert!(notes.iter().any(|note| note.text.starts_with("\"About the Author\" has no text")), "{notes:?}");
    let typed: Vec<Option<&str>> = outline.chapters.iter().map(Chapter::typed_text).collect();
    assert_eq!(typed, [Some("For Ann."), None, None], "points are for a model to write from");
    let written = "# T\n\n## About the Author {words=120}\n\nA baker.\n\n## A\n";
    let Reading { outline, .. } = crate::read(written.as_bytes(), Kind::Markdown, None).unwrap();
    assert_eq!((outline.chapters.len(), outline.chapters[0].typed_text()), (2, None));
}
