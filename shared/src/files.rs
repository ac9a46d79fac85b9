//! Bound files, kept in a folder under their own digests.

use std::{
    io,
    path::{Path, PathBuf},
};

use crate::book::digest::Digest;

/// A folder of bound files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Keeps files in this folder, which is made when the first is stored.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Stores bytes and returns their digest. Storing the same bytes again mends a damaged file and changes no other.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(bytes);
        if self.get(&digest).is_ok() {
            return Ok(digest);
        }
        std::fs::create_dir_all(&self.folder)?;
        write_whole(&self.path(&digest), bytes)?;
        Ok(digest)
    }

    /// Reads a stored file; an error when it is missing or is not what was stored.
    pub fn get(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        let bytes = std::fs::read(self.path(digest))?;
        if Digest::of(&bytes) == *digest {
            return Ok(bytes);
        }
        Err(io::Error::new(io::ErrorKind::InvalidData, format!("the stored file {digest} is damaged")))
    }

    /// Removes a stored file; fine when there is none.
    pub fn remove(&self, digest: &Digest) -> io::Result<()> {
        match std::fs::remove_file(self.path(digest)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(digest.as_str())
    }
}

/// Writes a file so that its name never stands for half of it, whatever dies meanwhile.
pub fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let part = path.with_file_name(name);
    let mut file = std::fs::File::create(&part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| std::fs::rename(&part, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&part);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_file_reads_back_and_a_damaged_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::new(folder.path().join("files"));
        let digest = files.put(b"a book").unwrap();
        assert_eq!(files.put(b"a book").unwrap(), digest);
        assert_eq!(files.get(&digest).unwrap(), b"a book");
        std::fs::write(files.path(&digest), b"a b00k").unwrap();
        assert_eq!(files.get(&digest).unwrap_err().kind(), io::ErrorKind::InvalidData);
        files.put(b"a book").unwrap();
        assert_eq!(files.get(&digest).unwrap(), b"a book", "storing it again mends it");
        files.remove(&digest).unwrap();
        files.remove(&digest).unwrap();
        assert!(files.get(&digest).is_err());
    }
}
