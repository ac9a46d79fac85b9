//! Samples for tests of the ledger and its users: rules, a request, a plan, and what a step reads.

use std::{collections::BTreeMap, time::Duration};

use bindery_domain::{Micros, TaskId, UnknownFields};
use bindery_outline::{Chapter, Outline};

use super::{Book, GapPolicy, Order, Others, Plan, PlanMode, Released, Request, Rules, Standing, Task, Terms};

/// The usual rules.
pub const RULES: Rules = Rules {
    lease: Duration::from_secs(30),
    publish_grace: Duration::from_secs(15),
    lost_after: Duration::from_secs(600),
    solo_after: 3,
    retention: None,
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
        unknown: UnknownFields::default(),
    }
}

/// Returns a plan.
pub fn plan() -> Plan {
    Plan { context: "{\"plan\":1}".into(), estimate: Micros(10) }
}

/// Returns a request for this many chapters.
pub fn request(id: &str, chapters: u32) -> Request {
    let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
    let order = Order {
        outline: Outline { title: "T".into(), chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() },
        model: "stand-in:prose".into(),
        chapter_length: 100,
        section_length: 50,
        plan: PlanMode::Compiled,
        date: "2026-01-01".into(),
    };
    Request { tenant: "t".into(), request_id: id.into(), order, terms: terms(), trace: None, former_id: false }
}

/// Returns what a step on a task must know about the others.
pub fn others(book: &Book, tasks: &BTreeMap<TaskId, Task>, except: TaskId) -> Others {
    let window = book.terms.window as usize;
    let chapters = || tasks.values().filter(|task| task.id != except && task.id.chapter().is_some());
    let ended = !tasks[&except].standing.missing();
    let mut waiting: Vec<Task> = chapters().filter(|task| task.standing == Standing::Waiting).cloned().collect();
    waiting.sort_by_key(|task| (task.wave, task.id));
    waiting.truncate(window);
    Others {
        waiting,
        released: chapters().filter(|task| task.standing == Standing::Released).fold(0, |count, _| count + 1),
        missing: chapters().any(|task| task.standing.missing() && task.wave == book.wave),
        dead: chapters().any(|task| task.standing == Standing::Dead),
        // More tasks are owed if the window has become smaller since their release.
        unpublished: tasks
            .values()
            .filter(|task| ended && task.owed())
            .take(window)
            .map(|task| Released::of(book, task, &RULES))
            .collect(),
        bind: (except != TaskId::Bind).then(|| tasks[&TaskId::Bind].clone()),
    }
}
