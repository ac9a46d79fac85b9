//! Are all examples of the documentation, and chapters with any markup, bound as files without faults?

use std::{fs, path::Path};

use bindery_context::{Context, Lengths};
use bindery_format::{Format, ValidManuscript};
use bindery_outline::{Headings, Kind, parse};

use crate::support::{Bench, Book, ExpectedChapter, Sections, argument, epubcheck, onixcheck};

#[path = "../shared/format/tests/formats/manuscripts.rs"]
mod manuscripts;

/// Returns the chapters that the book of an outline must have with the default settings.
fn expected(path: &Path) -> Vec<ExpectedChapter> {
    let outline = parse(&fs::read(path).unwrap(), Kind::of(path).unwrap()).unwrap();
    let compiled = Context::compile(&outline, Lengths { chapter: 2_500, section: 700 });
    let chapters = compiled.chapters.iter().cloned().map(|slice| {
        let fixed: Vec<String> = slice.fixed.into_iter().map(|section| section.heading).collect();
        let sections = match (fixed.is_empty(), slice.sections) {
            (false, _) => Sections::Titled(fixed),
            // Scenes have no titles.
            (true, _) if compiled.book.headings != Headings::Titles => Sections::Count(0),
            // The text of a chapter of one section stands under the chapter's title.
            (true, 1) => Sections::Count(0),
            (true, sections) => Sections::Count(sections as usize),
        };
        ExpectedChapter { title: slice.title, sections }
    });
    chapters.collect()
}

fn check(example: &str) {
    let (bench, path) = (Bench::new(), Path::new("docs/examples").join(example));
    let copied = bench.file(example, fs::read(&path).unwrap());
    bench.run(&["write", argument(&copied), "--out", "out"]).exits(0);
    let stem = copied.file_stem().unwrap().to_str().unwrap();
    Book::open(&bench.path("out"), stem).is_whole(&expected(&path));
    epubcheck(&bench.path("out").join(stem).with_extension("epub"));
}

#[test]
fn bread_at_home_is_bound_without_a_fault() {
    check("bread-at-home.md");
}

#[test]
fn chiisana_honya_is_bound_without_a_fault() {
    check("chiisana-honya.md");
}

#[test]
fn das_wasser_der_stadt_is_bound_without_a_fault() {
    check("das-wasser-der-stadt.md");
}

#[test]
fn five_knots_is_bound_without_a_fault() {
    check("five-knots.yaml");
}

#[test]
fn night_sky_is_bound_without_a_fault() {
    check("night-sky.json");
}

#[test]
fn slack_water_is_bound_without_a_fault() {
    check("slack-water.md");
}

#[test]
fn every_example_has_a_test() {
    let source = include_str!("examples.rs");
    for entry in fs::read_dir("docs/examples").unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(source.contains(&format!("check(\"{name}\")")), "{name} has no test");
    }
}

#[test]
fn the_onix_record_of_every_book_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    for (name, manuscript) in manuscripts::all() {
        let path = folder.path().join(name).with_extension("xml");
        fs::write(&path, ValidManuscript::of(manuscript).unwrap().render(Format::Onix).unwrap()).unwrap();
        onixcheck(&path);
    }
}

#[test]
fn chapters_full_of_markup_and_control_characters_are_bound_without_a_fault() {
    let folder = tempfile::tempdir().unwrap();
    for (name, manuscript) in manuscripts::all() {
        let path = folder.path().join(name).with_extension("epub");
        fs::write(&path, ValidManuscript::of(manuscript).unwrap().render(Format::Epub).unwrap()).unwrap();
        epubcheck(&path);
    }
}
