//! Tests of outlines in the forms that people and other tools give them.

mod documents;
mod every_kind;
mod lists;
mod tools;

use super::super::*;

/// Reads an outline and returns its parts and chapters, a line each: `# part`, `1. chapter`, `- chapter without number`,
/// with the sections and the points of a chapter after it.
#[track_caller]
fn shape_of(text: &str) -> String {
    shape(&read_as(text, None))
}

#[track_caller]
fn read_as(text: &str, wish: Option<Shape>) -> Reading {
    let reading = read(text.as_bytes(), Kind::Markdown, wish);
    let reading = reading.unwrap_or_else(|error| panic!("{}\n{text}", error.in_file("o.md")));
    let tidy = to_markdown(&reading.outline);
    assert_eq!(parse(tidy.as_bytes(), Kind::Markdown).as_ref(), Ok(&reading.outline), "{tidy}");
    reading
}

fn shape(reading: &Reading) -> String {
    let Outline { title, chapters, .. } = &reading.outline;
    let mut lines = vec![title.clone()];
    let mut part = None;
    for (chapter, number) in chapters.iter().zip(reading.outline.numbers()) {
        if chapter.part != part {
            part.clone_from(&chapter.part);
            lines.push(format!("# {}", part.as_deref().unwrap_or("(none)")));
        }
        let number = number.map_or_else(|| "-".to_owned(), |number| format!("{number}."));
        let mut line = format!("{number} {}", chapter.title);
        for point in &chapter.points {
            line += &format!(" · {}", point.replace('\n', "/"));
        }
        for section in &chapter.sections {
            line += &format!(" § {}", section.heading);
            for point in &section.points {
                line += &format!(" · {}", point.replace('\n', "/"));
            }
        }
        lines.push(line);
    }
    lines.join("\n")
}
