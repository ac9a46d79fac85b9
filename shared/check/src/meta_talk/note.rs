//! Notes about the text itself: a word count, or a label from its contract.

/// Units and names of a count, in the languages books are asked in. A count has one of them: a number alone, or "about
/// 1900", counts nothing.
const COUNT_NOUNS: &[&str] = &[
    "word",
    "words",
    "characters",
    "token",
    "tokens",
    "wörter",
    "worte",
    "wortzahl",
    "wortanzahl",
    "zeichen",
    "mots",
    "palabras",
    "parole",
    "palavras",
    "woorden",
    "ord",
    "слов",
    "słów",
    "字数",
    "文字数",
    "総文字数",
    "总字数",
    "總字數",
    "文字",
    "字",
    "단어",
    "글자",
    "คำ",
    "จำนวนคำ",
    "كلمة",
    "الكلمات",
];

/// Other words that may stand in a count.
const COUNT_FILLERS: &[&str] = &[
    "count",
    "length",
    "total",
    "approx",
    "approximately",
    "about",
    "roughly",
    "final",
    "section",
    "ca",
    "circa",
    "etwa",
    "nombre",
    "de",
    "environ",
    "recuento",
    "aproximadamente",
    "conteggio",
    "contagem",
    "aantal",
    "около",
    "liczba",
    "cirka",
    "約",
    "约",
    "全文",
    "全文约",
    "全文約",
    "共约",
    "총",
    "共",
    "수",
    "عدد",
];

/// Labels under which a prompt says what to write. No chapter begins a paragraph with one.
const LABELS: &[&str] = &[
    "target words:",
    "target length:",
    "target word count:",
    "word budget:",
    "word count:",
    "points to cover:",
    "points covered:",
    "key points covered:",
    "owned points:",
    "section heading:",
    "wortzahl:",
    "nombre de mots :",
    "nombre de mots:",
    "número de palabras:",
    "numero di parole:",
    "número de palavras:",
    "aantal woorden:",
];

/// Returns whether a paragraph only states a count of words, or begins with a label.
pub(super) fn is_note(text: &str) -> bool {
    /// A count is no longer than this.
    const LONGEST: usize = 60;

    let text = text.trim_start_matches(|char: char| !char.is_alphanumeric());
    let head: String = text.chars().take(LONGEST + 1).flat_map(char::to_lowercase).collect();
    if LABELS.iter().any(|label| head.starts_with(label)) {
        return true;
    }
    text.chars().count() <= LONGEST && is_count(&head)
}

/// Returns whether a word in lower case is a unit in which a text is counted.
pub(super) fn is_unit(word: &str) -> bool {
    COUNT_NOUNS.contains(&word) || matches!(word, "wörtern" | "worten" | "ord" | "слова" | "słowa")
}

fn is_count(text: &str) -> bool {
    // Where there is no space, the digits separate the words: "約650文字".
    let words = text.split(|char: char| !char.is_alphabetic()).filter(|word| !word.is_empty());
    let (counted, others): (Vec<_>, Vec<_>) = words.partition(|word| COUNT_NOUNS.contains(word));
    text.contains(char::is_numeric) && !counted.is_empty() && others.iter().all(|word| COUNT_FILLERS.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_of_words_is_a_note_in_every_language() {
        for text in [
            "(Word count: 650)",
            "**Word count:** 652 words",
            "[650 words]",
            "Approximately 650 words.",
            "~650 words",
            "Target words: 650",
            "(ca. 650 Wörter)",
            "Nombre de mots : 650",
            "(650 palabras)",
            "（約1200文字）",
            "（字数：1200）",
            "全文约1200字。",
            "(총 650 단어)",
        ] {
            assert!(is_note(text), "{text}");
        }
    }

    #[test]
    fn a_sentence_with_a_number_is_no_note() {
        for text in [
            "He wrote 650 words.",
            "About 1900.",
            "Count to 10.",
            "A word of warning.",
            "In 650 words he said it all, and the editor cut 600 of them before lunch.",
            "1200",
            "他写了1200字。",
        ] {
            assert!(!is_note(text), "{text}");
        }
    }
}
