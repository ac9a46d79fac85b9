//! Blocks: paragraphs, headings, lists, quotes, code, figures.

use super::{Writer, escaped, level_offset};
use crate::document::{Block, Inline, Item, letters};

const DEEPEST_LEVEL: u8 = 6;

impl Writer<'_> {
    pub(super) fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Paragraph { text } => self.line("p", "", text),
            Block::Verse { text } => self.line("p", " class=\"verse\"", text),
            Block::Plain { text } => {
                self.inlines(text);
                self.out.push('\n');
            }
            Block::Heading { index, level, text } => {
                let level = (level + level_offset(self.medium, self.chapter())).min(DEEPEST_LEVEL);
                let id = format!(" id=\"{}\"", escaped(&self.chapter().heading_id(*index)));
                self.line(&format!("h{level}"), &id, text);
            }
            Block::Quote { kind: None, blocks } => self.around("<blockquote>\n", blocks, "</blockquote>\n"),
            Block::Quote { kind: Some(kind), blocks } => {
                // An `aside` would be a landmark, and each landmark of a page needs a name of its own.
                self.around(&format!("<div class=\"box {}\" role=\"note\">\n", kind.name()), blocks, "</div>\n");
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Quiz { start, questions } => self.quiz(*start, questions),
            Block::Exercises { start, exercises } => self.exercises(*start, exercises),
            Block::Definitions { items } => {
                self.out.push_str("<dl>\n");
                for item in items {
                    self.line("dt", "", &item.term);
                    item.meanings.iter().for_each(|blocks| self.around("<dd>", blocks, "</dd>\n"));
                }
                self.out.push_str("</dl>\n");
            }
            Block::Code { language, text } => self.listing(language, text),
            Block::Formula { tex } => {
                self.out.push_str("<div class=\"formula\">");
                self.formula(tex, true);
                self.out.push_str("</div>\n");
            }
            Block::Figure { picture, alt, caption } => {
                let image = self.image(*picture, alt);
                let caption = match caption.is_empty() {
                    true => String::new(),
                    false => format!("<figcaption>{}</figcaption>\n", escaped(caption)),
                };
                self.out.push_str(&format!("<figure>\n{image}\n{caption}</figure>\n"));
            }
            Block::Table { columns, head, rows } => self.table(columns, head, rows),
            Block::Break => self.out.push_str("<hr/>\n"),
        }
    }

    /// Writes an element that holds a line of text.
    pub(super) fn line(&mut self, element: &str, attributes: &str, text: &[Inline]) {
        let direction = self.direction_of(text);
        self.out.push_str(&format!("<{element}{attributes}{direction}>"));
        self.inlines(text);
        self.out.push_str(&format!("</{element}>\n"));
    }

    fn around(&mut self, opening: &str, blocks: &[Block], closing: &str) {
        self.out.push_str(opening);
        self.blocks(blocks);
        self.out.push_str(closing);
    }

    fn list(&mut self, start: Option<u64>, items: &[Item]) {
        let (opening, closing) = match start {
            None => ("<ul>\n".to_owned(), "</ul>\n"),
            Some(1) => ("<ol>\n".to_owned(), "</ol>\n"),
            Some(first) => (format!("<ol start=\"{first}\">\n"), "</ol>\n"),
        };
        self.out.push_str(&opening);
        for item in items {
            let class = if item.done.is_some() { " class=\"task\"" } else { "" };
            let direction = match item.blocks.first() {
                Some(Block::Plain { text } | Block::Paragraph { text }) => self.direction_of(text),
                _ => String::new(),
            };
            self.out.push_str(&format!("<li{class}{direction}>"));
            // A book has no form controls, so the box of a task is a character.
            self.out.push_str(match item.done {
                Some(true) => "☑ ",
                Some(false) => "☐ ",
                None => "",
            });
            self.item(&item.blocks);
            self.out.push_str("</li>\n");
        }
        self.out.push_str(closing);
    }

    /// Writes the blocks of an item. The first line stands beside the item's mark.
    fn item(&mut self, blocks: &[Block]) {
        match blocks {
            [Block::Plain { text }] => self.inlines(text),
            _ => self.blocks(blocks),
        }
    }

    /// Writes a listing. Code is written from left to right in every book. A drawing stands as it was typed, with its kind as
    /// the caption.
    fn listing(&mut self, language: &str, text: &str) {
        let code = match language.is_empty() {
            true => format!("<pre dir=\"ltr\"><code>{}</code></pre>\n", escaped(text)),
            false => {
                format!("<pre dir=\"ltr\"><code class=\"language-{language}\">{}</code></pre>\n", escaped(text))
            }
        };
        match drawing(language) {
            Some(name) => self
                .out
                .push_str(&format!("<figure class=\"listing\">\n{code}<figcaption>{name}</figcaption>\n</figure>\n")),
            None => self.out.push_str(&code),
        }
    }

    fn direction_of(&self, text: &[Inline]) -> String {
        match letters(text) {
            Some(direction) if direction != self.book.direction => format!(" dir=\"{}\"", direction.value()),
            _ => String::new(),
        }
    }

    pub(super) fn cell_direction(&self, text: &[Inline]) -> String {
        self.direction_of(text)
    }
}

/// Returns the name of a language of drawings.
fn drawing(language: &str) -> Option<&'static str> {
    match language.to_ascii_lowercase().as_str() {
        "mermaid" => Some("Mermaid"),
        "svg" => Some("SVG"),
        "dot" | "graphviz" => Some("Graphviz"),
        "plantuml" | "puml" => Some("PlantUML"),
        _ => None,
    }
}
