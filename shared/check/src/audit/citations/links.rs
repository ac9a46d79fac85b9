//! Links and identifiers of documents.

use std::ops::Range;

/// How a link begins. The shortest identifier of a document begins with "10." and a number of four digits.
const STARTS: &[&str] = &["http://", "https://", "www.", "doi:", "doi.org/", "arXiv:", "10."];

pub(super) fn marks(source: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for scheme in STARTS {
        let starts = source.match_indices(scheme).map(|(start, _)| start);
        let links = starts.map(|start| start..start + length(&source[start..]));
        found.extend(links.filter(|link| is_link(source, link)));
    }
    found
}

fn length(text: &str) -> usize {
    let end = text.find(|char: char| char.is_whitespace() || "()<>\"'”’]".contains(char)).unwrap_or(text.len());
    text[..end].trim_end_matches(['.', ',', ';', ':']).len()
}

fn is_link(source: &str, link: &Range<usize>) -> bool {
    let text = &source[link.clone()];
    if source[link.start..].starts_with("10.") {
        let Some(registrant) = text.strip_prefix("10.") else { return false };
        let digits = registrant.chars().take_while(char::is_ascii_digit).count();
        return (4..=9).contains(&digits)
            && registrant[digits..].starts_with('/')
            && !source[..link.start].ends_with(|char: char| char.is_alphanumeric() || char == '.');
    }
    // A reader's own machine is no source.
    let host = text.split("://").last().unwrap_or(text);
    !["localhost", "127.0.0.1", "0.0.0.0"].iter().any(|own| host.starts_with(own))
}
