//! Sections that do not meet. One sums up though the chapter goes on, one announces the next. One begins with what the
//! section before it has just said, also across chapters.

use super::{Book, Finding, FindingKind};
use crate::manuscript::SectionSpan;

/// The words with which a text sums up, by language.
pub(super) const SUMMING_UP: &[(&str, &[&str])] = &[
    ("en", &["in conclusion", "to conclude", "in summary", "to sum up", "to summarize", "as we have seen"]),
    ("de", &["zusammenfassend", "abschließend", "zum schluss", "wie wir gesehen haben"]),
    ("fr", &["en conclusion", "pour conclure", "en résumé", "comme nous l'avons vu"]),
    ("es", &["en conclusión", "para concluir", "en resumen", "como hemos visto"]),
];

/// The words with which a text announces or names its own parts, by language.
const OWN_PARTS: &[(&str, &[&str])] = &[
    ("en", &["the next section", "the following section", "the previous section", "the next chapter", "this section"]),
    ("de", &["im nächsten abschnitt", "im folgenden abschnitt", "im nächsten kapitel", "in diesem abschnitt"]),
    ("fr", &["la section suivante", "la prochaine section", "le chapitre suivant", "cette section"]),
    ("es", &["la siguiente sección", "la próxima sección", "el siguiente capítulo", "esta sección"]),
];

/// The share of a sentence's words, in percent, that make it a repetition of the one before the seam.
const SAID_AGAIN: usize = 60;

/// A shorter sentence repeats another one by chance.
const LEAST_WORDS: usize = 10;

pub(super) fn find(book: &Book<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for pair in book.text.sections.windows(2) {
        let [before, after] = pair else { continue };
        // Where a chapter ends, it may sum up and announce: `formulas` looks at that.
        if before.chapter == after.chapter {
            found.extend(sums_up(book, before));
            found.extend(announces(book, before));
        }
        found.extend(says_again(book, before, after));
    }
    found
}

/// Finds a last paragraph that sums up a chapter which goes on.
fn sums_up(book: &Book<'_>, section: &SectionSpan) -> Option<Finding> {
    let sentence = book.last_paragraph(section)?.sentences.clone().next()?;
    let begins = |phrase: &&str| book.phrase(phrase).is_some_and(|run| book.words(sentence).starts_with(&run));
    phrases(SUMMING_UP, &book.text.language).iter().find(|phrase| begins(phrase))?;
    let advice = "The chapter goes on after this section. End the section where it stands, without summing up.";
    Some(finding(book, sentence, None, advice.to_owned()))
}

/// Finds a last sentence that speaks of the sections of the book.
fn announces(book: &Book<'_>, section: &SectionSpan) -> Option<Finding> {
    let sentence = book.last_sentence(section)?;
    let words = book.words(sentence);
    let holds =
        |phrase: &&str| book.phrase(phrase).is_some_and(|run| words.windows(run.len()).any(|window| window == run));
    phrases(OWN_PARTS, &book.text.language).iter().find(|phrase| holds(phrase))?;
    let advice = "Hand on to what follows without naming the sections of the book.";
    Some(finding(book, sentence, None, advice.to_owned()))
}

/// Finds a first sentence that says again what the section before it ended with.
fn says_again(book: &Book<'_>, before: &SectionSpan, after: &SectionSpan) -> Option<Finding> {
    let (last, first) = (book.last_sentence(before)?, book.first_sentence(after)?);
    let (last_words, words) = (book.words(last), book.words(first));
    if words.len() < LEAST_WORDS || last_words.len() < LEAST_WORDS {
        return None;
    }
    let shared = words.iter().filter(|word| last_words.contains(word)).count();
    if shared * 100 < words.len() * SAID_AGAIN
        || !last_words.windows(3).any(|run| words.windows(3).any(|own| own == run))
    {
        return None;
    }
    let advice = format!("The section before ends with this: “{}” Begin where it has left off.", book.sentence(last));
    Some(finding(book, first, Some(last), advice))
}

fn finding(book: &Book<'_>, sentence: usize, other: Option<usize>, advice: String) -> Finding {
    let (place, other) = (book.text.place(sentence), other.map(|other| book.text.place(other)));
    Finding { other, ..Finding::new(FindingKind::Seam, place, book.sentence(sentence), advice) }
}

fn phrases(lists: &[(&str, &'static [&'static str])], language: &str) -> &'static [&'static str] {
    let primary = bindery_text::language::primary(language);
    lists.iter().find(|(tag, _)| *tag == primary).map_or(&[], |(_, phrases)| phrases)
}
