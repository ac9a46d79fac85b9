//! Words and phrases that the book does not use.

use super::{Book, Finding, FindingKind};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let phrases: Vec<(&String, Vec<u32>)> =
        book.expected.banned.iter().filter_map(|phrase| Some((phrase, book.phrase(phrase)?))).collect();
    let mut found = Vec::new();
    for sentence in book.prose_sentences() {
        for (phrase, numbers) in &phrases {
            if book.words(sentence).windows(numbers.len()).any(|run| run == numbers) {
                found.push(Finding {
                    kind: FindingKind::Banned,
                    place: book.text.place(sentence),
                    quote: (*phrase).clone(),
                    other: None,
                    advice: format!("The book does not use “{phrase}”. Say it in other words."),
                    round: None,
                });
            }
        }
    }
    found
}
