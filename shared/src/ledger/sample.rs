//! Rules and a request to begin a test with; each test changes what it is about.

use std::time::Duration;

use super::{Plan, Rules};
use crate::book::{
    later::Later,
    money::Micros,
    outline::{Chapter, Outline},
    request::{GapPolicy, Order, PlanMode, Request, Terms},
};

pub(crate) const RULES: Rules = Rules {
    lease: Duration::from_secs(30),
    publish_grace: Duration::from_secs(15),
    lost_after: Duration::from_secs(600),
    solo_after: 3,
    retention: None,
};

pub(crate) fn terms() -> Terms {
    Terms {
        window: 2,
        gaps: GapPolicy::Fail,
        budget: None,
        plan_estimate: Micros::ZERO,
        deadline_ms: 86_400_000,
        review: false,
        formats: vec!["md".into()],
        later: Later::default(),
    }
}

pub(crate) fn plan() -> Plan {
    Plan { context: "{\"plan\":1}".into(), estimate: Micros(10) }
}

pub(crate) fn request(id: &str, chapters: u32) -> Request {
    let chapter = |n: u32| Chapter { title: format!("Chapter {n}"), ..Chapter::default() };
    let order = Order {
        outline: Outline { title: "T".into(), chapters: (1..=chapters).map(chapter).collect(), ..Outline::default() },
        model: "stand-in:prose".into(),
        chapter_length: 100,
        section_length: 50,
        plan: PlanMode::Compiled,
        date: "2026-01-01".into(),
    };
    Request { tenant: "t".into(), request_id: id.into(), order, terms: terms(), trace: None }
}
