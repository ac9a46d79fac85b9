//! Reading many texts of a book.

use std::collections::HashMap;

use bindery_domain::Digest;
use bindery_runtime::{Halt, Work};
use bindery_store::MAX_TEXTS_PER_READ;

/// Reads texts by their digests. A text that the store has lost, or of which it holds other bytes, is left out.
pub(crate) async fn texts(work: &Work, digests: &[Digest]) -> Result<HashMap<Digest, String>, Halt> {
    let mut texts = HashMap::with_capacity(digests.len());
    for page in digests.chunks(MAX_TEXTS_PER_READ) {
        let found = page.iter().cloned().zip(work.texts(page).await?);
        texts.extend(found.filter_map(|(digest, text)| Some((digest, text?))));
    }
    Ok(texts)
}
