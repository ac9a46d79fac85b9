//! The rules of the schema for a tree: which keys there are, and what each takes.

mod lenient;
mod meta;
mod metadata;
mod typed;

use super::{
    Chapter, FrontMatter, Outline, Part, Section,
    check::{ChapterLines, Draft},
    fault::{Fault, Faults, shortened},
    markdown::prose::{Lists, Prose},
    node::{Entry, Node, Value},
    suggest::advice,
};

/// The keys of [`FrontMatter`], in the order in which they are written.
pub(super) const FRONT_KEYS: [&str; 33] = [
    "kind",
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
    "headings",
    "citations",
    "variety",
    "model",
    "date",
    "keywords",
    "isbn",
    "publisher",
    "rights",
    "contributors",
    "series",
    "edition",
    "bisac",
    "thema",
    "blurb",
    "disclosure",
    "certified_by",
    "cover",
    "trim",
    "numbering",
    "part_numbering",
];
pub(super) use lenient::tag as language_tag;
pub(super) use meta::{Meta, front_matter};

const OUTLINE_KEYS: [&str; 4] = ["title", "description", "parts", "chapters"];
const PART_KEYS: [&str; 3] = ["title", "summary", "chapters"];
const CHAPTER_KEYS: [&str; 9] = ["title", "summary", "goals", "points", "sections", "words", "last", "part", "role"];
const SECTION_KEYS: [&str; 3] = ["heading", "summary", "points"];

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
            "parts" => fields.parts(entry, &mut draft),
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
            "kind" => front.kind = self.kind(entry),
            "headings" => front.headings = self.headings(entry),
            "citations" => front.citations = self.citations(entry),
            "variety" => front.variety = self.variety(entry),
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
            "keywords" => front.keywords = self.keywords(entry),
            "isbn" => front.isbn = self.isbns(entry),
            "publisher" => front.publisher = self.optional_line(entry),
            "rights" => front.rights = self.text(entry),
            "contributors" => front.contributors.extend(self.contributors(entry.clone())),
            "series" => front.series = self.series(entry),
            "edition" => front.edition = self.number(entry),
            "bisac" => front.bisac = self.bisac(entry),
            "thema" => front.thema = self.thema(entry),
            "blurb" => front.blurb = self.text(entry),
            "disclosure" => front.disclosure = self.disclosure(entry),
            "certified_by" => front.certified_by = self.optional_line(entry),
            "cover" => front.cover = self.cover(entry),
            "trim" => front.trim = self.trim(entry),
            "numbering" => front.numbering = self.number_style(entry),
            "part_numbering" => front.part_numbering = self.number_style(entry),
            _ => return false,
        }
        true
    }

    fn parts(&mut self, entry: Entry, draft: &mut Draft) {
        for node in self.items(entry) {
            draft.lines.parts.push(node.line);
            let mut part = Part::default();
            let mut chapters = None;
            for entry in self.entries(titled(node, "title"), "a part") {
                match entry.key.as_str() {
                    "title" => part.title = self.line(&entry),
                    "summary" => part.summary = self.prose(&entry, Lists::Stay).text,
                    "chapters" => chapters = Some(entry),
                    key => self.unknown(&entry, advice(key, &PART_KEYS)),
                }
            }
            let first = draft.outline.chapters.len();
            if let Some(entry) = chapters {
                self.chapters(entry, draft);
            }
            for chapter in &mut draft.outline.chapters[first..] {
                chapter.part.get_or_insert_with(|| part.title.clone());
            }
            draft.outline.parts.push(part);
        }
    }

    fn chapters(&mut self, entry: Entry, draft: &mut Draft) {
        for node in self.items(entry) {
            let line = node.line;
            let mut lines = ChapterLines { line, sections: Vec::new() };
            let mut chapter = Chapter::default();
            for entry in self.entries(titled(node, "title"), "a chapter") {
                match entry.key.as_str() {
                    "title" => chapter.title = self.line(&entry),
                    "summary" => {
                        let Prose { text, points, goals } = self.prose(&entry, Lists::ArePoints);
                        chapter.summary = text;
                        chapter.goals.splice(..0, goals);
                        chapter.points.splice(..0, points);
                    }
                    "goals" => chapter.goals.extend(self.goals(&entry)),
                    "points" => chapter.points.extend(self.points(entry)),
                    "sections" => self.sections(entry, &mut chapter, &mut lines),
                    "words" => chapter.words = self.words(&entry),
                    "last" => chapter.last = self.flag(&entry),
                    "part" => chapter.part = self.optional_line(&entry),
                    "role" => chapter.role = self.role(&entry),
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
            for entry in self.entries(titled(node, "heading"), "a section") {
                match entry.key.as_str() {
                    "heading" => section.heading = self.line(&entry),
                    "summary" => {
                        let Prose { text, points, goals } = self.prose(&entry, Lists::ArePoints);
                        chapter.goals.extend(goals);
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
/// Returns a node that is a text alone as a mapping with that text as its title.
fn titled(node: Node, key: &str) -> Node {
    if node.as_text().is_none() {
        return node;
    }
    let line = node.line;
    Node { line, value: Value::Map(vec![Entry { line, key: key.to_owned(), value: node }]) }
}
