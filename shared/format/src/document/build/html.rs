//! HTML inside of Markdown.

use pulldown_cmark::{LinkType, TagEnd};

use super::{Builder, one_line, shown};
use crate::document::{
    Block, Inline, block_html, figure,
    frame::{Frame, Open, OpenTag},
    tags::{self, Meaning, Token},
    walk,
};

/// How many elements of HTML may be open at once in a line.
const MAX_TAGS: usize = 12;

impl Builder<'_> {
    pub(super) fn inline_html(&mut self, html: &str) {
        for token in tags::tokens(html) {
            match token {
                Token::Comment => {}
                Token::Text(text) => self.top().push(Inline::Text { text: shown(text) }),
                Token::Tag(tag) => self.tag(&tag),
            }
        }
    }

    fn tag(&mut self, tag: &tags::Tag<'_>) {
        let meaning = tag.meaning();
        match meaning {
            Meaning::Foreign => self.top().push(Inline::Text { text: shown(tag.raw) }),
            Meaning::LineEnd => self.top().push(Inline::Break),
            Meaning::SceneBreak => self.top().push(Inline::Break),
            Meaning::Picture => {
                let alt = vec![Inline::Text { text: shown(tag.value("alt")) }];
                self.picture(alt, tag.value("src"), tag.value("title").to_owned());
            }
            _ if tag.closes => self.closing_tag(&tag.name),
            _ if tag.raw.ends_with("/>") || tag.name == "wbr" => {}
            _ if self.open_tags >= MAX_TAGS => self.top().push(Inline::Text { text: shown(tag.raw) }),
            _ => {
                self.open_tags += 1;
                self.stack.push(Frame::new(Open::Tag(OpenTag {
                    name: tag.name.clone(),
                    meaning,
                    raw: shown(tag.raw),
                    destination: tag.value("href").to_owned(),
                })));
            }
        }
    }

    /// Ends the innermost element of this name, and those inside of it. A tag that ends nothing vanishes.
    fn closing_tag(&mut self, name: &str) {
        let inner = self.stack.iter().rev().take_while(|frame| matches!(frame.open, Open::Tag(_)));
        let depth = inner.take(MAX_TAGS).position(|frame| matches!(&frame.open, Open::Tag(tag) if tag.name == name));
        for _ in 0..depth.map_or(0, |depth| depth + 1) {
            self.close_tag(true);
        }
    }

    /// Ends the innermost element of HTML. Without a tag that ends it, its own tag was text.
    pub(super) fn close_tag(&mut self, ended: bool) {
        let Some(Frame { open: Open::Tag(tag), inlines, .. }) = self.stack.pop() else { return };
        self.open_tags -= 1;
        match tag.meaning {
            Meaning::ReadingBracket => {}
            Meaning::Reading => self.reading(&walk::plain_text(&inlines)),
            _ if !ended => {
                self.top().push(Inline::Text { text: tag.raw });
                self.top().extend(inlines);
            }
            Meaning::Style(style) if !inlines.is_empty() => self.top().push(Inline::Styled { style, text: inlines }),
            Meaning::Code => self.top().push(Inline::Code { text: walk::plain_text(&inlines) }),
            Meaning::Link if !tag.destination.is_empty() => {
                let target = self.target(LinkType::Inline, &tag.destination);
                self.link(inlines, target, &tag.destination, String::new());
            }
            _ => self.top().extend(inlines),
        }
    }

    /// Puts a reading above the text before it.
    fn reading(&mut self, reading: &str) {
        let in_ruby = matches!(&self.top().open, Open::Tag(tag) if tag.meaning == Meaning::Ruby);
        if !in_ruby {
            return self.top().push(Inline::Text { text: format!("({reading})") });
        }
        let inlines = &mut self.top().inlines;
        let start = inlines.iter().rposition(|inline| matches!(inline, Inline::Ruby { .. })).map_or(0, |at| at + 1);
        let base = inlines.split_off(start);
        self.top().push(Inline::Ruby { base, reading: reading.to_owned() });
    }

    pub(super) fn html_block(&mut self, html: &str) {
        if let Some(block) = figure::drawing(html).or_else(|| figure::preformatted(html)) {
            return self.top().block(block);
        }
        for piece in block_html::pieces(html) {
            match piece {
                block_html::Piece::Break => self.top().block(Block::Break),
                block_html::Piece::Line(tokens) => {
                    self.stack.push(Frame::new(Open::Paragraph { verse: false }));
                    for token in tokens {
                        match token {
                            Token::Comment => {}
                            Token::Text(text) => {
                                self.top().push(Inline::Text { text: shown(&tags::decoded(&one_line(text))) });
                            }
                            Token::Tag(tag) => self.tag(&tag),
                        }
                    }
                    self.end_html_line();
                }
            }
        }
    }

    /// Ends a line of block HTML. Its elements may go on in the next line, so that an open tag is no text.
    fn end_html_line(&mut self) {
        while let Some(Frame { open: Open::Tag(tag), .. }) = self.stack.last_mut() {
            tag.raw.clear();
            self.close_tag(false);
        }
        self.end(TagEnd::Paragraph);
    }
}
