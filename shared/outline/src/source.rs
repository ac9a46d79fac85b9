//! Decodes the bytes of an outline: their size, encoding, line endings and forbidden characters.

use std::borrow::Cow;

use bindery_text::clean::{clean, line_feeds};

use super::{
    MAX_BYTES,
    fault::{Fault, Problem},
    reading::Note,
};

/// A decoded outline.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// Whether it is read as Windows-1252, since it is no UTF-8.
    pub(super) is_windows: bool,
}

/// Decodes an outline. Its lines keep their numbers.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, Problem> {
    let size = bytes.len();
    if size > MAX_BYTES {
        return Err(Problem::new(None, Fault::TooLarge { bytes: size }));
    }
    let mut is_windows = false;
    let text = match bytes {
        [0xff, 0xfe, units @ ..] => Cow::Owned(utf16(units, u16::from_le_bytes)?),
        [0xfe, 0xff, units @ ..] => Cow::Owned(utf16(units, u16::from_be_bytes)?),
        _ => match (unmarked_utf16(bytes), std::str::from_utf8(bytes)) {
            (Some(unit), _) => Cow::Owned(utf16(bytes, unit)?),
            (None, Ok(text)) => Cow::Borrowed(text),
            (None, Err(error)) => {
                is_windows = true;
                Cow::Owned(windows_1252(bytes).ok_or_else(|| {
                    let line = line_after(&String::from_utf8_lossy(&bytes[..error.valid_up_to()]));
                    Problem::new(line, Fault::NotUtf8)
                })?)
            }
        },
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(Decoded { text: clean(&line_feeds(text)).into_owned(), is_windows })
}

/// Returns the remark about an outline that is read as Windows-1252.
pub(super) fn note() -> Note {
    let text = "the file is no UTF-8 and is read as Windows-1252; save it as UTF-8 if its letters come out wrong";
    Note { line: None, text: text.to_owned() }
}

/// Decodes Windows-1252, if each letter that is not ASCII stands next to one that is, as it does in a text of a European language.
fn windows_1252(bytes: &[u8]) -> Option<String> {
    const FROM_0X80: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let typographic: Vec<char> = FROM_0X80.chars().collect();
    let decoded = |byte: u8| match byte {
        0x80..=0x9f => typographic[usize::from(byte - 0x80)],
        _ => char::from(byte),
    };
    let is_letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
    let is_likely = |at: usize| match decoded(bytes[at]) {
        c if c.is_ascii() => c != '\0',
        c if c.is_control() => false,
        c => !c.is_alphabetic() || is_letter(at.checked_sub(1)) || is_letter(Some(at + 1)),
    };
    (0..bytes.len()).all(is_likely).then(|| bytes.iter().copied().map(decoded).collect())
}

/// Returns how the units of UTF-16 without a byte order mark are read. No other text has a zero in every second byte.
fn unmarked_utf16(bytes: &[u8]) -> Option<fn([u8; 2]) -> u16> {
    let zeros = |first: usize| bytes.iter().skip(first).step_by(2).filter(|byte| **byte == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    // Chinese has such bytes in its spaces, marks and line feeds alone.
    let is_frequent = |count: usize| count >= 2 && count * 40 >= bytes.len();
    match (is_frequent(high_first), is_frequent(low_first)) {
        _ if !bytes.len().is_multiple_of(2) => None,
        (true, false) => Some(u16::from_be_bytes),
        (false, true) => Some(u16::from_le_bytes),
        _ => None,
    }
}

/// Decodes UTF-16.
fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Problem> {
    let units = bytes.chunks(2).map(|pair| unit([pair[0], pair.get(1).copied().unwrap_or_default()]));
    let mut text = String::with_capacity(bytes.len() / 2);
    for decoded in char::decode_utf16(units) {
        text.push(decoded.map_err(|_| Problem::new(line_after(&text), Fault::NotUtf16))?);
    }
    Ok(text)
}

/// Returns the number of the line that `before` ends in, from 1.
fn line_after(before: &str) -> usize {
    line_feeds(before).matches('\n').count() + 1
}

/// Finds the lines of places in a text. They must be asked for in ascending order.
pub(super) struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    /// Starts with a text whose first line is line `first` of the outline.
    pub(super) fn new(text: &'a str, first: usize) -> Self {
        Self { text, at: 0, line: first }
    }

    /// Returns the line of a place, which must not lie before the last one that was asked for.
    pub(super) fn line_at(&mut self, place: usize) -> usize {
        self.line += self.text[self.at..place].matches('\n').count();
        self.at = place;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf_16_needs_no_byte_order_mark() {
        let text = "# Sól\n\n## Łódź\n";
        for bytes in [
            text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            assert_eq!(decode(&bytes).unwrap(), Decoded { text: text.to_owned(), is_windows: false });
        }
    }

    #[test]
    fn a_byte_order_mark_and_windows_line_endings_are_accepted() {
        assert_eq!(decode(b"\xef\xbb\xbf# A\r\n\r\nb\r").unwrap().text, "# A\n\nb\n");
    }

    #[test]
    fn utf_16_with_a_byte_order_mark_is_read_in_both_orders() {
        let bytes = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}# Ü\r\n\u{1f4d8}".encode_utf16().flat_map(order).collect()
        };
        for bytes in [bytes(u16::to_le_bytes), bytes(u16::to_be_bytes)] {
            assert_eq!(decode(&bytes).unwrap().text, "# Ü\n\u{1f4d8}");
        }
        let problem = decode(b"\xff\xfe#\0\n\0\0\xd8").unwrap_err();
        assert_eq!((problem.line, problem.fault), (Some(2), Fault::NotUtf16));
    }

    #[test]
    fn the_line_of_the_first_bad_byte_is_named() {
        let problem = decode(b"# A\n\nGr \xfc\xdf e\n").unwrap_err();
        assert_eq!((problem.line, problem.fault), (Some(3), Fault::NotUtf8));
    }

    #[test]
    fn windows_1252_is_read_where_it_can_only_be_that() {
        let read = decode(b"# Gr\xfc\xdfe \x96 \x84Salz\x93\n").unwrap();
        assert_eq!(read, Decoded { text: "# Grüße – „Salz“\n".to_owned(), is_windows: true });
        for bytes in [&b"# A \xff\xfe\n"[..], b"a\x81b", b"\x00\xfcb"] {
            assert!(decode(bytes).is_err(), "{bytes:?}");
        }
        assert!(!decode("# Grüße".as_bytes()).unwrap().is_windows);
    }

    #[test]
    fn a_text_over_the_limit_is_rejected_whatever_it_holds() {
        let problem = decode(&vec![0xff; MAX_BYTES + 1]).unwrap_err();
        assert_eq!(problem.fault, Fault::TooLarge { bytes: MAX_BYTES + 1 });
        assert!(decode(&vec![b'a'; MAX_BYTES]).is_ok());
    }
}
