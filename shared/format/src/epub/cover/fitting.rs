//! Texts broken into lines that fit on a cover. The fonts are the reader's, so that widths are estimates.

/// The largest width of a line of text.
const MEASURE: usize = 1_240;
const TITLE_SIZES: [usize; 5] = [190, 160, 130, 105, 85];
const MOST_TITLE_LINES: usize = 6;

/// The title as the cover shows it.
pub(super) struct Title {
    /// The font size.
    pub(super) size: usize,
    pub(super) lines: Vec<String>,
}

impl Title {
    /// Breaks the title into lines, at the largest size at which they fit.
    pub(super) fn fitted(title: &str) -> Self {
        let mut sizes =
            TITLE_SIZES.into_iter().map(|size| Self { size, lines: wrapped(title, size, MOST_TITLE_LINES + 1) });
        let smallest = TITLE_SIZES[TITLE_SIZES.len() - 1];
        sizes
            .find(|title| title.lines.len() <= MOST_TITLE_LINES)
            .unwrap_or_else(|| Self { size: smallest, lines: wrapped(title, smallest, MOST_TITLE_LINES) })
    }
}

/// Breaks a text into lines of about the same width that fit at a font size. After `most` lines, the rest is replaced by an
/// ellipsis.
pub(super) fn wrapped(text: &str, size: usize, most: usize) -> Vec<String> {
    let limit = MEASURE * 100 / size;
    let widest = broken(text, limit);
    let even = width(text).div_ceil(widest.len().max(1));
    let mut lines = (even..limit)
        .step_by(10)
        .map(|limit| broken(text, limit))
        .find(|lines| lines.len() <= widest.len())
        .unwrap_or(widest);
    if lines.len() > most {
        lines.truncate(most);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// Breaks a text into lines no wider than a limit. It also breaks a word that is wider than a line, and text in a script
/// without spaces.
fn broken(text: &str, limit: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() && width(&line) + width(" ") + width(word) > limit {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        for c in word.chars() {
            if !line.is_empty() && width(&line) + char_width(c) > limit && !no_line_starts_with(c) {
                lines.push(std::mem::take(&mut line));
            }
            line.push(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Estimates the width of a character in hundredths of the font size, for the fonts are the reader's.
fn char_width(c: char) -> usize {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | 'I' | ' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' => 33,
        'm' | 'w' | 'M' | 'W' => 92,
        'A'..='Z' => 72,
        '\u{300}'..='\u{36F}' => 0,
        '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{D7A3}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' => 100,
        '\u{FF00}'..='\u{FF60}' | '\u{1F300}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFD}' => 100,
        _ => 55,
    }
}

fn no_line_starts_with(c: char) -> bool {
    const MARKS: &str = "、。，．）」』】ー：！？・っゃゅょッャュョ";
    MARKS.contains(c) || matches!(c, '\u{300}'..='\u{36F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_is_set_smaller_before_it_is_cut() {
        let short = Title::fitted("Harbours");
        assert_eq!((short.size, short.lines.len()), (TITLE_SIZES[0], 1));
        let long = Title::fitted(&"An unreasonably long title ".repeat(8));
        assert!(long.size < short.size && long.lines.len() <= MOST_TITLE_LINES);
        let Title { lines, .. } = Title::fitted(&"endless ".repeat(200));
        assert!(lines.len() == MOST_TITLE_LINES && lines[MOST_TITLE_LINES - 1].ends_with('…'));
    }

    #[test]
    fn a_text_without_spaces_is_broken_to_fit() {
        let lines = wrapped(&"日本語".repeat(20), 100, 9);
        assert!(lines.len() > 3 && lines.iter().all(|line| width(line) * 100 <= MEASURE * 100));
    }
}
