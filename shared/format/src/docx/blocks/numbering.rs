//! The numbers of chapters and of lists, which a word processor counts itself.

use crate::{
    NumberStyle,
    docx::{HEAD, SPACES},
};

/// The definitions: chapters, bullets, numbers.
const CHAPTERS: usize = 1;
const BULLETS: usize = 2;
const NUMBERS: usize = 3;

/// The sequences of numbers in a document. The first one is that of the chapters.
pub(crate) struct Numbering {
    /// For each sequence, the definition it follows and the number it starts with.
    sequences: Vec<Sequence>,
    /// The number that the next chapter would have by counting.
    next_chapter: u32,
    /// The sequence of the chapters at present.
    chapters: usize,
}

struct Sequence {
    definition: usize,
    start: Option<u64>,
}

impl Default for Numbering {
    fn default() -> Self {
        let chapters = Sequence { definition: CHAPTERS, start: None };
        Self { sequences: vec![chapters], next_chapter: 1, chapters: 1 }
    }
}

impl Numbering {
    /// Returns the sequence that gives a chapter its number. Where chapters are left out, a new one begins.
    pub(crate) fn chapter(&mut self, number: u32) -> usize {
        if number != self.next_chapter {
            self.chapters = self.begin(CHAPTERS, Some(u64::from(number)));
        }
        self.next_chapter = number + 1;
        self.chapters
    }

    /// Returns the sequence of a new list.
    pub(crate) fn list(&mut self, start: Option<u64>) -> usize {
        match start {
            None => self.begin(BULLETS, None),
            Some(start) => self.begin(NUMBERS, Some(start)),
        }
    }

    fn begin(&mut self, definition: usize, start: Option<u64>) -> usize {
        self.sequences.push(Sequence { definition, start });
        self.sequences.len()
    }

    pub(crate) fn document(&self, style: NumberStyle) -> String {
        let level = |level: usize, format: &str, text: &str, indent: usize| {
            format!(
                "<w:lvl w:ilvl=\"{level}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/>\
                 <w:lvlJc w:val=\"left\"/><w:pPr><w:ind w:left=\"{indent}\" w:hanging=\"{}\"/></w:pPr></w:lvl>",
                if indent == 0 { 0 } else { 425 },
            )
        };
        let bullets: String = (0..9).map(|depth| level(depth, "bullet", "•", 567 * (depth + 1))).collect();
        let numbers: String =
            (0..9).map(|depth| level(depth, "decimal", &format!("%{}.", depth + 1), 567 * (depth + 1))).collect();
        let format = match style {
            NumberStyle::Roman => "upperRoman",
            NumberStyle::Arabic | NumberStyle::Words | NumberStyle::None => "decimal",
        };
        let chapters = level(0, format, "%1.", 0);
        let mut out = format!("{HEAD}<w:numbering {SPACES}>");
        for (definition, levels) in [(CHAPTERS, chapters), (BULLETS, bullets), (NUMBERS, numbers)] {
            out.push_str(&format!(
                "<w:abstractNum w:abstractNumId=\"{definition}\"><w:multiLevelType w:val=\"multilevel\"/>{levels}</w:abstractNum>"
            ));
        }
        for (number, sequence) in (1..).zip(&self.sequences) {
            let start = sequence.start.map(|start| {
                let levels = (0..9).map(|level| {
                    let start = start.min(32_767);
                    format!("<w:lvlOverride w:ilvl=\"{level}\"><w:startOverride w:val=\"{start}\"/></w:lvlOverride>")
                });
                levels.collect::<String>()
            });
            out.push_str(&format!(
                "<w:num w:numId=\"{number}\"><w:abstractNumId w:val=\"{}\"/>{}</w:num>",
                sequence.definition,
                start.unwrap_or_default(),
            ));
        }
        out.push_str("</w:numbering>");
        out
    }
}
