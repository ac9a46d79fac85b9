//! A task's record: one plan, one chapter, one audit, one repair or one binding.

use std::collections::BTreeMap;

use bindery_domain::{Digest, Micros, Moment, TaskId, UnknownFields, Usage};
use serde::{Deserialize, Serialize};

use super::version::{Origin, Version, VersionName};

/// The part of a chapter that is the judgement of its points. The brief and the sections have smaller numbers, and the
/// summary follows the last section.
pub const JUDGEMENT_PART: u16 = 1_000;

/// The part of a chapter that lists the facts it states, for the audit.
pub const FACTS_PART: u16 = 1_001;

/// The part of a chapter that says which draft of each section was chosen.
pub const CHOICE_PART: u16 = 1_002;

/// The part of a plan that is the outline, made from a topic.
pub const OUTLINE_PART: u16 = 1_003;

/// More than the number of any section, so that a draft's number tells its section.
const DRAFTS: u16 = 1_000;

/// Returns the part that is a draft of a section, where a section has several. The one that is chosen becomes the section's own part.
pub fn draft_part(section: u16, draft: u8) -> u16 {
    (u16::from(draft) + 1) * DRAFTS + section
}

/// Returns whether a part is one of several drafts of a section.
pub fn is_draft(part: u16) -> bool {
    part >= 2 * DRAFTS
}

/// Returns the section of which a part is the text or a draft; `None` where it is neither.
pub fn section_of(part: u16) -> Option<u16> {
    let section = part % DRAFTS;
    (section > 0 && (part < DRAFTS || is_draft(part))).then_some(section)
}

/// A task as the ledger records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The task's name within its book.
    pub id: TaskId,
    /// The edition in which it last became missing.
    pub edition: u32,
    /// The wave it belongs to.
    pub wave: u16,
    /// Where it stands.
    pub standing: Standing,
    /// Whether its message is known to be with the broker.
    pub published: bool,
    /// When the sweeper must look at it; `None` while nothing is owed.
    pub due: Option<Moment>,
    /// The number of the last lease given.
    pub fence: u64,
    /// The lease of the worker that holds it now.
    pub lease: Option<Lease>,
    /// Why it was put aside until its due time.
    pub parked: Option<String>,
    /// How the lease of the last fence ended, so that a repeated command gets its answer again.
    pub ended: Option<(u64, Ending)>,
    /// Lapses that count against the task: those in a row without a new part, apart in time.
    pub lapses: u32,
    /// When the last of them was counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapse_counted_at: Option<Moment>,
    /// How often in a row it was put aside without a new part or a result.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parks: u32,
    /// How often its message counted as lost since it was last claimed.
    #[serde(default)]
    pub resends: u32,
    /// An operator's remark for the next time it is written.
    pub note: Option<String>,
    /// What an editor asks to be changed; `None` where the audit ordered the repair, and for every other task.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<RevisionOrder>,
    /// Its checkpointed parts by number.
    pub parts: BTreeMap<u16, Part>,
    /// Its last result; it is of an earlier edition while the task is missing again.
    pub result: Option<TaskResult>,
    /// The texts before the last result, the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<Version>,
    /// Why it is dead.
    pub reason: Option<String>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// A change that an editor asks for in the text of a chapter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevisionOrder {
    /// What is to be changed, in the editor's words.
    pub note: String,
    /// The numbers of the sections that may change, from 1; empty where all may.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<u32>,
    /// The words in the text that the note is about; `None` where it is about the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passage: Option<String>,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Missing, and not released yet.
    Waiting,
    /// Missing and released: queued, leased or parked.
    Released,
    /// Its result is stored.
    Done,
    /// Given up.
    Dead,
}

/// A worker's time-limited right to a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The number that tells this holder from any other.
    pub fence: u64,
    /// Who holds it.
    pub worker: String,
    /// The claim it answered: a repeated claim gets the same lease.
    pub claim: String,
    /// When it ends unless it is renewed.
    pub until: Moment,
    /// What it may spend.
    pub allowance: Micros,
    /// What it is known to have spent.
    pub spent: Micros,
    /// Whether a part was checkpointed under it.
    pub progressed: bool,
}

/// Names one lease. The number alone would not do: a store that went back in time gives the same number again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fence {
    /// The lease's number among those of its task.
    pub number: u64,
    /// The claim that it answered.
    pub claim: String,
}

/// How a lease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// With a result.
    Committed,
    /// Put aside.
    Parked,
    /// Given up.
    GaveUp,
}

/// The record of a checkpointed part. Its text is stored separately.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The kept text's digest; `None` while only failed tries are recorded.
    pub digest: Option<Digest>,
    /// Whether the kept text is a draft that is still to be rewritten.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub draft: bool,
    /// The text's length, in the book's unit.
    pub length: u32,
    /// Texts requested so far by tries, by rewrites and by calls that an outage broke off. Unlike the tries, this count never
    /// starts again, so that no try of a redriven chapter repeats an earlier one.
    #[serde(default)]
    pub attempts: u32,
    /// Which of these texts is kept, by its number; `None` where plain code made it, and for a text of an earlier program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_attempt: Option<u32>,
    /// Charged tries so far.
    pub tries: u32,
    /// Those of them that were made with models before the present one.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub earlier_tries: u32,
    /// The model that wrote the kept text, or that was tried last; `None` where plain code made the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Targeted rewrites so far.
    pub rewrites: u32,
    /// Model calls so far, including free ones and continuations.
    pub calls: u32,
    /// Tokens used so far.
    pub usage: Usage,
    /// What it cost so far.
    pub spent: Micros,
    /// The share of that cost which paid for texts that were not kept.
    pub wasted: Micros,
    /// Milliseconds from its first call to its last result, including waits.
    pub elapsed_ms: u64,
    /// Targets that the kept text misses; the last failure while there is no text.
    pub remarks: Vec<String>,
    /// Fields that a later version has added.
    #[serde(flatten)]
    pub unknown: UnknownFields,
}

/// A task's stored result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskResult {
    /// The edition it was written in.
    pub edition: u32,
    /// The lease it was committed under.
    pub fence: u64,
    /// The stored text's digest.
    pub digest: Digest,
    /// The text's length, in the book's unit.
    pub length: u32,
    /// A summary of the finished text, for chapters that are written from it.
    pub summary: Option<String>,
    /// The targets that the text misses.
    pub remarks: Vec<String>,
    /// How often the text was mended in its edition: zero as it was written, else the round of its last repair.
    #[serde(default, skip_serializing_if = "is_none")]
    pub revision: u16,
    /// How many of the task's parts, from part 1 on, are the sections of the text; zero where it has none that are known.
    #[serde(default, skip_serializing_if = "is_none")]
    pub sections: u16,
    /// How the text came about.
    #[serde(default, skip_serializing_if = "Origin::is_written")]
    pub origin: Origin,
    /// When it was stored; `None` for a result of a program that did not record it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

impl TaskResult {
    /// Makes the result of a task, without what only chapters have.
    pub fn new(edition: u32, fence: u64, digest: Digest, length: u32) -> Self {
        Self {
            edition,
            fence,
            digest,
            length,
            summary: None,
            remarks: Vec::new(),
            revision: 0,
            sections: 0,
            origin: Origin::Written,
            at: None,
        }
    }

    /// Returns its name among the texts of its chapter.
    pub fn name(&self) -> VersionName {
        VersionName { edition: self.edition, revision: self.revision }
    }
}

impl Task {
    /// Makes the record of a task that is not released yet.
    pub fn waiting(id: TaskId, edition: u32, wave: u16) -> Self {
        Self {
            id,
            edition,
            wave,
            standing: Standing::Waiting,
            published: false,
            due: None,
            fence: 0,
            lease: None,
            parked: None,
            ended: None,
            lapses: 0,
            lapse_counted_at: None,
            parks: 0,
            resends: 0,
            note: None,
            revision: None,
            parts: BTreeMap::new(),
            result: None,
            former: Vec::new(),
            reason: None,
            unknown: UnknownFields::default(),
        }
    }

    /// Makes the task missing again in a new edition, with fresh tries.
    pub(super) fn reopen(&mut self, edition: u32) {
        self.edition = edition;
        self.standing = Standing::Waiting;
        self.published = false;
        self.due = None;
        self.parked = None;
        self.reason = None;
        self.lapses = 0;
        self.lapse_counted_at = None;
        self.parks = 0;
        self.resends = 0;
        for part in self.parts.values_mut() {
            part.tries = 0;
            part.earlier_tries = 0;
            part.rewrites = 0;
            if part.digest.is_none() {
                part.model = None;
            }
        }
    }

    /// Returns the live lease; `None` where a command's fence names another one.
    pub(super) fn leased(&mut self, fence: &Fence) -> Option<&mut Lease> {
        self.lease.as_mut().filter(|lease| lease.is_named(fence))
    }

    /// Returns whether the task is released, has no lease, and its message is not known to be with the broker.
    pub fn owed(&self) -> bool {
        self.standing == Standing::Released && !self.published && self.lease.is_none()
    }

    /// Returns the total cost of its parts.
    pub fn spent(&self) -> Micros {
        self.parts.values().map(|part| part.spent).sum()
    }

    /// Returns the length of all parts that have a text.
    pub fn length_so_far(&self) -> u32 {
        self.parts
            .iter()
            .filter(|(number, part)| (1..JUDGEMENT_PART).contains(*number) && part.digest.is_some())
            .map(|(_, part)| part.length)
            .sum()
    }
}

impl Lease {
    /// Returns the name of the lease.
    pub fn name(&self) -> Fence {
        Fence { number: self.fence, claim: self.claim.clone() }
    }

    /// Returns whether a fence names this lease.
    pub(super) fn is_named(&self, fence: &Fence) -> bool {
        self.fence == fence.number && self.claim == fence.claim
    }
}

/// Lets serde leave out a count that is zero.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// Lets serde leave out a number that is zero.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
pub(super) fn is_none(number: &u16) -> bool {
    *number == 0
}

impl Part {
    /// Returns whether its text is kept and is not to be rewritten.
    pub fn finished(&self) -> bool {
        self.digest.is_some() && !self.draft
    }
}

impl Standing {
    /// Returns whether the task's result is still owed.
    pub fn missing(self) -> bool {
        matches!(self, Self::Waiting | Self::Released)
    }
}
