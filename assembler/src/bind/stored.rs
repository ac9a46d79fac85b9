//! The manuscript of a finished book, made again from its stored texts.

use std::collections::HashMap;

use bindery_domain::{BookId, Digest};
use bindery_format::{RenderError, ValidManuscript};
use bindery_ledger::current_texts;
use bindery_store::{Store, StoreError};

use super::{
    manuscript,
    prove::{MAX_TEXTS_PER_READ, Proof, prove},
};

/// Why a manuscript cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum StoredFault {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store has no such book.
    #[error("the store has no request for the book")]
    NoRequest,
    /// Chapters are missing.
    #[error("the book is not whole: {0}")]
    NotWhole(String),
    /// The texts are no book.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Reads the manuscript of a finished book.
pub async fn stored(store: &dyn Store, book: &BookId) -> Result<ValidManuscript, StoredFault> {
    let request = store.request(book).await?.ok_or(StoredFault::NoRequest)?;
    let tasks = store.tasks(book).await?;
    let written = current_texts(&tasks).into_iter().map(|(chapter, text)| (chapter, text.digest.clone()));
    let (numbers, digests): (Vec<u32>, Vec<Digest>) = written.unzip();
    let mut texts = HashMap::with_capacity(numbers.len());
    for (numbers, digests) in numbers.chunks(MAX_TEXTS_PER_READ).zip(digests.chunks(MAX_TEXTS_PER_READ)) {
        let page = numbers.iter().zip(store.texts(book, digests).await?);
        texts.extend(page.filter_map(|(&number, text)| Some((number, text?))));
    }
    match prove(&request, &tasks, texts) {
        Proof::Complete(set) => Ok(ValidManuscript::of(manuscript(&request, set.chapters))?),
        Proof::Missing(chapters) => {
            Err(StoredFault::NotWhole(format!("the texts of chapters {chapters:?} are missing")))
        }
        Proof::Gap(reason) => Err(StoredFault::NotWhole(reason)),
    }
}
