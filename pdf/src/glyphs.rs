//! Finds the characters for which no font has a shape. Typst sets them as empty boxes and does not tell.

use std::collections::{BTreeMap, BTreeSet};

use crate::world::Press;

use typst::layout::{Frame, FrameItem};
use typst_layout::PagedDocument;

/// The most characters that a message names for a package.
const NAMED: usize = 12;

/// Characters without a shape, by the package of Debian whose fonts have them.
#[derive(Debug, thiserror::Error)]
#[error("no font has {}", told(.0))]
pub(crate) struct MissingGlyphs(BTreeMap<&'static str, BTreeSet<char>>);

fn told(missing: &BTreeMap<&'static str, BTreeSet<char>>) -> String {
    let each = missing.iter().map(|(package, characters)| {
        let named: Vec<String> = characters.iter().take(NAMED).map(|c| format!("`{c}`")).collect();
        let more = if characters.len() > NAMED { " and others" } else { "" };
        format!("{}{more}: install such a font, on Debian by `apt install {package}`", named.join(" "))
    });
    each.collect::<Vec<_>>().join("; ")
}

/// Fails if a page shows a character without a shape.
pub(crate) fn check(document: &PagedDocument) -> Result<(), MissingGlyphs> {
    let mut missing = BTreeMap::new();
    document.pages().iter().for_each(|page| collect(&page.frame, &mut missing));
    if missing.is_empty() { Ok(()) } else { Err(MissingGlyphs(missing)) }
}

/// Fails if a text has a character that no font has.
pub(crate) fn check_text(press: &Press, text: &str) -> Result<(), MissingGlyphs> {
    let mut missing: BTreeMap<_, BTreeSet<char>> = BTreeMap::new();
    let shown = text.chars().filter(|c| !c.is_whitespace() && !c.is_control());
    for c in shown.filter(|c| !press.has(*c)) {
        missing.entry(package(c)).or_default().insert(c);
    }
    if missing.is_empty() { Ok(()) } else { Err(MissingGlyphs(missing)) }
}

fn collect(frame: &Frame, missing: &mut BTreeMap<&'static str, BTreeSet<char>>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => collect(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    for c in text.text[glyph.range()].chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
                        missing.entry(package(c)).or_default().insert(c);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Returns the package of Debian whose fonts have a character.
fn package(c: char) -> &'static str {
    match c {
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' => {
            "fonts-noto-cjk"
        }
        '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}' => "fonts-noto-cjk",
        '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' => "fonts-noto-color-emoji",
        _ => "fonts-noto-core",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_character_names_the_package_of_its_fonts() {
        for (c, name) in [
            ('漢', "fonts-noto-cjk"),
            ('한', "fonts-noto-cjk"),
            ('ب', "fonts-noto-core"),
            ('🎉', "fonts-noto-color-emoji"),
        ] {
            assert_eq!(package(c), name, "{c}");
        }
        let missing = MissingGlyphs(BTreeMap::from([("fonts-noto-cjk", BTreeSet::from(['漢']))]));
        assert_eq!(
            missing.to_string(),
            "no font has `漢`: install such a font, on Debian by `apt install fonts-noto-cjk`"
        );
    }
}
