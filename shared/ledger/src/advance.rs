//! What may be released next. The chapters of a wave come by windows, and the waves in order. Then come the audit, the rounds
//! of its repairs as further waves, and the binding.

use bindery_domain::{Moment, TaskId};

use super::{
    Book, EventKind, Others, Released, Rules, State, Step, Writes,
    book::Stage,
    task::{Standing, Task},
};
use crate::{AuditMode, GapPolicy};

/// The chapters and repairs as they stand after the step's own change.
pub(super) struct Chapters {
    /// Those that are missing and not released, by wave and number.
    waiting: Vec<Task>,
    /// How many places of the window are taken.
    released: u32,
    /// Whether one of the open wave is missing.
    missing: bool,
    /// Whether any chapter is dead.
    dead: bool,
    /// The audit's record, if the book has one.
    audit: Option<Task>,
    /// The binding's record.
    bind: Task,
}

impl Chapters {
    /// Collects them from all tasks of a book.
    pub(super) fn of(book: &Book, tasks: &[Task]) -> Self {
        let in_waves = || tasks.iter().filter(|task| task.id.in_waves());
        let mut waiting: Vec<Task> = in_waves().filter(|task| task.standing == Standing::Waiting).cloned().collect();
        waiting.sort_by_key(|task| (task.wave, task.id));
        let released = in_waves().filter(|task| task.standing == Standing::Released).count();
        let bind = tasks.iter().find(|task| task.id == TaskId::Bind);
        Self {
            waiting,
            released: u32::try_from(released).unwrap_or(u32::MAX),
            missing: in_waves().any(|task| task.standing.missing() && task.wave == book.wave),
            dead: tasks.iter().any(Task::is_gap),
            audit: tasks.iter().find(|task| task.id == TaskId::Audit).cloned(),
            bind: bind.expect("every book has a binding task").clone(),
        }
    }

    /// Adds the step's own task to what is known about the others.
    fn with(book: &Book, others: Others, task: &Task) -> Self {
        let in_waves = task.id.in_waves();
        let missing = in_waves && task.standing.missing() && task.wave == book.wave;
        Self {
            waiting: others.waiting,
            released: others.released + u32::from(in_waves && task.standing == Standing::Released),
            missing: others.missing || missing,
            dead: others.dead || task.is_gap(),
            audit: if task.id == TaskId::Audit { Some(task.clone()) } else { others.audit },
            bind: others.bind.expect("a step on any task but the binding is given the binding's record"),
        }
    }
}

/// Moves the book on as far as its chapters allow, and returns the tasks that must be published.
pub(super) fn advance(
    rules: &Rules,
    now: Moment,
    book: &mut Book,
    chapters: Chapters,
    writes: &mut Writes,
) -> Vec<Released> {
    if !matches!(book.state, State::Writing | State::Auditing) || book.held() {
        return Vec::new();
    }
    if !chapters.missing {
        if chapters.dead && book.terms.gaps == GapPolicy::Fail {
            let reason = "a chapter could not be written; see each chapter's own reason";
            book.settle(State::Failed(Stage::Write), Some(reason.to_owned()), now, rules);
            writes.events.push(book.event(now, None, EventKind::Failed { reason: reason.to_owned() }));
            return Vec::new();
        }
        match chapters.waiting.first() {
            Some(next) => book.wave = next.wave,
            None => return after_waves(rules, now, book, chapters, writes),
        }
    }
    let places = book.terms.window.saturating_sub(chapters.released) as usize;
    let wave = book.wave;
    let mut released = Vec::new();
    for mut task in chapters.waiting.into_iter().filter(|task| task.wave == wave).take(places) {
        task.release(now, rules);
        released.push(Released::of(book, &task, rules));
        writes.tasks.push(task);
    }
    released
}

/// Releases the audit after the last wave, and the binding after the audit and the last round of its repairs.
fn after_waves(rules: &Rules, now: Moment, book: &mut Book, chapters: Chapters, writes: &mut Writes) -> Vec<Released> {
    let wanted = book.terms.audit != AuditMode::Off;
    match chapters.audit.filter(|audit| wanted && audit.standing.missing()) {
        Some(audit) if audit.standing == Standing::Waiting => self::audit(rules, now, book, audit, writes),
        Some(_) => Vec::new(),
        None => bind(rules, now, book, chapters.bind, writes),
    }
}

fn audit(rules: &Rules, now: Moment, book: &mut Book, mut task: Task, writes: &mut Writes) -> Vec<Released> {
    book.state = State::Auditing;
    task.reopen(book.edition);
    task.release(now, rules);
    writes.events.push(book.event(now, Some(TaskId::Audit), EventKind::Auditing));
    let released = vec![Released::of(book, &task, rules)];
    writes.tasks.push(task);
    released
}

fn bind(rules: &Rules, now: Moment, book: &mut Book, mut task: Task, writes: &mut Writes) -> Vec<Released> {
    book.state = State::Binding;
    book.composed_at = Some(now);
    task.reopen(book.edition);
    task.release(now, rules);
    writes.events.push(book.event(now, Some(TaskId::Bind), EventKind::Binding));
    let released = vec![Released::of(book, &task, rules)];
    writes.tasks.push(task);
    released
}

impl Step<'_> {
    /// Moves the book on after this step's own task has changed.
    pub(super) fn advance(&mut self) -> Vec<Released> {
        match self.take_others() {
            Some(others) => self.advance_among(others),
            None => Vec::new(),
        }
    }

    /// Moves the book on into chapters that it did not have before, which are in order of their waves.
    pub(super) fn advance_into(&mut self, chapters: Vec<Task>) -> Vec<Released> {
        let Some(mut others) = self.take_others() else { return Vec::new() };
        others.waiting.extend(chapters.iter().take(self.book.terms.window as usize).cloned());
        let released = self.advance_among(others);
        let unreleased =
            chapters.into_iter().filter(|task| self.writes.tasks.iter().all(|written| written.id != task.id));
        let unreleased: Vec<Task> = unreleased.collect();
        self.writes.tasks.extend(unreleased);
        released
    }

    /// Moves the book on, given its other tasks.
    pub(super) fn advance_among(&mut self, others: Others) -> Vec<Released> {
        let chapters = Chapters::with(&self.book, others, &self.task);
        advance(self.rules, self.now, &mut self.book, chapters, &mut self.writes)
    }
}

impl Task {
    /// Returns whether the task is a chapter that was given up.
    pub fn is_gap(&self) -> bool {
        self.id.chapter().is_some() && self.standing == Standing::Dead
    }

    /// Releases the task. It must be published now; the sweeper does it if nobody else has.
    pub(super) fn release(&mut self, now: Moment, rules: &Rules) {
        self.standing = Standing::Released;
        self.published = false;
        self.parked = None;
        self.due = Some(now + rules.publish_grace);
    }
}
