//! The gate against letters that were damaged on their way: U+FFFD, and UTF-8 that was read in an older encoding.

mod encodings;

use super::phrase::excerpt;

/// Letters were damaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text has damaged letters: “{0}”")]
pub struct Garbled(String);

pub(super) fn check(text: &str) -> Result<(), Garbled> {
    let Some(first) = damage(text, 0) else {
        return Ok(());
    };
    let names = names_of_encodings(text);
    if names > 1 {
        return Ok(());
    }
    // One name may be chance, but then a text that is about the damage shows it as what it speaks of.
    let mut at = Some(first);
    while let Some(shown) = at.filter(|&at| names == 1 && is_shown(text, at)) {
        at = damage(text, shown + text[shown..].chars().next().map_or(1, char::len_utf8));
    }
    let Some(at) = at else {
        return Ok(());
    };
    let from = text[..at].char_indices().rev().nth(20).map_or(0, |(start, _)| start);
    Err(Garbled(excerpt(&text[from..])))
}

/// Returns how many encodings and kinds of damage a text names, each once. A text that explains them may show some.
pub(crate) fn names_of_encodings(text: &str) -> usize {
    const NAMES: &[&[&str]] = &[
        &["u+fffd", "replacement character", "ersatzzeichen"],
        &["unicode", "юникод"],
        &["utf-8", "utf8"],
        &["mojibake", "文字化け", "乱码", "亂碼", "zeichensalat", "кракозябр"],
        &[
            "encoding",
            "codierung",
            "kodierung",
            "zeichensatz",
            "encodage",
            "codificación",
            "codifica",
            "кодировк",
            "文字コード",
            "编码",
            "編碼",
            "kodowani",
            "teckenkodning",
            "codering",
            "인코딩",
        ],
        &["latin-1", "latin1", "iso 8859", "iso-8859"],
        &["ascii"],
        &["windows-125", "cp125", "code page", "codepage"],
        &["macroman", "mac roman", "cp437", "cp850"],
        &["gbk", "gb2312", "shift-jis", "shift jis", "big5"],
    ];

    /// A name of so few letters must begin a word.
    const SHORT: usize = 5;

    let lower = text.to_lowercase();
    let begins_word = |name: &str, at: usize| name.len() > SHORT || !lower[..at].ends_with(char::is_alphabetic);
    let has = |name: &&str| lower.match_indices(*name).any(|(at, _)| begins_word(name, at));
    NAMES.iter().filter(|names| names.iter().any(has)).count()
}

/// Returns whether a damaged letter stands in code, or in quotation marks around it and a few letters.
fn is_shown(text: &str, at: usize) -> bool {
    const NEAR: usize = 24;

    let opens = |char: &char| matches!(char, '`' | '“' | '"' | '‘' | '«' | '„' | '「');
    let closes = |char: char| matches!(char, '`' | '”' | '"' | '’' | '»' | '“' | '」');

    let before = &text[..at];
    let is_listed = before.lines().filter(|line| line.trim_start().starts_with("```")).count() % 2 == 1;
    let line = before.rsplit('\n').next().unwrap_or_default();
    let opened = line.char_indices().rev().take(NEAR).find(|(_, char)| opens(char));
    let is_quoted = opened.is_some_and(|(mark, _)| !line[mark..].contains(['.', '!', '?', '。']))
        && text[at..].chars().skip(1).take(NEAR).take_while(|char| !char.is_whitespace()).any(closes);
    is_listed || is_quoted
}

/// Returns where the first damaged letter stands from a byte on.
fn damage(text: &str, from: usize) -> Option<usize> {
    /// How often two letters may stand beside each other by chance that look like a damaged one.
    const CHANCE: usize = 1;

    let mut doubtful = Vec::new();
    let mut at = from;
    // Most letters of most languages are ASCII, and none of these is damaged.
    while let Some(offset) = text.as_bytes()[at..].iter().position(|byte| !byte.is_ascii()) {
        at += offset;
        let (before, rest) = text.split_at(at);
        let mut chars = rest.chars();
        let char = chars.next()?;
        let after = chars.as_str();
        match char {
            '\u{fffd}' | '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' => return Some(at),
            'â' | 'ã' | 'ä' | 'å' | 'æ' | 'ç' | 'è' | 'é' | 'à' | 'ï' | 'á' if continues(after, 2) => {
                return Some(at);
            }
            'Ã' | 'Â' | 'Ä' | 'Å' | 'Ð' | 'Ñ' | 'Î' | 'Ï' | 'Ĺ' | 'Ă' if continues(after, 1) => {
                // A guillemet or a dash may follow a capital letter.
                if !after.starts_with(is_typographic) {
                    return Some(at);
                }
                doubtful.push(at);
            }
            _ if encodings::is_damage(before, char, after) => return Some(at),
            _ => {}
        }
        at += char.len_utf8();
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
    fn damage_by_encodings_of_macs_dos_and_other_countries_is_found() {
        for text in [
            "I don‚Äôt know, he said.",
            "‚ÄúWell,‚Äù he said.",
            "We met at the caf√© at noon.",
            "Der Fl√ºgel war gro√ü.",
            "Non si pu√≤ dire che sia cos√¨.",
            "–ü—Ä–∏–≤–µ—Ç, –º–∏—Ä.",
            "„Åì„Çì„Å´„Å°„ÅØ",
            "РџСЂРёРІРµС‚, РјРёСЂ.",
            "I donвЂ™t know.",
            "We met at the cafГ© at noon.",
            "I donÔÇÖt know.",
            "I donΓÇÖt know.",
            "We met at the caf├® at noon.",
            "╨Я╤А╨╕╨▓╨╡╤В",
            "他说锟斤拷锟斤拷。",
            "I don鈥檛 know.",
            "縺薙ｓ縺ｫ縺｡縺ｯ",
            "ZaĹĽĂłĹ‚Ä‡ gÄ™Ĺ›lÄ… jaĹşĹ„.",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }

    #[test]
    fn formulas_and_letters_of_other_countries_are_sound() {
        for text in [
            "The root is √2, and that of the circle is 2√π or √(±1); √µ and √∂ are rare, and x√π is not.",
            "Сёстры и Рим, РФ и СССР. Рёбра. «СССР»… Різдво, Сірко, Сјај, Рјечник. СССР—США—РФ.",
            "‚Ämter‘ und ‚Ähren‘; „Ålesund“ und „Çay“.",
            "├── src\n│   └── main.rs\n├ docs",
            "1–2–3–4, A–B–C–D, Ö–Ä–Ü.",
            "ÔÇA, Γ and Γ′, ΓΔ.",
            "糸が縺れる。錛を使う。",
            "ĂŞ? Nu: ÎNCĂ, CASĂ. VĹČEK.",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_book_about_encodings_may_show_the_damage() {
        for text in [
            "Read as Latin-1, the UTF-8 of “ü” shows as Ã¼, and a lost byte as \u{fffd}.",
            "With the wrong encoding, the menu had “Ã¼ber” and `caf√©`.",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn one_word_about_encodings_excuses_no_damage() {
        for text in [
            "The encoding of memories takes a night, and it was a caf\u{fffd} where we met.",
            "La codifica dei ricordi non lasciò nulla, e lasciino pur detto: FranÃ§ois.",
            "Unicode was far from her mind. “We donâ€™t know. He isnâ€™t here,” she said.",
        ] {
            assert!(check(text).is_err(), "{text}");
        }
    }
}
