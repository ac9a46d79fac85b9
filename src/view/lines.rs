//! The view for logs and pipes: a plain line on stderr for each event that matters to a person, with its time.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use bindery_domain::{
    TaskId,
    phrasing::{Clock, Grouped, counted, plural},
};
use bindery_ledger::{Event, EventKind, Standing};
use bindery_runtime::live::FailedTry;

use super::{Moment, Subject, View};

/// The longest silence. After it a line shows that the run goes on, and how far it is.
const SILENCE: Duration = Duration::from_secs(60);

/// The time for which a reason to put chapters aside is not repeated. A busy provider is busy for all chapters.
const NOT_REPEATED: Duration = Duration::from_secs(10);

/// The view for logs and pipes.
pub(super) struct Lines {
    subject: Subject,
    begun: Instant,
    /// When the last line was printed.
    printed: Duration,
    /// The last reason to put chapters aside.
    parked: Option<Parked>,
    ticked: bool,
}

/// A reason to put chapters aside that was printed.
struct Parked {
    reason: String,
    at: Duration,
}

impl Lines {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, begun: Instant::now(), printed: Duration::ZERO, parked: None, ticked: false }
    }

    fn print(&mut self, at: Duration, line: &str) {
        self.printed = at;
        // The book is written on even if the reader is gone.
        let _ = writeln!(std::io::stderr().lock(), "{:>7}  {line}", Clock(at));
    }

    /// Returns the line for an event, unless the event is one of every chapter or repeats a reason.
    fn line(&mut self, event: &Event, at: Duration) -> Option<String> {
        let name = self.name(event.task);
        Some(match &event.what {
            EventKind::Outlined { title } => format!("outlined: {title}"),
            EventKind::Planned => "planned".to_owned(),
            EventKind::ChapterDone { length } => {
                format!("{name}: {} {}", Grouped(u64::from(*length)), plural(self.subject.unit))
            }
            EventKind::ChapterDead { reason } => format!("{name}: given up: {reason}"),
            EventKind::Parked { reason } if self.repeats(reason, at) => return None,
            EventKind::Parked { reason } => format!("{name}: put aside: {reason}"),
            EventKind::Lapsed => format!("{name}: {}; it is tried again", event.what.detail()),
            EventKind::Held { reason } => format!("held: {reason}"),
            EventKind::Lifted { hold } => format!("no longer held: {hold}"),
            EventKind::Auditing => "reading the whole".to_owned(),
            EventKind::Audited { findings: 0, .. } => "nothing is to be mended".to_owned(),
            EventKind::Audited { findings, repairs, .. } => {
                let findings = counted(u64::from(*findings), "finding", "findings");
                format!("{findings}, {} ordered", counted(u64::from(*repairs), "repair", "repairs"))
            }
            EventKind::ChapterRepaired { .. } => format!("{name}: done"),
            EventKind::Unmended { reason } => format!("{name}: given up: {reason}"),
            EventKind::Reread { findings, .. } => {
                format!("{} not mended", counted(u64::from(*findings), "finding is", "findings are"))
            }
            EventKind::Binding => "binding".to_owned(),
            EventKind::Reopened { chapters } => {
                format!("stored texts are missing or wrong, so these are written again: {chapters}")
            }
            EventKind::Failed { reason } => format!("failed: {reason}"),
            EventKind::Expired { reason } => format!("expired: {reason}"),
            EventKind::Cancelled => "cancelled".to_owned(),
            _ => return None,
        })
    }

    fn name(&self, task: Option<TaskId>) -> String {
        match task {
            Some(TaskId::Write(number)) => {
                let asked = self.subject.chapters.get(number as usize - 1);
                let title = asked.map(|asked| format!(", {}", asked.title)).unwrap_or_default();
                format!("chapter {number}{title}")
            }
            Some(TaskId::Repair { chapter, .. }) => format!("the repair of chapter {chapter}"),
            Some(TaskId::Plan) => "the plan".to_owned(),
            Some(TaskId::Audit) => "the audit".to_owned(),
            Some(TaskId::Bind) => "the binding".to_owned(),
            None => "the book".to_owned(),
        }
    }

    /// Returns whether a reason was printed a moment ago, and otherwise remembers it.
    fn repeats(&mut self, reason: &str, at: Duration) -> bool {
        let repeats = |parked: &Parked| parked.reason == reason && at < parked.at + NOT_REPEATED;
        if self.parked.as_ref().is_some_and(repeats) {
            return true;
        }
        self.parked = Some(Parked { reason: reason.to_owned(), at });
        false
    }

    /// Returns a line that shows how far the book is.
    fn standing(&self, moment: &Moment<'_>) -> String {
        let done = done(moment);
        let chapters = counted(moment.book.chapters.into(), "chapter", "chapters");
        let calls = counted(moment.stats.running, "call", "calls");
        format!("{}: {done} of {chapters} done, {calls} in flight", moment.book.state)
    }
}

fn done(moment: &Moment<'_>) -> usize {
    moment.tasks.iter().filter(|task| task.id.chapter().is_some() && task.standing == Standing::Done).count()
}

impl View for Lines {
    fn event(&mut self, event: &Event) {
        let at = self.begun.elapsed();
        if let Some(line) = self.line(event, at) {
            self.print(at, &line);
        }
    }

    fn try_failed(&mut self, failed: &FailedTry) {
        let line = match failed.task {
            // The name of its part is that of the task.
            TaskId::Plan => failed.to_string(),
            task => format!("{}: {failed}", self.name(Some(task))),
        };
        self.print(self.begun.elapsed(), &line);
    }

    fn tick(&mut self, moment: &Moment<'_>) {
        let at = self.begun.elapsed();
        let resumed = !self.ticked && done(moment) > 0;
        self.ticked = true;
        if resumed || at.saturating_sub(self.printed) >= SILENCE {
            let line = self.standing(moment);
            self.print(at, &line);
        }
    }
}

#[cfg(test)]
mod tests {
    use bindery_domain::Unit;

    use super::*;
    use crate::view::Asked;

    fn lines() -> Lines {
        let asked = Asked { title: "Shaping".to_owned(), length: 3_000, sections: 4 };
        Lines::new(Subject { chapters: vec![asked], unit: Unit::Words, priced: true })
    }

    fn event(kind: &str, task: Option<TaskId>, detail: &str) -> Event {
        let stored = serde_json::json!({"seq": 1, "at": 0, "kind": kind, "task": task, "edition": 1, "detail": detail});
        serde_json::from_value(stored).unwrap()
    }

    const CHAPTER: Option<TaskId> = Some(TaskId::Write(1));

    fn line(kind: &str, task: Option<TaskId>, detail: &str) -> Option<String> {
        lines().line(&event(kind, task, detail), Duration::ZERO)
    }

    #[test]
    fn what_matters_to_a_person_gets_a_line() {
        assert_eq!(line("chapter_done", CHAPTER, "2993").unwrap(), "chapter 1, Shaping: 2,993 words");
        assert_eq!(line("chapter_dead", CHAPTER, "too often").unwrap(), "chapter 1, Shaping: given up: too often");
        assert_eq!(line("held", None, "by an operator").unwrap(), "held: by an operator");
        assert_eq!(line("parked", Some(TaskId::Plan), "busy").unwrap(), "the plan: put aside: busy");
        assert_eq!(line("cancelled", None, "").unwrap(), "cancelled");
        let lapsed = line("lapsed", CHAPTER, "its worker fell silent").unwrap();
        assert_eq!(lapsed, "chapter 1, Shaping: its worker fell silent; it is tried again");
    }

    #[test]
    fn what_every_chapter_goes_through_gets_none() {
        assert_eq!(line("started", CHAPTER, ""), None);
        assert_eq!(line("part_kept", CHAPTER, "part 1: 700"), None);
    }

    #[test]
    fn a_busy_provider_gets_one_line_and_another_if_it_stays_busy() {
        let mut lines = lines();
        let parked = event("parked", CHAPTER, "busy");
        assert!(lines.line(&parked, Duration::ZERO).is_some());
        assert!(lines.line(&parked, NOT_REPEATED / 2).is_none());
        assert!(lines.line(&event("parked", CHAPTER, "out of money"), NOT_REPEATED / 2).is_some());
        assert!(lines.line(&parked, NOT_REPEATED).is_some());
    }
}
