//! BCP 47 language tags: whether they are well formed, and how their languages are written.

use super::direction::Direction;

/// Returns the tag with hyphens for underscores, or `und` (undetermined) where it is malformed.
///
/// A malformed tag would make every page of an EPUB invalid, and the book is already written.
pub(super) fn well_formed(tag: &str) -> String {
    let tag = tag.trim().replace('_', "-");
    if is_well_formed(&tag) { tag } else { "und".to_owned() }
}

fn is_well_formed(tag: &str) -> bool {
    let alphabetic = |part: &str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let numeric = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = tag.split('-').peekable();
    let Some(language) = parts.next() else {
        return false;
    };
    if !(alphabetic(language) && matches!(language.len(), 2..=8)) {
        return false;
    }
    let mut extensions = 0;
    while language.len() <= 3 && extensions < 3 && parts.next_if(|p| p.len() == 3 && alphabetic(p)).is_some() {
        extensions += 1;
    }
    parts.next_if(|part| part.len() == 4 && alphabetic(part));
    parts.next_if(|part| (part.len() == 2 && alphabetic(part)) || (part.len() == 3 && numeric(part)));
    parts.all(|part| {
        part.bytes().all(|b| b.is_ascii_alphanumeric())
            && (matches!(part.len(), 5..=8) || (part.len() == 4 && part.as_bytes()[0].is_ascii_digit()))
    })
}

/// Returns the primary language of a tag, in lower case.
pub(super) fn primary(tag: &str) -> String {
    tag.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

/// Returns the script in a tag, for example `Hant`, in lower case.
pub(super) fn script(tag: &str) -> Option<String> {
    tag.split('-')
        .skip(1)
        .find(|part| part.len() == 4 && part.bytes().all(|b| b.is_ascii_alphabetic()))
        .map(str::to_ascii_lowercase)
}

/// Returns the direction the language is written in. A script in the tag decides before the language.
pub(super) fn direction(tag: &str) -> Direction {
    const SCRIPTS: [&str; 10] = ["adlm", "arab", "aran", "hebr", "mand", "mend", "nkoo", "rohg", "syrc", "thaa"];
    const LANGUAGES: [&str; 19] = [
        "aeb", "ar", "arc", "ary", "arz", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "ps", "sd", "syr", "ug",
        "ur", "yi",
    ];
    let right_to_left = match script(tag) {
        Some(script) => SCRIPTS.contains(&script.as_str()),
        None => LANGUAGES.contains(&primary(tag).as_str()),
    };
    if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_tags_are_kept() {
        for tag in ["en", "pt-BR", "zh-Hant-TW", "es-419", "sl-rozaj", "de-1996", "zh-yue-HK"] {
            assert_eq!(well_formed(tag), tag);
        }
        assert_eq!(well_formed("en_US"), "en-US");
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
