//! What the API needs of the role that binds books: the reading of a document in which an editor has changed a whole book.

use async_trait::async_trait;
use bindery_domain::BookId;
use bindery_format::Edits;
use bindery_store::StoreError;

/// Reads documents of whole books as the assembler wrote them.
#[async_trait]
pub trait DocumentReader: Send + Sync {
    /// Returns what an editor has changed in a DOCX of a book.
    async fn edits(&self, book: &BookId, document: Vec<u8>) -> Result<Edits, DocumentError>;
}

/// Why a document cannot be taken in.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Texts of the book are missing.
    #[error("the texts of the book are not all there; those of a finished book can be changed")]
    NotWhole,
    /// It is no document of this book.
    #[error("{0}")]
    Unreadable(String),
    /// What is stored of the book cannot be read.
    #[error("{0}")]
    Lost(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}
