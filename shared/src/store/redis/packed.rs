//! Texts and requests are kept deflated: they are most of what a book takes of the server's memory.

use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

/// The few texts of a command, each with what it was packed into: once, however often the command is decided.
#[derive(Default)]
pub(super) struct Packed<'a>(Vec<(&'a str, Vec<u8>)>);

impl<'a> Packed<'a> {
    /// Packs texts beside what the caller waits for: its own turn comes first.
    pub(super) async fn of(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut texts = texts.peekable();
        if texts.peek().is_some() {
            tokio::task::yield_now().await;
        }
        Self(texts.map(|text| (text, pack(text))).collect())
    }

    /// Returns a text packed.
    pub(super) fn get(&self, text: &str) -> Cow<'_, [u8]> {
        let found = self.0.iter().find(|(of, _)| *of == text);
        found.map_or_else(|| Cow::Owned(pack(text)), |(_, packed)| Cow::Borrowed(packed.as_slice()))
    }
}

pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).and_then(|()| encoder.finish()).expect("a vector takes all that is written")
}

pub(super) fn unpack(bytes: &[u8]) -> Result<String, std::io::Error> {
    let mut text = String::new();
    ZlibDecoder::new(bytes).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_went_and_takes_less() {
        let text = "Füße, 本 and \u{1F4D6}. ".repeat(100);
        let packed = pack(&text);
        assert!(packed.len() < text.len() / 4);
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[tokio::test]
    async fn a_text_is_packed_alike_before_and_when_it_is_asked_for() {
        let packed = Packed::of(["one"].into_iter()).await;
        assert_eq!(packed.get("one"), pack("one"));
        assert_eq!(packed.get("another"), pack("another"));
    }

    #[test]
    fn damage_is_noticed() {
        let mut packed = pack(&"a text ".repeat(100));
        packed.truncate(packed.len() - 3);
        assert!(unpack(&packed).is_err());
    }
}
