//! Texts and requests are kept deflated: they are most of what a book takes of the server's memory.

use std::{borrow::Cow, cell::RefCell, collections::HashMap, io};

use bindery_domain::{Digest, HashedText};
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// What texts were packed into: once, however often the round they go with is decided.
#[derive(Default)]
pub(super) struct Packed(HashMap<Digest, Vec<u8>>);

impl Packed {
    /// Packs texts.
    pub(super) fn of(texts: &[HashedText]) -> Self {
        Self(texts.iter().map(|text| (text.digest().clone(), pack(text))).collect())
    }

    /// Adds others to them.
    pub(super) fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Returns a text packed.
    pub(super) fn get(&self, text: &HashedText) -> Cow<'_, [u8]> {
        self.0.get(text.digest()).map_or_else(|| Cow::Owned(pack(text)), |packed| Cow::Borrowed(packed.as_slice()))
    }
}

thread_local! {
    // The tables of a packer have 300 KB: to make them takes about as long as a text takes to be packed.
    static PACKER: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), true));
    static UNPACKER: RefCell<Decompress> = RefCell::new(Decompress::new(true));
}

pub(super) fn pack(text: &str) -> Vec<u8> {
    PACKER.with_borrow_mut(|packer| {
        packer.reset();
        let (text, mut packed) = (text.as_bytes(), Vec::with_capacity(text.len() / 2 + 64));
        loop {
            let rest = &text[place(packer.total_in())..];
            let status = packer.compress_vec(rest, &mut packed, FlushCompress::Finish);
            if status.expect("a packer takes all bytes") == Status::StreamEnd {
                return packed;
            }
            packed.reserve(packed.len() + 64);
        }
    })
}

pub(super) fn unpack(packed: &[u8]) -> Result<String, io::Error> {
    let text = UNPACKER.with_borrow_mut(|unpacker| {
        unpacker.reset(true);
        let mut text = Vec::with_capacity(4 * packed.len());
        loop {
            let (rest, before) = (&packed[place(unpacker.total_in())..], text.len());
            if unpacker.decompress_vec(rest, &mut text, FlushDecompress::Finish)? == Status::StreamEnd {
                return Ok(text);
            }
            if text.len() == before && text.len() < text.capacity() {
                return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
            }
            text.reserve(text.len() + 64);
        }
    })?;
    String::from_utf8(text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn place(count: u64) -> usize {
    usize::try_from(count).expect("no more is taken in than there is")
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_comes_back_as_it_went_and_takes_less() {
        let text = "Füße, 本 and \u{1F4D6}. ".repeat(100);
        let packed = pack(&text);
        assert!(packed.len() < text.len() / 4);
        assert_eq!(unpack(&packed).unwrap(), text);
    }

    #[test]
    fn a_text_is_packed_alike_before_and_when_it_is_asked_for() {
        let [one, another] = ["one", "another"].map(HashedText::from);
        let mut packed = Packed::default();
        packed.add(Packed::of(std::slice::from_ref(&one)));
        assert!(matches!(packed.get(&one), Cow::Borrowed(bytes) if bytes == pack("one")));
        assert_eq!(*packed.get(&another), pack("another"));
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
