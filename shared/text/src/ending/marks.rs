//! The marks and words at which a sentence ends, or cannot end.

use crate::{language, quotation::is_dash};

/// Marks at the end of a sentence outside ASCII, in any script. The escaped one is the Greek question mark, which looks like a semicolon.
const TERMINALS: &str = "…‥‽‼⁇⁈⁉\u{37e}。．｡！？︒؟۔।॥։՜՞።፧፨។៕။།༎᠃෴⸮";

/// Marks after which more must follow.
///
/// A dash is not among them: it ends speech that is interrupted, and the line before a poem.
const CONTINUING: &str = ",;:-/&+=<~，、；：・،؛‐‑၊";

/// Returns whether a sentence may end with `char`, in any script.
pub(crate) fn is_terminal(char: char) -> bool {
    // Nearly every character of most texts is one of ASCII, so that the long list is rarely searched.
    if char.is_ascii() { matches!(char, '.' | '!' | '?') } else { is_rare_terminal(char) }
}

fn is_rare_terminal(char: char) -> bool {
    TERMINALS.contains(char) || is_ornament(char) || is_dash(char)
}

/// Returns whether `char` is an end-of-proof mark, a fleuron or an emoji, with which some writers end.
fn is_ornament(char: char) -> bool {
    matches!(char, '∎' | '□' | '■' | '◆' | '◇' | '●' | '★' | '※' | '\u{fe0f}'
        | '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// Returns whether sentences of `language` end without a mark: in Thai and Lao with a space.
pub(crate) fn needs_no_mark(language: &str) -> bool {
    matches!(language::primary(language).as_str(), "th" | "lo")
}

/// Returns whether `text` ends as a sentence does. Quotes, brackets and note marks may follow the end.
pub(super) fn ends_sentence(text: &str, language: &str) -> bool {
    let mut rest = text.trim_end();
    if rest.ends_with("$$") {
        return rest.matches("$$").count().is_multiple_of(2);
    }
    let mut closed = false;
    while let Some(last) = rest.chars().next_back() {
        if is_terminal(last) || is_terminal_in(last, language) {
            return true;
        }
        let before = rest[..rest.len() - last.len_utf8()].trim_end();
        if last == ']' || is_superscript(last) {
            // A note's mark ends no sentence: the sentence must have ended before it.
            rest = if last == ']' { before_group(rest) } else { before };
            continue;
        }
        if !is_closing(last, before.len() + last.len_utf8() == rest.len()) {
            break;
        }
        closed |= !matches!(last, '\'' | '’' | '*' | '_');
        rest = before;
    }
    closed
}

fn is_terminal_in(char: char, language: &str) -> bool {
    match char {
        ';' => language::primary(language) == "el",
        ':' => language::primary(language) == "hy",
        _ => false,
    }
}

fn is_superscript(char: char) -> bool {
    matches!(char, '¹' | '²' | '³' | '\u{2070}'..='\u{2079}' | '*' | '†' | '‡')
}

/// Returns whether `char` closes a quotation or a bracket; some marks also open one, after a space.
fn is_closing(char: char, touches_word: bool) -> bool {
    match char {
        ')' | '}' | '）' | '］' | '｝' | '」' | '』' | '】' | '》' | '〉' | '〕' | '〗' | '”' | '’' | '»' | '›' => {
            true
        }
        '"' | '\'' | '“' | '‘' | '«' | '‹' => touches_word,
        _ => false,
    }
}

/// Returns what stands before the bracketed group that ends `text`; an empty text where the group has no start.
fn before_group(text: &str) -> &str {
    text.rfind('[').map_or("", |start| text[..start].trim_end())
}

/// Returns whether `text` ends with a mark or a word that something must follow.
pub(super) fn is_dangling(text: &str, language: &str) -> bool {
    let text = text.trim_end();
    let Some(last) = text.chars().next_back() else {
        return false;
    };
    if CONTINUING.contains(last) && !is_terminal_in(last, language) {
        return true;
    }
    let unfinished = open_ends(language);
    match language::primary(language).as_str() {
        // A Thai or Lao vowel that is written before its consonant cannot end a syllable.
        "th" | "lo" => {
            matches!(last, '\u{e40}'..='\u{e44}' | '\u{ec0}'..='\u{ec4}')
                || unfinished.iter().any(|word| text.ends_with(word))
        }
        // Compared as typed: "Vitamin A" ends with a name, not with an article.
        _ => text.rsplit(char::is_whitespace).next().is_some_and(|word| unfinished.contains(&word)),
    }
}

/// Returns the articles and conjunctions that no phrase of `language` ends with.
///
/// Words that may also end one ("for", "that", "het") are left out: a label like "what it is for" is whole.
fn open_ends(language: &str) -> &'static [&'static str] {
    match language::primary(language).as_str() {
        "en" => &["and", "or", "nor", "the", "a", "an", "because", "whose", "&"],
        "de" => &[
            "und", "oder", "sowie", "der", "die", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "weil",
        ],
        "fr" => &["et", "ou", "le", "la", "les", "un", "une", "des", "du", "de", "au", "aux", "car"],
        "es" => &["y", "e", "o", "u", "el", "la", "los", "las", "un", "una", "de", "del", "al", "que"],
        "it" => &["e", "ed", "o", "il", "lo", "la", "gli", "un", "una", "di", "del", "della", "dei", "che"],
        "pt" => &["e", "ou", "o", "a", "os", "as", "um", "uma", "de", "do", "da", "dos", "das", "que"],
        "nl" => &["en", "of", "de", "een", "omdat"],
        "sv" => &["och", "eller", "en", "ett", "att"],
        "da" | "nb" | "no" => &["og", "eller", "en", "et", "at"],
        "pl" => &["i", "oraz", "lub", "albo", "że", "z", "w"],
        "ru" => &["и", "или", "но", "а", "в", "с", "к", "что"],
        "ar" => &["و", "أو", "في", "من", "إلى", "على", "التي", "الذي"],
        "th" => &["และ", "เพราะ", "ซึ่ง", "เนื่องจาก", "ได้แก่"],
        "lo" => &["ແລະ", "ເພາະ"],
        _ => &[],
    }
}
