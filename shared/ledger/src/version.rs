//! The versions of a chapter's text: the present one, and those that stood before it.
//!
//! A chapter keeps the names of its last [`MAX_FORMER`] texts. The texts themselves stay in the store as long as those of the book.

use std::{fmt, str::FromStr};

use bindery_domain::{Digest, Moment, TaskId};
use serde::{Deserialize, Serialize};

use super::task::{Standing, Task, TaskResult};

/// The most former texts of a chapter whose names are kept.
pub(crate) const MAX_FORMER: usize = 5;

/// The name of one text among those of its chapter. It is written with a point between its numbers, like `2.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionName {
    /// The edition that the text was made in.
    pub edition: u32,
    /// How often it was mended in that edition.
    pub revision: u16,
}

/// One text of a chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The edition that it was made in.
    pub edition: u32,
    /// How often it was mended in that edition.
    #[serde(default, skip_serializing_if = "super::task::is_none")]
    pub revision: u16,
    /// The digest of the stored text.
    pub digest: Digest,
    /// The length, in the book's unit.
    pub length: u32,
    /// How it came about.
    #[serde(default, skip_serializing_if = "Origin::is_written")]
    pub origin: Origin,
    /// When it was stored; `None` for a text of a program that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// How a text came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was written from the plan, or typed by the author.
    #[default]
    Written,
    /// A repair that the audit ordered.
    Mended,
    /// A model changed what a note of the editor asked for.
    Revised,
    /// A person edited it outside of the program.
    Edited,
    /// It is a former text that was taken back.
    Restored,
}

impl Origin {
    /// Lets serde leave out the usual origin.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn is_written(&self) -> bool {
        *self == Self::Written
    }
}

impl Version {
    /// Describes a result.
    fn of(result: &TaskResult) -> Self {
        let TaskResult { edition, revision, length, origin, at, .. } = *result;
        Self { edition, revision, digest: result.digest.clone(), length, origin, at }
    }

    /// Returns its name among the texts of its chapter.
    pub fn name(&self) -> VersionName {
        VersionName { edition: self.edition, revision: self.revision }
    }
}

/// Returns the last versions of a chapter, the present one first; empty where nothing is written of it.
pub fn versions(tasks: &[Task], chapter: u32) -> Vec<Version> {
    let done = tasks.iter().filter(|task| match task.id {
        TaskId::Write(number) => number == chapter,
        TaskId::Repair { chapter: number, .. } => number == chapter && task.standing == Standing::Done,
        TaskId::Plan | TaskId::Audit | TaskId::Bind => false,
    });
    let mut versions: Vec<Version> =
        done.flat_map(|task| task.former.iter().cloned().chain(task.result.as_ref().map(Version::of))).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(version.name()));
    versions.truncate(MAX_FORMER + 1);
    versions
}

impl Task {
    /// Remembers the present text among the former ones, before another one takes its place.
    pub(super) fn supersede(&mut self) {
        if let Some(result) = self.result.as_ref().filter(|_| self.id.chapter().is_some()) {
            self.former.push(Version::of(result));
            let surplus = self.former.len().saturating_sub(MAX_FORMER);
            self.former.drain(..surplus);
        }
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.edition, self.revision)
    }
}

/// A text that names no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no version; write one like 2.0")]
pub struct NoVersion(String);

impl FromStr for VersionName {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let numbers = text.split_once('.').and_then(|(edition, revision)| {
            Some(Self { edition: edition.parse().ok()?, revision: revision.parse().ok()? })
        });
        numbers.ok_or_else(|| NoVersion(text.to_owned()))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Written => "written",
            Self::Mended => "mended",
            Self::Revised => "revised",
            Self::Edited => "edited",
            Self::Restored => "restored",
        })
    }
}
