//! Texts and requests are stored deflated, since they take most of a book's memory on the server.

use std::io::{self, Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).expect("a vector takes all bytes");
    packer.finish().expect("a vector takes all bytes")
}

pub(super) fn unpack(packed: &[u8]) -> Result<String, io::Error> {
    let mut text = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut text)?;
    Ok(text)
}

/// Unpacks texts. A text that cannot be unpacked counts as missing, so that it is written again.
pub(super) fn unpack_all(packed: Vec<Option<Vec<u8>>>) -> Vec<Option<String>> {
    packed.into_iter().map(|packed| unpack(&packed?).ok()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_packed_text_unpacks_unchanged_and_is_smaller() {
        let text = "Füße, 本 and \u{1F4D6}. ".repeat(100);
        let packed = pack(&text);
        assert!(packed.len() < text.len() / 4);
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn texts_unpack_in_order_and_damaged_ones_are_missing() {
        for count in [0, 1, 5] {
            let text = |nth: usize| format!("text {nth}");
            let mut packed: Vec<_> = (0..count).map(|nth| Some(pack(&text(nth)))).collect();
            let mut texts: Vec<_> = (0..count).map(|nth| Some(text(nth))).collect();
            packed.extend([None, Some(b"damage".to_vec())]);
            texts.extend([None, None]);
            assert_eq!(unpack_all(packed), texts);
        }
    }

    #[test]
    fn damage_to_a_packed_text_is_found() {
        let mut packed = pack(&"a text ".repeat(100));
        packed.truncate(packed.len() - 3);
        assert!(unpack(&packed).is_err());
        assert!(unpack(&[]).is_err());
        assert_eq!(unpack(&pack("the next")).unwrap(), "the next");
    }

    proptest! {
        #[test]
        fn whatever_was_packed_before_a_text_comes_back_as_it_went(texts in prop::collection::vec(r"\PC{0,400}|[a-b]{0,9000}", 1..4)) {
            for text in &texts {
                prop_assert_eq!(&unpack(&pack(text)).unwrap(), text);
            }
        }
    }
}
