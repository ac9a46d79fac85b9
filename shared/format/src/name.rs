//! The names of the formats a book is bound in.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::registry::{REGISTRY, entry};

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
    /// A document of a word processor, as Office Open XML.
    Docx,
    /// Pages for print.
    Pdf,
    /// One file of plain text.
    Text,
    /// The book as structure, for programs.
    Json,
    /// The record of ONIX 3.0 that shops and libraries load.
    Onix,
    /// A folder of HTML pages, one for each chapter, in an archive.
    Site,
    /// A course for a learning platform, as SCORM 1.2.
    Scorm,
    /// The cover as a JPEG, as shops ask for it.
    Cover,
}

impl Format {
    /// Returns every format, in the order in which they are offered.
    pub fn all() -> impl Iterator<Item = Self> {
        REGISTRY.iter().map(|entry| entry.format)
    }

    /// Returns the format's name in settings.
    pub fn name(self) -> &'static str {
        entry(self).name
    }

    /// Returns whether a program of its own makes the file, `bindery-pdf`.
    pub fn needs_press(self) -> bool {
        matches!(self, Self::Pdf | Self::Cover)
    }

    /// Returns the ending of the format's files, without its first dot.
    pub fn extension(self) -> &'static str {
        entry(self).extension
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::all().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
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
        format.name()
    }
}

/// A name that no format has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a format: choose among {names}", names = names())]
pub struct UnknownFormat(String);

fn names() -> String {
    let names: Vec<&str> = Format::all().map(Format::name).collect();
    let (last, others) = names.split_last().expect("there are formats");
    format!("{} and {last}", others.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_read_back_from_its_name() {
        for format in Format::all() {
            assert_eq!(format.to_string().parse(), Ok(format));
            assert_eq!(serde_json::from_value::<Format>(serde_json::to_value(format).unwrap()).unwrap(), format);
        }
        assert_eq!("mobi".parse::<Format>(), Err(UnknownFormat("mobi".into())));
    }
}
