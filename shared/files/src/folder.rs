//! Files in a folder.

mod partial_file;

use std::{
    io::{self, Read as _, Seek as _},
    ops::Range,
    path::{Path, PathBuf},
};

use async_trait::async_trait;
use url::Url;

pub use self::partial_file::write_whole;
use super::{Files, FilesError};

/// A folder with a folder for each book.
#[derive(Clone)]
pub(super) struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Keeps files in the folder that a `file:` URL names after its scheme. The folder is made with the first file.
    pub(super) fn new(path: &str) -> Self {
        let path = path.strip_prefix("//").unwrap_or(path);
        Self { root: std::path::absolute(path).unwrap_or_else(|_| path.into()) }
    }

    /// Does work that waits for the disk on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, FilesError> {
        let path = self.root.join(name);
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        let done = done.unwrap_or_else(|crash| Err(io::Error::other(crash)));
        done.map_err(|error| FilesError::Failed { url: self.url(name), cause: error.to_string() })
    }
}

#[async_trait]
impl Files for Folder {
    async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), FilesError> {
        let store = move |path: &Path| {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            write_whole(path, &bytes)
        };
        self.blocking(name, store).await
    }

    async fn settle(&self, folder: &str) -> Result<(), FilesError> {
        let settle = |path: &Path| {
            partial_file::sweep(path);
            // The folders above may be new too.
            path.ancestors().take(3).filter(|folder| !folder.as_os_str().is_empty()).try_for_each(sync_names)
        };
        self.blocking(folder, settle).await
    }

    async fn folders(&self) -> Result<Vec<String>, FilesError> {
        let list = |path: &Path| {
            let Some(entries) = none_if_missing(std::fs::read_dir(path))? else { return Ok(Vec::new()) };
            let folders = entries.filter_map(|entry| match entry {
                Ok(entry) if entry.path().is_dir() => entry.file_name().into_string().ok().map(Ok),
                Ok(_) => None,
                Err(error) => Some(Err(error)),
            });
            folders.collect()
        };
        self.blocking("", list).await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, FilesError> {
        let read = |path: &Path| none_if_missing(std::fs::read(path));
        self.blocking(name, read).await
    }

    async fn read_range(&self, name: &str, range: Range<u64>) -> Result<Option<Vec<u8>>, FilesError> {
        let read = move |path: &Path| {
            let Some(mut file) = none_if_missing(std::fs::File::open(path))? else { return Ok(None) };
            file.seek(io::SeekFrom::Start(range.start))?;
            let mut bytes = Vec::new();
            file.take(range.end.saturating_sub(range.start)).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        };
        self.blocking(name, read).await
    }

    async fn remove(&self, folder: &str) -> Result<(), FilesError> {
        let remove = |path: &Path| none_if_missing(std::fs::remove_dir_all(path)).map(drop);
        self.blocking(folder, remove).await
    }

    fn url(&self, name: &str) -> String {
        let path = self.root.join(name);
        // The address of a file is absolute and encoded. A path that has no such form is shown as it is.
        Url::from_file_path(&path).map_or_else(|()| format!("file:{}", path.display()), String::from)
    }
}

fn none_if_missing<T>(done: io::Result<T>) -> io::Result<Option<T>> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        done => done.map(Some),
    }
}

/// Makes the names in a folder survive a crash of the machine. Some systems cannot do this for a folder, and a folder may
/// have been removed.
fn sync_names(folder: &Path) -> io::Result<()> {
    use io::ErrorKind::{InvalidInput, NotFound, Unsupported};
    if !cfg!(unix) {
        return Ok(());
    }
    match std::fs::File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), InvalidInput | NotFound | Unsupported) => Ok(()),
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_reported_with_its_address() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("a file");
        std::fs::write(&file, "").unwrap();
        let folder = Folder::new(file.to_str().unwrap());
        let error = folder.write("book/1.md", vec![1]).await.unwrap_err().to_string();
        assert!(error.starts_with("file:///") && error.contains("a%20file/book/1.md: "), "{error}");
    }

    #[tokio::test]
    async fn what_a_dead_process_left_unfinished_is_gone_once_a_folder_is_settled() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().to_str().unwrap());
        folder.write("book/1.md", vec![1]).await.unwrap();
        std::fs::write(home.path().join("book/2.md.0123456789abcdef.part"), "half").unwrap();
        folder.settle("book").await.unwrap();
        let names = std::fs::read_dir(home.path().join("book")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["1.md"]);
    }

    #[tokio::test]
    async fn storing_a_file_leaves_nothing_else_behind() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::new(home.path().to_str().unwrap());
        folder.write("book/1.md", vec![1]).await.unwrap();
        let names = std::fs::read_dir(home.path().join("book")).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(names.collect::<Vec<_>>(), ["1.md"]);
    }
}
