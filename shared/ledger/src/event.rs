//! The events of a book, for those who watch it.

use bindery_domain::{Moment, TaskId};
use serde::{Deserialize, Serialize};

/// The most findings that the event of an audit names.
const MAX_LEFT: usize = 20;

/// One transition of a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Recorded", into = "Recorded")]
pub struct Event {
    /// Its number within the book, from 1; the store gives it.
    pub seq: u64,
    /// When it happened.
    pub at: Moment,
    /// The task it happened to; `None` where it happened to the book itself.
    pub task: Option<TaskId>,
    /// The book's edition at that time.
    pub edition: u32,
    /// What happened.
    pub what: EventKind,
}

/// What happened to a book or to one of its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The request was accepted.
    Accepted {
        /// The book's title.
        title: String,
    },
    /// The outline was made from the topic.
    Outlined {
        /// The book's title.
        title: String,
    },
    /// The context was made.
    Planned,
    /// A lease on the task was given.
    Started,
    /// A part of the task has its text.
    PartKept {
        /// The part's number.
        part: u16,
        /// The text's length, in the book's unit.
        length: u32,
    },
    /// The task was put aside.
    Parked {
        /// Why.
        reason: String,
    },
    /// The task went on after it had been put aside several times. Only the first time was an event.
    Resumed {
        /// How often it was put aside.
        parks: u32,
    },
    /// The task's lease ran out.
    Lapsed,
    /// The chapter was written.
    ChapterDone {
        /// Its length, in the book's unit.
        length: u32,
    },
    /// The chapter was given up.
    ChapterDead {
        /// Why.
        reason: String,
    },
    /// The audit was released.
    Auditing,
    /// The chapters were read as a whole.
    Audited {
        /// How many things were found.
        findings: u32,
        /// How many repairs were ordered.
        repairs: u32,
        /// What stays unmended, in sentences with their places; at most 20 of them.
        left: Vec<String>,
    },
    /// A chapter was mended.
    ChapterRepaired {
        /// Its length, in the book's unit.
        length: u32,
    },
    /// An audit or a repair was given up; the texts stay as they are.
    Unmended {
        /// Why.
        reason: String,
    },
    /// The sections that were to be mended were read again, and something is wrong in them.
    Reread {
        /// How many things.
        findings: u32,
        /// What, in sentences with their places; at most 20 of them.
        left: Vec<String>,
    },
    /// The binding was released.
    Binding,
    /// The files were stored.
    Done,
    /// A stage could not be finished.
    Failed {
        /// Why.
        reason: String,
    },
    /// The owner cancelled the book.
    Cancelled,
    /// The deadline passed.
    Expired {
        /// The consequence, in words.
        reason: String,
    },
    /// The book was held.
    Held {
        /// Why.
        reason: String,
    },
    /// A hold was lifted.
    Lifted {
        /// The hold's name.
        hold: String,
    },
    /// Stored texts were missing or wrong, so their chapters are written again.
    Reopened {
        /// The chapters' numbers, as a list in words.
        chapters: String,
    },
    /// A failed book is tried again.
    Redriven,
    /// Chapters are written again.
    Rewritten {
        /// Their numbers, as a list in words.
        chapters: String,
    },
    /// Chapters are changed as an editor asks.
    Revising {
        /// Their numbers, as a list in words.
        chapters: String,
    },
    /// The outline was replaced.
    OutlineReplaced,
    /// The book is bound again.
    Rebound,
    /// An event of another version of this program.
    Other {
        /// Its name.
        kind: String,
        /// Its details, for people.
        detail: String,
    },
}

/// An event as it is stored and printed: version 1 of the records carries all details as text.
#[derive(Serialize, Deserialize)]
struct Recorded {
    seq: u64,
    at: Moment,
    kind: String,
    task: Option<TaskId>,
    edition: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    detail: String,
}

impl From<Event> for Recorded {
    fn from(event: Event) -> Self {
        let Event { seq, at, task, edition, what } = event;
        Self { seq, at, kind: what.name().to_owned(), task, edition, detail: what.detail() }
    }
}

impl From<Recorded> for Event {
    fn from(recorded: Recorded) -> Self {
        let Recorded { seq, at, kind, task, edition, detail } = recorded;
        let known = EventKind::read(&kind, &detail).filter(|what| what.detail() == detail);
        Self { seq, at, task, edition, what: known.unwrap_or(EventKind::Other { kind, detail }) }
    }
}

impl EventKind {
    /// Returns its name, as it is stored and printed.
    pub fn name(&self) -> &str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Outlined { .. } => "outlined",
            Self::Planned => "planned",
            Self::Started => "started",
            Self::PartKept { .. } => "part_kept",
            Self::Parked { .. } => "parked",
            Self::Resumed { .. } => "resumed",
            Self::Lapsed => "lapsed",
            Self::ChapterDone { .. } => "chapter_done",
            Self::ChapterDead { .. } => "chapter_dead",
            Self::Auditing => "auditing",
            Self::Audited { .. } => "audited",
            Self::ChapterRepaired { .. } => "chapter_repaired",
            Self::Unmended { .. } => "unmended",
            Self::Reread { .. } => "reread",
            Self::Binding => "binding",
            Self::Done => "done",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired { .. } => "expired",
            Self::Held { .. } => "held",
            Self::Lifted { .. } => "lifted",
            Self::Reopened { .. } => "reopened",
            Self::Redriven => "redriven",
            Self::Rewritten { .. } => "rewritten",
            Self::Revising { .. } => "revising",
            Self::OutlineReplaced => "revised",
            Self::Rebound => "rebound",
            Self::Other { kind, .. } => kind,
        }
    }

    /// Returns its details for people; empty where there are none.
    pub fn detail(&self) -> String {
        match self {
            Self::Accepted { title } | Self::Outlined { title } => title.clone(),
            Self::PartKept { part, length } => format!("part {part}: {length}"),
            Self::ChapterDone { length } | Self::ChapterRepaired { length } => length.to_string(),
            Self::Audited { findings, repairs, left } => {
                with_lines(format!("findings: {findings}, repairs: {repairs}"), left)
            }
            Self::Reread { findings, left } => with_lines(format!("findings: {findings}"), left),
            Self::Parked { reason }
            | Self::Unmended { reason }
            | Self::ChapterDead { reason }
            | Self::Failed { reason }
            | Self::Expired { reason }
            | Self::Held { reason } => reason.clone(),
            Self::Lifted { hold } => hold.clone(),
            Self::Reopened { chapters } | Self::Rewritten { chapters } | Self::Revising { chapters } => {
                chapters.clone()
            }
            Self::Resumed { parks } => format!("it had been put aside {parks} times"),
            Self::Lapsed => "its worker fell silent".to_owned(),
            Self::Other { detail, .. } => detail.clone(),
            Self::Planned
            | Self::Started
            | Self::Auditing
            | Self::Binding
            | Self::Done
            | Self::Cancelled
            | Self::Redriven
            | Self::OutlineReplaced
            | Self::Rebound => String::new(),
        }
    }

    fn read(name: &str, detail: &str) -> Option<Self> {
        let text = detail.to_owned();
        Some(match name {
            "accepted" => Self::Accepted { title: text },
            "outlined" => Self::Outlined { title: text },
            "planned" => Self::Planned,
            "started" => Self::Started,
            "part_kept" => {
                let (part, length) = detail.strip_prefix("part ")?.split_once(": ")?;
                Self::PartKept { part: part.parse().ok()?, length: length.parse().ok()? }
            }
            "parked" => Self::Parked { reason: text },
            "resumed" => {
                let parks = detail.strip_prefix("it had been put aside ")?.strip_suffix(" times")?;
                Self::Resumed { parks: parks.parse().ok()? }
            }
            "lapsed" => Self::Lapsed,
            "chapter_done" => Self::ChapterDone { length: detail.parse().ok()? },
            "chapter_dead" => Self::ChapterDead { reason: text },
            "auditing" => Self::Auditing,
            "audited" => {
                let mut lines = detail.lines();
                let (findings, repairs) = lines.next()?.strip_prefix("findings: ")?.split_once(", repairs: ")?;
                let left = lines.map(str::to_owned).collect();
                Self::Audited { findings: findings.parse().ok()?, repairs: repairs.parse().ok()?, left }
            }
            "chapter_repaired" => Self::ChapterRepaired { length: detail.parse().ok()? },
            "unmended" => Self::Unmended { reason: text },
            "reread" => {
                let mut lines = detail.lines();
                let findings = lines.next()?.strip_prefix("findings: ")?.parse().ok()?;
                Self::Reread { findings, left: lines.map(str::to_owned).collect() }
            }
            "binding" => Self::Binding,
            "done" => Self::Done,
            "failed" => Self::Failed { reason: text },
            "cancelled" => Self::Cancelled,
            "expired" => Self::Expired { reason: text },
            "held" => Self::Held { reason: text },
            "lifted" => Self::Lifted { hold: text },
            "reopened" => Self::Reopened { chapters: text },
            "redriven" => Self::Redriven,
            "rewritten" => Self::Rewritten { chapters: text },
            "revising" => Self::Revising { chapters: text },
            "revised" => Self::OutlineReplaced,
            "rebound" => Self::Rebound,
            _ => return None,
        })
    }
}

/// Adds each text to a first line as a line of its own.
fn with_lines(first: String, lines: &[String]) -> String {
    lines.iter().fold(first, |all, line| all + "\n" + line)
}

/// Returns as many of the findings as an event names, each on one line.
pub(crate) fn named(findings: &[String]) -> Vec<String> {
    let one_line = |finding: &String| finding.split_whitespace().collect::<Vec<_>>().join(" ");
    findings.iter().take(MAX_LEFT).map(one_line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let reason = || "a reason".to_owned();
        for what in [
            EventKind::Accepted { title: "Knots".into() },
            EventKind::Outlined { title: "Knots and Bends".into() },
            EventKind::Planned,
            EventKind::Started,
            EventKind::PartKept { part: 3, length: 700 },
            EventKind::Parked { reason: reason() },
            EventKind::Resumed { parks: 37 },
            EventKind::Lapsed,
            EventKind::ChapterDone { length: 1_150 },
            EventKind::ChapterDead { reason: reason() },
            EventKind::Auditing,
            EventKind::Audited { findings: 12, repairs: 3, left: Vec::new() },
            EventKind::Audited {
                findings: 2,
                repairs: 0,
                left: vec!["In chapter 2: a".into(), "In chapter 3: b".into()],
            },
            EventKind::ChapterRepaired { length: 1_149 },
            EventKind::Unmended { reason: reason() },
            EventKind::Reread { findings: 21, left: vec!["In chapter 2: a".into(), "In chapter 3: b".into()] },
            EventKind::Binding,
            EventKind::Done,
            EventKind::Failed { reason: reason() },
            EventKind::Cancelled,
            EventKind::Expired { reason: reason() },
            EventKind::Held { reason: reason() },
            EventKind::Lifted { hold: "operator".into() },
            EventKind::Reopened { chapters: "1 and 2".into() },
            EventKind::Redriven,
            EventKind::Rewritten { chapters: "3".into() },
            EventKind::Revising { chapters: "3".into() },
            EventKind::OutlineReplaced,
            EventKind::Rebound,
            EventKind::Other { kind: "translated".into(), detail: "into French".into() },
            // The name is known, but this version does not write these details.
            EventKind::Other { kind: "chapter_done".into(), detail: "1,150 words".into() },
        ] {
            let event = Event { seq: 1, at: Moment(2), task: None, edition: 3, what };
            let written = serde_json::to_string(&event).unwrap();
            assert_eq!(serde_json::from_str::<Event>(&written).unwrap(), event, "{written}");
        }
    }
}
