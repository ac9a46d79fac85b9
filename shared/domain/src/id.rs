//! The ids of books and tasks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{Digest, Lane};

/// A book's id. It is derived from the tenant and the request id, so that a repeated submission names the same book.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BookId(String);

impl BookId {
    /// How many digits of the digest an id keeps. With 96 bits, no two of a trillion books are expected to collide.
    const DIGITS: usize = 24;

    /// How many digits earlier programs kept.
    const FORMER_DIGITS: usize = 12;

    /// Returns the id of the book that a tenant's request makes.
    pub fn of(tenant: &str, request_id: &str) -> Self {
        Self::derived(tenant, request_id, Self::DIGITS)
    }

    /// Returns the id that earlier programs gave the book of a tenant's request.
    pub fn former(tenant: &str, request_id: &str) -> Self {
        Self::derived(tenant, request_id, Self::FORMER_DIGITS)
    }

    fn derived(tenant: &str, request_id: &str, digits: usize) -> Self {
        // A tenant cannot hold a NUL, so no two pairs share their bytes.
        let digest = Digest::of(format!("{tenant}\0{request_id}"));
        Self(digest.as_str()[..digits].to_owned())
    }

    /// Returns whether the id has the length that earlier programs gave ids.
    pub fn is_former(&self) -> bool {
        self.0.len() == Self::FORMER_DIGITS
    }

    /// Takes an id as a user or a message gives it.
    pub fn named(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Returns whether the id has the form of one that was derived. Any other names no book and must not enter a key.
    pub fn well_formed(&self) -> bool {
        [Self::DIGITS, Self::FORMER_DIGITS].contains(&self.0.len())
            && self.0.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    }

    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BookId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A task's id. A task is the unit of queueing, claiming and committing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum TaskId {
    /// Make the shared context.
    Plan,
    /// Write one chapter, numbered from 1.
    Write(u32),
    /// Read the whole set of chapters before it is bound.
    Audit,
    /// Mend the places of a chapter that the audit has found.
    Repair {
        /// The round of repairs, from 1. A round begins when the one before it is settled.
        round: u16,
        /// The chapter, from 1.
        chapter: u32,
    },
    /// Order the chapters, prove the set, render the formats.
    Bind,
}

impl TaskId {
    /// Returns the number of the chapter that the task writes; `None` where it writes none.
    pub fn chapter(self) -> Option<u32> {
        match self {
            Self::Write(chapter) => Some(chapter),
            Self::Plan | Self::Audit | Self::Repair { .. } | Self::Bind => None,
        }
    }

    /// Returns the lane that the task is published to, unless it must be tried alone.
    pub fn lane(self) -> Lane {
        match self {
            Self::Plan => Lane::Plans,
            Self::Write(_) | Self::Repair { .. } => Lane::Chapters,
            Self::Audit | Self::Bind => Lane::Bindings,
        }
    }

    /// Returns whether the task belongs to a wave and takes a place of its book's window while it is released.
    pub fn in_waves(self) -> bool {
        matches!(self, Self::Write(_) | Self::Repair { .. })
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan => f.write_str("plan"),
            Self::Write(chapter) => write!(f, "write/{chapter}"),
            Self::Audit => f.write_str("audit"),
            Self::Repair { round, chapter } => write!(f, "repair/{round}/{chapter}"),
            Self::Bind => f.write_str("bind"),
        }
    }
}

/// A text is not a task's id.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a task; a task is `plan`, `write/N`, `audit`, `repair/ROUND/N` or `bind`")]
pub struct TaskIdError(String);

impl FromStr for TaskId {
    type Err = TaskIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || TaskIdError(text.chars().take(40).collect());
        match text {
            "plan" => Ok(Self::Plan),
            "audit" => Ok(Self::Audit),
            "bind" => Ok(Self::Bind),
            _ => of_chapter(text).ok_or_else(error),
        }
    }
}

/// Reads a task that names a chapter.
fn of_chapter(text: &str) -> Option<TaskId> {
    if let Some(number) = text.strip_prefix("write/") {
        return number.parse().ok().filter(|chapter| *chapter > 0).map(TaskId::Write);
    }
    let (round, chapter) = text.strip_prefix("repair/")?.split_once('/')?;
    let (round, chapter) = (round.parse().ok()?, chapter.parse().ok()?);
    (round > 0 && chapter > 0).then_some(TaskId::Repair { round, chapter })
}

impl TryFrom<String> for TaskId {
    type Error = TaskIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<TaskId> for String {
    fn from(task: TaskId) -> Self {
        task.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_reads_back_from_its_text() {
        for task in [TaskId::Plan, TaskId::Write(1), TaskId::Write(1000), TaskId::Bind] {
            assert_eq!(task.to_string().parse::<TaskId>().unwrap(), task);
        }
        for text in ["", "write/", "write/0", "write/-1", "write/x", "Plan"] {
            assert!(text.parse::<TaskId>().is_err(), "{text}");
        }
    }

    #[test]
    fn tenants_and_request_ids_that_read_alike_together_make_different_books() {
        assert_ne!(BookId::of("a", "bc"), BookId::of("ab", "c"));
        assert_eq!(BookId::of("a", "b"), BookId::of("a", "b"));
    }

    #[test]
    fn an_id_has_96_bits_of_its_digest_and_begins_with_the_one_of_earlier_programs() {
        let (id, former) = (BookId::of("courses", "course-17"), BookId::former("courses", "course-17"));
        assert_eq!((id.as_str().len() * 4, former.as_str()), (96, "142db1f2f952"));
        assert!(id.as_str().starts_with(former.as_str()) && former.is_former() && !id.is_former());
    }

    #[test]
    fn only_an_id_as_it_is_derived_is_well_formed() {
        assert!(BookId::of("a", "b").well_formed() && BookId::former("a", "b").well_formed());
        for text in ["", "0123456789AB", "0123456789ab0", "}bindery:open"] {
            assert!(!BookId::named(text).well_formed(), "{text}");
        }
    }
}
