//! The files port: where bound files are kept.
//!
//! A file is named by its book and its own digest, `BOOK/DIGEST.FORMAT`: storing it again is harmless, and what a book
//! leaves behind is deleted with the book, since it shares no file with another.

mod folder;
mod s3;

#[cfg(test)]
mod conformance;

use std::{path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;

pub use self::{
    folder::write_whole,
    s3::credentials::{Credentials, VARIABLES},
};
use bindery_domain::{BookId, Digest, ServiceUrl};
use bindery_ledger::BoundFile;
pub use s3::bucket;

/// Where bound files are kept. A name is a folder and a file in it, `FOLDER/FILE`.
#[async_trait]
pub trait Files: Send + Sync {
    /// Stores bytes under a name, all or nothing, in place of what was there.
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), FilesError>;

    /// Reads what is stored under a name; none where nothing is.
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError>;

    /// Removes a folder with all its files; fine where there is none.
    async fn remove(&self, folder: &str) -> Result<(), FilesError>;

    /// Returns the address of what is stored under a name.
    fn url(&self, name: &str) -> String;
}

/// How files could not be stored, read or removed.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The URL names no store of files this program knows.
    #[error("`{0}` is no place for files; one is `file:FOLDER` or `s3://BUCKET/PREFIX`")]
    UnknownUrl(String),
    /// The store's settings do not fit together, or its key cannot be read.
    #[error("the files at {place} cannot be reached: {cause}")]
    Unusable {
        /// Where they are.
        place: String,
        /// Why, and what to do.
        cause: String,
    },
    /// The folder or the server did not do what it was asked.
    #[error("{url}: {cause}")]
    Failed {
        /// What was to be stored, read or removed.
        url: String,
        /// Why, and what to do.
        cause: String,
    },
    /// Nothing is stored under a file's name.
    #[error("{url} is not there, where `files.url` points; the file was stored at {stored}")]
    Missing {
        /// Where it was looked for.
        url: String,
        /// Where it was stored.
        stored: String,
    },
    /// What is stored is not what was.
    #[error("{url} is damaged: its bytes are not those that were stored")]
    Damaged {
        /// Where it is.
        url: String,
    },
}

/// How a store of files is reached.
pub struct Access {
    /// Where it is; the scheme chooses the adapter.
    pub url: ServiceUrl,
    /// The server of an object storage; none for that of AWS.
    pub endpoint: Option<ServiceUrl>,
    /// The region of an object storage.
    pub region: String,
    /// Whether the bucket stands in the path of an address, and not in its host's name.
    pub path_style: bool,
    /// What a server is shown.
    pub credentials: Credentials,
    /// The authority that a server's certificate must come from; none for those this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long a server may take for one request.
    pub timeout: Duration,
}

/// Opens the store of files that a URL names: `file:FOLDER` or `s3://BUCKET/PREFIX`. Nothing is connected to yet.
pub fn connect(access: &Access) -> Result<Arc<dyn Files>, FilesError> {
    match access.url.expose().split_once(':') {
        Some(("file", path)) if !path.is_empty() => Ok(Arc::new(folder::Folder::new(path))),
        Some(("s3", _)) => Ok(Arc::new(s3::S3::open(access)?)),
        _ => Err(FilesError::UnknownUrl(access.url.to_string())),
    }
}

impl dyn Files {
    /// Stores a file of a book, and returns what a binding says of it.
    pub async fn put(&self, book: &BookId, format: &str, bytes: Vec<u8>) -> Result<BoundFile, FilesError> {
        let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
        let name = name(book, &digest, format);
        self.write(&name, bytes).await?;
        Ok(BoundFile { format: format.to_owned(), digest, bytes: length, url: self.url(&name) })
    }

    /// Reads a file of a book, and holds it against its digest.
    pub async fn get(&self, book: &BookId, file: &BoundFile) -> Result<Vec<u8>, FilesError> {
        let name = name(book, &file.digest, &file.format);
        let url = self.url(&name);
        match self.read(&name).await? {
            Some(bytes) if Digest::of(&bytes) == file.digest => Ok(bytes),
            Some(_) => Err(FilesError::Damaged { url }),
            None => Err(FilesError::Missing { url, stored: file.url.clone() }),
        }
    }

    /// Removes all files of a book, those of former editions too; fine where there are none.
    pub async fn delete(&self, book: &BookId) -> Result<(), FilesError> {
        self.remove(book.as_str()).await
    }

    /// Writes a file, reads it back and removes it.
    pub async fn probe(&self, asker: &str) -> Result<(), FilesError> {
        let book = BookId::of("probe", asker);
        let kept = self.put(&book, "probe", asker.into()).await;
        let read = match &kept {
            Ok(file) => self.get(&book, file).await.map(drop),
            Err(_) => Ok(()),
        };
        let removed = self.delete(&book).await;
        kept.map(drop).and(read).and(removed)
    }
}

fn name(book: &BookId, digest: &Digest, format: &str) -> String {
    format!("{book}/{digest}.{format}")
}
