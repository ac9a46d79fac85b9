//! The names of the formats a book is bound in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A format a book can be bound in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum Format {
    /// One Markdown file.
    Markdown,
    /// An EPUB 3.3 publication that older readers open too.
    Epub,
    /// One self-contained HTML file, ready to read and to print.
    Html,
    /// The record of ONIX 3.0 that shops and libraries load.
    Onix,
}

impl Format {
    /// Every format, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Markdown, Self::Epub, Self::Html, Self::Onix];

    /// Returns the format's name in settings, under which its files are stored.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Markdown => "md",
            Self::Epub => "epub",
            Self::Html => "html",
            Self::Onix => "onix",
        }
    }

    /// Returns the ending of the file's name for people and their programs.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Onix => "onix.xml",
            other => other.extension(),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.extension())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|format| format.extension() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

impl TryFrom<String> for Format {
    type Error = UnknownFormat;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        name.parse()
    }
}

impl From<Format> for &'static str {
    fn from(format: Format) -> Self {
        format.extension()
    }
}

/// A name that no format has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: choose among md, epub, html and onix")]
pub struct UnknownFormat(String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_back_from_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(serde_json::from_value::<Format>(serde_json::to_value(format).unwrap()).unwrap(), format);
        }
        assert_eq!("pdf".parse::<Format>(), Err(UnknownFormat("pdf".into())));
    }
}
