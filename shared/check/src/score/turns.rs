//! Turns of phrase: contrasts, groups of three, dashes, speech.

use bindery_text::quotation::{Quotations, is_dash};

use super::subject::{MAX_EVIDENCE, Measured, Subject, percent};
use crate::manuscript::Sentence;

/// Words with which a denial begins.
const DENIALS: &[&str] = &["not", "isn't", "wasn't", "aren't", "weren't", "don't", "doesn't", "didn't"];

/// Words with which the assertion begins that takes the place of what was denied.
const ASSERTIONS: &[&str] = &["but", "it's", "it", "they're", "they", "he's", "he", "she's", "she", "that's", "this"];

/// The most words between the denial and the assertion.
const REACH: usize = 12;

/// Contrasts of the kind “not this, but that” and “It wasn't this. It was that.”, per thousand words.
pub(super) fn contrasts(subject: &Subject<'_>) -> Measured {
    if !subject.english {
        return Measured::none();
    }
    let found: Vec<usize> = subject.sentences().filter(|&sentence| is_contrast(subject, sentence)).collect();
    let says = "denies one thing in order to assert another";
    subject.per_thousand(found.len()).with(found.iter().map(|&sentence| subject.evidence(sentence, says)))
}

fn is_contrast(subject: &Subject<'_>, index: usize) -> bool {
    let sentence = subject.sentence(index);
    let words: Vec<&str> = subject.spelled(sentence.words.clone()).collect();
    let Some(denial) = words.iter().position(|word| DENIALS.contains(word)) else { return false };
    let signs = signs_before(subject, sentence);
    let within = (denial + 2..words.len().min(denial + REACH)).any(|word| {
        let divides = signs[word].is_some_and(|sign| matches!(sign, ',' | ';' | ':') || is_dash(sign));
        let asserts = match words[word] {
            "but" => {
                words[denial] == "not"
                    && matches!(
                        words[denial + 1],
                        "just"
                            | "only"
                            | "merely"
                            | "simply"
                            | "about"
                            | "because"
                            | "a"
                            | "an"
                            | "the"
                            | "as"
                            | "with"
                            | "in"
                            | "from"
                            | "for"
                            | "by"
                    )
            }
            "it" | "they" | "he" | "she" | "this" => words.get(word + 1).is_some_and(|next| is_being(next)),
            other => ASSERTIONS.contains(&other),
        };
        divides && asserts
    });
    within || is_answered(subject, index, &words, denial)
}

fn is_being(word: &str) -> bool {
    matches!(word, "is" | "was" | "are" | "were")
}

/// Returns whether the next sentence asserts something of the same subject: “It wasn't this. It was that.”
fn is_answered(subject: &Subject<'_>, index: usize, words: &[&str], denial: usize) -> bool {
    /// A longer sentence has other news than its denial.
    const WORDS: usize = 12;

    let next = subject.book.sentences.get(index + 1);
    let same_paragraph = |next: &&Sentence| next.paragraph == subject.sentence(index).paragraph;
    let Some(next) = next.filter(same_paragraph) else { return false };
    let after: Vec<&str> = subject.spelled(next.words.clone()).take(2).collect();
    let begins_alike =
        after.first() == words.first() || after.first().is_some_and(|word| matches!(*word, "it's" | "it"));
    let asserts =
        after.first().is_some_and(|word| word.ends_with("'s")) || after.get(1).is_some_and(|word| is_being(word));
    denial <= 2 && words.len() <= WORDS && begins_alike && asserts
}

/// Groups of three of the kind “a, b, and c”, each of at most three words, per thousand words.
pub(super) fn triads(subject: &Subject<'_>) -> Measured {
    if !subject.english {
        return Measured::none();
    }
    let (mut count, mut evidence) = (0, Vec::new());
    for index in subject.sentences() {
        let found = triads_in(subject, subject.sentence(index));
        count += found;
        if found > 1 && evidence.len() < MAX_EVIDENCE {
            evidence.push(subject.evidence(index, "more than one group of three in a sentence"));
        }
    }
    subject.per_thousand(count).with(evidence)
}

fn triads_in(subject: &Subject<'_>, sentence: &Sentence) -> usize {
    /// The most words of an item.
    const ITEM: usize = 3;

    let words: Vec<&str> = subject.spelled(sentence.words.clone()).collect();
    let signs = signs_before(subject, sentence);
    let comma = |word: usize| signs.get(word).copied().flatten() == Some(',');
    let is_triad = |&and: &usize| {
        if !matches!(words[and], "and" | "or") || and < 2 {
            return false;
        }
        // The comma before "and" is a matter of house style.
        let middle = (1..=ITEM).filter(|item| and > *item).map(|item| and - item).find(|&word| comma(word));
        middle.is_some_and(|middle| {
            let has_fourth = (1..=ITEM).any(|item| middle > item && comma(middle - item));
            !has_fourth && !matches!(words[middle], "and" | "or" | "but")
        })
    };
    (0..words.len()).filter(is_triad).count()
}

/// Returns for each word of a sentence the sign before it.
fn signs_before(subject: &Subject<'_>, sentence: &Sentence) -> Vec<Option<char>> {
    sentence.words.clone().map(|word| subject.book.sign_before(word)).collect()
}

/// Em dashes, per thousand words. A dash that opens a line introduces speech and does not count.
pub(super) fn em_dashes(subject: &Subject<'_>) -> Measured {
    let dashes =
        |text: &str| text.trim_start_matches(is_dash).chars().filter(|char| matches!(char, '—' | '\u{2e3a}')).count();
    subject.per_thousand(subject.paragraphs().map(|paragraph| dashes(&paragraph.text)).sum())
}

/// Percent of the letters that stand in quotation marks or in lines that a dash opens.
pub(super) fn dialogue(subject: &Subject<'_>) -> Measured {
    if !subject.is_long() {
        return Measured::none();
    }
    let (mut spoken, mut all) = (0, 0);
    for paragraph in subject.paragraphs() {
        let dashed = paragraph.text.starts_with(is_dash);
        let (mut quotations, mut before) = (Quotations::default(), None);
        let mut chars = paragraph.text.chars().peekable();
        while let Some(char) = chars.next() {
            quotations.read(before, char, chars.peek().copied());
            before = Some(char);
            if char.is_alphanumeric() {
                all += 1;
                spoken += usize::from(dashed || quotations.is_open());
            }
        }
    }
    Measured::of(percent(spoken, all))
}
