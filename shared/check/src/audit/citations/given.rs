//! What the author gave, and what the plan names.

use std::collections::HashSet;

use super::{
    names::{is_between, is_name, is_no_surname},
    source_lists,
};
use crate::audit::Expected;

/// What may be named.
pub(super) struct Given<'a> {
    text: &'a str,
    lower: String,
    words: HashSet<&'a str>,
}

impl<'a> Given<'a> {
    pub(super) fn new(expected: &Expected<'a>) -> Self {
        let planned = expected.names.iter().chain(expected.canon).chain(expected.terms);
        let texts = planned.map(String::as_str).chain([expected.given]);
        let words = texts.flat_map(|text| text.split(|char: char| !char.is_alphabetic())).collect();
        Self { text: expected.given, lower: expected.given.to_lowercase(), words }
    }

    /// Returns whether the author named what is cited: the host of a link, the title of a list, or the whole name of one of the
    /// cited people.
    pub(super) fn names(&self, quote: &str) -> bool {
        if self.text.is_empty() && self.words.is_empty() {
            return false;
        }
        let bare = quote.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        let is_link = bare.len() < quote.len() || quote.starts_with("doi") || quote.starts_with("10.");
        if is_link || quote.starts_with('[') && !quote.contains(char::is_alphabetic) {
            let host = bare.split('/').next().unwrap_or(bare);
            let named = if quote.starts_with("doi") || quote.starts_with("10.") { bare } else { host };
            return !named.is_empty() && self.text.contains(named);
        }
        if source_lists::is_title(quote) {
            let title = quote.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
            return self.lower.contains(&title);
        }
        whole_names(quote).iter().any(|name| self.has(name))
    }

    /// Returns whether a name is given: the surname of a person, or all words of an institution.
    fn has(&self, name: &[&str]) -> bool {
        let telling = if name.len() > 2 { name } else { &name[name.len().saturating_sub(1)..] };
        let mut parts = telling.iter().flat_map(|word| word.split(|char: char| !char.is_alphabetic()));
        !telling.is_empty() && parts.all(|part| part.chars().count() < 3 || self.words.contains(part))
    }
}

/// Returns the names in a text, each as its words.
fn whole_names(text: &str) -> Vec<Vec<&str>> {
    let mut names: Vec<Vec<&str>> = vec![Vec::new()];
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|char: char| !char.is_alphanumeric());
        let bare = bare.strip_suffix("’s").or_else(|| bare.strip_suffix("'s")).unwrap_or(bare);
        let is_part = is_name(bare) && bare.chars().count() > 2 && !is_no_surname(bare) && !is_between(bare);
        if is_part {
            names.last_mut().expect("there is always one").push(bare);
        }
        if !is_part || word.ends_with([',', ';', ':', ')']) {
            names.push(Vec::new());
        }
    }
    names.retain(|name| !name.is_empty());
    names
}
