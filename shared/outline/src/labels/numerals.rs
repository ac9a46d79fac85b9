//! Numbers as writers type them: digits, Roman numerals, words, and the numerals of Chinese and Japanese.

use bindery_text::numerals;

use super::number_words::{CARDINALS, MORE_CARDINALS, ORDINALS};

/// The highest number that is read. A book has no more chapters.
const HIGHEST: u32 = 2_000;

const TENS: [(&str, u32); 8] = [
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// Returns the number of a chapter that a word, a numeral or digits stand for; `None` where they stand for none.
pub fn number(text: &str) -> Option<u32> {
    let found = if text.bytes().all(|b| b.is_ascii_digit()) {
        text.parse().ok()
    } else {
        roman(text).or_else(|| in_words(&text.to_lowercase())).or_else(|| ordinal_word(text)).or_else(|| cjk(text))
    };
    found.filter(|number| *number <= HIGHEST)
}

/// Returns the number after a word such as "chapter". There, words count that are too common to be numbers elsewhere.
pub(super) fn after_word(text: &str) -> Option<u32> {
    let more = || MORE_CARDINALS.iter().find_map(|words| position(words, &text.to_lowercase()));
    number(text).or_else(more)
}

/// Returns the number that an ordinal stands for.
pub(super) fn ordinal(text: &str) -> Option<u32> {
    ordinal_word(text).or_else(|| ordinal_figure(&text.to_lowercase()))
}

fn ordinal_word(text: &str) -> Option<u32> {
    let text = text.to_lowercase();
    ORDINALS.iter().find_map(|words| position(words, &text))
}

/// Reads an ordinal in figures, such as `2nd` and `2ème`.
fn ordinal_figure(text: &str) -> Option<u32> {
    const ENDINGS: [&str; 20] = [
        "st", "nd", "rd", "th", "er", "re", "ère", "e", "ème", "eme", "ª", "º", "°", "a", "o", ":a", ":e", "-я", "-а",
        "-й",
    ];
    let ending = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = &text[..text.len() - ending.len()];
    ENDINGS.contains(&ending).then(|| digits.parse().ok())?.filter(|number| *number <= HIGHEST)
}

fn in_words(text: &str) -> Option<u32> {
    let alone = CARDINALS.iter().find_map(|words| position(words, text));
    alone.or_else(|| TENS.iter().find(|(word, _)| *word == text).map(|(_, tens)| *tens)).or_else(|| {
        let (tens, ones) = text.split_once(['-', ' '])?;
        let (_, tens) = TENS.iter().find(|(word, _)| *word == tens)?;
        let ones = position(&CARDINALS[0][..9], ones)?;
        Some(tens + ones)
    })
}

fn position(words: &[&str], text: &str) -> Option<u32> {
    let at = words.iter().position(|word| *word == text)?;
    u32::try_from(at + 1).ok()
}

/// Returns the number of a Roman numeral in its usual spelling.
pub(in super::super) fn roman(text: &str) -> Option<u32> {
    const VALUES: [(&str, u32); 9] =
        [("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1)];
    let upper = text.to_ascii_uppercase();
    let is_one_case = text == upper || text == text.to_ascii_lowercase();
    let mut rest = upper.as_str();
    let mut sum = 0;
    for (sign, value) in VALUES {
        for _ in 0..3 {
            let Some(after) = rest.strip_prefix(sign) else { break };
            (rest, sum) = (after, sum + value);
        }
    }
    (is_one_case && rest.is_empty() && sum > 0 && numerals::roman(sum) == upper).then_some(sum)
}

/// Returns the number of Chinese and Japanese numerals up to 99.
fn cjk(text: &str) -> Option<u32> {
    const DIGITS: &str = "一二三四五六七八九";
    let digit = |text: &str| {
        let mut chars = text.chars();
        let (first, rest) = (chars.next()?, chars.next());
        let at = DIGITS.chars().position(|known| known == first)?;
        if rest.is_none() { u32::try_from(at + 1).ok() } else { None }
    };
    let Some((tens, ones)) = text.split_once('十') else {
        return digit(text);
    };
    let tens = if tens.is_empty() { 1 } else { digit(tens)? };
    let ones = if ones.is_empty() { 0 } else { digit(ones)? };
    Some(tens * 10 + ones)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_every_form() {
        for (text, expected) in [
            ("7", 7),
            ("IV", 4),
            ("xiv", 14),
            ("XCIX", 99),
            ("Three", 3),
            ("twenty-one", 21),
            ("Forty", 40),
            ("zwölf", 12),
            ("dix-sept", 17),
            ("первая", 1),
            ("三", 3),
            ("二十一", 21),
            ("十", 10),
        ] {
            assert_eq!(number(text), Some(expected), "{text}");
        }
        for text in ["", "IIII", "VX", "Iv", "Salt", "12a", "-3", "9999999999", "5000"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
