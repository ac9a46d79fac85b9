//! The press: the program `bindery-pdf`, which makes the pages and the cover of a book from its sheets.

use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use bindery_format::{CoverError, CoverImage, Format, RenderError, ValidManuscript};
use tokio::{io::AsyncWriteExt as _, process::Command, time::timeout};

/// The name of the program.
const PROGRAM: &str = "bindery-pdf";

/// How long the program may work on a book. A book of 2,000 pages takes seconds.
const LIMIT: Duration = Duration::from_secs(600);

/// Where the press is, if this machine has one.
#[derive(Clone, Debug, Default)]
pub struct Press {
    program: Option<PathBuf>,
}

/// What the press made.
pub(crate) struct Made {
    pub(crate) file: Vec<u8>,
    /// What its reader should know of it.
    pub(crate) remark: Option<String>,
}

/// Why a file was not made.
#[derive(Debug, thiserror::Error)]
pub enum PressError {
    /// The manuscript cannot be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// There is no press.
    #[error(
        "PDF and covers need the program `{PROGRAM}`, which is neither beside `bindery` nor in PATH; build it once, in \
         the folder of Bindery's source:\n    cargo install --locked --path pdf"
    )]
    None,
    /// The press could not be run.
    #[error("`{PROGRAM}` could not be run: {0}")]
    Run(#[from] io::Error),
    /// The press took too long.
    #[error("`{PROGRAM}` did not end within {} minutes", LIMIT.as_secs() / 60)]
    Slow,
    /// The press refused the book. This is what it said.
    #[error("{0}")]
    Refused(String),
    /// The press made no image.
    #[error("the cover that `{PROGRAM}` drew cannot be used: {0}")]
    Cover(#[from] CoverError),
}

impl Press {
    /// Looks for the program beside the running one, then in the folders of `path`, a list as PATH holds it.
    pub fn find(beside: Option<&Path>, path: &OsStr) -> Self {
        let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let folders = beside.map(Path::to_owned).into_iter().chain(std::env::split_paths(path));
        let program = folders.map(|folder| folder.join(&name)).find(|program| program.is_file());
        Self { program }
    }

    /// Returns where the program is, if there is one.
    pub fn program(&self) -> Option<&Path> {
        self.program.as_deref()
    }

    /// Returns why these formats cannot be made without it.
    pub fn check(&self, mut formats: impl Iterator<Item = Format>) -> Result<(), PressError> {
        if self.program.is_none() && formats.any(Format::needs_press) { Err(PressError::None) } else { Ok(()) }
    }

    /// Renders a book in one format, with the program where the format needs it.
    pub async fn render(&self, copy: &ValidManuscript, format: Format) -> Result<Vec<u8>, PressError> {
        let rendered = copy.render(format)?;
        if format.needs_press() { Ok(self.make(format, rendered).await?.file) } else { Ok(rendered) }
    }

    /// Draws a cover from its sheets.
    pub(crate) async fn image(&self, sheets: Vec<u8>) -> Result<CoverImage, PressError> {
        Ok(CoverImage::read(self.make(Format::Cover, sheets).await?.file)?)
    }

    /// Makes a file from sheets. The program dies with the task that waits for it.
    pub(crate) async fn make(&self, format: Format, sheets: Vec<u8>) -> Result<Made, PressError> {
        let program = self.program.as_ref().ok_or(PressError::None)?;
        let mut child = Command::new(program)
            .arg(format.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let input = child.stdin.take();
        let give = async {
            if let Some(mut input) = input {
                // A program that ends early says why on its stderr.
                let _ = input.write_all(&sheets).await;
            }
        };
        let ended = timeout(LIMIT, futures_util::future::join(give, child.wait_with_output())).await;
        let output = ended.map_err(|_| PressError::Slow)?.1?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        if output.status.success() {
            return Ok(Made { file: output.stdout, remark: Some(said).filter(|said| !said.is_empty()) });
        }
        Err(PressError::Refused(if said.is_empty() {
            format!("`{PROGRAM}` ended with {}", output.status)
        } else {
            said
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_press_is_found_beside_the_program_before_it_is_found_in_the_path() {
        let (beside, path) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let name = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let found = || Press::find(Some(beside.path()), path.path().as_os_str()).program;
        assert_eq!(found(), None);
        std::fs::write(path.path().join(&name), "").unwrap();
        assert_eq!(found(), Some(path.path().join(&name)));
        std::fs::write(beside.path().join(&name), "").unwrap();
        assert_eq!(found(), Some(beside.path().join(&name)));
    }

    #[test]
    fn only_formats_of_the_press_need_it() {
        let none = Press::default();
        assert!(none.check([Format::Epub, Format::Onix].into_iter()).is_ok());
        let refused = none.check([Format::Epub, Format::Pdf].into_iter()).unwrap_err().to_string();
        assert!(refused.contains("cargo install --locked --path pdf"), "{refused}");
    }
}
