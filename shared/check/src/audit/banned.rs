//! Words and phrases that the book does not use.

use super::{Book, Finding, FindingKind};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let phrases: Vec<(&String, Vec<u32>)> =
        book.expected.banned.iter().filter_map(|phrase| Some((phrase, book.phrase(phrase)?))).collect();
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        for (phrase, numbers) in &phrases {
            if book.words(sentence).windows(numbers.len()).any(|run| run == numbers) {
                let advice = format!("The book does not use “{phrase}”. Say it in other words.");
                found.push(Finding::new(FindingKind::Banned, book.text.place(sentence), (*phrase).clone(), advice));
            }
        }
    }
    found
}
