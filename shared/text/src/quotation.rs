//! What a quotation mark does where it stands: the same sign opens a quotation in one language and closes it in another.
//!
//! - English and Chinese open with “ and close with ”. German opens with „ and closes with “. Swedish opens and closes with ”.
//! - French and Russian write « », German and Danish books write » «, Finnish and Swedish books write » ».
//!
//! Books do not keep to one usage within a language, so a mark is read by its neighbours. An opening mark touches the word
//! after it, a closing mark the word before it.

/// Follows the double quotation marks of a paragraph, family by family.
///
/// Single marks are not followed, since most are apostrophes. A mark that closes nothing ends a quotation begun in an earlier
/// paragraph, or is a sign for inches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quotations {
    curly: bool,
    angle: bool,
    straight: bool,
    corner: usize,
}

impl Quotations {
    /// Reads one character with its neighbours; returns whether it is a quotation mark.
    pub fn read(&mut self, before: Option<char>, mark: char, after: Option<char>) -> bool {
        let beside = Beside { before, after };
        match mark {
            '„' | '‟' => self.curly = true,
            '“' => self.curly = !self.curly && !beside.ends_word(),
            '”' => self.curly = !self.curly && beside.begins_word(),
            '«' => self.angle = !beside.ends_word() && (!self.angle || beside.begins_word()),
            '»' => self.angle = !self.angle && beside.begins_word(),
            '"' => self.straight = !self.straight && beside.begins_word(),
            '「' | '『' => self.corner += 1,
            '」' | '』' => self.corner = self.corner.saturating_sub(1),
            _ => return false,
        }
        true
    }

    /// Returns whether the text is inside of a quotation.
    pub fn is_open(&self) -> bool {
        self.curly || self.angle || self.straight || self.corner > 0
    }
}

/// Returns whether `char` is a double quotation mark of any language.
pub fn is_mark(char: char) -> bool {
    matches!(char, '„' | '‟' | '“' | '”' | '«' | '»' | '"' | '「' | '」' | '『' | '』' | '＂')
}

/// Returns whether `char` is a dash that may introduce speech.
pub fn is_dash(char: char) -> bool {
    matches!(char, '—' | '–' | '―' | '\u{2e3a}')
}

/// The characters on both sides of a mark.
struct Beside {
    before: Option<char>,
    after: Option<char>,
}

impl Beside {
    /// Returns whether the mark touches a word on its right alone.
    fn begins_word(&self) -> bool {
        self.before.is_none_or(|char| !char.is_alphanumeric() && !is_sentence_mark(char))
            && self.after.is_some_and(|char| !char.is_whitespace() && !is_closing_sign(char))
    }

    /// Returns whether the mark touches a word or the end of a sentence on its left alone.
    fn ends_word(&self) -> bool {
        self.before.is_some_and(|char| !char.is_whitespace() && !is_opening_sign(char))
            && self.after.is_none_or(|char| !char.is_alphanumeric() && !is_opening_sign(char))
    }
}

fn is_sentence_mark(char: char) -> bool {
    crate::ending::is_terminal(char) || matches!(char, ',' | ';' | ':' | '，' | '\'' | '’' | ')')
}

fn is_closing_sign(char: char) -> bool {
    is_sentence_mark(char) && !matches!(char, '\'' | '’' | '…') || matches!(char, ']' | '}')
}

fn is_opening_sign(char: char) -> bool {
    matches!(char, '(' | '[' | '{' | '（' | '［' | '¿' | '¡') || is_dash(char)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text that stands outside of quotation marks.
    fn outside(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut quotations = Quotations::default();
        let mut kept = String::new();
        for (index, &char) in chars.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| chars[index]);
            if !quotations.read(before, char, chars.get(index + 1).copied()) && !quotations.is_open() {
                kept.push(char);
            }
        }
        kept
    }

    #[test]
    fn marks_have_the_sides_that_a_language_gives_them() {
        for (text, expected) in [
            ("“Go,” she said. “Go now.”", " she said. "),
            ("„Nein“, sagte er. „Nie.“", ", sagte er. "),
            ("»Nein«, sagte er. »Nie.«", ", sagte er. "),
            ("»Nej», sade hon. »Aldrig.»", ", sade hon. "),
            ("”Nej”, sade hon. ”Aldrig.”", ", sade hon. "),
            ("«Нет», — сказал он. «Никогда.»", ", — сказал он. "),
            ("« Non ! » dit-elle. « Jamais. »", " dit-elle. "),
            ("„Nie”, powiedział. „Nigdy.”", ", powiedział. "),
            ("她说：“不。”他走了。", "她说：他走了。"),
            ("彼は「はい」と言った。", "彼はと言った。"),
            ("She said \"no\" (\"never\") and left.", "She said  () and left."),
            ("«Nein», sagte er in Basel.", ", sagte er in Basel."),
        ] {
            assert_eq!(outside(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mark_that_closes_nothing_opens_nothing() {
        for text in ["und so ist es.“ Er ging.", "and so it was.” He left.", "und so ist es.« Er ging.", "A 12\" pipe."]
        {
            assert!(outside(text).len() > text.len() - 4, "{text}");
        }
    }
}
