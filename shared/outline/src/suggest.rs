//! Suggestions for misspelt keys.

/// Returns advice on an unknown key: the nearest known one, or to leave it out where none is near.
pub(super) fn advice(typed: &str, known: &[&str]) -> String {
    let typed = typed.to_lowercase().replace([' ', '-'], "_");
    let close = known
        .iter()
        .filter(|key| one_begins_with_the_other(&typed, key) || distance(&typed, key) <= key.len().div_ceil(3))
        .min_by_key(|key| distance(&typed, key));
    match close {
        Some(key) => format!("did you mean `{key}`?"),
        None => "leave it out".to_owned(),
    }
}

/// Returns whether a key is a known one with a slip in it, and not a key of some other tool.
pub(super) fn misspelt(typed: &str, known: &[&str]) -> bool {
    let typed = typed.to_lowercase().replace([' ', '-'], "_");
    known.iter().any(|key| {
        let slips = if key.len() < 7 { 1 } else { 2 };
        typed.len() > 3 && distance(&typed, key) <= slips
    })
}

/// Returns whether one word begins with the other, like `language` with `lang` and `authors` with `author`.
fn one_begins_with_the_other(typed: &str, key: &str) -> bool {
    typed.len() >= 3 && (key.starts_with(typed) || typed.starts_with(key))
}

/// Counts the slips that turn one word into the other. A word that is far longer than the key is not compared.
fn distance(typed: &str, key: &str) -> usize {
    if typed.len() > 3 * key.len() { typed.len() } else { strsim::damerau_levenshtein(typed, key) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = ["subtitle", "author", "language", "tone", "words", "point_of_view"];

    #[test]
    fn a_misspelt_or_shortened_key_is_answered_with_the_key_that_was_meant() {
        for (typed, meant) in [
            ("authors", "author"),
            ("lang", "language"),
            ("Langauge", "language"),
            ("word", "words"),
            ("sub-title", "subtitle"),
            ("point of view", "point_of_view"),
            ("tonne", "tone"),
        ] {
            assert_eq!(advice(typed, &KEYS), format!("did you mean `{meant}`?"), "{typed}");
        }
    }

    #[test]
    fn a_slip_is_told_from_a_key_of_another_tool() {
        for typed in ["langauge", "sub-title", "tonne", "authr", "word"] {
            assert!(misspelt(typed, &KEYS), "{typed}");
        }
        for typed in ["toc", "tags", "layout", "created", "aliases", "documentclass", "cover-image"] {
            assert!(!misspelt(typed, &KEYS), "{typed}");
        }
    }

    #[test]
    fn a_key_near_no_other_is_to_be_left_out() {
        assert_eq!(advice("isbn", &KEYS), "leave it out");
        assert_eq!(advice(&"x".repeat(100_000), &KEYS), "leave it out");
    }
}
