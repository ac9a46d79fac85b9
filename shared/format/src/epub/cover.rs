//! The cover that is drawn: the title and the authors, in colours that are always the same for the same book.

mod design;
mod fitting;

use self::{
    design::{Look, Place},
    fitting::{Title, wrapped},
};
use crate::{book::Book, publication::Design, xhtml::escaped};

pub(crate) const WIDTH: usize = 1_600;
pub(crate) const HEIGHT: usize = 2_560;
/// The width of the rule below the title.
const RULE: usize = 240;
const SUBTITLE_SIZE: usize = 68;
const AUTHOR_SIZE: usize = 76;
const MOST_AUTHOR_LINES: usize = 4;

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

/// Returns the cover of a design as an SVG image.
pub(super) fn image(book: &Book<'_>, design: Design) -> String {
    let manuscript = book.manuscript;
    let seed = hash(&manuscript.identifier);
    let palette = &PALETTES[seed as usize % PALETTES.len()];
    let Look { shapes, place, title, subtitle, authors } = Look::of(design, palette, book.direction, seed);
    let Title { size, lines } = Title::fitted(&manuscript.title);
    let mut y = place.title_y - (lines.len() * size * 5 / 8).min(460);
    let mut texts = String::new();
    for line in &lines {
        y += size * 5 / 4;
        texts.push_str(&text(line, &place, y, size, title));
    }
    y += 110;
    texts.push_str(&format!(
        "<rect x=\"{}\" y=\"{y}\" width=\"{RULE}\" height=\"6\" fill=\"{}\"/>\n",
        place.rule_x, palette.accent
    ));
    y += 40;
    for line in wrapped(manuscript.subtitle.as_deref().unwrap_or_default(), SUBTITLE_SIZE, 4) {
        y += SUBTITLE_SIZE * 4 / 3;
        texts.push_str(&text(&line, &place, y, SUBTITLE_SIZE, subtitle));
    }
    let each = || manuscript.authors.iter().flat_map(|author| wrapped(author, AUTHOR_SIZE, 2)).collect::<Vec<_>>();
    let names = match manuscript.authors.as_slice() {
        few if few.len() <= 3 && each().len() <= MOST_AUTHOR_LINES => each(),
        many => wrapped(&many.join(", "), AUTHOR_SIZE, MOST_AUTHOR_LINES),
    };
    for (line, y) in names.iter().rev().zip((0..).map(|up| place.authors_y - up * AUTHOR_SIZE * 4 / 3)) {
        texts.push_str(&text(line, &place, y, AUTHOR_SIZE, authors));
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         width=\"{WIDTH}\" height=\"{HEIGHT}\" xml:lang=\"{language}\" font-family=\"{FONTS}\" \
         text-anchor=\"{anchor}\">\n\
         <title>{title}</title>\n{shapes}{texts}</svg>\n",
        language = escaped(&manuscript.language),
        anchor = place.anchor,
        title = escaped(&description(book)),
    )
}

fn text(line: &str, place: &Place, y: usize, size: usize, fill: &str) -> String {
    let x = place.x;
    format!("<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"{fill}\">{}</text>\n", escaped(line))
}

/// Hashes the book's identifier, which picks the colours. This is FNV-1a, but any fixed hash would serve.
fn hash(identifier: &str) -> u32 {
    identifier.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}
