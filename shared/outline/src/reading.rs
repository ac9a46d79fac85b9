//! An outline as it was read, and how: what was understood of its shape, and what was left out.

use std::fmt;

use super::{BookKind, Outline, Role, labelled, numbering::NumberedPart};

/// What the highest headings below the title are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// They are parts, and the headings below them are chapters.
    Parts,
    /// They are chapters, and the headings below them are sections.
    Chapters,
}

/// A remark on how an outline was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// The line that it is about, from 1.
    pub line: Option<usize>,
    /// The remark.
    pub text: String,
}

/// The remarks so far.
#[derive(Debug, Default)]
pub(super) struct Notes(pub(super) Vec<Note>);

impl Notes {
    pub(super) fn add(&mut self, line: impl Into<Option<usize>>, text: impl Into<String>) {
        self.0.push(Note { line: line.into(), text: text.into() });
    }
}

/// An outline with the way in which it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The outline.
    pub outline: Outline,
    /// What its writer should know about the reading, in the order of the lines.
    pub notes: Vec<Note>,
    /// Another shape in which the outline makes sense.
    pub alternative: Option<Shape>,
}

/// The most chapters that are listed.
const LISTED: usize = 100;

impl Reading {
    /// Returns the shape in a line, like `nonfiction, 2 parts, 6 chapters, introduction unnumbered`.
    pub fn summary(&self) -> String {
        let Outline { parts, chapters, .. } = &self.outline;
        let mut pieces = vec![BookKind::of(&self.outline).to_string()];
        if !parts.is_empty() {
            pieces.push(counted(parts.len(), "part"));
        }
        pieces.push(counted(chapters.len(), "chapter"));
        let mut unnumbered: Vec<String> = Vec::new();
        for chapter in chapters.iter().filter(|chapter| !chapter.role().is_numbered()) {
            let name = match chapter.role() {
                Role::FrontMatter | Role::BackMatter => format!("\"{}\"", chapter.title),
                role => role.name().replace('_', " "),
            };
            if !unnumbered.contains(&name) {
                unnumbered.push(name);
            }
        }
        if let Some((last, others)) = unnumbered.split_last() {
            let others = others.join(", ");
            pieces.push(if others.is_empty() {
                format!("{last} unnumbered")
            } else {
                format!("{others} and {last} unnumbered")
            });
        }
        pieces.join(", ")
    }
}

impl Reading {
    /// Returns the parts in the order of the chapters, with their numbers as readers see them.
    fn part_labels(&self) -> Vec<String> {
        let parts = self.outline.chapters.chunk_by(|one, next| one.part == next.part);
        let titles: Vec<&str> = parts.filter_map(|chapters| chapters[0].part.as_deref()).collect();
        let front = &self.outline.front;
        let language = front.language.as_deref().unwrap_or("en");
        front.numbering().parts(&titles, language).iter().map(NumberedPart::label).collect()
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The title, the parts and the chapters, a line each.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Outline { title, chapters, front, .. } = &self.outline;
        write!(f, "\"{title}\" is read as: {}", self.summary())?;
        let (numbering, language) = (front.numbering(), front.language.as_deref().unwrap_or("en"));
        let mut parts = self.part_labels().into_iter();
        let mut part = None;
        for (chapter, number) in chapters.iter().zip(self.outline.numbers()).take(LISTED) {
            if chapter.part.is_some() && chapter.part != part {
                write!(f, "\n  {}", parts.next().unwrap_or_default())?;
            }
            part.clone_from(&chapter.part);
            let indent = if part.is_some() { "    " } else { "  " };
            match number.and_then(|number| numbering.chapter(number, language)) {
                Some(number) if chapter.title != number => {
                    write!(f, "\n{indent}{}", labelled(&number, &chapter.title))?;
                }
                _ => write!(f, "\n{indent}{}", chapter.title)?,
            }
            match chapter.sections.len() {
                0 => {}
                count => write!(f, " ({})", counted(count, "section"))?,
            }
        }
        match chapters.len().checked_sub(LISTED) {
            None | Some(0) => Ok(()),
            Some(more) => write!(f, "\n  and {more} more"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Chapter, NumberStyle},
        *,
    };

    #[test]
    fn a_reading_is_told_in_a_line_and_a_line_for_each_chapter() {
        let chapter = |title: &str, part: Option<&str>| Chapter {
            title: title.into(),
            part: part.map(str::to_owned),
            ..Chapter::default()
        };
        let chapters = vec![chapter("Introduction", None), chapter("Sea", Some("I")), chapter("Epilogue", None)];
        let outline = Outline { title: "Salt".into(), chapters, ..Outline::default() }.checked().unwrap();
        let reading = Reading { outline, notes: Vec::new(), alternative: None };
        assert_eq!(reading.summary(), "nonfiction, 1 part, 3 chapters, introduction and epilogue unnumbered");
        let lines = reading.to_string();
        assert!(lines.ends_with("\n  Introduction\n  I\n    1. Sea\n  Epilogue"), "{lines}");
        let mut reading = reading;
        reading.outline.front.numbering = Some(NumberStyle::Words);
        reading.outline.front.part_numbering = Some(NumberStyle::Roman);
        assert!(reading.to_string().ends_with("\n  Part I. I\n    One. Sea\n  Epilogue"), "{reading}");
    }
}
