//! HTML inside of Markdown: its tags, and what each of them means in a book.

use super::Style;

/// A piece of HTML.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    Text(&'s str),
    Tag(Tag<'s>),
    Comment,
}

/// A tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'s> {
    /// Its name, in lower case.
    pub(super) name: String,
    /// Whether it ends an element.
    pub(super) closes: bool,
    pub(super) attributes: Vec<Attribute>,
    /// The tag as it was typed.
    pub(super) raw: &'s str,
}

/// An attribute of a tag.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Attribute {
    /// Its name, in lower case.
    pub(super) name: String,
    /// Its value; `None` where it has none.
    pub(super) value: Option<String>,
}

impl Tag<'_> {
    /// Returns the value of an attribute; empty where the tag does not have it.
    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.and_then(|attribute| attribute.value.as_deref()).unwrap_or_default()
    }

    /// Returns what the tag means in a book.
    pub(super) fn meaning(&self) -> Meaning {
        // "if a <b and c> d" holds no tag, though its form is that of one.
        if self.attributes.iter().any(|attribute| attribute.value.is_none() && !is_flag(&attribute.name)) {
            return Meaning::Foreign;
        }
        meaning(&self.name)
    }
}

/// What a tag means in a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Style(Style),
    Code,
    Link,
    Picture,
    Ruby,
    /// The reading above a base of a ruby.
    Reading,
    /// The brackets around a reading, for readers that know no ruby.
    ReadingBracket,
    LineEnd,
    SceneBreak,
    /// It only wraps its content, inside of a line.
    Wrapper,
    /// It only wraps its content, which stands on lines of its own.
    BlockWrapper,
    /// A program, a form, or a name that HTML does not know: text, as it was typed.
    Foreign,
}

fn meaning(name: &str) -> Meaning {
    match name {
        "b" | "strong" => Meaning::Style(Style::Strong),
        "i" | "em" | "cite" | "var" | "dfn" => Meaning::Style(Style::Emphasis),
        "s" | "del" | "strike" => Meaning::Style(Style::Struck),
        "sub" => Meaning::Style(Style::Subscript),
        "sup" => Meaning::Style(Style::Superscript),
        "u" | "ins" => Meaning::Style(Style::Underlined),
        "mark" => Meaning::Style(Style::Marked),
        "kbd" => Meaning::Style(Style::Key),
        "code" | "tt" | "samp" => Meaning::Code,
        "a" => Meaning::Link,
        "img" => Meaning::Picture,
        "ruby" => Meaning::Ruby,
        "rt" => Meaning::Reading,
        "rp" => Meaning::ReadingBracket,
        "br" => Meaning::LineEnd,
        "hr" => Meaning::SceneBreak,
        "span" | "font" | "small" | "big" | "abbr" | "acronym" | "bdi" | "bdo" | "nobr" | "wbr" | "rb" | "q"
        | "time" | "data" | "label" | "picture" | "source" => Meaning::Wrapper,
        "div" | "p" | "center" | "section" | "article" | "aside" | "header" | "footer" | "main" | "nav" | "details"
        | "summary" | "figure" | "figcaption" | "address" | "blockquote" | "pre" | "ul" | "ol" | "li" | "dl" | "dt"
        | "dd" | "table" | "caption" | "colgroup" | "col" | "thead" | "tbody" | "tfoot" | "tr" | "th" | "td" | "h1"
        | "h2" | "h3" | "h4" | "h5" | "h6" | "hgroup" => Meaning::BlockWrapper,
        _ => Meaning::Foreign,
    }
}

/// Returns whether an attribute of HTML has no value.
fn is_flag(name: &str) -> bool {
    matches!(name, "open" | "hidden" | "reversed" | "nowrap" | "noshade" | "compact" | "ismap" | "download" | "/")
}

/// Divides HTML into its pieces. What is no whole tag is text.
pub(super) fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut text = 0;
    let mut at = 0;
    // Without the end of a comment behind it, no later mark begins one either.
    let mut comments_end = true;
    while let Some(found) = html[at..].find('<') {
        at += found;
        let rest = &html[at..];
        let piece = if let Some(inside) = rest.strip_prefix("<!--").filter(|_| comments_end) {
            let end = inside.find("-->");
            comments_end = end.is_some();
            end.map(|end| (Token::Comment, 4 + end + 3))
        } else {
            tag(rest).map(|(tag, length)| (Token::Tag(tag), length))
        };
        match piece {
            Some((token, length)) => {
                if text < at {
                    tokens.push(Token::Text(&html[text..at]));
                }
                tokens.push(token);
                at += length;
                text = at;
            }
            None => at += 1,
        }
    }
    if text < html.len() {
        tokens.push(Token::Text(&html[text..]));
    }
    tokens
}

/// Reads the tag that a text begins with, and its length.
fn tag(html: &str) -> Option<(Tag<'_>, usize)> {
    let closes = html.starts_with("</");
    let mut reader = Reader { html, at: if closes { 2 } else { 1 } };
    if !reader.peek().is_some_and(|c| c.is_ascii_alphabetic()) {
        return None;
    }
    let name = reader.take(|c| c.is_ascii_alphanumeric() || c == '-').to_ascii_lowercase();
    if !matches!(reader.peek(), Some('>' | '/')) && !reader.peek().is_some_and(char::is_whitespace) {
        return None;
    }
    let mut attributes = Vec::new();
    loop {
        reader.take(|c| c.is_whitespace() || c == '/');
        if reader.peek()? == '>' {
            break;
        }
        attributes.push(reader.attribute()?);
    }
    let length = reader.at + 1;
    Some((Tag { name, closes, attributes, raw: &html[..length] }, length))
}

struct Reader<'s> {
    html: &'s str,
    at: usize,
}

impl<'s> Reader<'s> {
    fn peek(&self) -> Option<char> {
        self.html[self.at..].chars().next()
    }

    fn take(&mut self, wanted: impl Fn(char) -> bool) -> &'s str {
        let rest = &self.html[self.at..];
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn attribute(&mut self) -> Option<Attribute> {
        let name =
            self.take(|c| !c.is_whitespace() && !matches!(c, '=' | '>' | '/' | '<' | '"' | '\'')).to_ascii_lowercase();
        if name.is_empty() {
            return None;
        }
        let before = self.at;
        self.take(char::is_whitespace);
        if self.peek() != Some('=') {
            self.at = before;
            return Some(Attribute { name, value: None });
        }
        self.at += 1;
        self.take(char::is_whitespace);
        let value = match self.peek()? {
            quote @ ('"' | '\'') => {
                self.at += 1;
                let value = self.take(|c| c != quote);
                self.peek()?;
                self.at += 1;
                value
            }
            _ => self.take(|c| !c.is_whitespace() && !matches!(c, '>' | '"' | '\'' | '<' | '`')),
        };
        Some(Attribute { name, value: Some(decoded(value)) })
    }
}

/// Returns a text of HTML with its entities as characters. Markdown's parser knows them all.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::new();
    for piece in text.split_inclusive(';') {
        let entity = piece.rfind('&').map_or("", |at| &piece[at..]);
        let is_entity = entity.len() > 2
            && entity.ends_with(';')
            && entity[1..entity.len() - 1].chars().all(|c| c.is_ascii_alphanumeric() || c == '#');
        if !is_entity {
            out.push_str(piece);
            continue;
        }
        out.push_str(&piece[..piece.len() - entity.len()]);
        for event in pulldown_cmark::Parser::new(entity) {
            if let pulldown_cmark::Event::Text(text) = event {
                out.push_str(&text);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(html: &str) -> Vec<String> {
        let named = |token: Token<'_>| match token {
            Token::Text(text) => format!("{text:?}"),
            Token::Tag(tag) => format!("{}{}", if tag.closes { "/" } else { "" }, tag.name),
            Token::Comment => "comment".to_owned(),
        };
        tokens(html).into_iter().map(named).collect()
    }

    #[test]
    fn html_is_divided_into_tags_comments_and_text() {
        assert_eq!(
            names("a<B class='x>y' id=z>c</b><!-- <i> -->d<br/>"),
            ["\"a\"", "b", "\"c\"", "/b", "comment", "\"d\"", "br"]
        );
        assert_eq!(names("a < b <1> <a\" <!-- open"), ["\"a < b <1> <a\\\" <!-- open\""]);
    }

    #[test]
    fn words_between_angle_brackets_are_no_tag_of_a_book() {
        let meaning = |html| match &tokens(html)[..] {
            [Token::Tag(tag)] => tag.meaning(),
            other => panic!("{other:?}"),
        };
        assert_eq!(meaning("<b and c>"), Meaning::Foreign);
        assert_eq!(meaning("<String>"), Meaning::Foreign);
        assert_eq!(meaning("<script>"), Meaning::Foreign);
        assert_eq!(meaning("<sup class=\"x\">"), Meaning::Style(Style::Superscript));
        assert_eq!(meaning("<details open>"), Meaning::BlockWrapper);
    }

    #[test]
    fn entities_become_characters() {
        assert_eq!(decoded("a &amp;&lt;b&gt; &#x41; &nosuch; & ; c"), "a &<b> A &nosuch; & ; c");
    }
}
