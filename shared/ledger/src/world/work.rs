//! What is asked for in the world of the tests, and what its workers deliver.

use bindery_domain::{Digest, HashedText, TaskId};

use super::{ESTIMATE, Held};
use crate::{Audit, Binding, Checkpoint, Command, Output, Part, Plan, RepairOrder, Request, Terms, sample};

/// Returns the plan of every book in this world.
pub(crate) fn plan() -> Plan {
    Plan { context: "{}".into(), estimate: ESTIMATE, outline: None }
}

/// Returns the plan that a planner brings. An outline that it has made has another number of chapters under each lease.
fn planned(held: &Held) -> Plan {
    let outlined = || {
        let chapters = u32::from(Digest::of(&held.fence.claim).as_str().as_bytes()[0] % 7) + 1;
        Box::new(request(chapters, chapters / 3, sample::terms()).order.outline)
    };
    Plan { outline: held.topic.then(outlined), ..plan() }
}

/// Returns the command that ends finished work under a lease. A binder gives up a book with a gap.
pub(crate) fn finished(held: &Held, gap: bool) -> Command {
    if gap && held.task == TaskId::Bind {
        let reason = "a chapter is missing".into();
        return Command::GiveUp { fence: held.fence.clone(), reason, spent: held.spent };
    }
    let result = match held.task {
        TaskId::Plan => Output::Plan(planned(held)),
        TaskId::Bind => Output::Binding(Binding { texts: held.texts.clone(), ..Binding::default() }),
        // The texts of two leases differ, since two runs never write the same words.
        TaskId::Write(chapter) => Output::Chapter {
            text: format!("chapter {chapter} under {}", held.fence.claim).into(),
            length: 10,
            summary: None,
            remarks: Vec::new(),
            sections: 2,
        },
        TaskId::Audit => Output::Audit(audit(held)),
        TaskId::Repair { chapter, .. } => Output::Repair {
            text: format!("chapter {chapter} mended under {}", held.fence.claim).into(),
            length: 9,
            sections: 2,
            remarks: Vec::new(),
        },
    };
    let text = HashedText::from(format!("the last part under {}", held.fence.claim));
    let part = Part { digest: Some(text.digest().clone()), length: 10, ..Part::default() };
    let parts = vec![Checkpoint { number: 3, part, text: Some(text), again: None }];
    Command::Commit { fence: held.fence.clone(), edition: held.edition, parts, output: result, spent: held.spent }
}

/// Returns an audit that orders repairs of some chapters in two rounds. Which ones depends on the lease.
fn audit(held: &Held) -> Audit {
    let chosen = |chapter: u32, round: u16| {
        let digest = Digest::of(format!("{chapter} in round {round} under {}", held.fence.claim));
        digest.as_str().as_bytes()[0].is_multiple_of(2)
    };
    let orders = held.texts.iter().flat_map(|text| [1, 2].map(|round| RepairOrder { round, chapter: text.chapter }));
    Audit {
        report: format!("findings under {}", held.fence.claim).into(),
        findings: 3,
        repairs: orders.filter(|order| chosen(order.chapter, order.round)).collect(),
        remarks: Vec::new(),
    }
}

/// Returns a request for this many chapters. The first `last` chapters are written after all others.
pub(crate) fn request(chapters: u32, last: u32, terms: Terms) -> Request {
    let mut request = sample::request("r", chapters);
    for chapter in request.order.outline.chapters.iter_mut().take(last as usize) {
        chapter.last = true;
    }
    Request { terms, ..request }
}

/// Returns a request for a book from a topic.
pub(crate) fn topic_request(chapters: u32, terms: Terms) -> Request {
    Request { terms, ..sample::topic_request("r", chapters) }
}
