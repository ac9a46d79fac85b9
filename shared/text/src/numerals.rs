//! Numbers as books show them: Roman numerals, and words in the languages in which many books are written.

use std::{collections::HashMap, sync::LazyLock};

use crate::language::table_language;

/// For each language, the chapters from 1 in words. The words are those of Unicode's rules for spelling numbers out.
const CHAPTERS: &str = include_str!("numerals/words.txt");

/// For each language, what a part with a figure is called, then the parts from 1 in words.
const PARTS: &str = include_str!("numerals/parts.txt");

/// The highest number that has words.
#[cfg(test)]
const HIGHEST: usize = 99;

type Table = HashMap<&'static str, Vec<&'static str>>;

static CHAPTER_WORDS: LazyLock<Table> = LazyLock::new(|| table(CHAPTERS));
static PART_WORDS: LazyLock<Table> = LazyLock::new(|| table(PARTS));

fn table(text: &'static str) -> Table {
    let rows = text.lines().filter_map(|line| line.split_once('|'));
    rows.map(|(language, words)| (language, words.split('|').collect())).collect()
}

/// Returns whether the numbers of chapters have words in the language of the tag.
pub fn has_words(language: &str) -> bool {
    CHAPTER_WORDS.contains_key(table_language(language).as_str())
}

/// Returns the number of a chapter in words, such as `Three` or `第三章`; `None` where the number has none.
pub fn chapter_in_words(number: u32, language: &str) -> Option<&'static str> {
    let row = CHAPTER_WORDS.get(table_language(language).as_str())?;
    row.get((number as usize).checked_sub(1)?).copied()
}

/// Returns what a part is called in words, such as `Part Three` or `Dritter Teil`; `None` where the number has none.
pub fn part_in_words(number: u32, language: &str) -> Option<&'static str> {
    let row = PART_WORDS.get(table_language(language).as_str())?;
    row.get(number as usize).copied().filter(|_| number > 0)
}

/// Returns what a part with this figure is called, such as `Part III`. A language without a table has the figure alone.
pub fn part_called(figure: &str, language: &str) -> String {
    let row = PART_WORDS.get(table_language(language).as_str());
    row.map_or_else(|| figure.to_owned(), |row| row[0].replace("{}", figure))
}

/// Returns a number as a Roman numeral.
pub fn roman(mut number: u32) -> String {
    const VALUES: [(&str, u32); 13] = [
        ("M", 1000),
        ("CM", 900),
        ("D", 500),
        ("CD", 400),
        ("C", 100),
        ("XC", 90),
        ("L", 50),
        ("XL", 40),
        ("X", 10),
        ("IX", 9),
        ("V", 5),
        ("IV", 4),
        ("I", 1),
    ];
    let mut text = String::new();
    for (sign, value) in VALUES {
        while number >= value {
            text.push_str(sign);
            number -= value;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// Every number has a word, and no two have the same.
    #[test]
    fn the_words_of_each_language_are_whole() {
        let mut languages: Vec<_> = CHAPTER_WORDS.keys().collect();
        let mut with_parts: Vec<_> = PART_WORDS.keys().collect();
        languages.sort();
        with_parts.sort();
        assert_eq!(languages, with_parts);
        for (language, words) in &*CHAPTER_WORDS {
            assert_eq!(words.len(), HIGHEST, "{language}");
            assert_eq!(words.iter().collect::<HashSet<_>>().len(), HIGHEST, "{language}");
            assert!(words.iter().all(|word| !word.is_empty() && word.trim() == *word), "{language}");
        }
        for (language, words) in &*PART_WORDS {
            assert!(words[0].contains("{}"), "{language}");
            assert_eq!(words.iter().collect::<HashSet<_>>().len(), 21, "{language}");
        }
    }

    #[test]
    fn numbers_have_the_words_of_the_language() {
        for (language, number, words) in [
            ("en-GB", 21, Some("Twenty-one")),
            ("de", 3, Some("Drei")),
            ("es-MX", 1, Some("Uno")),
            ("fr", 71, Some("Soixante-et-onze")),
            ("ja", 12, Some("第十二章")),
            ("zh-TW", 2, Some("第二章")),
            ("en", 99, Some("Ninety-nine")),
            ("en", 100, None),
            ("en", 0, None),
            ("sw", 1, None),
        ] {
            assert_eq!(chapter_in_words(number, language), words, "{language} {number}");
            assert_eq!(has_words(language), language != "sw");
        }
        assert_eq!(part_in_words(2, "de"), Some("Zweiter Teil"));
        assert_eq!(part_in_words(0, "de"), None);
        assert_eq!(part_in_words(21, "en"), None);
        assert_eq!((part_called("IV", "hu").as_str(), part_called("4", "sw").as_str()), ("IV. rész", "4"));
    }

    #[test]
    fn roman_numerals_are_written_in_their_usual_form() {
        for (number, text) in [(1, "I"), (4, "IV"), (14, "XIV"), (49, "XLIX"), (400, "CD"), (1994, "MCMXCIV")] {
            assert_eq!(roman(number), text);
        }
    }
}
