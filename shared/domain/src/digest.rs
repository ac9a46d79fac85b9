//! SHA-256 digests, by which contents are named.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Digest(String);

impl Digest {
    /// Returns the digest of `bytes`.
    pub fn of(bytes: impl AsRef<[u8]>) -> Self {
        Self(hex::encode(Sha256::digest(bytes)))
    }

    /// Returns the digest of a value's JSON. Its fields stand in the order of the type.
    pub fn of_json(value: &impl Serialize) -> Self {
        Self::of(serde_json::to_vec(value).expect("a record holds only what JSON can hold"))
    }

    /// Reads a digest; `None` where the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_one = text.len() == 64 && text.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
        is_one.then(|| Self(text.to_owned()))
    }

    /// Returns the hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A digest in the making, of bytes that come in pieces.
#[derive(Default)]
pub struct Hashing(Sha256);

impl Hashing {
    /// Adds the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Returns the digest of all bytes.
    pub fn digest(self) -> Digest {
        Digest(hex::encode(self.0.finalize()))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_the_sha_256_in_lower_case_hexadecimal() {
        // The empty string's SHA-256, from FIPS 180-4's test vectors.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of("").as_str(), empty);
    }

    #[test]
    fn bytes_in_pieces_have_the_digest_of_the_whole() {
        let mut hashing = Hashing::default();
        ["a ", "", "book"].iter().for_each(|piece| hashing.add(piece.as_bytes()));
        assert_eq!(hashing.digest(), Digest::of("a book"));
    }

    #[test]
    fn only_a_digest_is_read_as_one() {
        let digest = Digest::of("a book");
        assert_eq!(Digest::parse(digest.as_str()), Some(digest.clone()));
        for wrong in [&digest.as_str()[1..], &digest.as_str().to_uppercase(), "../../etc/passwd", ""] {
            assert_eq!(Digest::parse(wrong), None, "{wrong}");
        }
    }
}
