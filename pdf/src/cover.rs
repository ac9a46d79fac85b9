//! The cover as a JPEG.

use bindery_format::Sheets;
use image::{DynamicImage, RgbaImage, codecs::jpeg::JpegEncoder};
use typst_render::RenderOptions;

use crate::{PressFault, glyphs, world::Press};

/// At this quality, edges of letters show no noise, and a cover keeps well below the bytes that shops allow.
const QUALITY: u8 = 92;

/// Draws a cover. The author's own JPEG stays as it is.
pub(crate) fn jpeg(sheets: Sheets) -> Result<Vec<u8>, PressFault> {
    if let Some(given) = sheets.file("cover.jpg") {
        return Ok(given.to_vec());
    }
    // Typst looks at the texts of a drawing no further than that it has a font for them.
    let texts = sheets.file("cover.svg").map(texts).unwrap_or_default();
    let press = Press::new(sheets)?;
    glyphs::check_text(&press, &texts)?;
    let document = press.set()?;
    let Some(page) = document.pages().first() else {
        return Err(PressFault::Typst("the sheets of the cover have no page".to_owned()));
    };
    let drawn = typst_render::render(page, &RenderOptions { pixel_per_pt: 1.0.into(), render_bleed: false });
    let (width, height) = (drawn.width(), drawn.height());
    let Some(pixels) = RgbaImage::from_raw(width, height, drawn.take()) else {
        return Err(PressFault::Typst("the cover has no pixels".to_owned()));
    };
    let mut file = Vec::new();
    // A cover has no transparent places: its page is white.
    DynamicImage::ImageRgba8(pixels).to_rgb8().write_with_encoder(JpegEncoder::new_with_quality(&mut file, QUALITY))?;
    Ok(file)
}

/// Returns what a drawing says, without its tags.
fn texts(drawing: &[u8]) -> String {
    let drawing = String::from_utf8_lossy(drawing);
    drawing.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_a_drawing_are_what_stands_between_its_tags() {
        assert_eq!(texts("<?xml?><svg><text fill=\"a\">潮の</text><text>Ada</text></svg>".as_bytes()), "潮のAda");
    }
}
