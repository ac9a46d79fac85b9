//! The values of the metadata: contributors, a series, ISBNs, codes of subjects, the cover.

use std::collections::BTreeMap;

use super::{
    super::{
        fault::{Fault, shortened},
        markdown::prose::one_line,
        metadata::{Contributor, ContributorRole, EDITIONS, Isbn, NO_DISCLOSURE, Series},
        node::{Entry, Node, Value},
        suggest::advice,
        values,
    },
    Fields,
};

const CONTRIBUTOR_KEYS: [&str; 2] = ["name", "role"];
const SERIES_KEYS: [&str; 2] = ["name", "number"];

impl Fields<'_> {
    /// Reads a list of contributors, each with `name` and `role`.
    pub(super) fn contributors(&mut self, entry: Entry) -> Vec<Contributor> {
        self.items(entry).into_iter().filter_map(|node| self.contributor(node)).collect()
    }

    fn contributor(&mut self, node: Node) -> Option<Contributor> {
        let line = node.line;
        let (mut name, mut role) = (None, ContributorRole::Contributor);
        for entry in self.entries(node, "a contributor") {
            match entry.key.as_str() {
                "name" => name = self.optional_line(&entry),
                "role" => role = self.contributor_role(&entry).unwrap_or(role),
                key => self.unknown(&entry, advice(key, &CONTRIBUTOR_KEYS)),
            }
        }
        if name.is_none() && line.is_some() {
            self.faults.add(line, Fault::UnnamedContributor);
        }
        Some(Contributor { name: name?, role })
    }

    fn contributor_role(&mut self, entry: &Entry) -> Option<ContributorRole> {
        let names: Vec<&str> = ContributorRole::ALL.into_iter().map(ContributorRole::name).collect();
        let known = names.join("`, `");
        self.line_by_rule(entry, ContributorRole::named, |found| Fault::BadContributorRole {
            found,
            known: known.clone(),
        })
    }

    /// Reads the name of a series, or a mapping with `name` and `number`.
    pub(super) fn series(&mut self, entry: &Entry) -> Option<Series> {
        if !matches!(entry.value.value, Value::Map(_)) {
            return Some(Series { name: self.optional_line(entry)?, number: None });
        }
        let mut series = Series::default();
        for entry in self.entries(entry.value.clone(), "a series") {
            match entry.key.as_str() {
                "name" | "title" => series.name = self.line(&entry),
                "number" | "volume" | "position" => series.number = self.number(&entry),
                key => self.unknown(&entry, advice(key, &SERIES_KEYS)),
            }
        }
        if series.name.is_empty() {
            self.faults.add(entry.line, Fault::UnnamedSeries);
            return None;
        }
        Some(series)
    }

    /// Reads a text that is often a number.
    pub(super) fn number(&mut self, entry: &Entry) -> Option<String> {
        entry.value.as_digits().or_else(|| self.optional_line(entry))
    }

    /// Reads one ISBN, or one for each edition.
    pub(super) fn isbns(&mut self, entry: &Entry) -> Option<Isbn> {
        let Value::Map(entries) = &entry.value.value else { return Some(Isbn::One(self.isbn(entry)?)) };
        let mut isbns = BTreeMap::new();
        for edition in entries {
            let name = edition.key.to_lowercase();
            if !EDITIONS.contains(&name.as_str()) {
                self.unknown(edition, format!("an ISBN belongs to one of `{}`", EDITIONS.join("`, `")));
            } else if let Some(isbn) = self.isbn(edition)
                && isbns.insert(name, isbn).is_some()
            {
                self.faults.add(edition.line, Fault::RepeatedKey { key: shortened(&edition.key) });
            }
        }
        (!isbns.is_empty()).then_some(Isbn::PerEdition(isbns))
    }

    fn isbn(&mut self, entry: &Entry) -> Option<String> {
        // In JSON, an ISBN may be typed as a number.
        let text = match entry.value.as_digits() {
            Some(digits) => digits,
            None => self.optional_line(entry)?,
        };
        let isbn = values::isbn(&text);
        if isbn.is_none() {
            self.faults.add(entry.value.line, Fault::BadIsbn { found: shortened(&text) });
        }
        isbn
    }

    /// Reads a list of codes of BISAC, like `FIC019000`. Words after a code are dropped.
    pub(super) fn bisac(&mut self, entry: &Entry) -> Vec<String> {
        self.codes(entry, values::bisac, |found| Fault::BadBisac { found })
    }

    /// Reads a list of codes of Thema, like `FBA`. Words after a code are dropped.
    pub(super) fn thema(&mut self, entry: &Entry) -> Vec<String> {
        self.codes(entry, values::thema, |found| Fault::BadThema { found })
    }

    fn codes(
        &mut self,
        entry: &Entry,
        rule: impl Fn(&str) -> Option<String>,
        fault: impl Fn(String) -> Fault,
    ) -> Vec<String> {
        let texts = match entry.value.as_text() {
            Some(text) => text.split([',', ';']).map(str::to_owned).collect(),
            None => self.texts(entry),
        };
        let mut codes = Vec::new();
        for text in texts.iter().map(|text| one_line(text)).filter(|text| !text.is_empty()) {
            match rule(text.split(' ').next().unwrap_or_default()) {
                Some(code) if codes.contains(&code) => {}
                Some(code) => codes.push(code),
                None => self.faults.add(entry.line, fault(shortened(&text))),
            }
        }
        codes
    }

    /// Reads `off`, or the words of the author's own disclosure.
    pub(super) fn disclosure(&mut self, entry: &Entry) -> Option<String> {
        let off = Some(NO_DISCLOSURE.to_owned());
        match (entry.value.as_bool(), entry.value.as_text().map(str::to_lowercase).as_deref()) {
            (Some(true), _) | (_, Some("on" | "yes")) => None,
            (Some(false), _) | (_, Some("off" | "no" | "none")) => off,
            _ => self.text(entry),
        }
    }

    /// Reads the name of an image, or of one of the designs that Bindery draws.
    pub(super) fn cover(&mut self, entry: &Entry) -> Option<String> {
        self.line_by_rule(
            entry,
            |text| values::is_cover(text).then(|| text.to_owned()),
            |found| Fault::BadCover { found },
        )
    }

    /// Reads the size of a page of the PDF.
    pub(super) fn trim(&mut self, entry: &Entry) -> Option<String> {
        self.line_by_rule(entry, values::trim, |found| Fault::BadTrim { found })
    }
}
