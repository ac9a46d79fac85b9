//! The known key that a misspelt one was probably meant to be.

/// Returns advice: the key that was meant, or all known ones.
pub(super) fn nearest(typed: &str, known: &[&str]) -> String {
    let typed = typed.to_lowercase().replace([' ', '-'], "_");
    let close = known
        .iter()
        .filter(|key| is_start_of(&typed, key) || distance(&typed, key) <= key.len().div_ceil(3))
        .min_by_key(|key| distance(&typed, key));
    match close {
        Some(key) => format!("did you mean `{key}`?"),
        None => format!("the keys are `{}`", known.join("`, `")),
    }
}

/// Tells whether one is the beginning of the other, as `lang` of `language` and `authors` of `author`.
fn is_start_of(typed: &str, key: &str) -> bool {
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
    fn a_misspelt_or_shortened_key_finds_its_own() {
        for (typed, meant) in [
            ("authors", "author"),
            ("lang", "language"),
            ("Langauge", "language"),
            ("word", "words"),
            ("sub-title", "subtitle"),
            ("point of view", "point_of_view"),
            ("tonne", "tone"),
        ] {
            assert_eq!(nearest(typed, &KEYS), format!("did you mean `{meant}`?"), "{typed}");
        }
    }

    #[test]
    fn a_key_like_no_other_gets_the_list() {
        let advice = nearest("isbn", &KEYS);
        assert!(advice.starts_with("the keys are `subtitle`, `author`"), "{advice}");
        assert!(nearest(&"x".repeat(100_000), &KEYS).starts_with("the keys are"));
    }
}
