//! The schema's rules over a tree: which keys there are, and what each takes.

use std::collections::{BTreeMap, HashSet};

use super::check::{ChapterLines, Draft};
use super::fault::{Fault, Faults};
use super::markdown::prose::{self, Lists, Prose, one_line, paragraphs};
use super::node::{Entry, Node, Value, shortened};
use super::suggest::nearest;
use super::{Chapter, FrontMatter, MAX_TITLE, Outline, Section, values};

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
            let advice = match entry.key.as_str() {
                "title" => "in Markdown the title is the `# ` heading".to_owned(),
                "description" => "in Markdown the description is the text below the title".to_owned(),
                "chapters" => "in Markdown each chapter is a `## ` heading".to_owned(),
                key => nearest(key, &FRONT_KEYS),
            };
            fields.unknown(&entry, advice);
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
                    fields.unknown(&entry, nearest(key, &known));
                }
            }
        }
    }
    draft
}

struct Fields<'a> {
    faults: &'a mut Faults,
}

impl Fields<'_> {
    /// Reads an entry into the front matter; tells whether its key belongs there.
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
                    "sections" => {
                        (chapter.sections, lines.sections) = self.sections(entry);
                    }
                    "words" => chapter.words = self.words(&entry),
                    "last" => chapter.last = self.flag(&entry),
                    key => self.unknown(&entry, nearest(key, &CHAPTER_KEYS)),
                }
            }
            draft.outline.chapters.push(chapter);
            draft.lines.chapters.push(lines);
        }
    }

    fn sections(&mut self, entry: Entry) -> (Vec<Section>, Vec<Option<usize>>) {
        let mut sections = Vec::new();
        let mut lines = Vec::new();
        for node in self.items(entry) {
            lines.push(node.line);
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
                    key => self.unknown(&entry, nearest(key, &SECTION_KEYS)),
                }
            }
            sections.push(section);
        }
        (sections, lines)
    }

    /// Returns the entries of a mapping, each key once.
    fn entries(&mut self, node: Node, what: &str) -> Vec<Entry> {
        let Value::Map(entries) = node.value else {
            if !node.is_null() {
                self.wrong(&node, what.to_owned(), "`key: value` lines");
            }
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let (kept, repeated): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| seen.insert(entry.key.clone()));
        for Entry { line, key, .. } in repeated {
            self.faults.add(line, Fault::RepeatedKey { key });
        }
        kept
    }

    fn items(&mut self, entry: Entry) -> Vec<Node> {
        match entry.value.value {
            Value::List(items) => items,
            _ if entry.value.is_null() => Vec::new(),
            _ => {
                self.wrong_value(&entry, "a list");
                Vec::new()
            }
        }
    }

    fn unknown(&mut self, entry: &Entry, advice: String) {
        let key = shortened(&entry.key);
        self.faults.add(entry.line, Fault::UnknownKey { key, advice });
    }

    fn wrong(&mut self, node: &Node, what: String, expected: &'static str) {
        let found = node.describe();
        self.faults.add(node.line, Fault::WrongType { what, expected, found });
    }

    fn wrong_value(&mut self, entry: &Entry, expected: &'static str) {
        self.wrong(&entry.value, format!("`{}`", shortened(&entry.key)), expected);
    }

    /// Reads a text; an empty value counts as absent.
    fn text(&mut self, entry: &Entry) -> Option<String> {
        if entry.value.is_null() {
            return None;
        }
        let Some(text) = entry.value.as_text() else {
            self.wrong_value(entry, "a text");
            return None;
        };
        Some(paragraphs(text).trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn optional_line(&mut self, entry: &Entry) -> Option<String> {
        self.text(entry).map(|text| one_line(&text)).filter(|line| !line.is_empty())
    }

    fn line(&mut self, entry: &Entry) -> String {
        self.optional_line(entry).unwrap_or_default()
    }

    fn texts(&mut self, entry: &Entry) -> Vec<String> {
        match &entry.value.value {
            Value::List(items) => self.each_text(&entry.key, items),
            _ if entry.value.is_null() => Vec::new(),
            _ => {
                self.wrong_value(entry, "a list, one text each");
                Vec::new()
            }
        }
    }

    fn each_text(&mut self, key: &str, items: &[Node]) -> Vec<String> {
        let mut texts = Vec::new();
        for item in items {
            match item.as_text() {
                Some(text) => texts.push(paragraphs(text).trim().to_owned()),
                None if item.is_null() => {}
                None => self.wrong(item, format!("each item of `{key}`"), "a text"),
            }
        }
        texts.retain(|text| !text.is_empty());
        texts
    }

    fn authors(&mut self, entry: &Entry) -> Vec<String> {
        let names = match &entry.value.value {
            Value::List(items) => self.each_text(&entry.key, items),
            Value::Map(_) | Value::Bool(_) | Value::Number(_) => {
                self.wrong_value(entry, "a name or a list of names");
                Vec::new()
            }
            _ => self.text(entry).into_iter().collect(),
        };
        names.iter().map(|name| one_line(name)).filter(|name| !name.is_empty()).collect()
    }

    fn glossary(&mut self, entry: &Entry) -> BTreeMap<String, String> {
        let Value::Map(terms) = &entry.value.value else {
            if !entry.value.is_null() {
                self.wrong_value(entry, "a mapping of terms to their meanings");
            }
            return BTreeMap::new();
        };
        let mut glossary = BTreeMap::new();
        for meaning in terms {
            let term = one_line(&meaning.key);
            let chars = term.chars().count();
            if chars > MAX_TITLE {
                self.faults.add(meaning.line, Fault::TooLong { what: "glossary term", chars });
            }
            let text = self.text(meaning).unwrap_or_default();
            if glossary.insert(term, text).is_some() {
                let key = shortened(&meaning.key);
                self.faults.add(meaning.line, Fault::RepeatedKey { key });
            }
        }
        glossary
    }

    /// Reads a value that stands in one line and follows a rule.
    fn ruled<T>(
        &mut self,
        entry: &Entry,
        rule: impl Fn(&str) -> Option<T>,
        fault: impl Fn(String) -> Fault,
    ) -> Option<T> {
        let text = self.optional_line(entry)?;
        let value = rule(&text);
        if value.is_none() {
            self.faults.add(entry.value.line, fault(shortened(&text)));
        }
        value
    }

    fn language(&mut self, entry: &Entry) -> Option<String> {
        self.ruled(entry, values::language, |found| Fault::BadLanguage { found })
    }

    fn model(&mut self, entry: &Entry) -> Option<String> {
        let rule = |text: &str| values::is_model(text).then(|| text.to_owned());
        self.ruled(entry, rule, |found| Fault::BadModel { found })
    }

    fn date(&mut self, entry: &Entry) -> Option<String> {
        let rule = |text: &str| values::is_date(text).then(|| text.to_owned());
        self.ruled(entry, rule, |found| Fault::BadDate { found })
    }

    fn words(&mut self, entry: &Entry) -> Option<u32> {
        if entry.value.is_null() {
            return None;
        }
        let Some(digits) = entry.value.as_digits() else {
            self.wrong_value(entry, "a whole number such as `3000`");
            return None;
        };
        let words = values::words(digits);
        if words.is_none() {
            let found = shortened(digits);
            self.faults.add(entry.value.line, Fault::WordsOutOfRange { found });
        }
        words
    }

    fn flag(&mut self, entry: &Entry) -> bool {
        let flag = entry.value.as_bool();
        if flag.is_none() && !entry.value.is_null() {
            self.wrong_value(entry, "`true` or `false`");
        }
        flag.unwrap_or_default()
    }

    fn prose(&mut self, entry: &Entry, lists: Lists) -> Prose {
        let text = self.text_as_typed(entry);
        prose::read(&text, lists).unwrap_or_else(|fault| {
            self.faults.add(entry.value.line, fault);
            Prose::default()
        })
    }

    /// Reads a text with its indentation, which means something in Markdown.
    fn text_as_typed(&mut self, entry: &Entry) -> String {
        match entry.value.as_text() {
            Some(text) => paragraphs(text),
            None => self.text(entry).unwrap_or_default(),
        }
    }

    fn points(&mut self, entry: Entry) -> Vec<String> {
        let mut points = Vec::new();
        for item in self.items(entry) {
            match item.as_text() {
                Some(text) => match prose::point(text) {
                    Ok(point) => points.push(point),
                    Err(fault) => self.faults.add(item.line, fault),
                },
                None if item.is_null() => {}
                None => self.wrong(&item, "each key point".to_owned(), "a text"),
            }
        }
        points.retain(|point| !point.is_empty());
        points
    }
}
