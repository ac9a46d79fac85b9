//! Decides where a link in a chapter may lead: to the web, to a mail address or to a place in the book.

use pulldown_cmark::LinkType;
use url::{Position, Url};

/// What a destination is, as the model wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link<'d> {
    /// An address outside the book, as browsers would write it.
    Outside(String),
    /// The name of an anchor, which may or may not exist.
    Anchor(&'d str),
    /// Anything else: scripts, data, files, paths on no known site.
    Refused,
}

/// Judges a link's destination. Only listed schemes are allowed, and they are parsed by the rules of the web, so that no
/// spelling of `javascript:` passes.
pub(super) fn judge(link_type: LinkType, destination: &str) -> Link<'_> {
    if let Some(anchor) = destination.strip_prefix('#') {
        return Link::Anchor(anchor);
    }
    let parsed = match link_type {
        LinkType::Email => Url::parse(&format!("mailto:{destination}")),
        _ => Url::parse(destination),
    };
    match parsed {
        Ok(url) if is_web(&url) || is_mail(&url) => Link::Outside(address(&url)),
        _ => Link::Refused,
    }
}

/// Returns whether this is a web address. One with a user name before its host is refused, for it is easily misread.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host() && url.username().is_empty() && url.password().is_none()
}

fn is_mail(url: &Url) -> bool {
    url.scheme() == "mailto" && url.path().contains('@')
}

/// Returns the address by the rules of RFC 3986, which XML schemas apply to links. Browsers also accept a stray per cent
/// sign, and some brackets and bars.
fn address(url: &Url) -> String {
    let mut address = url[..Position::BeforePath].to_owned();
    let rest = &url[Position::BeforePath..];
    let fragment = rest.find('#').unwrap_or(rest.len());
    for (at, byte) in rest.bytes().enumerate() {
        let escape = &rest.as_bytes()[at + 1..];
        let is_escape = escape.len() >= 2 && escape[..2].iter().all(u8::is_ascii_hexdigit);
        match byte {
            b'%' if is_escape => address.push('%'),
            b'-' | b'.' | b'_' | b'~' | b':' | b'/' | b'?' | b'@' | b'!' | b'$' | b'&' | b'\'' => {
                address.push(char::from(byte));
            }
            b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' => address.push(char::from(byte)),
            b'#' if at == fragment => address.push('#'),
            _ if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            _ => address.push_str(&format!("%{byte:02X}")),
        }
    }
    address
}

/// A file that a link names.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    /// Its name without its ending and its folder.
    pub(super) name: String,
    /// The anchor in it; may be empty.
    pub(super) anchor: String,
}

/// Returns the file that a destination names, as in `chapters/03-harbours.md#low-water`, if it can be a chapter.
pub(super) fn file(destination: &str) -> Option<File> {
    if destination.contains(':') || destination.starts_with("//") {
        return None;
    }
    let (path, anchor) = destination.split_once('#').unwrap_or((destination, ""));
    let path = path.split('?').next().unwrap_or_default();
    let name = decoded(path.rsplit('/').next().unwrap_or_default());
    let stem = match name.rsplit_once('.') {
        Some((stem, "md" | "markdown" | "html" | "htm" | "xhtml" | "docx" | "txt")) => stem.to_owned(),
        // A title may hold a full stop, but the ending of another file has no space.
        Some((_, ending)) if ending.len() <= 4 && !ending.contains(' ') => return None,
        _ => name,
    };
    (!stem.trim().is_empty()).then(|| File { name: stem, anchor: decoded(anchor) })
}

/// Returns a file's name without the number before it.
pub(super) fn without_number(name: &str) -> &str {
    let rest = name.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < name.len() { rest.trim_start_matches([' ', '-', '_', '.']) } else { name }
}

/// Returns a text without its percent encoding.
pub(super) fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(destination: &str) -> Option<String> {
        match judge(LinkType::Inline, destination) {
            Link::Outside(url) => Some(url),
            _ => None,
        }
    }

    #[test]
    fn web_and_mail_addresses_are_kept() {
        assert_eq!(outside("https://example.org/a?b=c&d#e").unwrap(), "https://example.org/a?b=c&d#e");
        assert_eq!(outside("HTTP://Example.org").unwrap(), "http://example.org/");
        assert_eq!(outside("mailto:a@example.org?subject=x y").unwrap(), "mailto:a@example.org?subject=x%20y");
        assert_eq!(judge(LinkType::Email, "a@b.c"), Link::Outside("mailto:a@b.c".to_owned()));
    }

    #[test]
    fn an_address_becomes_one_that_xml_and_browsers_accept() {
        let url = outside("https://例え.jp/a b\"<>`{}|^/日本?q=\"<>#\"<>").unwrap();
        assert!(url.is_ascii());
        assert!(!url.contains(['"', '<', '>', ' ']), "{url}");
        assert_eq!(
            outside("https://example.org/%zz%41%4?[a]|{b}^#c#%").unwrap(),
            "https://example.org/%25zz%41%254?%5Ba%5D%7C%7Bb%7D%5E#c%23%25"
        );
        assert_eq!(outside("http://[::1]:8080/").unwrap(), "http://[::1]:8080/");
    }

    #[test]
    fn a_file_is_the_name_of_a_chapter() {
        let names = |destination| file(destination).map(|file| (file.name, file.anchor));
        assert_eq!(names("chapters/03-harbours.md#low"), Some(("03-harbours".to_owned(), "low".to_owned())));
        assert_eq!(names("The%20Tides"), Some(("The Tides".to_owned(), String::new())));
        for other in ["javascript:x", "//example.org", "curve.png", "", "#x", "a/"] {
            assert_eq!(names(other), None, "{other}");
        }
        assert_eq!(without_number("03-harbours"), "harbours");
    }

    #[test]
    fn every_other_destination_is_refused() {
        let refused = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " java\tscript:alert(1)",
            "java\nscript:alert(1)",
            "&#106;avascript:alert(1)",
            "data:text/html,<script>",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://example.org",
            "//example.org",
            "/etc/passwd",
            "chapter-2.md",
            "www.example.org",
            "http://",
            "http://[",
            "https://a:b",
            "https://bank.example@evil.example/",
            "mailto:",
            "",
        ];
        for destination in refused {
            assert_eq!(judge(LinkType::Inline, destination), Link::Refused, "{destination:?}");
        }
    }
}
