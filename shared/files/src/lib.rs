//! The files port: where bound files are kept.
//!
//! A file is named `BOOK/DIGEST.FORMAT` by its book and its own digest. To store it again is harmless. Books share no
//! files, so that a book's files can be deleted with the book.

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod folder;
mod s3;
#[cfg(test)]
mod tests;
mod uploads;

use std::{ops::Range, path::PathBuf, sync::Arc, time::Duration};

use async_trait::async_trait;
use bindery_domain::{BookId, Digest, ServiceUrl};
use bindery_ledger::BoundFile;

pub use self::{
    folder::write_whole,
    s3::{
        bucket::{BucketUrl, BucketUrlError},
        credentials::{Credentials, VARIABLES},
    },
    uploads::UPLOAD_DAYS,
};

/// A store of bound files. A name is a folder and a file in it, `FOLDER/FILE`.
#[async_trait]
pub trait Files: Send + Sync {
    /// Stores bytes under a name in place of what was there: all of them, or none where it fails.
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), FilesError>;

    /// Reads the bytes under a name; `None` where there is no such file.
    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError>;

    /// Reads those bytes under a name whose places are in a range, as far as there are any; `None` where there is no such file. The
    /// range has at least one byte, and its first one must be there.
    async fn read_range(&self, name: &str, range: Range<u64>) -> Result<Option<Vec<u8>>, FilesError>;

    /// Makes the files of a folder survive a crash of the machine, and removes what dead processes left unfinished in it.
    async fn settle(&self, folder: &str) -> Result<(), FilesError>;

    /// Returns the names of all folders.
    async fn folders(&self) -> Result<Vec<String>, FilesError>;

    /// Removes a folder with all its files. It is no error where there is none.
    async fn remove(&self, folder: &str) -> Result<(), FilesError>;

    /// Returns the address of the file under a name.
    fn url(&self, name: &str) -> String;
}

/// An error of a store of files.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The URL names no store that this program knows.
    #[error("`{0}` names no place for files; write `file:FOLDER` or `s3://BUCKET/PREFIX`")]
    UnknownUrl(String),
    /// The settings of the store do not fit together, or its key cannot be read.
    #[error("the files at {place} cannot be reached: {cause}")]
    Unusable {
        /// The store.
        place: String,
        /// The cause, and what to do.
        cause: String,
    },
    /// The folder or the server could not do what it was asked.
    #[error("{url}: {cause}")]
    Failed {
        /// The file or folder.
        url: String,
        /// The cause, and what to do.
        cause: String,
    },
    /// There is no file where a bound file should be.
    #[error("{url} is not there, where `files.url` points; the file was stored at {stored}")]
    Missing {
        /// The address at which it should be.
        url: String,
        /// The address at which it was stored.
        stored: String,
    },
    /// The bytes of a file are not those that were stored.
    #[error("{url} is damaged: its bytes are not those that were stored")]
    Damaged {
        /// The file.
        url: String,
    },
}

/// How to reach a store of files.
pub struct Access {
    /// The store's address. The scheme chooses the adapter.
    pub url: ServiceUrl,
    /// The server of an object storage; `None` for the one of AWS.
    pub endpoint: Option<ServiceUrl>,
    /// The region of an object storage.
    pub region: String,
    /// Whether the bucket stands in the path of an address, and not in the name of its host.
    pub path_style: bool,
    /// The source of the key for a server.
    pub credentials: Credentials,
    /// The authority that must have issued a server's certificate; `None` for those that this machine trusts.
    pub ca_file: Option<PathBuf>,
    /// How long a server may take for one request.
    pub timeout: Duration,
}

/// Opens the store of files that a URL names: `file:FOLDER` or `s3://BUCKET/PREFIX`. It connects to nothing yet.
pub fn connect(access: &Access) -> Result<Arc<dyn Files>, FilesError> {
    match access.url.expose().split_once(':') {
        Some(("file", path)) if !path.is_empty() => Ok(Arc::new(folder::Folder::new(path))),
        Some(("s3", _)) => Ok(Arc::new(s3::S3::open(access)?)),
        _ => Err(FilesError::UnknownUrl(access.url.to_string())),
    }
}

impl<'a> dyn Files + 'a {
    /// Stores a file of a book, and returns its record for the binding.
    pub async fn put(&self, book: &BookId, format: &str, bytes: Vec<u8>) -> Result<BoundFile, FilesError> {
        let (digest, length) = (Digest::of(&bytes), bytes.len() as u64);
        let name = name(book, &digest, format);
        self.write(&name, bytes).await?;
        Ok(BoundFile { format: format.to_owned(), digest, bytes: length, url: self.url(&name) })
    }

    /// Reads a file of a book, and compares it with its digest.
    pub async fn get(&self, book: &BookId, file: &BoundFile) -> Result<Vec<u8>, FilesError> {
        let name = name(book, &file.digest, &file.format);
        let url = self.url(&name);
        match self.read(&name).await? {
            Some(bytes) if Digest::of(&bytes) == file.digest => Ok(bytes),
            Some(_) => Err(FilesError::Damaged { url }),
            None => Err(FilesError::Missing { url, stored: file.url.clone() }),
        }
    }

    /// Reads some bytes of a file of a book, without the others. They are not compared with the digest, which is that of all bytes.
    pub async fn get_range(&self, book: &BookId, file: &BoundFile, range: Range<u64>) -> Result<Vec<u8>, FilesError> {
        let name = name(book, &file.digest, &file.format);
        let url = self.url(&name);
        let range = range.start..range.end.min(file.bytes);
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let length = range.end - range.start;
        match self.read_range(&name, range).await? {
            Some(bytes) if bytes.len() as u64 == length => Ok(bytes),
            Some(_) => Err(FilesError::Damaged { url }),
            None => Err(FilesError::Missing { url, stored: file.url.clone() }),
        }
    }

    /// Removes all files of a book, those of its former editions included. It is no error where there are none.
    pub async fn delete(&self, book: &BookId) -> Result<(), FilesError> {
        self.remove(book.as_str()).await
    }

    /// Returns the books that have files. Folders that are not named like books are not theirs.
    pub async fn books(&self) -> Result<Vec<BookId>, FilesError> {
        let names = self.folders().await?;
        Ok(names.iter().map(|name| BookId::named(name)).filter(BookId::well_formed).collect())
    }

    /// Writes a file, reads it back and removes it.
    pub async fn probe(&self, asker: &str) -> Result<(), FilesError> {
        // It is not named like a book, so that nobody takes it for the file of a deleted one.
        let book = BookId::named(&format!("probe-{}", BookId::of("probe", asker)));
        let stored = self.put(&book, "probe", asker.into()).await;
        let read = match &stored {
            Ok(file) => self.get(&book, file).await.map(drop),
            Err(_) => Ok(()),
        };
        let removed = self.delete(&book).await;
        stored.map(drop).and(read).and(removed)
    }
}

fn name(book: &BookId, digest: &Digest, format: &str) -> String {
    format!("{book}/{digest}.{format}")
}
