//! Plain lines on stderr, for logs and pipes: one a transition that a person cares about.

use bindery_shared::{book::id::TaskId, contract::Unit, ledger::Event};

use super::{Moment, Subject, View};

pub(super) struct Lines {
    subject: Subject,
}

impl Lines {
    pub(super) fn new(subject: Subject) -> Self {
        Self { subject }
    }

    fn chapter(&self, task: Option<TaskId>) -> String {
        let Some(number) = task.and_then(TaskId::chapter) else { return String::new() };
        let title = self.subject.chapters.get(number as usize - 1).map_or("", |(title, _)| title);
        format!("chapter {number}, {title}")
    }
}

impl View for Lines {
    fn event(&mut self, event: &Event) {
        let (chapter, detail) = (self.chapter(event.task), &event.detail);
        let unit = match self.subject.unit {
            Unit::Words => "words",
            Unit::Characters => "characters",
        };
        match event.kind.as_str() {
            "planned" => eprintln!("planned"),
            "chapter_done" => eprintln!("{chapter}: {detail} {unit}"),
            "chapter_dead" => eprintln!("{chapter}: given up: {detail}"),
            "parked" => eprintln!("{}: put aside: {detail}", if chapter.is_empty() { "the plan" } else { &chapter }),
            "lapsed" => eprintln!("{chapter}: {detail}; it is tried again"),
            "held" => eprintln!("held: {detail}"),
            "binding" => eprintln!("binding"),
            "failed" | "cancelled" | "expired" => eprintln!("{}: {detail}", event.kind),
            _ => {}
        }
    }

    fn tick(&mut self, _moment: &Moment<'_>) {}

    fn finish(&mut self) {}
}
