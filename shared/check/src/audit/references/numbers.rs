//! How a text names a chapter or a section by its number: "Chapter 4", "Chapter Four", "Chapter IV", "Section 3.2", 第3章.

/// The words for a chapter, by language.
const CHAPTER: &[(&str, &[&str])] = &[
    ("en", &["chapter", "chapters"]),
    ("de", &["kapitel", "kapiteln"]),
    ("fr", &["chapitre", "chapitres"]),
    ("es", &["capítulo", "capítulos"]),
    ("it", &["capitolo", "capitoli"]),
    ("pt", &["capítulo", "capítulos"]),
    ("nl", &["hoofdstuk", "hoofdstukken"]),
    ("sv", &["kapitel"]),
    ("da", &["kapitel"]),
    ("nb", &["kapittel"]),
    ("pl", &["rozdział", "rozdziale"]),
    ("ru", &["глава", "главе", "главы"]),
];

/// The words for a section, by language. A section is looked for only where its number has two parts.
const SECTION: &[(&str, &[&str])] = &[
    ("en", &["section", "sections"]),
    ("de", &["abschnitt", "abschnitten"]),
    ("fr", &["section", "sections"]),
    ("es", &["sección", "secciones", "apartado"]),
    ("it", &["sezione", "paragrafo"]),
    ("pt", &["seção", "secção"]),
    ("nl", &["paragraaf"]),
    ("sv", &["avsnitt"]),
];

/// The numbers from 1 in words, by language.
const WORDS: &[(&str, &[&str])] = &[
    (
        "en",
        &[
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ],
    ),
    ("de", &["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"]),
    ("fr", &["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"]),
    ("es", &["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"]),
    ("it", &["uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici"]),
    ("pt", &["um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"]),
    ("nl", &["een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"]),
];

/// Words after a number by which the chapter is one of another work, as in "Chapter 12 of Exodus".
const OF: &[&str] =
    &["of", "from", "von", "aus", "des", "der", "de", "du", "del", "della", "di", "do", "da", "van", "z", "av", "af"];

/// Words after these that lead back to this book, as in "Chapter 12 of this book".
const THIS: &[&str] =
    &["this", "our", "dieses", "diesem", "ce", "cet", "este", "questo", "deste", "dit", "denna", "denne"];

/// Words between two numbers, as in "Chapters 3 and 4".
const AND: &[&str] = &[
    "and", "or", "to", "through", "und", "oder", "bis", "et", "ou", "à", "y", "o", "e", "en", "och", "og", "&", "–",
    "-",
];

/// A chapter or a section as it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Numbered {
    pub(super) chapter: u32,
    /// The number of the section in the chapter; `None` where the chapter is named.
    pub(super) section: Option<u32>,
}

/// Returns whether a word belongs to a reference and not to what it is made for.
pub(super) fn is_part_of_reference(word: &str) -> bool {
    let lists = [CHAPTER, SECTION, WORDS];
    lists.iter().any(|list| list.iter().any(|(_, words)| words.contains(&word)))
}

/// Returns the chapters and sections of this book that a sentence names by their numbers.
pub(super) fn numbered(text: &str, language: &str) -> Vec<Numbered> {
    match language {
        "ja" | "zh" => ideographic(text),
        _ => spelled(text, language),
    }
}

fn spelled(text: &str, language: &str) -> Vec<Numbered> {
    let of = |lists: &[(&str, &'static [&'static str])]| -> &'static [&'static str] {
        lists.iter().find(|(tag, _)| *tag == language).map_or(&[], |(_, words)| words)
    };
    let (chapter, section, names) = (of(CHAPTER), of(SECTION), of(WORDS));
    if chapter.is_empty() {
        return Vec::new();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| bare(word).to_lowercase()).collect();
    let mut found = Vec::new();
    for at in 0..words.len() {
        let is_section = section.contains(&lower[at].as_str());
        if !is_section && !chapter.contains(&lower[at].as_str()) || names_another_work(&words, at) {
            continue;
        }
        let (numbers, after) = numbers(&words, &lower, at + 1, names);
        let other = lower.get(after).is_some_and(|word| OF.contains(&word.as_str()))
            && !lower.get(after + 1).is_some_and(|word| THIS.contains(&word.as_str()));
        if !other {
            found.extend(numbers.into_iter().filter(|to| !is_section || to.section.is_some()));
        }
    }
    found
}

/// Returns whether a name before the word says whose chapter it is, as in "Exodus, chapter 12".
fn names_another_work(words: &[&str], at: usize) -> bool {
    at > 1 && words[at].starts_with(char::is_lowercase) && {
        let before = bare(words[at - 1]);
        before.starts_with(char::is_uppercase) && before.chars().count() > 2
    }
}

/// Returns the numbers that follow a word, and the index of the word after them.
fn numbers(words: &[&str], lower: &[String], from: usize, names: &[&str]) -> (Vec<Numbered>, usize) {
    let mut found = Vec::new();
    let mut at = from;
    while at < words.len() {
        let parts: Vec<Numbered> = bare(words[at]).split(['–', '—']).filter_map(|part| number(part, names)).collect();
        if parts.is_empty() {
            break;
        }
        found.extend(parts);
        at += 1;
        let goes_on = words[at - 1].ends_with(',') || lower.get(at).is_some_and(|word| AND.contains(&word.as_str()));
        if words[at - 1].ends_with(['.', ';', ':', ')']) || !goes_on {
            break;
        }
        let joined = lower.get(at).is_some_and(|word| AND.contains(&word.as_str()));
        let next = at + usize::from(joined);
        if words.get(next).is_none_or(|word| number(bare(word), &[]).is_none()) {
            break;
        }
        at = next;
    }
    (found, at)
}

/// Reads a number in digits, in words, or in Roman numerals.
fn number(text: &str, names: &[&str]) -> Option<Numbered> {
    let chapter = |chapter: u32| Numbered { chapter, section: None };
    if let Some((chapter, section)) = text.split_once('.') {
        let section = section.split('.').next().and_then(|section| section.parse().ok());
        return Some(Numbered { chapter: chapter.parse().ok()?, section: Some(section?) });
    }
    if let Ok(number) = text.parse::<u32>() {
        return Some(chapter(number));
    }
    let lower = text.to_lowercase();
    if let Some(at) = names.iter().position(|name| *name == lower) {
        return u32::try_from(at + 1).ok().map(chapter);
    }
    // A single I is a word of its own in English, and a lower-case numeral may be another word.
    (text.len() > 1 || text == "V" || text == "X").then_some(())?;
    (1..=60).find(|number| bindery_text::numerals::roman(*number) == text).map(chapter)
}

fn bare(word: &str) -> &str {
    word.trim_matches(|char: char| !char.is_alphanumeric())
}

/// Returns the chapters that are named as 第3章 or 第三章. A mark before it closes the title of another work.
fn ideographic(text: &str) -> Vec<Numbered> {
    let mut found = Vec::new();
    for (at, mark) in text.match_indices('第') {
        let rest = &text[at + mark.len()..];
        let Some((digits, _)) = rest.split_once('章') else { continue };
        let other_work = text[..at].ends_with(['》', '』', '」', '〉', '記', '书', '書', 'の']);
        if let Some(chapter) = ideographic_number(digits).filter(|_| !other_work) {
            found.push(Numbered { chapter, section: None });
        }
    }
    found
}

/// Reads a number below 100 in digits of any width or in ideographs.
fn ideographic_number(text: &str) -> Option<u32> {
    const DIGITS: [char; 9] = ['一', '二', '三', '四', '五', '六', '七', '八', '九'];

    let text = text.trim();
    let ascii = |char: char| match char {
        '０'..='９' => char::from_digit(char as u32 - '０' as u32, 10).unwrap_or(char),
        other => other,
    };
    if let Ok(number) = text.chars().map(ascii).collect::<String>().parse() {
        return Some(number);
    }
    let digit = |text: &str| {
        let mut chars = text.chars();
        let first = chars.next()?;
        let value = DIGITS.iter().position(|digit| *digit == first).and_then(|at| u32::try_from(at + 1).ok());
        value.filter(|_| chars.next().is_none())
    };
    match text.split_once('十') {
        None => digit(text),
        Some((tens, ones)) => {
            let tens = if tens.is_empty() { Some(1) } else { digit(tens) }?;
            let ones = if ones.is_empty() { Some(0) } else { digit(ones) }?;
            Some(tens * 10 + ones)
        }
    }
}
