//! The first page of a manuscript, as Scrivener and word processors make it for agents: the author's address, a count of
//! words, the title, and the author's name.

use super::{super::page::Page, Found, head};

/// The most lines before the name of the author that can be a first page.
const LONGEST: usize = 40;

/// Takes the title and the author from a first page, and leaves the address out: no book needs it, and no model should get it.
pub(super) fn read(page: &mut Page, found: &mut Found) {
    let Some(name) = Name::find(page) else { return };
    let above: Vec<usize> = (0..name.line).filter(|&at| !page.lines[at].text.trim().is_empty()).collect();
    let contacts = above.iter().filter(|&&at| is_contact(&page.lines[at].text));
    if contacts.clone().next().is_none() {
        return;
    }
    let Some(title) = title(page, &above) else { return };
    found.title = Some(page.lines[above[title]].text.trim().to_owned());
    found.subtitle = above.get(title + 1).map(|&at| page.lines[at].text.trim().to_owned());
    found.authors.extend(name.authors);
    let note = "the lines above the title are an address and are left out";
    found.notes.add(page.lines[above[0]].number, note);
    (0..name.end).for_each(|at| page.clear(at));
}

/// Returns which of the lines above the name is the title: the first one after the address, or else the last one.
fn title(page: &Page, above: &[usize]) -> Option<usize> {
    let is_of_address = |&at: &usize| {
        let text = &page.lines[at].text;
        is_contact(text) || text.contains(|c: char| c.is_ascii_digit())
    };
    let last = above.iter().rposition(is_of_address)?;
    let first = if last + 1 < above.len() { last + 1 } else { last };
    // A title, a subtitle and nothing else stand between the address and the name.
    (above.len() - first <= 2 && !is_contact(&page.lines[above[first]].text)).then_some(first)
}

/// The name of the author under the title.
struct Name {
    authors: Vec<String>,
    /// Its line, or that of the word "by" above it.
    line: usize,
    /// The line after it.
    end: usize,
}

impl Name {
    fn find(page: &Page) -> Option<Self> {
        (0..page.lines.len().min(LONGEST)).find_map(|line| {
            let text = page.lines[line].text.trim();
            if let Some(authors) = head::by_line(text) {
                return Some(Self { authors, line, end: line + 1 });
            }
            // The word may stand on a line of its own.
            let next = page.next_text(line + 1)?;
            let authors = head::by_line(&format!("{text} {}", page.lines[next].text.trim()))?;
            (!text.contains(char::is_whitespace)).then_some(Self { authors, line, end: next + 1 })
        })
    }
}

/// Returns whether a line has an address for mail, a telephone number, or a count of words.
fn is_contact(line: &str) -> bool {
    let text = line.trim();
    let has_mail = text.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.trim_end_matches('.').contains('.'))
    });
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_phone = digits >= 7 && text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    let lower = text.to_lowercase();
    let counts = ["words", "wörter", "mots", "palabras", "parole", "palavras"];
    let has_count = digits >= 3 && counts.iter().any(|word| lower.ends_with(word));
    has_mail || is_phone || has_count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_page(text: &str) -> (String, Found) {
        let (mut page, mut found) = (Page::new(text, 1), Found::default());
        read(&mut page, &mut found);
        (page.text().trim().to_owned(), found)
    }

    #[test]
    fn the_first_page_of_a_manuscript_gives_the_title_and_the_author() {
        let text = "Bo Fox            about 80,000 words\n1 High Street\nbo@example.org\n\n\n      THE SEA\n\n        by\n\n      Bo Fox\n\n\nCHAPTER ONE\n";
        let (rest, found) = read_page(text);
        assert_eq!(rest, "CHAPTER ONE");
        assert_eq!((found.title.as_deref(), found.subtitle), (Some("THE SEA"), None));
        assert_eq!(found.authors, ["Bo Fox"]);
        assert_eq!(found.notes.0.len(), 1);
    }

    #[test]
    fn a_title_may_be_a_number_and_have_a_subtitle() {
        let (_, found) = read_page("(555) 123-4567\n\n1984\n\nBy Bo Fox\n\nOne\n");
        assert_eq!(found.title.as_deref(), Some("1984"));
        let (_, found) = read_page("bo@example.org\n\nSalt\nA Life\n\nBy Bo Fox\n\nOne\n");
        assert_eq!((found.title.as_deref(), found.subtitle.as_deref()), (Some("Salt"), Some("A Life")));
    }

    #[test]
    fn a_page_without_an_address_is_left_to_others() {
        for text in ["Salt\n\nBy Bo Fox\n\nOne", "bo@example.org\n\nSalt\n\nOne", "By the sea\n\nbo@example.org"] {
            let (rest, found) = read_page(text);
            assert_eq!((rest.as_str(), found.title), (text, None));
        }
    }
}
