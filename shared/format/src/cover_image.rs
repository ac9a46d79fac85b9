//! The author's own cover: a JPEG or PNG, read as far as its size and its colours, and compared with what shops ask for.

/// The most bytes that a cover may have.
const MAX_BYTES: usize = 20_000_000;

/// An image for a cover.
#[derive(Clone, PartialEq, Eq)]
pub struct CoverImage {
    kind: ImageKind,
    width: u32,
    height: u32,
    colours: Colours,
    bytes: Vec<u8>,
}

/// The kinds of images that shops and reading systems take as covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colours {
    Rgb,
    Grey,
    Cmyk,
}

/// Why a file cannot be a cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverError {
    /// It is no JPEG and no PNG.
    #[error("it is neither a JPEG nor a PNG")]
    Unknown,
    /// A part of it is missing or damaged.
    #[error("it is damaged or cut off")]
    Damaged,
    /// It has too many bytes.
    #[error("it has more than {} million bytes", MAX_BYTES / 1_000_000)]
    TooLarge,
}

impl ImageKind {
    /// Returns the ending of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// Returns the media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

impl CoverImage {
    /// Reads an image.
    pub fn read(bytes: Vec<u8>) -> Result<Self, CoverError> {
        if bytes.len() > MAX_BYTES {
            return Err(CoverError::TooLarge);
        }
        let (kind, header) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            (ImageKind::Png, png(&bytes))
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            (ImageKind::Jpeg, jpeg(&bytes))
        } else {
            return Err(CoverError::Unknown);
        };
        let Header { width, height, colours } =
            header.filter(|header| header.width > 0 && header.height > 0).ok_or(CoverError::Damaged)?;
        Ok(Self { kind, width, height, colours, bytes })
    }

    /// Returns the kind of the image.
    pub fn kind(&self) -> ImageKind {
        self.kind
    }

    /// Returns its width in pixels.
    pub(crate) fn width(&self) -> usize {
        self.width as usize
    }

    /// Returns its height in pixels.
    pub(crate) fn height(&self) -> usize {
        self.height as usize
    }

    /// Returns the bytes of the file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns what shops will find fault with, each with the name of the shop.
    ///
    /// - KDP: <https://kdp.amazon.com/en_US/help/topic/G6GTK3T3NUHKLEFX>.
    /// - Apple Books, in its asset guide: 1,400 pixels under
    ///   <https://help.apple.com/itc/booksassetguide/en.lproj/itc1bda991ba.html>, and 5.6 million pixels under
    ///   <https://help.apple.com/itc/booksassetguide/en.lproj/itca71ad3c33.html>. An older page for its partners says 4 million.
    /// - Kobo publishes no figure that could be found. Its 5 million bytes are what distributors tell their authors.
    pub fn warnings(&self) -> Vec<String> {
        let Self { width, height, .. } = *self;
        let (short, long) = (width.min(height), width.max(height));
        let mega = self.bytes.len() / 1_000_000;
        let pixels = u64::from(width) * u64::from(height);
        let size = format!("the cover has {width} x {height} pixels");
        let faults = [
            (width >= height, "the cover is not upright; shops ask for a height of 1.6 times the width".to_owned()),
            (height < 1_000 || width < 625, format!("{size}; KDP asks for at least 625 x 1000, better 1600 x 2560")),
            (
                short < 1_400,
                format!("{size}; Apple Books and most aggregators ask for at least 1400 on the shorter side"),
            ),
            (long > 10_000, format!("{size}; KDP takes at most 10000 on a side")),
            (pixels > 5_600_000, format!("{size}; Apple Books takes at most 5.6 million pixels inside a book")),
            (
                height > width && !(1.25..=1.75).contains(&(f64::from(height) / f64::from(width))),
                format!("{size}; KDP shows covers best with a height of 1.6 times the width"),
            ),
            (self.colours == Colours::Cmyk, "the colours of the cover are CMYK; all shops ask for RGB".to_owned()),
            (self.colours == Colours::Grey, "the cover is grey; some shops take only RGB".to_owned()),
            (mega >= 5, format!("the cover has {mega} million bytes; Kobo and some aggregators take at most 5")),
        ];
        faults.into_iter().filter(|(is_fault, _)| *is_fault).map(|(_, text)| text).collect()
    }
}

/// The bytes of an image say nothing to a reader of a log.
impl std::fmt::Debug for CoverImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, width, height, bytes, .. } = self;
        write!(f, "{kind:?} of {width} x {height} pixels and {} bytes", bytes.len())
    }
}

struct Header {
    width: u32,
    height: u32,
    colours: Colours,
}

/// Reads the header of a PNG, whose last chunk must be there. <https://www.w3.org/TR/png-3/#11IHDR>
fn png(bytes: &[u8]) -> Option<Header> {
    let header = bytes.get(8..).filter(|rest| rest.get(4..8) == Some(b"IHDR"))?.get(8..21)?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    let colours = if matches!(header[9], 0 | 4) { Colours::Grey } else { Colours::Rgb };
    let is_whole = bytes.len() >= 12 && bytes[bytes.len() - 8..].starts_with(b"IEND");
    is_whole.then_some(Header { width: number(0)?, height: number(4)?, colours })
}

/// Reads the frame header of a JPEG, whose end must be there. <https://www.w3.org/Graphics/JPEG/itu-t81.pdf>
fn jpeg(bytes: &[u8]) -> Option<Header> {
    let padding = bytes.iter().rev().take_while(|byte| **byte == 0).count();
    if !bytes[..bytes.len() - padding].ends_with(&[0xff, 0xd9]) {
        return None;
    }
    let mut at = 2;
    loop {
        let marker = *bytes.get(at..at + 2)?.strip_prefix(&[0xff])?.first()?;
        // A marker may have any number of fill bytes before it.
        if marker == 0xff {
            at += 1;
            continue;
        }
        let segment = bytes.get(at + 2..)?;
        let length = usize::from(u16::from_be_bytes(segment.get(..2)?.try_into().ok()?));
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            let number = |at: usize| Some(u32::from(u16::from_be_bytes(segment.get(at..at + 2)?.try_into().ok()?)));
            let colours = match segment.get(7)? {
                1 => Colours::Grey,
                4 => Colours::Cmyk,
                _ => Colours::Rgb,
            };
            return Some(Header { width: number(5)?, height: number(3)?, colours });
        }
        at += 2 + length.max(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png_of(width: u32, height: u32, colour_type: u8) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        bytes.extend(width.to_be_bytes());
        bytes.extend(height.to_be_bytes());
        bytes.extend([8, colour_type, 0, 0, 0, 1, 2, 3, 4]);
        bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
        bytes
    }

    fn jpeg_of(width: u16, height: u16, components: u8) -> Vec<u8> {
        let mut bytes = b"\xff\xd8\xff\xe0\0\x04ab\xff\xff\xc2\0\x0b\x08".to_vec();
        bytes.extend(height.to_be_bytes());
        bytes.extend(width.to_be_bytes());
        bytes.extend([components, 0, 0, 0, 0xff, 0xd9]);
        bytes
    }

    fn warnings(bytes: Vec<u8>) -> String {
        CoverImage::read(bytes).unwrap().warnings().join("\n")
    }

    #[test]
    fn a_cover_that_every_shop_takes_gets_no_warning() {
        for bytes in [png_of(1_600, 2_560, 2), png_of(1_600, 2_400, 6), jpeg_of(1_600, 2_560, 3)] {
            assert_eq!(warnings(bytes), "");
        }
    }

    #[test]
    fn each_fault_of_a_cover_is_named_with_the_shop_that_finds_it() {
        let named = [
            (jpeg_of(600, 900, 3), &["KDP asks for at least 625 x 1000", "Apple Books"][..]),
            (jpeg_of(1_600, 2_560, 4), &["CMYK"]),
            (jpeg_of(1_600, 2_560, 1), &["grey"]),
            (png_of(2_560, 1_600, 2), &["not upright"]),
            (png_of(1_500, 3_000, 2), &["1.6 times the width"]),
            (png_of(3_000, 4_800, 2), &["5.6 million pixels"]),
            (png_of(8_000, 12_000, 2), &["10000 on a side"]),
        ];
        for (bytes, expected) in named {
            let told = warnings(bytes);
            assert!(expected.iter().all(|fault| told.contains(fault)), "{told}");
        }
        let mut heavy = png_of(1_600, 2_560, 2);
        heavy.splice(33..33, vec![0; 6_000_000]);
        assert!(warnings(heavy).contains("6 million bytes; Kobo"));
    }

    #[test]
    fn a_file_that_is_no_whole_image_is_no_cover() {
        assert_eq!(CoverImage::read(b"GIF89a".to_vec()).unwrap_err(), CoverError::Unknown);
        for mut bytes in [png_of(1_600, 2_560, 2), jpeg_of(1_600, 2_560, 3)] {
            for length in (4..bytes.len()).rev() {
                bytes.truncate(length);
                assert!(CoverImage::read(bytes.clone()).is_err(), "{length} bytes");
            }
        }
        assert_eq!(CoverImage::read(png_of(0, 2_560, 2)).unwrap_err(), CoverError::Damaged);
        assert_eq!(CoverImage::read(vec![0; MAX_BYTES + 1]).unwrap_err(), CoverError::TooLarge);
    }
}
