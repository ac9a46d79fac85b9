//! Words and phrases that the book does not use.

use super::{Book, Finding, FindingKind};

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let phrases = shortest(book);
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

/// Returns the phrases with their words, but for those that hold another one: who avoids that one avoids them too.
fn shortest<'a>(book: &Book<'a>) -> Vec<(&'a String, Vec<u32>)> {
    let banned = book.expected.banned.iter();
    let mut phrases: Vec<(&String, Vec<u32>)> =
        banned.filter_map(|phrase| Some((phrase, book.phrase(phrase)?))).collect();
    phrases.sort_by_key(|(_, numbers)| numbers.len());
    let mut kept: Vec<(&String, Vec<u32>)> = Vec::new();
    for (phrase, numbers) in phrases {
        let holds = |(_, other): &(&String, Vec<u32>)| numbers.windows(other.len()).any(|run| run == other);
        if !kept.iter().any(holds) {
            kept.push((phrase, numbers));
        }
    }
    kept
}
