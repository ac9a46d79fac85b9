//! The state of one chapter as the view shows it.

use bindery_domain::Unit;
use bindery_ledger::{Part, Standing, Task, draft_part};
use bindery_runtime::live::{PartProgress, TaskProgress};

use super::Asked;

/// The state of a chapter at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chapter {
    /// Its stage.
    pub(crate) stage: Stage,
    /// Its length so far, in the unit of the book.
    pub(crate) length: u64,
    /// The number of failed tries of its parts.
    pub(crate) tries: u64,
}

/// The stage of a chapter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// No worker has it.
    Waiting,
    /// Its brief, which lays out its sections, is being written.
    Brief,
    /// Its sections are being written.
    Writing,
    /// A section that missed a target is being written again.
    Rewriting,
    /// It is put aside, for this reason.
    Parked(String),
    /// It is written.
    Done,
    /// It is given up, for this reason.
    Failed(String),
}

/// The number of the part that is the brief. The sections follow it.
const BRIEF: u16 = 0;

/// The average number of characters in an English word with the space after it.
const CHARACTERS_PER_WORD: u64 = 6;

impl Chapter {
    /// Reads the record of a chapter and the texts of it that this process is receiving.
    pub(crate) fn of(task: &Task, asked: &Asked, unit: Unit, live: Option<&TaskProgress>) -> Self {
        let live = live.filter(|_| task.lease.is_some());
        let is_kept = |number: &u16| task.parts.get(number).is_some_and(|part| part.digest.is_some());
        // Where a section has several drafts, the first one shows how far it is until one is chosen.
        let shown = |number: u16| {
            let draft = draft_part(number, 1);
            let is_drafted = || is_kept(&draft) || live.is_some_and(|progress| progress.contains_key(&draft));
            if !is_kept(&number) && is_drafted() { draft } else { number }
        };
        let written =
            || (1..=asked.sections).map(shown).map(|number| section(task.parts.get(&number), number, unit, live)).sum();
        let length = match (&task.result, task.standing) {
            (Some(result), Standing::Done) => u64::from(result.length),
            _ => written(),
        };
        let tries = task.parts.values().map(|part| u64::from(part.tries)).sum();
        Self { stage: Stage::of(task, live), length, tries }
    }
}

/// Returns the length of a section: that of its kept text, or else of the text that is being received.
fn section(kept: Option<&Part>, number: u16, unit: Unit, live: Option<&TaskProgress>) -> u64 {
    if let Some(part) = kept.filter(|part| part.digest.is_some()) {
        return u64::from(part.length);
    }
    let characters = live.and_then(|progress| progress.get(&number)).map_or(0, |text| text.length());
    match unit {
        Unit::Words => characters / CHARACTERS_PER_WORD,
        Unit::Characters => characters,
    }
}

impl Stage {
    fn of(task: &Task, live: Option<&TaskProgress>) -> Self {
        let planned = task.parts.get(&BRIEF).is_some_and(|part| part.digest.is_some());
        let is_rewrite = |text: &PartProgress| text.draft.is_some();
        match (task.standing, &task.parked) {
            (Standing::Done, _) => Self::Done,
            (Standing::Dead, _) => Self::Failed(task.reason.clone().unwrap_or_default()),
            (Standing::Released, _) if task.lease.is_some() => match live {
                _ if !planned => Self::Brief,
                Some(progress) if progress.values().any(is_rewrite) => Self::Rewriting,
                _ => Self::Writing,
            },
            (Standing::Released, Some(reason)) => Self::Parked(reason.clone()),
            (Standing::Released | Standing::Waiting, _) => Self::Waiting,
        }
    }

    /// Returns whether a worker has it.
    pub(crate) fn under_way(&self) -> bool {
        matches!(self, Self::Brief | Self::Writing | Self::Rewriting)
    }

    /// Returns the name of the stage.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Brief => "brief",
            Self::Writing => "writing",
            Self::Rewriting => "rewriting",
            Self::Parked(_) => "parked",
            Self::Done => "done",
            Self::Failed(_) => "failed",
        }
    }

    /// Returns the reason for the stage, if it has one.
    pub(crate) fn reason(&self) -> Option<&str> {
        match self {
            Self::Parked(reason) | Self::Failed(reason) => Some(reason),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_domain::{Digest, Micros, Moment, TaskId};
    use bindery_ledger::Lease;

    use super::*;

    fn asked() -> Asked {
        Asked { title: "One".to_owned(), length: 1_400, sections: 2 }
    }

    fn kept(length: u32) -> Part {
        Part { digest: Some(Digest::of("text")), length, ..Part::default() }
    }

    fn leased() -> Task {
        let mut task = Task::waiting(TaskId::Write(1), 1, 0);
        task.standing = Standing::Released;
        task.lease = Some(Lease {
            fence: 1,
            worker: String::new(),
            claim: String::new(),
            until: Moment(0),
            allowance: Micros::ZERO,
            spent: Micros::ZERO,
            progressed: false,
        });
        task
    }

    fn read(task: &Task, live: &[(u16, PartProgress)]) -> Chapter {
        Chapter::of(task, &asked(), Unit::Words, Some(&live.iter().copied().collect()))
    }

    #[test]
    fn a_chapter_goes_from_its_brief_to_its_sections_to_their_rewrites() {
        let mut task = leased();
        assert_eq!(read(&task, &[(0, PartProgress::default())]).stage, Stage::Brief);
        task.parts.insert(0, kept(0));
        assert_eq!(read(&task, &[(1, PartProgress { characters: 600, draft: None })]).stage, Stage::Writing);
        let rewrite = PartProgress { characters: 60, draft: Some(3_000) };
        assert_eq!(read(&task, &[(1, rewrite), (2, PartProgress::default())]).stage, Stage::Rewriting);
        task.standing = Standing::Done;
        assert_eq!(read(&task, &[]).stage, Stage::Done);
    }

    #[test]
    fn kept_sections_and_texts_under_way_add_up_without_the_brief_and_the_summary() {
        let mut task = leased();
        task.parts.extend([(0, kept(300)), (1, Part { tries: 2, ..kept(700) }), (3, kept(120))]);
        let live =
            [(2, PartProgress { characters: 600, draft: None }), (3, PartProgress { characters: 600, draft: None })];
        let chapter = read(&task, &live);
        assert_eq!((chapter.length, chapter.tries), (800, 2));
        let characters = Chapter::of(&task, &asked(), Unit::Characters, Some(&live.into()));
        assert_eq!(characters.length, 1_300);
    }

    #[test]
    fn what_this_process_once_heard_of_a_chapter_it_has_no_more_does_not_count() {
        let mut task = Task { lease: None, parked: Some("rate limited".to_owned()), ..leased() };
        task.parts.insert(0, kept(0));
        let chapter = read(&task, &[(1, PartProgress { characters: 600, draft: None })]);
        assert_eq!((chapter.stage, chapter.length), (Stage::Parked("rate limited".to_owned()), 0));
    }

    #[test]
    fn a_chapter_that_is_missing_again_does_not_count_its_earlier_text() {
        let mut task = leased();
        task.result = Some(bindery_ledger::TaskResult::new(1, 1, Digest::of("text"), 1_400));
        assert_eq!(read(&task, &[]).length, 0);
        task.standing = Standing::Done;
        assert_eq!(read(&task, &[]).length, 1_400);
    }
}
