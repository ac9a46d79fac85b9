//! Packs the files of an EPUB, always into the same bytes.

use std::{
    borrow::Cow,
    io::{Cursor, Write},
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// Returns the archive. Its first file says what it is, uncompressed, so that the type can be read at a fixed place.
pub(super) fn pack<'c>(files: impl Iterator<Item = (String, Cow<'c, str>)>) -> Result<Vec<u8>, ZipError> {
    // The date of every file is the first one a ZIP can hold; the permissions are those of no machine.
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("mimetype", options.compression_method(CompressionMethod::Stored))?;
    archive.write_all(b"application/epub+zip")?;
    for (name, content) in files {
        archive.start_file(name.as_str(), options.compression_method(CompressionMethod::Deflated))?;
        archive.write_all(content.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_the_archive_stands_where_readers_look_for_it() {
        let archive = pack([("a.txt".to_owned(), "text".into())].into_iter()).unwrap();
        assert_eq!(&archive[30..58], b"mimetypeapplication/epub+zip");
    }
}
