//! Packs files into one, as EPUB and Office Open XML do. The same files always give the same bytes.

use std::{
    borrow::Cow,
    io::{Cursor, Write},
};

use zip::{CompressionMethod, DateTime, ZipWriter, result::ZipError, write::SimpleFileOptions};

/// A file of the archive.
pub(super) struct File<'c> {
    pub(super) name: String,
    pub(super) content: Cow<'c, [u8]>,
}

/// Returns the archive of an EPUB. Its first file holds the media type, uncompressed, so that the type can be read at a fixed
/// offset.
pub(super) fn pack_with_type<'c>(media_type: &str, files: impl Iterator<Item = File<'c>>) -> Result<Vec<u8>, ZipError> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("mimetype", options(CompressionMethod::Stored))?;
    archive.write_all(media_type.as_bytes())?;
    packed(archive, files)
}

/// Returns an archive of the files.
pub(super) fn pack<'c>(files: impl Iterator<Item = File<'c>>) -> Result<Vec<u8>, ZipError> {
    packed(ZipWriter::new(Cursor::new(Vec::new())), files)
}

fn packed<'c>(
    mut archive: ZipWriter<Cursor<Vec<u8>>>,
    files: impl Iterator<Item = File<'c>>,
) -> Result<Vec<u8>, ZipError> {
    for File { name, content } in files {
        archive.start_file(name.as_str(), options(CompressionMethod::Deflated))?;
        archive.write_all(&content)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Every file has the first date that a ZIP can hold, and permissions that do not depend on the machine.
fn options(method: CompressionMethod) -> SimpleFileOptions {
    let options = SimpleFileOptions::default().last_modified_time(DateTime::default()).unix_permissions(0o644);
    options.compression_method(method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_type_of_the_archive_stands_where_readers_look_for_it() {
        let archive = pack_with_type(
            "application/epub+zip",
            [File { name: "a.txt".to_owned(), content: b"text"[..].into() }].into_iter(),
        )
        .unwrap();
        assert_eq!(&archive[30..58], b"mimetypeapplication/epub+zip");
    }
}
