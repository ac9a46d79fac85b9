//! The designs of covers: what stands behind the texts, and where the texts stand.

use super::{HEIGHT, Palette, WIDTH};
use crate::{direction::Direction, publication::Design};

/// Warm paper, on which the dark ground of every palette has a contrast of 7:1.
const PAPER: &str = "#f8f3e8";
const WHITE: &str = "#ffffff";

/// The distance of texts from the edge in designs that do not centre them.
const MARGIN: usize = 190;

/// What a design puts on the cover.
pub(super) struct Look {
    /// The shapes behind the texts, as SVG.
    pub(super) shapes: String,
    pub(super) place: Place,
    pub(super) title: &'static str,
    pub(super) subtitle: &'static str,
    pub(super) authors: &'static str,
}

/// Where the texts stand.
pub(super) struct Place {
    /// The side of a line at `x`: its start, its middle or its end.
    pub(super) anchor: &'static str,
    pub(super) x: usize,
    /// The left end of the short rule below the title.
    pub(super) rule_x: usize,
    /// The height around which the title stands.
    pub(super) title_y: usize,
    /// The height of the last line of the authors.
    pub(super) authors_y: usize,
}

impl Look {
    /// Returns the look of a design. `seed` varies the pattern of a design that has one.
    pub(super) fn of(design: Design, palette: &Palette, direction: Direction, seed: u32) -> Self {
        match design {
            Design::Classic => classic(palette),
            Design::Bands => bands(palette),
            Design::Grid => grid(palette, direction, seed),
            Design::Plain => plain(palette, direction),
        }
    }
}

fn classic(palette: &Palette) -> Look {
    let Palette { ground, edge, accent } = palette;
    let frame = HEIGHT - 220;
    let shapes = background(ground)
        + &rectangle(0, 0, 90, HEIGHT, edge)
        + &format!(
            "<rect x=\"150\" y=\"110\" width=\"1340\" height=\"{frame}\" fill=\"none\" stroke=\"{accent}\" \
             stroke-width=\"5\"/>\n"
        );
    let place = centred(WIDTH / 2 + 20, 820, HEIGHT - 330);
    Look { shapes, place, title: WHITE, subtitle: accent, authors: WHITE }
}

fn bands(palette: &Palette) -> Look {
    let Palette { ground, edge, accent } = palette;
    let shapes = background(PAPER)
        + &rectangle(0, 0, WIDTH, 400, ground)
        + &rectangle(0, 400, WIDTH, 16, accent)
        + &rectangle(0, 2_044, WIDTH, 16, accent)
        + &rectangle(0, 2_060, WIDTH, 500, ground)
        + &rectangle(0, 2_500, WIDTH, 60, edge);
    Look { shapes, place: centred(WIDTH / 2, 1_000, 2_450), title: ground, subtitle: edge, authors: WHITE }
}

/// The number of squares in a row of the pattern, and of its rows.
const COLUMNS: usize = 8;
const ROWS: usize = 3;

fn grid(palette: &Palette, direction: Direction, seed: u32) -> Look {
    let Palette { ground, edge, accent } = palette;
    let size = WIDTH / COLUMNS;
    let mut shapes = background(ground);
    let mut state = seed | 1;
    for square in 0..COLUMNS * ROWS {
        // A step of xorshift: any fixed sequence would serve.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let (x, y) = (square % COLUMNS * size, square / COLUMNS * size);
        let fill = if state.is_multiple_of(5) { accent } else { edge };
        let (far_x, far_y) = (x + size, y + size);
        shapes.push_str(&match state >> 8 & 3 {
            0 => rectangle(x, y, size, size, edge),
            1 => format!("<path d=\"M{x} {y}H{far_x}A{size} {size} 0 0 1 {x} {far_y}Z\" fill=\"{fill}\"/>\n"),
            2 => format!("<path d=\"M{far_x} {far_y}H{x}A{size} {size} 0 0 1 {far_x} {y}Z\" fill=\"{fill}\"/>\n"),
            _ => format!(
                "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"{fill}\"/>\n",
                x + size / 2,
                y + size / 2,
                size / 4
            ),
        });
    }
    Look { shapes, place: beside(direction, 1_100, HEIGHT - 200), title: WHITE, subtitle: accent, authors: WHITE }
}

fn plain(palette: &Palette, direction: Direction) -> Look {
    let Palette { ground, edge, accent } = palette;
    let shapes = background(PAPER) + &rectangle(0, 0, WIDTH, 60, ground) + &rectangle(0, 60, WIDTH, 12, accent);
    Look { shapes, place: beside(direction, 800, HEIGHT - 240), title: ground, subtitle: edge, authors: ground }
}

fn centred(x: usize, title_y: usize, authors_y: usize) -> Place {
    Place { anchor: "middle", x, rule_x: x - super::RULE / 2, title_y, authors_y }
}

/// Places the texts at the side at which lines begin.
fn beside(direction: Direction, title_y: usize, authors_y: usize) -> Place {
    match direction {
        Direction::LeftToRight => Place { anchor: "start", x: MARGIN, rule_x: MARGIN, title_y, authors_y },
        Direction::RightToLeft => {
            // The anchor is that of a line whose base direction is left to right, as SVG has it without `direction`.
            Place { anchor: "end", x: WIDTH - MARGIN, rule_x: WIDTH - MARGIN - super::RULE, title_y, authors_y }
        }
    }
}

fn background(fill: &str) -> String {
    rectangle(0, 0, WIDTH, HEIGHT, fill)
}

fn rectangle(x: usize, y: usize, width: usize, height: usize, fill: &str) -> String {
    format!("<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>\n")
}
