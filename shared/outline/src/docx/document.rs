//! The paragraphs and tables of a document as Markdown.

use roxmltree::{Document, Node};

use super::styles::{Style, Styles, child, value};

/// Renders a document's body.
pub(super) fn markdown(document: &Document<'_>, styles: &Styles) -> String {
    let Some(body) = document.descendants().find(|node| node.tag_name().name() == "body") else {
        return String::new();
    };
    let used: Vec<&str> =
        body.descendants().filter(|node| node.tag_name().name() == "pStyle").filter_map(value).collect();
    let mut writer =
        Writer { out: String::new(), styles, below_title: usize::from(styles.has_title(&used)), in_list: false };
    writer.blocks(body);
    writer.out
}

struct Writer<'a> {
    out: String,
    styles: &'a Styles,
    /// By how many levels headings stand below those of Markdown, where the title has a style of its own.
    below_title: usize,
    in_list: bool,
}

impl Writer<'_> {
    fn blocks(&mut self, parent: Node<'_, '_>) {
        for node in parent.children() {
            match node.tag_name().name() {
                "p" => self.paragraph(node),
                "tbl" => self.table(node),
                "sdt" | "sdtContent" | "customXml" | "ins" => self.blocks(node),
                _ => {}
            }
        }
    }

    fn paragraph(&mut self, node: Node<'_, '_>) {
        let text = runs(node).trim().to_owned();
        if text.is_empty() {
            return;
        }
        let properties = child(node, "pPr");
        let style = properties.and_then(|found| child(found, "pStyle")).and_then(value);
        let style = style.map_or(Style::Plain, |id| self.styles.style(id));
        let level = properties
            .and_then(|found| child(found, "outlineLvl"))
            .and_then(value)
            .and_then(|level| level.parse().ok());
        let style = match (style, level) {
            (Style::Plain, Some(level @ 0..6)) => Style::Heading(level + 1_usize),
            (style, _) => style,
        };
        let list = properties.and_then(|found| child(found, "numPr"));
        match style {
            Style::Contents => {}
            Style::Title => self.line(&format!("# {text}"), false),
            Style::Subtitle => self.line(&format!("*{text}*"), false),
            Style::Heading(level) => {
                self.line(&format!("{} {text}", "#".repeat((level + self.below_title).min(6))), false)
            }
            Style::List | Style::Plain if list.is_some() || style == Style::List => self.point(list, &text),
            _ if is_bold(node) => self.line(&format!("**{text}**"), false),
            _ => self.line(&text, false),
        }
    }

    fn point(&mut self, list: Option<Node<'_, '_>>, text: &str) {
        let part = |name: &str| list.and_then(|list| child(list, name)).and_then(value);
        let depth = part("ilvl").and_then(|level| level.parse::<usize>().ok()).unwrap_or_default().min(8);
        let marker = if part("numId").is_some_and(|list| self.styles.is_numbered(list)) { "1." } else { "-" };
        // Below a number, the text of an item begins three columns further on.
        let indent = if marker == "-" { 2 } else { 3 };
        self.line(&format!("{}{marker} {text}", " ".repeat(indent * depth)), true);
    }

    fn line(&mut self, text: &str, is_item: bool) {
        let follows = is_item && self.in_list;
        if !follows && !self.out.is_empty() {
            self.out.push('\n');
        }
        self.in_list = is_item;
        self.out.push_str(text);
        self.out.push('\n');
    }

    fn table(&mut self, table: Node<'_, '_>) {
        let mut is_first = true;
        for row in table.children().filter(|node| node.tag_name().name() == "tr") {
            let cells: Vec<String> = row.children().filter(|node| node.tag_name().name() == "tc").map(cell).collect();
            let line = format!("| {} |", cells.join(" | "));
            self.line(&line, !is_first);
            // Rows follow each other without blank lines, as the items of a list do.
            self.in_list = true;
            if is_first {
                self.line(&format!("|{}", "---|".repeat(cells.len())), true);
            }
            is_first = false;
        }
        self.in_list = false;
    }
}

fn cell(node: Node<'_, '_>) -> String {
    let paragraphs = node.descendants().filter(|node| node.tag_name().name() == "p");
    let texts: Vec<String> =
        paragraphs.map(runs).map(|text| text.trim().replace('|', "\\|")).filter(|text| !text.is_empty()).collect();
    texts.join("<br>")
}

/// Returns the text of a paragraph's runs, without what was deleted.
fn runs(paragraph: Node<'_, '_>) -> String {
    let mut text = String::new();
    let mut skipped = None;
    for node in paragraph.descendants() {
        let name = node.tag_name().name();
        if skipped.is_some_and(|until: usize| node.range().start < until) {
            continue;
        }
        match name {
            "del" | "moveFrom" | "pPr" | "rPr" | "txbxContent" | "instrText" | "Fallback" => {
                skipped = Some(node.range().end)
            }
            "t" => text.push_str(&escaped(node.text().unwrap_or_default())),
            "tab" | "br" | "cr" => text.push(' '),
            "noBreakHyphen" => text.push('-'),
            _ => {}
        }
    }
    text
}

/// Returns whether all text of a paragraph is bold.
fn is_bold(paragraph: Node<'_, '_>) -> bool {
    let is_on = |run: Node<'_, '_>| {
        let bold = child(run, "rPr").and_then(|found| child(found, "b"));
        bold.is_some_and(|bold| !matches!(value(bold), Some("0" | "false")))
    };
    let is_text =
        |run: &Node<'_, '_>| child(*run, "t").and_then(|text| text.text()).is_some_and(|text| !text.trim().is_empty());
    let mut runs = paragraph.descendants().filter(|node| node.tag_name().name() == "r").filter(is_text).peekable();
    runs.peek().is_some() && runs.all(is_on)
}

/// Escapes what Markdown would take for emphasis, code or a tag.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '*' | '_' | '`' | '<' | '\\') {
            out.push('\\');
        }
        out.push(if c == '\n' { ' ' } else { c });
    }
    out
}
