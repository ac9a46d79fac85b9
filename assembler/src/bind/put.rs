//! Storing a file of a book that may be deleted meanwhile.

use std::sync::Arc;

use bindery_domain::BookId;
use bindery_files::{Files, FilesError};
use bindery_ledger::BoundFile;

/// A rendered file.
pub(super) struct RenderedFile {
    pub(super) book: BookId,
    /// The format, by its name.
    pub(super) format: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Stores a file; returns `None` where its book was deleted meanwhile.
///
/// Whoever deletes a book removes its files after its record. A file that is stored later is removed here. This goes on even
/// if the caller is dropped, as it is when the lease of a deleted book ends.
pub(super) async fn put(
    files: Arc<dyn Files>,
    file: RenderedFile,
    deleted: impl Future<Output = bool> + Send + 'static,
) -> Result<Option<BoundFile>, FilesError> {
    let RenderedFile { book, format, bytes } = file;
    let url = files.url(book.as_str());
    let storing = tokio::spawn(async move {
        let stored = files.put(&book, format, bytes).await;
        if deleted.await {
            files.delete(&book).await?;
            return Ok(None);
        }
        stored.map(Some)
    });
    storing.await.unwrap_or_else(|error| Err(FilesError::Failed { url, cause: error.to_string() }))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use bindery_files::{Access, Credentials};

    use super::*;

    struct Bench {
        files: Arc<dyn Files>,
        book: BookId,
        home: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let home = tempfile::tempdir().unwrap();
            let access = Access {
                url: format!("file:{}", home.path().display()).as_str().into(),
                endpoint: None,
                region: String::new(),
                path_style: true,
                credentials: Credentials::Environment(BTreeMap::new()),
                ca_file: None,
                timeout: Duration::from_secs(10),
            };
            let files = bindery_files::connect(&access).unwrap();
            Self { files, book: BookId::of("t", "r"), home }
        }

        fn put<D>(&self, deleted: D) -> impl Future<Output = Result<Option<BoundFile>, FilesError>> + use<D>
        where
            D: Future<Output = bool> + Send + 'static,
        {
            let file = RenderedFile { book: self.book.clone(), format: "md", bytes: vec![1] };
            put(self.files.clone(), file, deleted)
        }

        fn is_empty(&self) -> bool {
            std::fs::read_dir(self.home.path()).unwrap().next().is_none()
        }
    }

    #[tokio::test]
    async fn a_file_that_is_stored_after_its_book_was_deleted_is_removed() {
        let bench = Bench::new();
        assert!(bench.put(async { false }).await.unwrap().is_some());
        assert!(!bench.is_empty());
        assert!(bench.put(async { true }).await.unwrap().is_none());
        assert!(bench.is_empty());
    }

    #[tokio::test]
    async fn a_file_whose_binding_was_stopped_is_removed_all_the_same() {
        let bench = Bench::new();
        let (asked, was_asked) = tokio::sync::oneshot::channel();
        let (answer, answered) = tokio::sync::oneshot::channel();
        let storing = tokio::spawn(bench.put(async {
            asked.send(()).unwrap();
            answered.await.unwrap()
        }));
        was_asked.await.unwrap();
        storing.abort();
        assert!(storing.await.unwrap_err().is_cancelled());
        answer.send(true).unwrap();
        while !bench.is_empty() {
            tokio::task::yield_now().await;
        }
    }
}
