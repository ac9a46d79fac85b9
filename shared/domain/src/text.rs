//! A text with its digest.

use std::{ops::Deref, sync::Arc};

use crate::Digest;

/// A text with its digest, which is computed once. A clone shares the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HashedText {
    text: Arc<str>,
    digest: Digest,
}

impl HashedText {
    /// Returns the text's digest.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl<T: Into<Arc<str>>> From<T> for HashedText {
    fn from(text: T) -> Self {
        let text = text.into();
        let digest = Digest::of(&*text);
        Self { text, digest }
    }
}

impl Deref for HashedText {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}
