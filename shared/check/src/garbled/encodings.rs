//! How UTF-8 looks that was read in an encoding which few texts have: of old Macs, of DOS, of Russian and Chinese machines.

/// What follows `‚Ä` where a Mac showed a quotation mark, an apostrophe, a dash or an ellipsis.
const MAC_SIGNS: &str = "ôöúùìîò¶¢";

/// What follows `√` where a Mac showed a letter with an accent. No formula has these below a root.
const MAC_LETTERS: &str = "©®†§º™¥Æª¨°üÑñúß≠†";

/// The same, but a formula may have them below a root.
const MAC_LETTERS_OR_FORMULA: &str = "∂±∫≤≥π£µ";

/// What follows `ÔÇ` and `ΓÇ` where DOS showed a quotation mark, an apostrophe, a dash or an ellipsis.
const DOS_SIGNS: &str = "ÿÖ£Ø¥ôöª";

/// What a Russian machine showed for the second byte of a letter. Those that a word may have are among them.
const CYRILLIC_BYTES: &str = "ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\u{a0}ЎўЈ¤Ґ¦§Ё©Є«¬\u{ad}®Ї°±Ііґµ¶·ё№є»јѕЅї";

/// Returns whether a letter or a sign, which stands between two parts of a text, is the beginning of a damaged one.
pub(super) fn is_damage(before: &str, sign: char, after: &str) -> bool {
    let next = after.chars().next().unwrap_or_default();
    let second = || after.chars().nth(1).unwrap_or_default();
    let previous = || before.chars().next_back().unwrap_or_default();
    match sign {
        '‚' => next == 'Ä' && MAC_SIGNS.contains(second()),
        '√' if MAC_LETTERS.contains(next) => previous().is_alphabetic() || second().is_alphabetic(),
        '√' if MAC_LETTERS_OR_FORMULA.contains(next) => ends_a_word(before),
        '„' => matches!(next, 'Å' | 'Ç' | 'É') && !second().is_ascii() && after.chars().nth(2) == Some('„'),
        '–' | '—' => is_mac_cyrillic(sign, after),
        'Ô' | 'Γ' => next == 'Ç' && DOS_SIGNS.contains(second()),
        '├' | '┬' => is_letter(previous()) && !is_box(next) && !next.is_whitespace() && next != '\0',
        '╨' | '╤' => is_letter(next) && matches!(second(), '╨' | '╤'),
        'в' => next == 'Ђ',
        'Г' => previous().is_ascii_alphabetic() && CYRILLIC_BYTES.contains(next),
        'Р' | 'С' => is_run_of_pairs(sign, after),
        '锟' => after.starts_with("斤拷"),
        '鈥' | '銆' => is_letter(previous()) || next.is_alphabetic(),
        '縺' => is_shift_jis(after),
        _ => false,
    }
}

/// Returns whether a text ends with two letters of a word in the Latin alphabet.
fn ends_a_word(text: &str) -> bool {
    text.chars().rev().take(2).filter(char::is_ascii_lowercase).count() == 2
}

fn is_letter(char: char) -> bool {
    char.is_alphabetic()
}

fn is_box(char: char) -> bool {
    matches!(char, '\u{2500}'..='\u{257f}')
}

/// Returns whether dashes stand before signs by turns, as in `–ü—Ä–∏`, where a Mac showed Cyrillic letters.
fn is_mac_cyrillic(sign: char, after: &str) -> bool {
    let is_dash = |char: char| matches!(char, '–' | '—');
    // The letters of other alphabets may be joined by dashes.
    let is_latin = |char: char| !char.is_alphabetic() || char < '\u{250}';
    let is_shown = |char: char| !char.is_ascii() && !char.is_whitespace() && !is_dash(char) && is_latin(char);
    is_dash(sign) && alternates(after, is_shown, is_dash)
}

/// Returns whether Р and С stand before the signs for bytes by turns, as in `РџСЂРё`.
fn is_run_of_pairs(sign: char, after: &str) -> bool {
    let is_first = |char: char| matches!(char, 'Р' | 'С');
    is_first(sign) && alternates(after, |char| CYRILLIC_BYTES.contains(char), is_first)
}

/// Returns whether a text goes on with one and the other kind of sign, up to the third of the one.
fn alternates(after: &str, is_one: impl Fn(char) -> bool, is_other: impl Fn(char) -> bool) -> bool {
    let mut count = 0;
    for (index, char) in after.chars().take(5).enumerate() {
        let fits = if index % 2 == 0 { is_one(char) } else { is_other(char) };
        if !fits {
            return false;
        }
        count += 1;
    }
    count == 5
}

/// Returns whether a word goes on that a Japanese machine showed for hiragana: `縺薙ｓ縺ｫ縺`.
fn is_shift_jis(after: &str) -> bool {
    /// The sign is a rare one by itself, and stands for every second hiragana.
    const NEAR: usize = 6;
    const LEAST: usize = 2;

    after.chars().take(NEAR).filter(|char| matches!(char, '縺' | '繧' | '繝')).count() >= LEAST
}
