//! What readers learn only in a later chapter, told by its names and terms.

use super::{Book, Finding, FindingKind, SecretTerm};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let terms: Vec<(&SecretTerm, Vec<u32>)> =
        book.expected.secrets.iter().filter_map(|secret| Some((secret, book.phrase(&secret.term)?))).collect();
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        let chapter = book.text.chapters[book.text.chapter_of(book.text.sentences[sentence].paragraph)].number;
        for (secret, numbers) in terms.iter().filter(|(secret, _)| secret.chapter > chapter) {
            if book.words(sentence).windows(numbers.len()).any(|run| run == numbers) {
                let advice = format!(
                    "Readers learn of “{}” in chapter {}. Leave it out here, and do not hint at it.",
                    secret.term, secret.chapter
                );
                found.push(Finding::new(FindingKind::Early, book.text.place(sentence), secret.term.clone(), advice));
            }
        }
    }
    found
}
