//! The language of a book: its tag, and the direction in which it is written.

use bindery_text::language;

use super::direction::Direction;

/// Returns the tag in its usual spelling, or `und` (undetermined) where it is malformed.
///
/// A malformed tag would make every page of an EPUB invalid, and the book is already written.
pub(super) fn well_formed(text: &str) -> String {
    language::tag(text.trim()).map_or_else(|| "und".to_owned(), |tag| tag.into_inner())
}

/// Returns the direction the language is written in. A script in the tag decides before the language.
pub(super) fn direction(tag: &str) -> Direction {
    const SCRIPTS: [&str; 10] = ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Syrc", "Thaa"];
    const LANGUAGES: [&str; 19] = [
        "aeb", "ar", "arc", "ary", "arz", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "ps", "sd", "syr", "ug",
        "ur", "yi",
    ];
    let right_to_left = language::tag(tag).is_some_and(|tag| match tag.script() {
        Some(script) => SCRIPTS.contains(&script),
        None => LANGUAGES.contains(&tag.primary_language()),
    });
    if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_tags_are_kept_in_their_usual_spelling() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj", "de-1996", "zh-yue-HK", "de-u-co-phonebk"] {
            assert_eq!(well_formed(tag), tag);
        }
        assert_eq!(well_formed(" en_us "), "en-US");
    }

    #[test]
    fn a_malformed_tag_is_undetermined() {
        for tag in ["", "e", "Português", "en-", "en--US", "en-US-GB", "english language", "en\"x"] {
            assert_eq!(well_formed(tag), "und", "{tag}");
        }
    }

    #[test]
    fn the_script_decides_the_direction_before_the_language_does() {
        let expected = [
            ("ar", Direction::RightToLeft),
            ("he-IL", Direction::RightToLeft),
            ("az-Arab", Direction::RightToLeft),
            ("ks-Deva", Direction::LeftToRight),
            ("ur-Latn", Direction::LeftToRight),
            ("ja", Direction::LeftToRight),
            ("und", Direction::LeftToRight),
        ];
        for (tag, direction_of_tag) in expected {
            assert_eq!(direction(tag), direction_of_tag, "{tag}");
        }
    }
}
