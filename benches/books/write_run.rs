//! Runs of `bindery write`, each in a process and a folder of its own.

use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tempfile::TempDir;

/// A folder with the outline, the data and the files of one book.
pub(crate) struct BookFolder {
    folder: TempDir,
    outline: PathBuf,
    settings: Vec<(String, String)>,
}

/// What came of a run.
pub(crate) struct WriteRun {
    /// The time from starting the process to its end.
    pub(crate) wall: Duration,
    /// Its exit code.
    pub(crate) code: i32,
    /// The last line it printed.
    pub(crate) report: Value,
    /// The bound Markdown, where the book was bound.
    pub(crate) markdown: Option<String>,
}

impl BookFolder {
    /// Makes a folder with this outline, for a book whose calls go to a stand-in at this URL.
    pub(crate) fn new(outline: &str, stand_in: &str) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("book.md");
        fs::write(&path, outline)?;
        let settings = vec![("BINDERY_PROVIDERS__STAND-IN__BASE_URL".to_owned(), stand_in.to_owned())];
        Ok(Self { folder, outline: path, settings })
    }

    /// Changes a setting, named as an environment variable.
    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a file.
    pub(crate) fn file(self, name: &str, text: &str) -> Result<Self> {
        fs::write(self.folder.path().join(name), text)?;
        Ok(self)
    }

    /// Replaces the outline.
    pub(crate) fn order(&self, outline: &str) -> Result<()> {
        Ok(fs::write(&self.outline, outline)?)
    }

    /// Writes the book, with these arguments after those that every run has.
    pub(crate) fn write(&self, arguments: &[&str]) -> Result<WriteRun> {
        let files = self.folder.path().join("files");
        let stderr = self.folder.path().join("stderr");
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_bindery"))
            .env_clear()
            .env("HOME", self.folder.path())
            .envs(self.settings.iter().map(|(name, value)| (name, value)))
            .current_dir(self.folder.path())
            .args(["--json", "write"])
            .arg(&self.outline)
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .arg("--out")
            .arg(&files)
            .args(["--model", "stand-in:prose", "--calls", "64"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(File::create(&stderr)?)
            .spawn()?;
        let stdout = child.stdout.take().context("its output is a pipe")?;
        let mut last = String::new();
        for line in BufReader::new(stdout).lines() {
            last = line?;
        }
        let status = child.wait()?;
        let wall = begun.elapsed();
        let said = || fs::read_to_string(&stderr).unwrap_or_default();
        let code = status.code().with_context(|| format!("the program was killed: {}", said()))?;
        let report: Value =
            serde_json::from_str(&last).with_context(|| format!("exit code {code} and no report: {}", said()))?;
        ensure!(report["kind"] == "report", "exit code {code} and no report: {}", said());
        Ok(WriteRun { wall, code, report, markdown: markdown(&files)? })
    }
}

fn markdown(files: &Path) -> Result<Option<String>> {
    let path = files.join("book.md");
    if path.exists() { Ok(Some(fs::read_to_string(path)?)) } else { Ok(None) }
}

impl WriteRun {
    /// Returns the run where the book is whole, and an error where it is not.
    pub(crate) fn whole(self) -> Result<Self> {
        ensure!(self.code == 0, "the book is not whole: exit code {}, {}", self.code, self.report);
        Ok(self)
    }

    /// Returns a time of the report, by its JSON pointer.
    pub(crate) fn time(&self, pointer: &str) -> Result<Duration> {
        let seconds = self.report.pointer(pointer).and_then(Value::as_f64);
        Ok(Duration::try_from_secs_f64(seconds.with_context(|| format!("the report has no time {pointer}"))?)?)
    }

    /// Returns a count of the report, by its JSON pointer.
    pub(crate) fn count(&self, pointer: &str) -> Result<u64> {
        let count = self.report.pointer(pointer).and_then(Value::as_u64);
        count.with_context(|| format!("the report has no count {pointer}"))
    }
}
