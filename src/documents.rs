//! The changes that an editor has made in a document of a whole book, read for the command line and for the API.

use async_trait::async_trait;
use bindery_api::{DocumentError, DocumentReader};
use bindery_assembler::{StoredFault, stored};
use bindery_domain::BookId;
use bindery_format::Edits;
use bindery_runtime::compute::compute;

use crate::app::App;

/// Reads documents for the API on the ports of an app.
pub(crate) struct AppDocuments(pub(crate) App);

#[async_trait]
impl DocumentReader for AppDocuments {
    async fn edits(&self, book: &BookId, document: Vec<u8>) -> Result<Edits, DocumentError> {
        edits(&self.0, book, &document).await
    }
}

/// Returns what an editor has changed in a DOCX of a book.
pub(crate) async fn edits(app: &App, book: &BookId, document: &[u8]) -> Result<Edits, DocumentError> {
    let manuscript = stored(&*app.ports.store, &app.files, book).await.map_err(|fault| match fault {
        StoredFault::Store(error) => DocumentError::Store(error),
        StoredFault::NotWhole(_) => DocumentError::NotWhole,
        other => DocumentError::Lost(other.to_string()),
    })?;
    // A long document takes a second, in which other requests are served.
    compute(|| manuscript.edits(document)).await.map_err(|fault| DocumentError::Unreadable(fault.to_string()))
}
