//! The gate against letters that were damaged on their way: U+FFFD, and UTF-8 that was read in an older encoding.

use super::phrase::excerpt;

/// Letters were damaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text has damaged letters: “{0}”")]
pub struct Garbled(String);

pub(super) fn check(text: &str) -> Result<(), Garbled> {
    let Some(at) = first_damage(text) else {
        return Ok(());
    };
    if explains_encodings(text) {
        return Ok(());
    }
    let from = text[..at].char_indices().rev().nth(20).map_or(0, |(start, _)| start);
    Err(Garbled(excerpt(&text[from..])))
}

/// Returns whether a text is about the damage: it may show some.
fn explains_encodings(text: &str) -> bool {
    let lower = text.to_lowercase();
    [
        "u+fffd",
        "unicode",
        "utf-8",
        "utf8",
        "mojibake",
        "encoding",
        "latin-1",
        "文字化け",
        "乱码",
        "zeichensatz",
        "codificación",
    ]
    .iter()
    .any(|word| lower.contains(word))
}

/// Returns where the first damaged letter stands.
fn first_damage(text: &str) -> Option<usize> {
    /// How often two letters may stand beside each other by chance that look like a damaged one.
    const CHANCE: usize = 1;

    let mut doubtful = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '\u{fffd}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' => return Some(at),
            'â' | 'ã' | 'ä' | 'å' | 'æ' | 'ç' | 'è' | 'é' | 'à' | 'ï' | 'á' if continues(chars.as_str(), 2) =>
            {
                return Some(at);
            }
            'Ã' | 'Â' | 'Ä' | 'Å' | 'Ð' | 'Ñ' | 'Î' | 'Ï' if continues(chars.as_str(), 1) => {
                // A guillemet or a dash may follow a capital letter.
                if !chars.as_str().starts_with(is_typographic) {
                    return Some(at);
                }
                doubtful.push(at);
            }
            _ => {}
        }
    }
    doubtful.first().copied().filter(|_| doubtful.len() > CHANCE)
}

/// Returns whether a text begins with so many characters that stand for bytes within a letter of UTF-8. A lost byte shows as
/// nothing, so the last one may be missing where the first is a sign that no word has.
fn continues(text: &str, count: usize) -> bool {
    let mut next = text.chars();
    let first = next.next();
    if count == 2 && first == Some('€') {
        return true;
    }
    let second = next.next();
    // "c’è…»" ends a sentence in speech.
    let is_punctuation = first.is_some_and(is_beside_word) && second.is_some_and(is_beside_word);
    first.is_some_and(is_continuation) && (count == 1 || (second.is_some_and(is_continuation) && !is_punctuation))
}

/// Returns whether a sign may stand behind a word: punctuation, or the number of a note.
fn is_beside_word(char: char) -> bool {
    is_typographic(char) || matches!(char, '¹' | '²' | '³' | 'ª' | 'º' | '°')
}

fn is_typographic(char: char) -> bool {
    matches!(char, '«' | '»' | '‘' | '’' | '“' | '”' | '‚' | '„' | '…' | '–' | '—' | '‹' | '›' | '\u{a0}')
}

/// Returns whether a byte from 0x80 to 0xBF is shown as `char` in Windows-1252 or Latin-1.
fn is_continuation(char: char) -> bool {
    matches!(char, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a text as it looks when its UTF-8 is read as Latin-1.
    fn misread(text: &str) -> String {
        text.bytes().map(char::from).collect()
    }

    #[test]
    fn damaged_letters_are_found_in_every_script() {
        for text in ["“Well,” he said.", "Grüße aus Köln.", "L’été est là.", "Вода ушла.", "水退了。", "El niño."]
        {
            assert!(check(&misread(text)).is_err(), "{text}");
        }
        for text in ["It was a caf\u{fffd}.", "donâ€™t", "â€œWell,â€ he said.", "Ã¼ber", "maÃ±ana", "20Â°"]
        {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn letters_of_any_language_are_sound() {
        for text in [
            "“Don’t,” she said — «Ça va?» „Straße“ IRMÃO ÂNGELO Ångström Ðakovo ÑANDÚ.",
            "«ROMÂ» and «IRMû.",
            "Le château, la fenêtre, là-bas; più è così; São João; świę; ręką; čeština; ÎLE-DE-FRANCE.",
            "La liberté¹² et l’égalité³².",
            "«Che c’è…» «Voilà…» “Olé”… «È là»…",
            "20 °C, 5 €, § 3, ½ l, ¿Qué? ¡No! ©",
            "Vâng, “thầy” ạ. Năm…",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_book_about_encodings_may_show_the_damage() {
        assert_eq!(check("Read as Latin-1, the UTF-8 of “ü” shows as Ã¼, and a lost byte as \u{fffd}."), Ok(()));
    }
}
