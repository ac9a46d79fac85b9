//! Dates as writers type them: a day, a month of a year, a year.

use bindery_domain::is_date;

/// The names of the months by their first letters, which no two share, in the languages in which dates are often typed.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen", "янв"],
    &["feb", "fév", "fev", "фев"],
    &["mar", "mär", "maa", "мар"],
    &["apr", "avr", "abr", "апр"],
    &["may", "mai", "mag", "mei", "maj", "май", "мая"],
    &["jun", "juin", "giu", "июн"],
    &["jul", "juil", "lug", "июл"],
    &["aug", "aoû", "ago", "авг"],
    &["sep", "set", "сен"],
    &["oct", "okt", "ott", "out", "окт"],
    &["nov", "ноя"],
    &["dec", "dez", "déc", "dic", "дек"],
];

/// Returns a date as `2026-03-31`. A month or a year alone stands for its first day, because a book's date is a day.
pub(super) fn date(text: &str) -> Option<String> {
    let text = text.trim();
    let day = |year: u32, month: u32, day: u32| format!("{year:04}-{month:02}-{day:02}");
    let whole = text.get(..10).filter(|_| text.as_bytes().get(10).is_some_and(|b| matches!(b, b'T' | b' ')));
    let numbers: Option<Vec<u32>> = text.split(['-', '/']).map(whole_number).collect();
    let found = match numbers.as_deref() {
        _ if is_date(text) => text.to_owned(),
        _ if whole.is_some_and(is_date) => whole?.to_owned(),
        Some(&[year]) if year >= 1_000 => day(year, 1, 1),
        Some(&[year, month]) if year >= 1_000 => day(year, month, 1),
        Some(&[month, year]) if year >= 1_000 => day(year, month, 1),
        Some(_) => return None,
        None => in_signs(text).or_else(|| in_words(text))?,
    };
    is_date(&found).then_some(found)
}

fn whole_number(text: &str) -> Option<u32> {
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Returns whether a text has the form of a date, so that one that the calendar does not have is a slip and no other text.
pub(super) fn has_form(text: &str) -> bool {
    let text = text.trim();
    let pieces: Vec<&str> = text.split(['-', '/', '.']).collect();
    let is_figures =
        pieces.len() >= 2 && pieces.iter().all(|piece| !piece.is_empty() && whole_number(piece.trim()).is_some());
    let words: Vec<&str> = text.split([' ', ',', '.']).filter(|word| !word.is_empty()).collect();
    let numbers =
        words.iter().filter(|word| whole_number(word.trim_end_matches(char::is_alphabetic)).is_some()).count();
    is_figures || (numbers >= 2 && words.iter().any(|word| month_named(word).is_some()))
}

/// Reads `2025年3月31日` and `2025년 3월`.
fn in_signs(text: &str) -> Option<String> {
    let (year, rest) = text.split_once(['年', '년'])?;
    let (month, rest) = rest.split_once(['月', '월']).unwrap_or(("1", ""));
    let day = rest.trim().trim_end_matches(['日', '일']);
    let number = |text: &str| whole_number(text.trim()).filter(|_| !text.trim().is_empty());
    let day = if day.is_empty() { Some(1) } else { number(day) };
    Some(format!("{:04}-{:02}-{:02}", number(year)?, number(month)?, day?))
}

/// Reads `March 2025`, `31 March 2025` and `March 31, 2025`.
fn in_words(text: &str) -> Option<String> {
    let mut month = None;
    let mut numbers = Vec::new();
    for word in text.split([' ', ',', '.']).filter(|word| !word.is_empty()) {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        match whole_number(digits) {
            Some(number) if matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th") => numbers.push(number),
            _ if matches!(word, "de" | "of") => {}
            _ => month = Some(month_named(word).filter(|_| month.is_none())?),
        }
    }
    let month = month?;
    match numbers[..] {
        [year] if year >= 1_000 => Some(format!("{year:04}-{month:02}-01")),
        [day, year] if year >= 1_000 => Some(format!("{year:04}-{month:02}-{day:02}")),
        _ => None,
    }
}

fn month_named(word: &str) -> Option<usize> {
    let word = word.to_lowercase();
    MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name))).map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_a_month_or_a_year_is_a_date() {
        for (typed, expected) in [
            ("2026-03-31", "2026-03-31"),
            ("2026-03-31T10:00:00Z", "2026-03-31"),
            ("2026-03-31 10:00:00 +0100", "2026-03-31"),
            ("2026-03", "2026-03-01"),
            ("03/2026", "2026-03-01"),
            ("2026", "2026-01-01"),
            ("June 2026", "2026-06-01"),
            ("Juillet 2026", "2026-07-01"),
            ("5 October 2026", "2026-10-05"),
            ("October 5th, 2026", "2026-10-05"),
            ("5. Oktober 2026", "2026-10-05"),
            ("5 de octubre de 2026", "2026-10-05"),
            ("2026年3月", "2026-03-01"),
            ("2026年3月31日", "2026-03-31"),
            ("2026년 10월 5일", "2026-10-05"),
        ] {
            assert_eq!(date(typed).as_deref(), Some(expected), "{typed}");
        }
        for typed in
            ["", "soon", "2026-13", "2023-02-29", "30 February 2026", "1/2/2026", "March", "3", "May June 2026"]
        {
            assert_eq!(date(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_slip_in_a_date_is_told_from_another_text() {
        for typed in ["2026-02-30", "2026-13", "31/31/2026", "30 February 2026", "2026-1"] {
            assert!(has_form(typed), "{typed}");
        }
        for typed in ["soon", "last-modified", "Spring 2025", "TBD", "", "March", "`r Sys.Date()`"] {
            assert!(!has_form(typed), "{typed}");
        }
    }
}
