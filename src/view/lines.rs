//! Plain lines on stderr, for logs and pipes: one a transition that a person cares about, with the time it came at.

use std::{
    io::Write as _,
    time::{Duration, Instant},
};

use bindery_shared::{
    book::id::TaskId,
    ledger::{Event, Standing},
};

use super::{Moment, Subject, View};
use crate::phrasing::{Clock, Grouped, counted, plural};

/// After so long a silence a line says that the run is alive, and how far it is.
const SILENCE: Duration = Duration::from_secs(60);

/// For so long the same reason to put chapters aside is told once: a provider that is busy is so for all of them.
const SAME: Duration = Duration::from_secs(10);

pub(super) struct Lines {
    subject: Subject,
    begun: Instant,
    /// When the last line was written.
    spoke: Duration,
    /// The reason that chapters were last put aside for, and when that was told.
    aside: Option<(String, Duration)>,
    ticked: bool,
}

impl Lines {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject, begun: Instant::now(), spoke: Duration::ZERO, aside: None, ticked: false }
    }

    fn say(&mut self, at: Duration, line: &str) {
        self.spoke = at;
        // A reader that has gone away does not keep the book from being written.
        let _ = writeln!(std::io::stderr().lock(), "{:>7}  {line}", Clock(at));
    }

    fn name(&self, task: Option<TaskId>) -> String {
        match task {
            Some(TaskId::Write(number)) => {
                let asked = self.subject.chapters.get(number as usize - 1);
                let title = asked.map(|asked| format!(", {}", asked.title)).unwrap_or_default();
                format!("chapter {number}{title}")
            }
            Some(TaskId::Plan) => "the plan".to_owned(),
            Some(TaskId::Bind) => "the binding".to_owned(),
            None => "the book".to_owned(),
        }
    }

    /// Words a transition, unless it is one that every chapter goes through or that was told a moment ago.
    fn told(&mut self, event: &Event, at: Duration) -> Option<String> {
        let (name, detail) = (self.name(event.task), event.detail.as_str());
        Some(match event.kind.as_str() {
            "planned" => "planned".to_owned(),
            "chapter_done" => {
                let length = detail.parse().map_or_else(|_| detail.to_owned(), |length| Grouped(length).to_string());
                format!("{name}: {length} {}", plural(self.subject.unit))
            }
            "chapter_dead" => format!("{name}: given up: {detail}"),
            "parked" => {
                let told = self.aside.as_ref().is_some_and(|(told, when)| told == detail && at < *when + SAME);
                if told {
                    return None;
                }
                self.aside = Some((detail.to_owned(), at));
                format!("{name}: put aside: {detail}")
            }
            "lapsed" => format!("{name}: {detail}; it is tried again"),
            "held" => format!("held: {detail}"),
            "lifted" => format!("no longer held: {detail}"),
            "binding" => "binding".to_owned(),
            "reopened" => format!("stored texts are missing or wrong, so these are written again: {detail}"),
            "failed" | "cancelled" | "expired" if detail.is_empty() => event.kind.clone(),
            "failed" | "cancelled" | "expired" => format!("{}: {detail}", event.kind),
            _ => return None,
        })
    }

    /// Says how far the book is.
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
        if let Some(line) = self.told(event, at) {
            self.say(at, &line);
        }
    }

    fn tick(&mut self, moment: &Moment<'_>) {
        let at = self.begun.elapsed();
        let goes_on = !self.ticked && done(moment) > 0;
        self.ticked = true;
        if goes_on || at.saturating_sub(self.spoke) >= SILENCE {
            let line = self.standing(moment);
            self.say(at, &line);
        }
    }

    fn finish(&mut self) {}
}

#[cfg(test)]
mod tests {
    use bindery_shared::{contract::Unit, ledger};

    use super::*;
    use crate::view::Asked;

    fn lines() -> Lines {
        let asked = Asked { title: "Shaping".to_owned(), length: 3_000, sections: 4 };
        Lines::new(Subject { chapters: vec![asked], unit: Unit::Words, priced: true })
    }

    fn event(kind: &str, task: Option<TaskId>, detail: &str) -> Event {
        let at = ledger::Moment(0);
        Event { seq: 1, at, kind: kind.to_owned(), task, edition: 1, detail: detail.to_owned() }
    }

    const CHAPTER: Option<TaskId> = Some(TaskId::Write(1));

    fn told(kind: &str, task: Option<TaskId>, detail: &str) -> Option<String> {
        lines().told(&event(kind, task, detail), Duration::ZERO)
    }

    #[test]
    fn what_a_person_cares_about_is_told_in_words() {
        assert_eq!(told("chapter_done", CHAPTER, "2993").unwrap(), "chapter 1, Shaping: 2,993 words");
        assert_eq!(told("chapter_dead", CHAPTER, "too often").unwrap(), "chapter 1, Shaping: given up: too often");
        assert_eq!(told("held", None, "by an operator").unwrap(), "held: by an operator");
        assert_eq!(told("parked", Some(TaskId::Plan), "busy").unwrap(), "the plan: put aside: busy");
        assert_eq!(told("cancelled", None, "").unwrap(), "cancelled");
        let lapsed = told("lapsed", CHAPTER, "its worker fell silent").unwrap();
        assert_eq!(lapsed, "chapter 1, Shaping: its worker fell silent; it is tried again");
    }

    #[test]
    fn what_every_chapter_goes_through_is_not() {
        assert_eq!(told("started", CHAPTER, ""), None);
        assert_eq!(told("part_kept", CHAPTER, "part 1: 700"), None);
    }

    #[test]
    fn a_busy_provider_is_told_of_once_and_again_when_it_stays_busy() {
        let mut lines = lines();
        let parked = event("parked", CHAPTER, "busy");
        assert!(lines.told(&parked, Duration::ZERO).is_some());
        assert!(lines.told(&parked, SAME / 2).is_none());
        assert!(lines.told(&event("parked", CHAPTER, "out of money"), SAME / 2).is_some());
        assert!(lines.told(&parked, SAME).is_some());
    }
}
