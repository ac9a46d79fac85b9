//! The content of a message.

use std::{ops::Deref, sync::Arc};

/// The content of a message, which may be large. Clones share it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body(Arc<Vec<u8>>);

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Arc::new(bytes))
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_of_a_body_copies_none_of_its_bytes() {
        let body = Body::from(vec![0; 1_000_000]);
        assert_eq!(body.as_ptr(), body.clone().as_ptr());
    }
}
