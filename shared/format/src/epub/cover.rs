//! The cover: the title and the authors, set on a colour that is always the same for the same book.

use crate::{book::Book, xhtml::escaped};

const WIDTH: usize = 1_600;
const HEIGHT: usize = 2_560;
/// The widest a line of text may be.
const MEASURE: usize = 1_240;
const TITLE_SIZES: [usize; 5] = [190, 160, 130, 105, 85];
const MOST_TITLE_LINES: usize = 6;
const SUBTITLE_SIZE: usize = 68;
const AUTHOR_SIZE: usize = 76;

/// Background, panel edge and accent; dark enough for white text to stand out by 7:1.
const PALETTES: [(&str, &str, &str); 8] = [
    ("#1f2a44", "#18213a", "#d8b871"),
    ("#3b1f2b", "#301822", "#e0b59a"),
    ("#17352f", "#112a25", "#d9c58b"),
    ("#2e2a25", "#24211d", "#cfa76e"),
    ("#27304f", "#1e2640", "#9fc1c9"),
    ("#43241a", "#371c14", "#e6c28f"),
    ("#153243", "#0f2735", "#e2c391"),
    ("#33284a", "#29203c", "#cdb4e0"),
];

const FONTS: &str = "Georgia, 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', 'Noto Serif CJK JP', \
                     'Hiragino Mincho ProN', 'Yu Mincho', 'Songti SC', 'Noto Naskh Arabic', serif";

/// Returns what the cover shows, for those who do not see it.
pub(super) fn description(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    match manuscript.authors.as_slice() {
        [] => manuscript.title.clone(),
        authors => format!("{} ({})", manuscript.title, authors.join(", ")),
    }
}

/// Returns the cover as an SVG image.
pub(super) fn image(book: &Book<'_>) -> String {
    let manuscript = book.manuscript;
    let (ground, edge, accent) = palette(&manuscript.identifier);
    let (size, title) = title_lines(&manuscript.title);
    let mut y = 820 - (title.len() * size * 5 / 8).min(460);
    let mut texts = String::new();
    for line in &title {
        y += size * 5 / 4;
        texts.push_str(&text(line, y, size, "#ffffff"));
    }
    y += 110;
    texts.push_str(&format!(
        "<rect x=\"{}\" y=\"{y}\" width=\"240\" height=\"6\" fill=\"{accent}\"/>\n",
        WIDTH / 2 - 120
    ));
    y += 40;
    for line in wrapped(manuscript.subtitle.as_deref().unwrap_or_default(), SUBTITLE_SIZE, 4) {
        y += SUBTITLE_SIZE * 4 / 3;
        texts.push_str(&text(&line, y, SUBTITLE_SIZE, accent));
    }
    let authors = match manuscript.authors.as_slice() {
        few if few.len() <= 3 => few.iter().flat_map(|author| wrapped(author, AUTHOR_SIZE, 2)).collect(),
        many => wrapped(&many.join(", "), AUTHOR_SIZE, 4),
    };
    for (line, y) in authors.iter().rev().zip((0..).map(|up| HEIGHT - 330 - up * AUTHOR_SIZE * 4 / 3)) {
        texts.push_str(&text(line, y, AUTHOR_SIZE, "#ffffff"));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" xml:lang=\"{language}\" font-family=\"{FONTS}\" text-anchor=\"middle\">\n\
         <title>{title}</title>\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"{ground}\"/>\n\
         <rect width=\"90\" height=\"{HEIGHT}\" fill=\"{edge}\"/>\n\
         <rect x=\"150\" y=\"110\" width=\"1340\" height=\"{frame}\" fill=\"none\" stroke=\"{accent}\" stroke-width=\"5\"/>\n\
         {texts}</svg>\n",
        language = escaped(&manuscript.language),
        title = escaped(&description(book)),
        frame = HEIGHT - 220,
    )
}

fn text(line: &str, y: usize, size: usize, fill: &str) -> String {
    let x = WIDTH / 2 + 20;
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\">{}</text>\n", escaped(line))
}

/// Picks the colours by the book's identifier, with the FNV-1a hash: any fixed hash would do.
fn palette(identifier: &str) -> (&'static str, &'static str, &'static str) {
    let hash =
        identifier.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    PALETTES[hash as usize % PALETTES.len()]
}

/// Returns the title's lines and the largest size at which they fit.
fn title_lines(title: &str) -> (usize, Vec<String>) {
    let sizes = TITLE_SIZES.into_iter().map(|size| (size, wrapped(title, size, MOST_TITLE_LINES + 1)));
    let fitting = sizes.clone().find(|(_, lines)| lines.len() <= MOST_TITLE_LINES);
    let smallest = TITLE_SIZES[TITLE_SIZES.len() - 1];
    fitting.unwrap_or_else(|| (smallest, wrapped(title, smallest, MOST_TITLE_LINES)))
}

/// Breaks a text into lines that fit the measure at a font size, as even as they can be; at most so many, what is left
/// over is cut with an ellipsis.
fn wrapped(text: &str, size: usize, most: usize) -> Vec<String> {
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

/// Breaks a text into lines no wider than a limit. A word wider than a line is broken, and so is a script without
/// spaces.
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

/// Estimates the width of a character in hundredths of the font size: the fonts are the reader's.
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
        let (large, lines) = title_lines("Harbours");
        assert_eq!((large, lines.len()), (TITLE_SIZES[0], 1));
        let (small, lines) = title_lines(&"An unreasonably long title ".repeat(8));
        assert!(small < large && lines.len() <= MOST_TITLE_LINES);
        let (_, lines) = title_lines(&"endless ".repeat(200));
        assert!(lines.len() == MOST_TITLE_LINES && lines[MOST_TITLE_LINES - 1].ends_with('…'));
    }

    #[test]
    fn a_text_without_spaces_is_broken_to_fit() {
        let lines = wrapped(&"日本語".repeat(20), 100, 9);
        assert!(lines.len() > 3 && lines.iter().all(|line| width(line) * 100 <= MEASURE * 100));
    }
}
