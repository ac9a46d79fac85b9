//! The first paragraph of a chapter, which begins with a large letter.

use crate::{Role, document::Inline};

/// The fewest words that stand beside the letter in two lines.
const FEWEST_WORDS: usize = 30;

/// A paragraph that can begin with a large letter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Opening<'t> {
    pub(super) letter: char,
    /// The words behind the letter. The first one is the rest of its word.
    pub(super) words: Vec<&'t str>,
    /// What follows the words.
    pub(super) rest: &'t [Inline],
}

impl<'t> Opening<'t> {
    /// Reads the first paragraph of a chapter. A chapter of prose has a large letter, in scripts that have small and large ones.
    pub(super) fn of(role: Role, text: &'t [Inline]) -> Option<Self> {
        use Role::{Afterword, Conclusion, Epilogue, Foreword, Interlude, Introduction, Preface, Prologue};
        let is_prose = role.is_numbered()
            || matches!(
                role,
                Foreword | Preface | Introduction | Prologue | Interlude | Epilogue | Conclusion | Afterword
            );
        let [Inline::Text { text: first }, rest @ ..] = text else { return None };
        let letter = first.chars().next().filter(|letter| letter.is_uppercase() && is_prose)?;
        let words: Vec<&str> = first[letter.len_utf8()..].split(' ').collect();
        (words.len() >= FEWEST_WORDS).then_some(Self { letter, words, rest })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_first_paragraph_begins_with_a_large_letter() {
        let long = format!("The {}", "tide ".repeat(40));
        let text = [Inline::text(long.as_str()), Inline::Break];
        let opening = Opening::of(Role::Chapter, &text).unwrap();
        assert_eq!((opening.letter, opening.words[0], opening.rest), ('T', "he", &[Inline::Break][..]));
        for (role, text) in [
            (Role::Chapter, "The tide."),
            (Role::Dedication, long.as_str()),
            (Role::Chapter, &"潮".repeat(200)),
            (Role::Chapter, &"\u{201c}tide ".repeat(40)),
        ] {
            assert_eq!(Opening::of(role, &[Inline::text(text)]), None, "{text}");
        }
    }
}
