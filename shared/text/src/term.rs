//! Finding a term in a text, whatever the case of its letters.

/// Returns whether a term stands in a text as words of its own. In scripts without spaces it may stand anywhere.
pub fn contains(text: &str, term: &str) -> bool {
    let (text, term) = (folded(text), folded(term));
    let is_word = |char: Option<char>| char.is_some_and(|char| char.is_alphanumeric() && !is_unspaced(char));
    let ends_in_words = (is_word(term.chars().next()), is_word(term.chars().next_back()));
    !term.is_empty()
        && text.match_indices(&term).any(|(at, found)| {
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            !(ends_in_words.0 && is_word(before) || ends_in_words.1 && is_word(after))
        })
}

/// Returns a text in lower case, with the straight apostrophe and single spaces.
fn folded(text: &str) -> String {
    text.replace('’', "'").to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns whether a letter belongs to a script that puts no spaces between words.
fn is_unspaced(char: char) -> bool {
    matches!(char, '\u{0E00}'..='\u{0EFF}' | '\u{1780}'..='\u{17FF}' | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_stands_in_a_text_as_words_of_its_own() {
        for (text, term, there) in [
            ("They found the Drowned\nChapel at last.", "drowned chapel", true),
            ("Ann's chapel", "Ann", true),
            ("Annual reports", "Ann", false),
            ("Susann", "Ann", false),
            ("Elias’s letter", "Elias's letter", true),
            ("彼は岸本さんの店", "岸本", true),
            ("anything", "", false),
        ] {
            assert_eq!(contains(text, term), there, "{term} in {text}");
        }
    }
}
