//! The rules of the schema for a tree: which keys there are, and what each takes.

mod typed;

use super::{
    Chapter, FrontMatter, Outline, Section,
    check::{ChapterLines, Draft},
    fault::{Fault, Faults, shortened},
    markdown::prose::{Lists, Prose},
    node::{Entry, Node},
    suggest::advice,
};

/// The keys of [`FrontMatter`], in the order in which they are written.
pub(super) const FRONT_KEYS: [&str; 15] = [
    "subtitle",
    "author",
    "language",
    "audience",
    "tone",
    "point_of_view",
    "sample",
    "banned",
    "canon",
    "glossary",
    "words",
    "model",
    "date",
    "publisher",
    "rights",
];
const OUTLINE_KEYS: [&str; 3] = ["title", "description", "chapters"];
const CHAPTER_KEYS: [&str; 6] = ["title", "summary", "points", "sections", "words", "last"];
const SECTION_KEYS: [&str; 3] = ["heading", "summary", "points"];

/// Reads the front matter of a Markdown outline.
pub(super) fn front_matter(root: Node, faults: &mut Faults) -> FrontMatter {
    let mut fields = Fields { faults };
    let mut front = FrontMatter::default();
    for entry in fields.entries(root, "the front matter") {
        if !fields.front(&mut front, &entry) {
            let advised = match entry.key.as_str() {
                "title" => "in Markdown the title is the `# ` heading".to_owned(),
                "description" => "in Markdown the description is the text below the title".to_owned(),
                "chapters" => "in Markdown each chapter is a `## ` heading".to_owned(),
                key => advice(key, &FRONT_KEYS),
            };
            fields.unknown(&entry, advised);
        }
    }
    front
}

/// Reads an outline that was written as YAML or JSON.
pub(super) fn outline(root: Node, faults: &mut Faults) -> Draft {
    let mut fields = Fields { faults };
    let mut draft = Draft::default();
    for entry in fields.entries(root, "an outline") {
        let Outline { title, description, front, .. } = &mut draft.outline;
        match entry.key.as_str() {
            "title" => {
                draft.lines.title = entry.line;
                *title = fields.line(&entry);
            }
            "description" => *description = fields.prose(&entry, Lists::Stay).text,
            "chapters" => fields.chapters(entry, &mut draft),
            key => {
                if !fields.front(front, &entry) {
                    let known = [OUTLINE_KEYS.as_slice(), &FRONT_KEYS].concat();
                    fields.unknown(&entry, advice(key, &known));
                }
            }
        }
    }
    draft
}

/// Reads fields and collects their faults. A field with a fault counts as absent.
struct Fields<'a> {
    faults: &'a mut Faults,
}

impl Fields<'_> {
    /// Reads an entry into the front matter. Returns whether its key belongs there.
    fn front(&mut self, front: &mut FrontMatter, entry: &Entry) -> bool {
        match entry.key.as_str() {
            "subtitle" => front.subtitle = self.optional_line(entry),
            "author" => front.author = self.authors(entry),
            "language" => front.language = self.language(entry),
            "audience" => front.audience = self.text(entry),
            "tone" => front.tone = self.text(entry),
            "point_of_view" => front.point_of_view = self.text(entry),
            "sample" => front.sample = self.text(entry),
            "banned" => front.banned = self.texts(entry),
            "canon" => front.canon = self.texts(entry),
            "glossary" => front.glossary = self.glossary(entry),
            "words" => front.words = self.words(entry),
            "model" => front.model = self.model(entry),
            "date" => front.date = self.date(entry),
            "publisher" => front.publisher = self.optional_line(entry),
            "rights" => front.rights = self.text(entry),
            _ => return false,
        }
        true
    }

    fn chapters(&mut self, entry: Entry, draft: &mut Draft) {
        for node in self.items(entry) {
            let line = node.line;
            let mut lines = ChapterLines { line, sections: Vec::new() };
            let mut chapter = Chapter::default();
            for entry in self.entries(node, "a chapter") {
                match entry.key.as_str() {
                    "title" => chapter.title = self.line(&entry),
                    "summary" => {
                        let Prose { text, points } = self.prose(&entry, Lists::ArePoints);
                        chapter.summary = text;
                        chapter.points.splice(..0, points);
                    }
                    "points" => chapter.points.extend(self.points(entry)),
                    "sections" => self.sections(entry, &mut chapter, &mut lines),
                    "words" => chapter.words = self.words(&entry),
                    "last" => chapter.last = self.flag(&entry),
                    key => self.unknown(&entry, advice(key, &CHAPTER_KEYS)),
                }
            }
            draft.outline.chapters.push(chapter);
            draft.lines.chapters.push(lines);
        }
    }

    fn sections(&mut self, entry: Entry, chapter: &mut Chapter, lines: &mut ChapterLines) {
        for node in self.items(entry) {
            lines.sections.push(node.line);
            let mut section = Section::default();
            for entry in self.entries(node, "a section") {
                match entry.key.as_str() {
                    "heading" => section.heading = self.line(&entry),
                    "summary" => {
                        let Prose { text, points } = self.prose(&entry, Lists::ArePoints);
                        section.summary = text;
                        section.points.splice(..0, points);
                    }
                    "points" => section.points.extend(self.points(entry)),
                    key => self.unknown(&entry, advice(key, &SECTION_KEYS)),
                }
            }
            chapter.sections.push(section);
        }
    }

    fn unknown(&mut self, entry: &Entry, advice: String) {
        let key = shortened(&entry.key);
        self.faults.add(entry.line, Fault::UnknownKey { key, advice });
    }
}
