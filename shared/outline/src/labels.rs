//! Labels: the word and the number that writers put before a title, as in "Part I: Origins" and "Chapter Three. Salt".

mod number_words;
mod numerals;
mod words;

pub use numerals::number;
pub(super) use numerals::roman;

/// What a label calls the piece that it stands before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Called {
    /// A part, which groups chapters.
    Part,
    /// A module or a unit: a part where lessons stand in it, otherwise a chapter.
    Unit,
    /// A lesson, a week, a lecture: a chapter whose label belongs to its title.
    Lesson,
    /// A chapter.
    Chapter,
    /// A number alone.
    Number,
}

/// A label with the title after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label<'a> {
    pub(super) called: Called,
    pub(super) number: u32,
    /// What stands after the label; may be empty.
    pub(super) title: &'a str,
}

/// Marks that stand between a label and its title.
const MARKS: [char; 10] = ['.', ':', ')', '：', '-', '–', '—', '|', '、', '．'];

/// Reads the label at the beginning of a heading.
pub(super) fn label(text: &str) -> Option<Label<'_>> {
    let text = without_symbols(text);
    let readings = [counted, named, ordinal, numbered_word, bare];
    readings.into_iter().find_map(|reading| reading(text))
}

/// Returns a heading without the pictures that chat models put before it.
pub(super) fn without_symbols(text: &str) -> &str {
    let rest = text.trim_start_matches(|c: char| is_symbol(c) || c == ' ');
    if rest.is_empty() || rest.len() == text.trim_start().len() { text.trim_start() } else { rest }
}

/// Returns whether a character is a picture.
pub(super) fn is_symbol(c: char) -> bool {
    matches!(u32::from(c), 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF | 0xFE0F | 0x200D)
}

/// Reads `第3章 海`, `第一部：旅`, `제3장 소금` and `3장 소금`.
fn counted(text: &str) -> Option<Label<'_>> {
    let ordinal = text.strip_prefix(['第', '제']).map(str::trim_start);
    let rest = ordinal.unwrap_or(text);
    let (at, called) = rest.char_indices().take(8).find_map(|(at, c)| {
        let called = match c {
            '章' | '장' | '回' | '話' | '话' => Called::Chapter,
            '部' | '부' | '編' | '编' | '篇' => Called::Part,
            '課' | '课' | '週' | '周' | '과' | '주' => Called::Lesson,
            _ => return None,
        };
        Some((at, called))
    })?;
    // Without the sign of an ordinal, "3週" and "3回" are lengths and counts.
    if ordinal.is_none() && !rest[at..].starts_with(['章', '部', '장', '부']) {
        return None;
    }
    let number = number(rest[..at].trim())?;
    let after = rest[at..].chars().next().map_or(rest, |c| &rest[at + c.len_utf8()..]);
    let separators = |c: char| c.is_whitespace() || matches!(c, ':' | '：' | '、' | '.' | '—' | '-');
    let title = after.trim_start_matches(separators);
    (after.is_empty() || after.starts_with(separators)).then_some(Label { called, number, title })
}

/// Reads a word with a number after it: `Chapter 3: Salt`, `PART ONE`, `Часть первая`.
fn named(text: &str) -> Option<Label<'_>> {
    let (word, rest) = text.split_once(char::is_whitespace)?;
    let called = words::called(word.trim_end_matches('.'))?;
    let rest = rest.trim_start().trim_start_matches('#');
    let end = rest.find(|c: char| c.is_whitespace() || MARKS.contains(&c)).unwrap_or(rest.len());
    // A hyphen also joins the words of a number, as in "Twenty-One".
    let joined = rest.find(|c: char| c.is_whitespace() || (c != '-' && MARKS.contains(&c))).unwrap_or(rest.len());
    // "Act on Impulse" has no Turkish ten in it.
    let number = if is_of_english(word) { numerals::number } else { numerals::after_word };
    let read = |to: usize| number(&rest[..to]).map(|found| (found, to));
    if let Some((number, end)) = read(joined).or_else(|| read(end)) {
        return Some(Label { called, number, title: after_mark(&rest[end..])? });
    }
    // "Part A Tale" has no letter that counts, and "Part A: Tale" has one.
    let after = rest[end..].trim_start();
    let is_marked = after.is_empty() || after.starts_with(MARKS);
    let is_lettered = is_marked && matches!(called, Called::Part | Called::Unit);
    let number = letter(&rest[..end]).filter(|_| is_lettered)?;
    Some(Label { called, number, title: after_mark(&rest[end..])? })
}

/// Returns the place of a capital letter in the alphabet.
fn letter(text: &str) -> Option<u32> {
    match text.as_bytes() {
        [letter @ b'A'..=b'Z'] => Some(u32::from(letter - b'A') + 1),
        _ => None,
    }
}

/// Reads an ordinal with a word after it: `First Part: Salt`, `Erster Teil`, `Première partie`.
fn ordinal(text: &str) -> Option<Label<'_>> {
    let mut words = text.split_whitespace();
    let mut first = words.next()?;
    if matches!(first.to_lowercase().as_str(), "the" | "der" | "die" | "la" | "el" | "il") {
        first = words.next()?;
    }
    let second = words.next()?;
    let word = second.trim_end_matches(MARKS);
    let called = words::called(word)?;
    let number = numerals::ordinal(first)?;
    let at = second.as_ptr().addr() - text.as_ptr().addr() + word.len();
    let title = after_mark(&text[at..])?;
    Some(Label { called, number, title })
}

/// Words that English writes before their numbers alone, so that "1. Day Trips" has no label but its number.
const BEFORE_NUMBERS: [&str; 14] = [
    "part", "act", "volume", "module", "unit", "lesson", "week", "lecture", "session", "day", "class", "chapter", "ch",
    "essay",
];

fn is_of_english(word: &str) -> bool {
    BEFORE_NUMBERS.contains(&word.to_lowercase().as_str())
}

/// Reads a number with a word after it, as German, Turkish, Finnish and Hungarian have them: `3. Kapitel: Salz`, `2. Bölüm`.
fn numbered_word(text: &str) -> Option<Label<'_>> {
    let (digits, rest) = text.split_once('.')?;
    let rest = rest.trim_start();
    let is_number = !digits.is_empty() && (digits.bytes().all(|b| b.is_ascii_digit()) || is_upper(digits));
    let end = rest.find(|c: char| c.is_whitespace() || MARKS.contains(&c)).unwrap_or(rest.len());
    let (word, after) = rest.split_at(end);
    let called = words::called(word).filter(|_| is_number)?;
    let title = after.trim_start().trim_start_matches(MARKS);
    let is_marked = title.len() < after.trim_start().len() || title.is_empty();
    let number = number(digits)?;
    (is_marked && !is_of_english(word)).then(|| Label { called, number, title: title.trim_start() })
}

/// Returns the title after a label's number. Without a mark between them, it begins with a capital letter or a sign.
fn after_mark(rest: &str) -> Option<&str> {
    let text = rest.trim_start();
    let title = text.trim_start_matches(MARKS);
    let is_marked = title.len() < text.len();
    let first = title.trim_start().chars().next();
    let begins = first.is_none_or(|first| first.is_uppercase() || !first.is_alphabetic());
    let is_apart = rest.is_empty() || rest.starts_with(char::is_whitespace) || is_marked;
    (is_apart && (is_marked || begins)).then(|| title.trim_start())
}

/// Reads a number alone: `3. Salt`, `3) Salt`, `3: Salt`, `IV. Salt`.
fn bare(text: &str) -> Option<Label<'_>> {
    let end = text.find(['.', ':', ')', '：'])?;
    let digits = &text[..end];
    let is_word = text[end..].starts_with(':') && digits.starts_with(char::is_uppercase) && digits.len() > 2;
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) || is_upper(digits) || is_word;
    let number = if is_number { number(digits)? } else { return None };
    let mark = text[end..].chars().next()?;
    let title = &text[end + mark.len_utf8()..];
    let title = (mark == '：' || title.starts_with(char::is_whitespace)).then(|| title.trim_start())?;
    (!title.is_empty()).then_some(Label { called: Called::Number, number, title })
}

/// Returns whether a title has a number before it that may count its chapter.
pub(super) fn titled_number(text: &str) -> bool {
    label(text).is_some_and(|label| {
        matches!(label.called, Called::Chapter | Called::Number) && label.number > 0 && !label.title.is_empty()
    })
}

/// Reads a number before a title without a mark, or with a dash between them: `3 Salt`, `IV – Salt`. Such a number says something
/// only where all chapters have one.
pub(super) fn unmarked(text: &str) -> Option<(u32, &str)> {
    let text = without_symbols(text);
    let end = text.find(char::is_whitespace)?;
    let (digits, rest) = text.split_at(end);
    let is_number = digits.bytes().all(|b| b.is_ascii_digit()) || is_upper(digits);
    let title = rest.trim_start().trim_start_matches(['-', '–', '—', '|']).trim_start();
    let begins = title.chars().next().is_some_and(|first| !first.is_lowercase());
    let number = if is_number { number(digits)? } else { return None };
    begins.then_some((number, title))
}

fn is_upper(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase())
}

/// A number of two or more levels, as in `2.1 Market research`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal<'a> {
    pub(super) levels: Vec<u32>,
    pub(super) title: &'a str,
}

/// Reads a number of two or more levels.
pub(super) fn decimal(text: &str) -> Option<Decimal<'_>> {
    let text = without_symbols(text);
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, rest) = text.split_at(end);
    let levels: Option<Vec<u32>> = number.trim_end_matches('.').split('.').map(|level| level.parse().ok()).collect();
    let levels = levels.filter(|levels| levels.len() >= 2)?;
    let title = rest.trim_start_matches([':', ')', '-', '–', '—']).trim_start();
    let is_apart = rest.starts_with(|c: char| c.is_whitespace() || matches!(c, ':' | ')'));
    (is_apart && !title.is_empty()).then_some(Decimal { levels, title })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(Called, u32, &str)> {
        label(text).map(|label| (label.called, label.number, label.title))
    }

    #[test]
    fn a_label_is_a_word_with_a_number_in_many_languages() {
        for (text, called, number, title) in [
            ("Chapter 3: Salt", Called::Chapter, 3, "Salt"),
            ("CHAPTER 3 – Salt", Called::Chapter, 3, "Salt"),
            ("Ch 3 - Salt", Called::Chapter, 3, "Salt"),
            ("Chapter Three: Salt", Called::Chapter, 3, "Salt"),
            ("Chapter Twenty-One. Salt", Called::Chapter, 21, "Salt"),
            ("Chapter IV - Salt", Called::Chapter, 4, "Salt"),
            ("Chapter 3 Salt", Called::Chapter, 3, "Salt"),
            ("CHAPTER FIVE", Called::Chapter, 5, ""),
            ("Kapitel 3: Salz", Called::Chapter, 3, "Salz"),
            ("Chapitre III. Le sel", Called::Chapter, 3, "Le sel"),
            ("Глава первая. Соль", Called::Chapter, 1, "Соль"),
            ("第3章　塩", Called::Chapter, 3, "塩"),
            ("第十二章：塩", Called::Chapter, 12, "塩"),
            ("제3장 소금", Called::Chapter, 3, "소금"),
            ("Part II: Power", Called::Part, 2, "Power"),
            ("PART ONE", Called::Part, 1, ""),
            ("Part B: Salt", Called::Part, 2, "Salt"),
            ("Teil E", Called::Part, 5, ""),
            ("Part A Tale", Called::Number, 0, ""),
            ("Part the", Called::Number, 0, ""),
            ("Erster Teil: Das Meer", Called::Part, 1, "Das Meer"),
            ("Première partie", Called::Part, 1, ""),
            ("第一部　旅", Called::Part, 1, "旅"),
            ("Week 2: Flow", Called::Lesson, 2, "Flow"),
            ("Module 4 | Tests", Called::Unit, 4, "Tests"),
            ("\u{1f4d8} Chapter 2: Salt", Called::Chapter, 2, "Salt"),
            ("3. Salt", Called::Number, 3, "Salt"),
            ("IV. Salt", Called::Number, 4, "Salt"),
            ("Three: Salt", Called::Number, 3, "Salt"),
            ("3. Kapitel: Salz", Called::Chapter, 3, "Salz"),
            ("2. Teil", Called::Part, 2, ""),
            ("4. Bölüm – Tuz", Called::Chapter, 4, "Tuz"),
            ("1. fejezet: Só", Called::Chapter, 1, "Só"),
            ("2. luku: Suola", Called::Chapter, 2, "Suola"),
            ("2부 소금길", Called::Part, 2, "소금길"),
            ("12장 소금", Called::Chapter, 12, "소금"),
            ("3章　塩", Called::Chapter, 3, "塩"),
            ("Część druga: Sól", Called::Part, 2, "Sól"),
            ("Rozdział trzeci. Sól", Called::Chapter, 3, "Sól"),
            ("Druhá část: Sůl", Called::Part, 2, "Sůl"),
            ("Kapitola třetí", Called::Chapter, 3, ""),
            ("Kapittel fire: Salt", Called::Chapter, 4, "Salt"),
            ("Глава пять. Соль", Called::Chapter, 5, "Соль"),
            ("2nd Part: Salt", Called::Part, 2, "Salt"),
            ("الفصل الثاني: الملح", Called::Chapter, 2, "الملح"),
        ] {
            let expected = (number > 0).then_some((called, number, title));
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_title_with_a_number_in_it_has_no_label() {
        for text in [
            "3 Sisters",
            "3.5 Ounces",
            "3",
            "3.",
            "Apollo 3: The Landing",
            r"3\. Armee",
            "3 - 2 = 1",
            "第3章塩",
            "Chapter 3 of his life",
            "Part of me",
            "Part one of the plan",
            "Did it",
            "I: Robot and more",
            "1. Day Trips",
            "2. Part: Time",
            "Act on Impulse",
            "Part to Play",
            "3週の旅",
            "Chapter",
            "",
        ] {
            assert!(!matches!(label(text), Some(label) if label.called != Called::Number), "{text}");
        }
    }

    #[test]
    fn a_decimal_number_has_two_levels_or_more() {
        let read = |text| decimal(text).map(|found| (found.levels, found.title));
        assert_eq!(read("1.2 Tests"), Some((vec![1, 2], "Tests")));
        assert_eq!(read("1.2.3: Tests"), Some((vec![1, 2, 3], "Tests")));
        assert_eq!(read("1.2. Tests"), Some((vec![1, 2], "Tests")));
        for text in ["1. Tests", "1.2", "3.5mm", "v1.2 is out"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
