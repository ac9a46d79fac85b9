//! Values by their types: a text, a list, a date. An empty value counts as absent everywhere.

use std::collections::{BTreeMap, HashSet};

use bindery_text::language;

use super::{
    super::{
        BookKind, Citations, Headings, MAX_TITLE, NumberStyle, Variety, dates,
        fault::{Fault, shortened},
        markdown::prose::{self, Lists, Prose, one_line, paragraphs},
        node::{Entry, Node, Value},
        role::Role,
        values,
    },
    Fields,
};

impl Fields<'_> {
    /// Returns the entries of a mapping, the first of each key.
    pub(super) fn entries(&mut self, node: Node, what: &str) -> Vec<Entry> {
        let Value::Map(entries) = node.value else {
            if !node.is_null() {
                self.add_wrong_type(&node, what.to_owned(), "`key: value` lines");
            }
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let (kept, repeated): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| seen.insert(entry.key.clone()));
        for Entry { line, key, .. } in repeated {
            self.faults.add(line, Fault::RepeatedKey { key: shortened(&key) });
        }
        kept
    }

    pub(super) fn items(&mut self, entry: Entry) -> Vec<Node> {
        match entry.value.value {
            Value::List(items) => items,
            _ if entry.value.is_null() => Vec::new(),
            _ => {
                self.add_wrong_value(&entry, "a list");
                Vec::new()
            }
        }
    }

    fn add_wrong_type(&mut self, node: &Node, what: String, expected: &'static str) {
        let found = node.describe();
        self.faults.add(node.line, Fault::WrongType { what, expected, found });
    }

    fn add_wrong_value(&mut self, entry: &Entry, expected: &'static str) {
        self.add_wrong_type(&entry.value, format!("`{}`", shortened(&entry.key)), expected);
    }

    /// Reads a text of one or more paragraphs.
    pub(super) fn text(&mut self, entry: &Entry) -> Option<String> {
        if entry.value.is_null() {
            return None;
        }
        let Some(text) = entry.value.as_text() else {
            self.add_wrong_value(entry, "a text");
            return None;
        };
        Some(paragraphs(text).trim().to_owned()).filter(|text| !text.is_empty())
    }

    pub(super) fn optional_line(&mut self, entry: &Entry) -> Option<String> {
        self.text(entry).map(|text| one_line(&text)).filter(|line| !line.is_empty())
    }

    pub(super) fn line(&mut self, entry: &Entry) -> String {
        self.optional_line(entry).unwrap_or_default()
    }

    pub(super) fn texts(&mut self, entry: &Entry) -> Vec<String> {
        match &entry.value.value {
            Value::List(items) => self.each_text(&entry.key, items),
            _ if entry.value.is_null() => Vec::new(),
            _ => {
                self.add_wrong_value(entry, "a list, one text each");
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
                None => self.add_wrong_type(item, format!("each item of `{key}`"), "a text"),
            }
        }
        texts.retain(|text| !text.is_empty());
        texts
    }

    pub(super) fn authors(&mut self, entry: &Entry) -> Vec<String> {
        let names = match &entry.value.value {
            Value::List(items) => {
                let items: Vec<Node> = items.iter().map(|item| name_of(item).unwrap_or(item).clone()).collect();
                self.each_text(&entry.key, &items)
            }
            Value::Map(_) if name_of(&entry.value).is_some() => {
                name_of(&entry.value).and_then(Node::as_text).map(str::to_owned).into_iter().collect()
            }
            Value::Map(_) | Value::Bool(_) | Value::Number(_) => {
                self.add_wrong_value(entry, "a name or a list of names");
                Vec::new()
            }
            _ => self.text(entry).into_iter().collect(),
        };
        names.iter().map(|name| one_line(name)).filter(|name| !name.is_empty()).collect()
    }

    pub(super) fn glossary(&mut self, entry: &Entry) -> BTreeMap<String, String> {
        let Value::Map(terms) = &entry.value.value else {
            if !entry.value.is_null() {
                self.add_wrong_value(entry, "a mapping of terms to their meanings");
            }
            return BTreeMap::new();
        };
        let mut glossary = BTreeMap::new();
        for meaning in terms {
            let term = one_line(&meaning.key);
            // Values without lines were stored before this was checked, and must still be read.
            if term.is_empty() && meaning.line.is_some() {
                self.faults.add(meaning.line, Fault::EmptyTerm);
            }
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

    /// Reads a value of one line by a rule.
    pub(super) fn line_by_rule<T>(
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

    pub(super) fn language(&mut self, entry: &Entry) -> Option<String> {
        let rule = |text: &str| language::tag(text).map(|tag| tag.into_inner());
        self.line_by_rule(entry, rule, |found| Fault::BadLanguage { found })
    }

    pub(super) fn model(&mut self, entry: &Entry) -> Option<String> {
        let rule = |text: &str| values::is_model(text).then(|| text.to_owned());
        self.line_by_rule(entry, rule, |found| Fault::BadModel { found })
    }

    /// Reads a role. `chapter` is told apart from no role: it keeps the number of a chapter called "Introduction".
    pub(super) fn role(&mut self, entry: &Entry) -> Option<Role> {
        self.line_by_rule(entry, Role::named, |found| Fault::BadRole { found })
    }

    pub(super) fn kind(&mut self, entry: &Entry) -> Option<BookKind> {
        self.line_by_rule(entry, BookKind::named, |found| Fault::BadKind { found })
    }

    pub(super) fn headings(&mut self, entry: &Entry) -> Option<Headings> {
        self.line_by_rule(entry, Headings::named, |found| Fault::BadHeadings { found })
    }

    pub(super) fn citations(&mut self, entry: &Entry) -> Option<Citations> {
        self.line_by_rule(entry, Citations::named, |found| Fault::BadCitations { found })
    }

    pub(super) fn number_style(&mut self, entry: &Entry) -> Option<NumberStyle> {
        self.line_by_rule(entry, NumberStyle::named, |found| Fault::BadNumbering { found })
    }

    pub(super) fn variety(&mut self, entry: &Entry) -> Option<Variety> {
        self.line_by_rule(entry, Variety::named, |found| Fault::BadVariety { found })
    }

    /// Reads a list of words, or a text in which commas part them.
    pub(super) fn keywords(&mut self, entry: &Entry) -> Vec<String> {
        let texts = match entry.value.as_text() {
            Some(text) => text.split([',', ';']).map(str::to_owned).collect(),
            None => self.texts(entry),
        };
        texts.iter().map(|text| one_line(text)).filter(|text| !text.is_empty()).collect()
    }

    pub(super) fn date(&mut self, entry: &Entry) -> Option<String> {
        self.line_by_rule(entry, dates::date, |found| Fault::BadDate { found })
    }

    pub(super) fn words(&mut self, entry: &Entry) -> Option<u32> {
        if entry.value.is_null() {
            return None;
        }
        let Some(digits) = entry.value.as_digits() else {
            self.add_wrong_value(entry, "a whole number such as `3000`");
            return None;
        };
        let words = values::words(&digits);
        if words.is_none() {
            let found = shortened(&digits);
            self.faults.add(entry.value.line, Fault::WordsOutOfRange { found });
        }
        words
    }

    pub(super) fn flag(&mut self, entry: &Entry) -> bool {
        let flag = entry.value.as_bool();
        if flag.is_none() && !entry.value.is_null() {
            self.add_wrong_value(entry, "`true` or `false`");
        }
        flag.unwrap_or_default()
    }

    pub(super) fn prose(&mut self, entry: &Entry, lists: Lists) -> Prose {
        let text = self.text_as_typed(entry);
        prose::read(&text, lists).unwrap_or_else(|fault| {
            self.faults.add(entry.value.line, fault);
            Prose::default()
        })
    }

    /// Reads a text with its indentation, which has a meaning in Markdown.
    fn text_as_typed(&mut self, entry: &Entry) -> String {
        match entry.value.as_text() {
            Some(text) => paragraphs(text),
            None => self.text(entry).unwrap_or_default(),
        }
    }

    pub(super) fn goals(&mut self, entry: &Entry) -> Vec<String> {
        let goals = self.texts(entry).into_iter().map(|goal| one_line(&goal));
        goals.filter(|goal| !goal.is_empty()).collect()
    }

    pub(super) fn points(&mut self, entry: Entry) -> Vec<String> {
        let mut points = Vec::new();
        for item in self.items(entry) {
            match item.as_text() {
                Some(text) => match prose::point(text) {
                    Ok(point) => points.push(point),
                    Err(fault) => self.faults.add(item.line, fault),
                },
                None if item.is_null() => {}
                None => self.add_wrong_type(&item, "each key point".to_owned(), "a text"),
            }
        }
        points.retain(|point| !point.is_empty());
        points
    }
}

/// Returns the name in `name: Ada Example`, beside which other tools keep an affiliation or an address. Pandoc's creators have
/// it as `text`.
pub(super) fn name_of(node: &Node) -> Option<&Node> {
    value_of(node, "name").or_else(|| value_of(node, "text"))
}

/// Returns the value of a key.
pub(super) fn value_of<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.value)
}
