//! Samples for tests of the ledger and its users: rules, a request, a plan, and what a step reads.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bindery_domain::{Micros, StageModels, TaskId, UnknownFields};
use bindery_outline::{Chapter, Outline};

use super::{
    Audit, AuditMode, Binding, Book, GapPolicy, Order, Others, Output, Plan, PlanMode, Released, RepairOrder, Request,
    Rules, Standing, Task, Terms, Topic,
};

/// The usual rules.
pub const RULES: Rules = Rules {
    lease: Duration::from_secs(30),
    publish_grace: Duration::from_secs(15),
    lost_after: Duration::from_secs(600),
    solo_after: 3,
    retention: None,
    max_open_books: None,
};

/// Returns terms without a budget, with a window of two chapters.
pub fn terms() -> Terms {
    Terms {
        window: 2,
        gaps: GapPolicy::Fail,
        budget: None,
        plan_estimate: Micros::ZERO,
        deadline_ms: 86_400_000,
        review: false,
        formats: vec!["md".into()],
        metadata: None,
        cover: None,
        pictures: Vec::new(),
        audit: AuditMode::Off,
        best_of: 1,
        tags: BTreeSet::new(),
        checks: None,
        webhook: None,
        unknown: UnknownFields::default(),
    }
}

/// Returns a plan.
pub fn plan() -> Plan {
    Plan { context: "{\"plan\":1}".into(), estimate: Micros(10), outline: None }
}

/// Returns a request for this many chapters.
pub fn request(id: &str, chapters: u32) -> Request {
    let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
    let order = Order {
        outline: Outline { title: "T".into(), chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() },
        topic: None,
        model: "stand-in:prose".into(),
        stages: StageModels::default(),
        chapter_length: 100,
        section_length: 50,
        plan: PlanMode::Compiled,
        date: "2026-01-01".into(),
    };
    Request { tenant: "t".into(), request_id: id.into(), order, terms: terms(), trace: None, former_id: false }
}

/// Returns a request for a book from a topic.
pub fn topic_request(id: &str, chapters: u32) -> Request {
    let request = request(id, 0);
    let topic = Topic { topic: "T".into(), chapters, words: 100, language: "en".into(), kind: None };
    Request { order: Order { outline: Outline::default(), topic: Some(topic), ..request.order }, ..request }
}

/// Returns a result of a task. An audit orders a repair of chapter 1 in two rounds.
pub fn output(task: TaskId, under: &str) -> Output {
    let text = || format!("{task} under {under}").into();
    match task {
        TaskId::Plan => Output::Plan(plan()),
        TaskId::Write(_) => {
            Output::Chapter { text: text(), length: 2, summary: None, remarks: Vec::new(), sections: 0 }
        }
        TaskId::Audit => Output::Audit(Audit {
            report: text(),
            findings: 2,
            repairs: [1, 2].map(|round| RepairOrder { round, chapter: 1 }).into(),
            remarks: Vec::new(),
        }),
        TaskId::Repair { .. } => Output::Repair { text: text(), length: 2, sections: 0, remarks: Vec::new() },
        TaskId::Bind => Output::Binding(Binding::default()),
    }
}

/// Returns what a step on a task must know about the others.
pub fn others(book: &Book, tasks: &BTreeMap<TaskId, Task>, except: TaskId) -> Others {
    let window = book.terms.window as usize;
    let in_waves = || tasks.values().filter(|task| task.id != except && task.id.in_waves());
    let ended = !tasks[&except].standing.missing();
    let mut waiting: Vec<Task> = in_waves().filter(|task| task.standing == Standing::Waiting).cloned().collect();
    waiting.sort_by_key(|task| (task.wave, task.id));
    waiting.truncate(window);
    Others {
        waiting,
        released: in_waves().filter(|task| task.standing == Standing::Released).fold(0, |count, _| count + 1),
        missing: in_waves().any(|task| task.standing.missing() && task.wave == book.wave),
        dead: in_waves().any(Task::is_gap),
        // More tasks are owed if the window has become smaller since their release.
        unpublished: tasks
            .values()
            .filter(|task| ended && task.owed())
            .take(window)
            .map(|task| Released::of(book, task, &RULES))
            .collect(),
        audit: tasks.get(&TaskId::Audit).filter(|_| except != TaskId::Audit).cloned(),
        bind: (except != TaskId::Bind).then(|| tasks[&TaskId::Bind].clone()),
    }
}
