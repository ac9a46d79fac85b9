//! Pictures that the author gives: their kinds, their sizes, and how they are named in a book.

mod named;

pub use named::NamedPicture;

/// The most bytes that a picture may have. Shops refuse larger ones, and every copy of the book carries them.
const MAX_BYTES: usize = 10_000_000;

/// A picture that the author gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The path under which chapters name it.
    pub path: String,
    kind: Kind,
    bytes: Vec<u8>,
    width: u32,
    height: u32,
}

/// The kind of a picture, which its first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Png,
    Jpeg,
    Gif,
}

/// Why a file cannot be a picture of a book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureFault {
    /// Its kind is unknown.
    #[error("it is no PNG, JPEG or GIF; save it as one of these")]
    Kind,
    /// It has too many bytes.
    #[error("it has {0} bytes, and a picture may have {MAX_BYTES}; save it smaller")]
    Size(usize),
    /// Its size in pixels cannot be read.
    #[error("it is damaged: its width and height cannot be read")]
    Damaged,
}

impl Picture {
    /// Reads a picture. `path` is how the chapters name it.
    pub fn read(path: &str, bytes: Vec<u8>) -> Result<Self, PictureFault> {
        if bytes.len() > MAX_BYTES {
            return Err(PictureFault::Size(bytes.len()));
        }
        let (kind, size) = match &bytes[..] {
            [0x89, b'P', b'N', b'G', ..] => (Kind::Png, png_size(&bytes)),
            [0xFF, 0xD8, 0xFF, ..] => (Kind::Jpeg, jpeg_size(&bytes)),
            [b'G', b'I', b'F', b'8', ..] => (Kind::Gif, gif_size(&bytes)),
            _ => return Err(PictureFault::Kind),
        };
        let Size { width, height } =
            size.filter(|size| size.width > 0 && size.height > 0).ok_or(PictureFault::Damaged)?;
        Ok(Self { path: path.to_owned(), kind, bytes, width, height })
    }

    /// Returns its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns its width in pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Returns its height in pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Returns its media type.
    pub fn media_type(&self) -> &'static str {
        match self.kind {
            Kind::Png => "image/png",
            Kind::Jpeg => "image/jpeg",
            Kind::Gif => "image/gif",
        }
    }

    /// Returns its file name in a book, from its place among the book's pictures.
    pub(super) fn file_name(&self, index: usize) -> String {
        format!("picture-{:03}.{}", index + 1, self.extension())
    }

    /// Returns the ending of the picture's file.
    pub fn extension(&self) -> &'static str {
        match self.kind {
            Kind::Png => "png",
            Kind::Jpeg => "jpg",
            Kind::Gif => "gif",
        }
    }

    /// Returns the picture as an address that holds it.
    pub(super) fn data_address(&self) -> String {
        format!("data:{};base64,{}", self.media_type(), base64(&self.bytes))
    }
}

struct Size {
    width: u32,
    height: u32,
}

fn png_size(bytes: &[u8]) -> Option<Size> {
    let number = |at: usize| bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes);
    (bytes.get(12..16)? == b"IHDR").then_some(())?;
    Some(Size { width: number(16)?, height: number(20)? })
}

fn gif_size(bytes: &[u8]) -> Option<Size> {
    let number = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_le_bytes).map(u32::from);
    Some(Size { width: number(6)?, height: number(8)? })
}

/// Reads the size from the frame header of a JPEG, which stands behind segments of other kinds.
fn jpeg_size(bytes: &[u8]) -> Option<Size> {
    let number = |at: usize| bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes).map(u32::from);
    let mut at = 2;
    loop {
        while *bytes.get(at)? == 0xFF && *bytes.get(at + 1)? == 0xFF {
            at += 1;
        }
        let [0xFF, marker] = bytes.get(at..at + 2)? else { return None };
        if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
            return Some(Size { height: number(at + 5)?, width: number(at + 7)? });
        }
        at += 2 + usize::try_from(number(at + 2)?).ok()?;
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let number = group.iter().fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = DIGITS[(number >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_tell_the_kind_and_the_size() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x05".to_vec();
        let picture = Picture::read("a.png", png).unwrap();
        assert_eq!((picture.media_type(), picture.width(), picture.height()), ("image/png", 3, 5));
        let jpeg = b"\xFF\xD8\xFF\xE0\0\x04ab\xFF\xC0\0\x0b\x08\0\x07\0\x09".to_vec();
        let picture = Picture::read("a.jpg", jpeg).unwrap();
        assert_eq!((picture.media_type(), picture.width(), picture.height()), ("image/jpeg", 9, 7));
        let gif = b"GIF89a\x02\0\x04\0".to_vec();
        assert_eq!(Picture::read("a.gif", gif).unwrap().height(), 4);
    }

    #[test]
    fn other_files_are_refused_with_the_reason() {
        assert_eq!(Picture::read("a.png", b"<svg/>".to_vec()), Err(PictureFault::Kind));
        assert_eq!(Picture::read("a.png", b"\x89PNG".to_vec()), Err(PictureFault::Damaged));
        assert_eq!(Picture::read("a.jpg", b"\xFF\xD8\xFF\xE0\xFF\xFF".to_vec()), Err(PictureFault::Damaged));
        assert_eq!(Picture::read("a.png", vec![0; MAX_BYTES + 1]), Err(PictureFault::Size(MAX_BYTES + 1)));
    }

    #[test]
    fn bytes_become_base64() {
        let cases = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (bytes, digits) in cases {
            assert_eq!(base64(bytes.as_bytes()), digits);
        }
    }
}
