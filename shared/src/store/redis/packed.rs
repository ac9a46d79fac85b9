//! Texts and requests are kept deflated: they are most of what a book takes of the server's memory.

use std::io::{Read as _, Write as _};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

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

    #[test]
    fn damage_is_noticed() {
        let mut packed = pack(&"a text ".repeat(100));
        packed.truncate(packed.len() - 3);
        assert!(unpack(&packed).is_err());
    }
}
