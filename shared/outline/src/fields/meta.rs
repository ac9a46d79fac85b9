//! The front matter of a Markdown outline, with the keys that other tools write.

use super::{
    super::{
        FrontMatter,
        fault::Faults,
        markdown::prose::{Lists, one_line},
        metadata::{Contributor, ContributorRole},
        node::{Entry, Node, Value},
        reading::Note,
        suggest::{advice, misspelt},
    },
    FRONT_KEYS, Fields,
    lenient::left_out,
    typed::{name_of, value_of},
};

/// A title and its line.
#[derive(Debug)]
pub(in super::super) struct Title {
    pub(in super::super) text: String,
    pub(in super::super) line: Option<usize>,
}

/// What the front matter says.
#[derive(Debug, Default)]
pub(in super::super) struct Meta {
    pub(in super::super) front: FrontMatter,
    pub(in super::super) title: Option<Title>,
    pub(in super::super) description: Option<String>,
    /// The keys that say nothing here, and the line of the first.
    ignored: Vec<String>,
    line: Option<usize>,
    /// The remarks about values that are left out.
    left_out: Vec<Note>,
}

impl Meta {
    /// Returns the remarks about keys and values that are left out.
    pub(in super::super) fn notes(&self) -> Vec<Note> {
        self.left_out.iter().cloned().chain(self.note()).collect()
    }

    /// Returns the remark about the keys that say nothing here.
    fn note(&self) -> Option<Note> {
        let (keys, says) = match &self.ignored[..] {
            [] => return None,
            [only] => (format!("`{only}`"), "says nothing to Bindery and is"),
            several => (format!("`{}`", several.join("`, `")), "say nothing to Bindery and are"),
        };
        Some(Note { line: self.line, text: format!("{keys} {says} left out") })
    }

    /// Reads a line of Pandoc's title block: the title, the authors, the date.
    pub(in super::super) fn title_line(&mut self, index: usize, line: usize, text: &str) {
        match index {
            0 if !text.is_empty() => self.title = Some(Title { text: text.to_owned(), line: Some(line) }),
            1 => {
                self.front.author =
                    text.split(';').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
            }
            2 => self.front.date = super::super::dates::date(text),
            _ => {}
        }
    }
}

/// Reads the front matter of a Markdown outline.
pub(in super::super) fn front_matter(root: Node, faults: &mut Faults) -> Meta {
    let mut fields = Fields { faults };
    let mut meta = Meta::default();
    for mut entry in fields.entries(root, "the front matter") {
        let typed = std::mem::take(&mut entry.key);
        entry.key = usual(&typed).to_owned();
        if entry.key == "author" {
            meta.front.contributors.extend(contributors_among(&mut entry.value));
        }
        if is_given(&meta, &entry.key) {
            continue;
        }
        if let Some(text) = left_out(&mut entry) {
            meta.left_out.push(Note { line: entry.line, text });
            continue;
        }
        if fields.front(&mut meta.front, &entry) {
            continue;
        }
        if let Some(role) = ContributorRole::named(&entry.key) {
            let names = fields.authors(&entry);
            meta.front.contributors.extend(names.into_iter().map(|name| Contributor { name, role }));
            continue;
        }
        match entry.key.as_str() {
            "title" => {
                let line = entry.line;
                meta.title = fields.optional_line(&entry).map(|text| Title { text, line });
            }
            "description" => {
                meta.description = Some(fields.prose(&entry, Lists::Stay).text).filter(|text| !text.is_empty())
            }
            "chapters" => fields.unknown(&entry, "in Markdown each chapter is a `## ` heading".to_owned()),
            key if misspelt(key, &FRONT_KEYS) => {
                fields.unknown(&Entry { key: typed, ..entry.clone() }, advice(key, &FRONT_KEYS))
            }
            _ => {
                meta.line = meta.line.or(entry.line);
                meta.ignored.push(super::shortened(&typed));
            }
        }
    }
    meta
}

/// Takes the contributors out of Pandoc's list of creators, in which each has a `role`.
fn contributors_among(creators: &mut Node) -> Vec<Contributor> {
    let Value::List(items) = &mut creators.value else { return Vec::new() };
    let mut found = Vec::new();
    items.retain(|item| {
        let role = value_of(item, "role").and_then(Node::as_text).and_then(ContributorRole::named);
        let name = name_of(item).and_then(Node::as_text).map(one_line);
        let contributor = role.zip(name).map(|(role, name)| Contributor { name, role });
        let is_author = contributor.is_none();
        found.extend(contributor);
        is_author
    });
    found
}

/// Returns whether another key that means the same was read before.
fn is_given(meta: &Meta, key: &str) -> bool {
    match key {
        "author" => !meta.front.author.is_empty(),
        "language" => meta.front.language.is_some(),
        "date" => meta.front.date.is_some(),
        "description" => meta.description.is_some(),
        _ => false,
    }
}

/// Returns the key that a key of another tool stands for.
fn usual(key: &str) -> &str {
    match key.to_lowercase().as_str() {
        "lang" | "locale" => "language",
        "authors" | "creator" | "by" => "author",
        "abstract" | "summary" => "description",
        "copyright" | "license" => "rights",
        "published" | "pubdate" | "publication-date" => "date",
        "keyword" | "subject" | "subjects" => "keywords",
        "cover-image" | "cover_image" | "coverimage" => "cover",
        "trim-size" | "trim_size" | "paper-size" | "papersize" => "trim",
        "bisac-subjects" | "bisac_subjects" => "bisac",
        "ai-disclosure" | "ai_disclosure" => "disclosure",
        "back-cover" | "back_cover" => "blurb",
        "imprint" => "publisher",
        "isbn-13" | "isbn13" | "isbn_13" => "isbn",
        "booktitle" | "book-title" | "book_title" => "title",
        _ => key,
    }
}
