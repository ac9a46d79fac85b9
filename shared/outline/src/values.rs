//! Rules for single values: model names and lengths.

use bindery_domain::ModelName;

use super::{MAX_WORDS, MIN_WORDS};

/// Returns whether the text has the form `provider:model`.
pub(super) fn is_model(text: &str) -> bool {
    text.parse::<ModelName>().is_ok()
}

/// Returns a chapter's length; `None` where it is outside the limits.
pub(super) fn words(digits: &str) -> Option<u32> {
    let count = digits.parse().ok()?;
    (MIN_WORDS..=MAX_WORDS).contains(&count).then_some(count)
}

/// Returns a count of words as writers type it: `3,000`, `3.000 words`, `~3k`.
pub(super) fn counted_words(text: &str) -> Option<u32> {
    let text = text
        .trim()
        .trim_start_matches(['~', '≈'])
        .trim_start_matches("ca. ")
        .trim_start_matches("about ")
        .to_lowercase();
    let digits_end =
        text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | '.' | '\'' | '_')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits_end);
    const UNITS: [&str; 14] = [
        "", "words", "word", "w", "wörter", "worte", "mots", "palabras", "palavras", "parole", "woorden", "słów",
        "слов", "字",
    ];
    let (unit, is_thousands) = match unit.trim().strip_prefix('k') {
        Some(rest) => (rest.trim(), true),
        None => (unit.trim(), false),
    };
    let groups: Vec<&str> = number.split([',', '.', '\'', '_']).collect();
    let is_grouped = groups[1..].iter().all(|group| group.len() == 3) && !groups[0].is_empty();
    if !UNITS.contains(&unit) || !(is_grouped || is_thousands) {
        return None;
    }
    if is_thousands {
        let count: f64 = number.replace(',', ".").parse().ok()?;
        let count = (count * 1_000.0).round();
        return words(&format!("{count}"));
    }
    words(&groups.concat())
}

/// Returns an ISBN as it was typed; `None` where it has not 10 or 13 digits or its last one does not fit the others.
pub(super) fn isbn(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    let last = digits.len().checked_sub(1)?;
    let mut values = Vec::with_capacity(digits.len());
    for (at, c) in digits.iter().enumerate() {
        let ten = (at == last && last == 9 && matches!(c, 'x' | 'X')).then_some(10);
        values.push(ten.or_else(|| c.to_digit(10))?);
    }
    let fits = match values.len() {
        10 => values.iter().zip((1..=10).rev()).map(|(value, weight)| value * weight).sum::<u32>() % 11 == 0,
        13 => values.iter().zip([1, 3].iter().cycle()).map(|(value, weight)| value * weight).sum::<u32>() % 10 == 0,
        _ => false,
    };
    fits.then(|| text.to_owned())
}

/// Returns a code of BISAC in capital letters; `None` where it has not three letters and six digits.
pub(super) fn bisac(text: &str) -> Option<String> {
    let (letters, digits) = text.split_at_checked(3)?;
    let fits = letters.bytes().all(|b| b.is_ascii_alphabetic())
        && digits.len() == 6
        && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| text.to_uppercase())
}

/// Returns a code of Thema in capital letters; `None` where it has not the form of one. A qualifier begins with a digit.
pub(super) fn thema(text: &str) -> Option<String> {
    let code = text.to_uppercase();
    let rest = code.strip_prefix(|c: char| matches!(c, 'A'..='Y' | '1'..='6'))?;
    let fits = (1..=20).contains(&code.len())
        && rest.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && !rest.ends_with('-');
    fits.then_some(code)
}

/// The designs of covers that Bindery draws.
pub(super) const DESIGNS: [&str; 4] = ["classic", "bands", "grid", "plain"];

/// Returns whether a text names an image file or a design.
pub(super) fn is_cover(text: &str) -> bool {
    let ending = text.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    DESIGNS.contains(&text) || matches!(ending.as_deref(), Some("jpg" | "jpeg" | "png"))
}

/// The sizes that a page of a PDF may have, in inches or by their names.
pub(super) const TRIMS: [&str; 5] = ["5x8", "5.5x8.5", "6x9", "a5", "a4"];

/// Returns the size of a page, as in `6x9`, `6 x 9 in` or `A5`.
pub(super) fn trim(text: &str) -> Option<String> {
    let plain: String =
        text.to_lowercase().replace('×', "x").chars().filter(|c| !matches!(c, ' ' | '"' | '″')).collect();
    let plain = plain.trim_end_matches("inches").trim_end_matches("in").replace("inx", "x").replace(',', ".");
    TRIMS.contains(&plain.as_str()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_by_provider_and_model() {
        for name in ["openai:gpt-5", "ollama:llama3:8b", "my_host:a/b@c"] {
            assert!(is_model(name), "{name}");
        }
        for name in ["", "gpt-5", ":gpt-5", "openai:", "open ai:x", "openai:a b"] {
            assert!(!is_model(name), "{name}");
        }
    }

    #[test]
    fn an_isbn_has_a_last_digit_that_fits() {
        for typed in ["978-3-16-148410-0", "9783161484100", "0-306-40615-2", "0 8044 2957 X"] {
            assert_eq!(isbn(typed).as_deref(), Some(typed));
        }
        for typed in ["", "978-3-16-148410-1", "0-306-40615-3", "X-306-40615-2", "123", "isbn"] {
            assert_eq!(isbn(typed), None, "{typed}");
        }
    }

    #[test]
    fn codes_of_subjects_have_a_form() {
        assert_eq!(bisac("fic019000").as_deref(), Some("FIC019000"));
        for typed in ["", "FIC01900", "FIC0190000", "F1C019000", "FICTION", "öö19000"] {
            assert_eq!(bisac(typed), None, "{typed}");
        }
        for (typed, code) in [("fba", "FBA"), ("1DDU-GB-E", "1DDU-GB-E"), ("YFB", "YFB"), ("5AX", "5AX")] {
            assert_eq!(thema(typed).as_deref(), Some(code));
        }
        for typed in ["", "9A", "F/A", "-", "F-", "Zoology"] {
            assert_eq!(thema(typed), None, "{typed}");
        }
    }

    #[test]
    fn the_size_of_a_page_may_be_typed_in_several_ways() {
        for (typed, size) in [("6x9", "6x9"), ("6 × 9 in", "6x9"), ("5,5 x 8,5 inches", "5.5x8.5"), ("A5", "a5")] {
            assert_eq!(trim(typed).as_deref(), Some(size), "{typed}");
        }
        for typed in ["", "7x10", "letter", "6"] {
            assert_eq!(trim(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_cover_is_a_picture_or_a_design() {
        for typed in ["cover.jpg", "art/Cover.PNG", "x.jpeg", "classic"] {
            assert!(is_cover(typed), "{typed}");
        }
        for typed in ["", "cover.gif", "cover", "cover.svg"] {
            assert!(!is_cover(typed), "{typed}");
        }
    }

    #[test]
    fn lengths_have_limits_on_both_sides() {
        assert_eq!(words("20"), Some(20));
        assert_eq!(words("50000"), Some(50_000));
        for typed in ["19", "50001", "-5", "3,000", "3e3", "", "99999999999999999999"] {
            assert_eq!(words(typed), None, "{typed}");
        }
    }
}
