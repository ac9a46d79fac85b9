//! What an event tells programs beside its kind, as fields of their own.

use bindery_ledger::EventKind;
use schemars::JsonSchema;
use serde::Serialize;

/// What an event tells programs. Each field stands with the kinds of events that it names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Facts {
    /// The title of the book: `accepted`, `outlined`.
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// The part of the chapter that has its text, where 0 is the brief and the sections follow from 1: `part_kept`.
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u16>,
    /// The length of the text in words, or in characters for Japanese and Chinese: `part_kept`, `chapter_done`, `chapter_repaired`.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u32>,
    /// Why: `parked`, `chapter_dead`, `unmended`, `failed`, `expired`, `held`.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How often the task was put aside: `resumed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    parks: Option<u32>,
    /// How many things the audit found, or repairs did not mend: `audited`, `reread`.
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<u32>,
    /// How many repairs the audit ordered: `audited`.
    #[serde(skip_serializing_if = "Option::is_none")]
    repairs: Option<u32>,
    /// What stays as it is, in sentences with their places, at most 20: `audited`, `reread`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left: Vec<String>,
    /// The hold, `operator`, `budget` or `review`: `lifted`.
    #[serde(skip_serializing_if = "Option::is_none")]
    hold: Option<String>,
}

impl Facts {
    /// Returns what an event tells.
    pub(super) fn of(what: &EventKind) -> Self {
        let none = Self::default();
        match what.clone() {
            EventKind::Accepted { title } | EventKind::Outlined { title } => Self { title: Some(title), ..none },
            EventKind::PartKept { part, length } => Self { part: Some(part), length: Some(length), ..none },
            EventKind::ChapterDone { length } | EventKind::ChapterRepaired { length } => {
                Self { length: Some(length), ..none }
            }
            EventKind::Parked { reason }
            | EventKind::ChapterDead { reason }
            | EventKind::Unmended { reason }
            | EventKind::Failed { reason }
            | EventKind::Expired { reason }
            | EventKind::Held { reason } => Self { reason: Some(reason), ..none },
            EventKind::Resumed { parks } => Self { parks: Some(parks), ..none },
            EventKind::Audited { findings, repairs, left } => {
                Self { findings: Some(findings), repairs: Some(repairs), left, ..none }
            }
            EventKind::Reread { findings, left } => Self { findings: Some(findings), left, ..none },
            EventKind::Lifted { hold } => Self { hold: Some(hold), ..none },
            EventKind::Planned
            | EventKind::Started
            | EventKind::Lapsed
            | EventKind::Auditing
            | EventKind::Binding
            | EventKind::Done
            | EventKind::Cancelled
            | EventKind::Reopened { .. }
            | EventKind::Redriven
            | EventKind::Rewritten { .. }
            | EventKind::Revising { .. }
            | EventKind::OutlineReplaced
            | EventKind::Rebound
            | EventKind::Other { .. } => none,
        }
    }
}
