//! The manuscript of a finished book, made again from its stored texts.

use std::{collections::HashMap, sync::Arc};

use bindery_domain::{BookId, Digest};
use bindery_files::Files;
use bindery_format::{RenderError, ValidManuscript};
use bindery_ledger::current_texts;
use bindery_store::{Store, StoreError};

use super::{
    manuscript,
    pictures::{PicturesError, pictures},
    prove::{Proof, prove},
    provenance::Sources,
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
    /// The author's pictures are not at hand.
    #[error(transparent)]
    Pictures(#[from] PicturesError),
    /// The texts are no book.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Reads the manuscript of a finished book.
pub async fn stored(store: &dyn Store, files: &Arc<dyn Files>, book: &BookId) -> Result<ValidManuscript, StoredFault> {
    let request = store.request(book).await?.ok_or(StoredFault::NoRequest)?;
    let tasks = store.tasks(book).await?;
    let written: Vec<(u32, Digest)> =
        current_texts(&tasks).into_iter().map(|(chapter, text)| (chapter, text.digest.clone())).collect();
    let digests: Vec<Digest> = written.iter().map(|(_, digest)| digest.clone()).collect();
    let found = store.many_texts(book, &digests).await?;
    let texts: HashMap<u32, String> =
        written.iter().filter_map(|(chapter, digest)| Some((*chapter, found.get(digest)?.clone()))).collect();
    let sections = store.many_texts(book, &Sources::of(&request, &tasks).digests()).await?;
    match prove(&request, &tasks, texts, &sections) {
        Proof::Complete(set) => {
            let mut manuscript = manuscript(&request, set.chapters);
            manuscript.pictures = pictures(files, book, &request.terms.pictures).await?;
            Ok(ValidManuscript::of(manuscript)?)
        }
        Proof::Missing(chapters) => {
            Err(StoredFault::NotWhole(format!("the texts of chapters {chapters:?} are missing")))
        }
        Proof::Gap(reason) => Err(StoredFault::NotWhole(reason)),
    }
}
