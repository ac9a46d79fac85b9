//! Texts and requests are kept deflated: they are most of what a book takes of the server's memory.

use std::{
    borrow::Cow,
    io::{Read as _, Write as _},
    sync::Arc,
};

use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};

use crate::ledger::Command;

/// The texts of a round's commands, each with what it was packed into: once, however often the round is decided.
#[derive(Default)]
pub(super) struct Packed(Vec<(Arc<Command>, Vec<Vec<u8>>)>);

impl Packed {
    /// Takes what the texts of a command were packed into, in their order.
    pub(super) fn add(&mut self, command: Arc<Command>, packed: Vec<Vec<u8>>) {
        self.0.push((command, packed));
    }

    /// Returns a text packed.
    pub(super) fn get(&self, text: &str) -> Cow<'_, [u8]> {
        let all = self.0.iter().flat_map(|(command, packed)| command.texts().zip(packed));
        let found = all.into_iter().find(|(of, _)| *of == text);
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

/// So many texts are worth another thread's waking: a binding waits for all of its.
const MANY: usize = 4;

/// Unpacks texts, half of them beside the others where they are many. What cannot be unpacked is no text any more: as a
/// missing one it is written again.
pub(super) async fn unpack_all(mut packed: Vec<Option<Vec<u8>>>) -> Vec<Option<String>> {
    let unpack_each = |packed: Vec<Option<Vec<u8>>>| -> Vec<Option<String>> {
        packed.into_iter().map(|packed| packed.and_then(|packed| unpack(&packed).ok())).collect()
    };
    if packed.len() < MANY {
        return unpack_each(packed);
    }
    let half = packed.split_off(packed.len() / 2);
    let beside = tokio::spawn(async move { unpack_each(half) });
    let mut texts = unpack_each(packed);
    texts.extend(beside.await.expect("unpacking does not panic"));
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Kept;

    #[test]
    fn a_text_comes_back_as_it_went_and_takes_less() {
        let text = "Füße, 本 and \u{1F4D6}. ".repeat(100);
        let packed = pack(&text);
        assert!(packed.len() < text.len() / 4);
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn a_text_is_packed_alike_before_and_when_it_is_asked_for() {
        let text = Some("one".to_owned());
        let parts = vec![Kept { text, ..Kept::default() }];
        let command = Arc::new(Command::Checkpoint { fence: 1, parts });
        let mut packed = Packed::default();
        packed.add(command, vec![b"packed before".to_vec()]);
        assert_eq!(*packed.get("one"), *b"packed before");
        assert_eq!(*packed.get("another"), pack("another"));
    }

    #[tokio::test]
    async fn texts_come_back_in_their_order_and_damaged_ones_are_missing() {
        for count in [0, 1, MANY, MANY + 3] {
            let text = |nth: usize| format!("text {nth}");
            let mut packed: Vec<_> = (0..count).map(|nth| Some(pack(&text(nth)))).collect();
            let mut texts: Vec<_> = (0..count).map(|nth| Some(text(nth))).collect();
            packed.extend([None, Some(b"damage".to_vec())]);
            texts.extend([None, None]);
            assert_eq!(unpack_all(packed).await, texts);
        }
    }

    #[test]
    fn damage_is_noticed() {
        let mut packed = pack(&"a text ".repeat(100));
        packed.truncate(packed.len() - 3);
        assert!(unpack(&packed).is_err());
    }
}
