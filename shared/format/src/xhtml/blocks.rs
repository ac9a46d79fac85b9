//! Block elements: paragraphs, headings, lists, quotes, code.

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, Tag, TagEnd};

use super::{Writer, escaped, level_offset};

const DEEPEST_LEVEL: u8 = 6;

impl Writer<'_> {
    pub(super) fn start_block(&mut self, at: usize, tag: &Tag<'_>) {
        let opening = match tag {
            Tag::Paragraph => format!("<p{}>", self.direction_of(at)),
            Tag::Heading { .. } => self.heading_start(at),
            Tag::BlockQuote(kind) => quote_start(*kind),
            Tag::CodeBlock(kind) => code_start(kind),
            Tag::List(None) => "<ul>\n".to_owned(),
            Tag::List(Some(1)) => "<ol>\n".to_owned(),
            Tag::List(Some(first)) => format!("<ol start=\"{first}\">\n"),
            Tag::Item => self.item_start(at),
            Tag::HtmlBlock => "<p class=\"markup\">".to_owned(),
            _ => String::new(),
        };
        self.out.push_str(&opening);
    }

    pub(super) fn end(&mut self, end: TagEnd) {
        let closing = match end {
            TagEnd::Paragraph => "</p>\n",
            TagEnd::Heading(_) => return self.heading_end(),
            TagEnd::BlockQuote(None) => "</blockquote>\n",
            TagEnd::BlockQuote(Some(_)) => "</aside>\n",
            TagEnd::CodeBlock => "</code></pre>\n",
            TagEnd::List(true) => "</ol>\n",
            TagEnd::List(false) => "</ul>\n",
            TagEnd::Item => "</li>\n",
            TagEnd::HtmlBlock => return self.html_end(),
            TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell => {
                return self.end_table_part(end);
            }
            TagEnd::Emphasis => "</em>",
            TagEnd::Strong => "</strong>",
            TagEnd::Strikethrough => "</del>",
            TagEnd::Link | TagEnd::Image => return self.anchor_end(),
            _ => "",
        };
        self.out.push_str(closing);
    }

    fn heading_start(&mut self, at: usize) -> String {
        let body = self.body;
        let heading = body.heading_at(at).expect("the body lists the headings among its events");
        let level = (body.headings[heading].level + level_offset(self.medium)).min(DEEPEST_LEVEL);
        let id = self.chapter().heading_id(heading);
        self.inline.heading = level;
        format!("<h{level} id=\"{}\"{}>", escaped(&id), self.direction_of(at))
    }

    fn heading_end(&mut self) {
        let level = self.inline.heading;
        self.out.push_str(&format!("</h{level}>\n"));
    }

    fn item_start(&self, at: usize) -> String {
        let mut first = self.body.events[at + 1..].iter().map(|(event, _)| event);
        let task = match first.next() {
            Some(Event::Start(Tag::Paragraph)) => first.next(),
            other => other,
        };
        let class = match task {
            Some(Event::TaskListMarker(_)) => " class=\"task\"",
            _ => "",
        };
        format!("<li{class}{}>", self.direction_of(at))
    }

    /// Writes the box of a task as a character, for a book has no form controls.
    pub(super) fn task_marker(&mut self, done: bool) {
        self.out.push_str(if done { "☑ " } else { "☐ " });
    }

    /// Writes a line of raw HTML as text.
    pub(super) fn html_line(&mut self, line: &str) {
        self.out.push_str(&escaped(line.trim_end_matches('\n')));
        self.out.push_str(LINE_END);
    }

    fn html_end(&mut self) {
        if self.out.ends_with(LINE_END) {
            self.out.truncate(self.out.len() - LINE_END.len());
        }
        self.out.push_str("</p>\n");
    }
}

const LINE_END: &str = "<br/>\n";

fn quote_start(kind: Option<BlockQuoteKind>) -> String {
    let class = match kind {
        None => return "<blockquote>\n".to_owned(),
        Some(BlockQuoteKind::Note) => "note",
        Some(BlockQuoteKind::Tip) => "tip",
        Some(BlockQuoteKind::Important) => "important",
        Some(BlockQuoteKind::Warning) => "warning",
        Some(BlockQuoteKind::Caution) => "caution",
    };
    format!("<aside class=\"box {class}\">\n")
}

/// Returns the start of a code block. Code is written from left to right in every book.
fn code_start(kind: &CodeBlockKind<'_>) -> String {
    let language: String = match kind {
        CodeBlockKind::Fenced(info) => info
            .split([' ', ',', '\t', '{'])
            .next()
            .unwrap_or_default()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '#' | '-' | '_' | '.'))
            .collect(),
        CodeBlockKind::Indented => String::new(),
    };
    if language.is_empty() {
        "<pre dir=\"ltr\"><code>".to_owned()
    } else {
        format!("<pre dir=\"ltr\"><code class=\"language-{language}\">")
    }
}
