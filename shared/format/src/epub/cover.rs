//! The cover: the title and the authors, on a colour that is always the same for the same book.

use crate::{book::Book, xhtml::escaped};

const WIDTH: usize = 1_600;
const HEIGHT: usize = 2_560;
/// The largest width of a line of text.
const MEASURE: usize = 1_240;
const TITLE_SIZES: [usize; 5] = [190, 160, 130, 105, 85];
const MOST_TITLE_LINES: usize = 6;
const SUBTITLE_SIZE: usize = 68;
const AUTHOR_SIZE: usize = 76;

/// The colours of a cover.
struct Palette {
    /// Dark enough for white text to have a contrast of 7:1.
    ground: &'static str,
    edge: &'static str,
    accent: &'static str,
}

const PALETTES: [Palette; 8] = [
    Palette { ground: "#1f2a44", edge: "#18213a", accent: "#d8b871" },
    Palette { ground: "#3b1f2b", edge: "#301822", accent: "#e0b59a" },
    Palette { ground: "#17352f", edge: "#112a25", accent: "#d9c58b" },
    Palette { ground: "#2e2a25", edge: "#24211d", accent: "#cfa76e" },
    Palette { ground: "#27304f", edge: "#1e2640", accent: "#9fc1c9" },
    Palette { ground: "#43241a", edge: "#371c14", accent: "#e6c28f" },
    Palette { ground: "#153243", edge: "#0f2735", accent: "#e2c391" },
    Palette { ground: "#33284a", edge: "#29203c", accent: "#cdb4e0" },
];

const FONTS: &str = "Georgia, 'Iowan Old Style', 'Palatino Linotype', Palatino, 'Noto Serif', 'Noto Serif CJK JP', \
                     'Hiragino Mincho ProN', 'Yu Mincho', 'Songti SC', 'Noto Naskh Arabic', serif";

/// Returns the cover's alternative text.
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
    let Palette { ground, edge, accent } = palette(&manuscript.identifier);
    let Title { size, lines } = Title::fitted(&manuscript.title);
    let mut y = 820 - (lines.len() * size * 5 / 8).min(460);
    let mut texts = String::new();
    for line in &lines {
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

/// Picks the colours by the book's identifier. It is hashed by FNV-1a, but any fixed hash would serve.
fn palette(identifier: &str) -> &'static Palette {
    let hash =
        identifier.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    &PALETTES[hash as usize % PALETTES.len()]
}

/// The title as the cover shows it.
struct Title {
    /// The font size.
    size: usize,
    lines: Vec<String>,
}

impl Title {
    /// Breaks the title into lines, at the largest size at which they fit.
    fn fitted(title: &str) -> Self {
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
