//! Single cases that random histories meet too rarely. Each test covers a case from its cause to its end.

mod audits;
mod changes;
mod outages;

use std::time::Duration;

use bindery_domain::{Digest, Micros};

use super::{
    world::{self, ESTIMATE, RULES, World, request},
    *,
};
use crate::{GapPolicy, Terms};

fn terms() -> Terms {
    Terms { window: 4, plan_estimate: ESTIMATE, ..sample::terms() }
}

/// Makes a planned book with this many chapters. The first `last` chapters are written after all others.
fn planned(chapters: u32, last: u32, terms: Terms) -> World {
    let mut world = World::new(&request(chapters, last, terms));
    finish(&mut world);
    world
}

#[test]
fn a_book_accepted_with_its_plan_equals_one_that_has_just_been_planned() {
    for (chapters, last, review) in [(6, 0, false), (3, 1, false), (2, 0, true)] {
        let request = request(chapters, last, Terms { review, ..terms() });
        let mut planned = planned(chapters, last, request.terms.clone());
        let mut came = World::with(&request, Some(&world::plan()));
        assert_eq!(came.queue, planned.queue);
        assert_eq!(came.book, planned.book);
        let [one, other] = [&mut came, &mut planned].map(|world| world.tasks.remove(&TaskId::Plan).unwrap());
        let made = |plan: Task| (plan.standing, plan.due, plan.result.map(|result| result.digest));
        assert_eq!(made(one), made(other));
        assert_eq!(came.tasks, planned.tasks);
    }
}

#[test]
fn a_book_belongs_to_its_tenant_even_if_two_names_share_an_id() {
    let mine = request(1, 0, terms());
    let world = World::new(&mine);
    let ask = |request: &Request| accept(&RULES, world.now, request, None, Some(world.whole())).0;
    assert!(matches!(ask(&mine), Accepted::Exists(_)));
    assert_eq!(ask(&Request { tenant: "another".into(), ..mine.clone() }), Accepted::Conflict);
    assert_eq!(ask(&Request { request_id: "another".into(), ..mine }), Accepted::Conflict);
}

/// Claims the task of the oldest message, and delivers its result.
fn finish(world: &mut World) {
    world.deliver(0, true);
    let newest = world.held.len() - 1;
    world.commit(newest);
}

/// Lets the worker of the newest lease fall silent, and the sweeper notice it.
fn fall_silent(world: &mut World) {
    world.now = world.now + RULES.lease * 2;
    world.sweep();
}

/// Returns the commit of a chapter under a lease that a later lease has replaced.
fn late(fence: Fence) -> Command {
    let text = "another last part".to_owned();
    let part = Part { digest: Some(Digest::of(&text)), ..Part::default() };
    let parts = vec![Checkpoint { number: 3, part, text: Some(text.into()), again: None }];
    let result = Output::Chapter { text: "t".into(), length: 1, summary: None, remarks: Vec::new(), sections: 0 };
    Command::Commit { fence, edition: 1, parts, output: result, spent: Micros::ZERO }
}

fn standing(world: &World, task: TaskId) -> Standing {
    world.tasks[&task].standing
}

#[test]
fn a_plan_whose_workers_keep_falling_silent_is_tried_once_more_and_then_fails_the_book() {
    let mut world = World::new(&request(1, 0, terms()));
    for _ in 0..=RULES.solo_after {
        world.queue.truncate(1);
        world.deliver(0, true);
        assert!(world.tasks[&TaskId::Plan].lease.is_some(), "a plan has no queue of its own for suspects");
        fall_silent(&mut world);
    }
    assert_eq!(world.book.state, State::Failed(Stage::Plan));
}

#[test]
fn a_binding_needs_no_budget() {
    let budget = Some(ESTIMATE);
    let mut world = planned(1, 0, Terms { budget, ..terms() });
    world.deliver(0, true);
    let fence = world.held.last().unwrap().fence.clone();
    let text = Output::Chapter { text: "t".into(), length: 1, summary: None, remarks: Vec::new(), sections: 0 };
    let commit = Command::Commit { fence, edition: 1, parts: Vec::new(), output: text, spent: ESTIMATE };
    let Answer::Committed { released } = world.step(TaskId::Write(1), commit) else { panic!("the lease is live") };
    world.queue = released;
    finish(&mut world);
    assert_eq!((world.book.state, world.book.held()), (State::Done, false));
}

#[test]
fn a_cancelled_book_stays_cancelled_when_its_plan_is_given_up() {
    let mut world = World::new(&request(1, 0, terms()));
    world.deliver(0, true);
    world.operate(Operation::Cancel);
    let fence = world.held[0].fence.clone();
    world.step(TaskId::Plan, Command::GiveUp { fence, reason: "five tries failed".into(), spent: Micros::ZERO });
    assert_eq!(world.book.state, State::Cancelled);
}

#[test]
fn a_chapter_that_arrives_while_its_book_is_bound_without_it_is_bound_too() {
    let mut world = planned(2, 0, Terms { gaps: GapPolicy::Omit, ..terms() });
    world.deliver(0, true);
    let slow = world.held.len() - 1;
    finish(&mut world);
    for _ in 0..=RULES.solo_after {
        fall_silent(&mut world);
        world.deliver(0, true);
    }
    assert_eq!(standing(&world, TaskId::Write(1)), Standing::Dead);
    assert_eq!(world.book.state, State::Binding);
    let binder = world.held.len() - 1;
    world.commit(slow);
    assert_eq!(standing(&world, TaskId::Write(1)), Standing::Done);
    world.commit(binder);
    assert_eq!(world.book.state, State::Binding, "the first binder had read the set without the chapter");
    finish(&mut world);
    assert_eq!(world.book.state, State::Done);
}

#[test]
fn parts_delivered_with_a_result_are_kept_unless_the_result_is_late_and_its_lease_over() {
    let kept =
        |world: &World, chapter| world.tasks[&TaskId::Write(chapter)].parts.get(&3).map(|part| part.digest.clone());
    let brought = |fence: &Fence| Some(Some(Digest::of(format!("the last part under {}", fence.claim))));
    let mut world = planned(2, 0, terms());
    world.deliver(0, true);
    let slow = world.held.len() - 1;
    fall_silent(&mut world);
    finish(&mut world);
    let fence = world.held.last().unwrap().fence.clone();
    assert_eq!(kept(&world, 2), brought(&fence));
    world.commit(slow);
    let first = world.held[slow].fence.clone();
    let stored = (standing(&world, TaskId::Write(1)), kept(&world, 1));
    assert_eq!(stored, (Standing::Done, brought(&first)), "it was the first");
    world.step(TaskId::Write(1), late(Fence { number: first.number + 1, claim: "another".into() }));
    assert_eq!(kept(&world, 1), brought(&first));

    let mut world = planned(1, 0, terms());
    world.deliver(0, true);
    world.operate(Operation::Cancel);
    let cancelled = world.held.len() - 1;
    world.commit(cancelled);
    assert_eq!(standing(&world, TaskId::Write(1)), Standing::Released, "its book takes no result");
    assert_eq!(kept(&world, 1), brought(&world.held[cancelled].fence), "it is paid for");
}

#[test]
fn a_book_taken_over_after_its_deadline_gets_its_whole_time_again() {
    let mut world = planned(1, 0, terms());
    world.now = world.now + Duration::from_hours(48);
    world.operate(Operation::TakeOver);
    world.operate(Operation::Expire);
    assert_eq!(world.book.state, State::Writing);
    world.now = world.now + Duration::from_hours(24);
    world.operate(Operation::Expire);
    assert_eq!(world.book.state, State::Failed(Stage::Write));
}

#[test]
fn an_allowance_that_covers_no_call_grows_until_it_covers_one_or_the_budget_holds_the_book() {
    let mut world = planned(2, 0, Terms { budget: Some(Micros(3_500)), ..terms() });
    let mut allowed = Vec::new();
    while !world.book.held() {
        assert!(allowed.len() < 10, "the book goes round for ever: {allowed:?}");
        world.queue.retain(|message| message.task == TaskId::Write(1));
        world.deliver(0, true);
        if let Some(lease) = &world.tasks[&TaskId::Write(1)].lease {
            allowed.push(lease.allowance);
            let (fence, wait) = (lease.name(), Duration::ZERO);
            let park = Command::Park { fence, wait, reason: Parking::Allowance, spent: Micros::ZERO };
            world.step(TaskId::Write(1), park);
        }
        world.sweep();
    }
    assert_eq!(allowed, [Micros(1_000), Micros(2_000)]);
    assert_eq!(world.book.money.reserved, Micros::ZERO);
}

#[test]
fn a_new_budget_reserves_the_allowances_of_live_leases() {
    let mut world = planned(3, 0, terms());
    world.deliver(0, true);
    world.deliver(0, true);
    assert_eq!(world.book.money.reserved, Micros::ZERO);
    let mut request = request(3, 0, Terms { budget: Some(Micros(2_500)), ..terms() });
    world.book.order = request.order.digest();
    world.apply(accept(&RULES, world.now, &request, None, Some(world.whole())).1);
    world.check();
    assert_eq!(world.book.money.reserved, Micros(2_000));
    request.terms.budget = None;
    world.apply(accept(&RULES, world.now, &request, None, Some(world.whole())).1);
    assert_eq!(world.book.money.reserved, Micros::ZERO);
}

#[test]
fn a_late_report_of_a_publisher_does_not_prolong_a_park() {
    let mut world = planned(1, 0, terms());
    world.deliver(0, true);
    let (fence, wait) = (world.held.last().unwrap().fence.clone(), Duration::from_secs(20));
    let park = Command::Park { fence, wait, reason: Parking::Wait("a rate limit".into()), spent: Micros::ZERO };
    world.step(TaskId::Write(1), park);
    world.step(TaskId::Write(1), Command::Published);
    assert_eq!(world.tasks[&TaskId::Write(1)].due, Some(world.now + wait));
}

#[test]
fn chapters_without_a_summary_get_one_once_a_revision_adds_a_chapter_that_is_written_last() {
    let mut world = planned(2, 0, terms());
    finish(&mut world);
    finish(&mut world);
    let parts = [(0, Part::default())].into();
    world.tasks.get_mut(&TaskId::Write(2)).unwrap().parts = parts;
    let (request, kept) = (Box::new(request(2, 1, terms())), [(2, 2)].into());
    world.operate(Operation::ReplaceOutline { request, kept });
    let kept = &world.tasks[&TaskId::Write(2)];
    assert_eq!((kept.standing, kept.parts.len()), (Standing::Waiting, 1), "its parts are kept, its summary is owed");
    assert!(kept.result.is_some());
}

#[test]
fn a_finished_book_is_bound_again_without_a_chapter_being_written() {
    let mut world = planned(1, 0, terms());
    finish(&mut world);
    finish(&mut world);
    assert_eq!(world.book.state, State::Done);
    world.operate(Operation::Rebind);
    let owed: Vec<TaskId> = world.queue.iter().map(|message| message.task).collect();
    assert_eq!((world.book.state, owed), (State::Binding, vec![TaskId::Bind]));
    finish(&mut world);
    assert_eq!((world.book.state, world.book.edition), (State::Done, 2));
}

#[test]
fn a_cancelled_book_is_neither_redriven_nor_rewritten() {
    let mut world = planned(1, 0, terms());
    world.operate(Operation::Cancel);
    let revised = Operation::ReplaceOutline { request: Box::new(request(2, 0, terms())), kept: BTreeMap::new() };
    for (operation, answer) in [
        (Operation::Redrive, Operated::Unchanged),
        (Operation::Rewrite { chapters: vec![1], note: None }, Operated::TooLate),
        (revised, Operated::TooLate),
    ] {
        assert_eq!(operate(&RULES, world.now, world.whole(), operation), (answer, Writes::default()));
    }
}

#[test]
fn a_hold_lifted_from_a_settled_book_releases_nothing() {
    let mut world = planned(1, 0, terms());
    world.operate(Operation::Hold);
    world.operate(Operation::Cancel);
    world.queue.clear();
    world.operate(Operation::Lift(Hold::Operator));
    assert!(world.queue.is_empty());
}

#[test]
fn an_operation_that_is_asked_for_twice_under_one_name_is_done_once() {
    let mut world = planned(1, 0, terms());
    let once = |name: &str, operation| Operation::Once { command: Digest::of(name), operation: Box::new(operation) };
    world.operate(once("a", Operation::Hold));
    assert!(world.book.held());
    world.operate(once("b", Operation::Lift(Hold::Operator)));
    let before = world.book.clone();
    world.operate(once("a", Operation::Hold));
    assert_eq!(world.book, before, "the hold comes again after it was lifted");
    world.operate(once("c", Operation::Lift(Hold::Operator)));
    assert_eq!(world.book, before, "what changes nothing is not remembered");
    for number in 0..20 {
        world.operate(once(&format!("{number}"), Operation::Hold));
        world.operate(once(&format!("{number} lifted"), Operation::Lift(Hold::Operator)));
    }
    assert!(world.book.commands.len() <= 8, "the record grows with every command");
}

#[test]
fn a_book_rewritten_under_a_hold_is_credited_only_the_held_time_since_then() {
    let day = Duration::from_secs(86_400);
    for anew in [Operation::Rewrite { chapters: vec![1], note: None }, Operation::TakeOver] {
        let mut world = planned(1, 0, terms());
        world.operate(Operation::Hold);
        if matches!(anew, Operation::Rewrite { .. }) {
            world.book.state = State::Failed(Stage::Write);
        }
        world.now = world.now + day;
        world.operate(anew);
        let deadline = world.book.deadline_at;
        assert_eq!(deadline, world.now + day);
        let hour = Duration::from_secs(3_600);
        world.now = world.now + hour;
        world.operate(Operation::Lift(Hold::Operator));
        assert_eq!(world.book.deadline_at, deadline + hour);
    }
}

#[test]
fn an_unclaimed_message_counts_as_lost_only_if_no_message_waits_in_the_queue() {
    for (backlog, lost) in [(true, None), (false, Some("message_lost"))] {
        let mut world = planned(1, 0, terms());
        world.now = world.now + RULES.lost_after;
        let served = world.step(TaskId::Write(1), Command::Serve { backlog, spare_leases: false });
        assert!(matches!(served, Answer::Publish { heal, .. } if heal == lost), "{served:?}");
    }
}

#[test]
fn a_message_in_a_long_queue_is_sent_again_at_growing_intervals_until_it_is_claimed() {
    let mut world = planned(1, 0, terms());
    let lost_after = |world: &World| world.tasks[&TaskId::Write(1)].due.unwrap().since(world.now);
    for doublings in 0..3 {
        assert_eq!(lost_after(&world), RULES.lost_after * (1 << doublings));
        world.now = world.now + lost_after(&world);
        world.sweep();
    }
    assert_eq!(world.queue.len(), 4, "each time it is sent again");
    world.deliver(0, true);
    fall_silent(&mut world);
    assert_eq!(lost_after(&world), RULES.lost_after);
}

#[test]
fn texts_stay_for_the_retention_after_a_book_settles_and_again_after_it_is_reopened() {
    let retention = RULES.retention.unwrap();
    let mut world = planned(1, 0, terms());
    finish(&mut world);
    finish(&mut world);
    assert_eq!(world.book.texts, Texts::Until(world.now + retention));
    world.now = world.now + (retention - Duration::from_secs(1));
    world.sweep();
    world.operate(Operation::Rewrite { chapters: vec![1], note: None });
    assert_eq!((world.book.texts, world.book.due()), (Texts::Kept, Some(world.book.deadline_at)));
    world.now = world.now + retention;
    finish(&mut world);
    finish(&mut world);
    assert_eq!((world.book.state, world.book.texts), (State::Done, Texts::Until(world.now + retention)));
}

#[test]
fn a_book_whose_texts_are_leaving_is_not_reopened_and_stays_unchanged() {
    let mut world = planned(2, 0, terms());
    for _ in 0..3 {
        finish(&mut world);
    }
    world.now = world.now + RULES.retention.unwrap();
    world.sweep();
    assert!(!world.stored.is_empty() && matches!(world.book.texts, Texts::Leaving(_)), "a first page has left");
    let before = world.book.clone();
    let revised = Operation::ReplaceOutline { request: Box::new(request(2, 0, terms())), kept: BTreeMap::new() };
    let rewritten = Operation::Rewrite { chapters: vec![1], note: None };
    for operation in [rewritten, revised, Operation::Rebind] {
        let stored = world.whole();
        let (operated, writes) = operate(&RULES, world.now, stored, operation);
        assert_eq!((operated, writes), (Operated::TextsLeft, Writes::default()));
    }
    world.outlive_texts();
    assert_eq!(world.book, Book { texts: Texts::Left, ..before });
}

#[test]
fn a_worker_that_wakes_after_the_texts_have_left_stores_none() {
    let mut world = planned(1, 0, terms());
    world.deliver(0, true);
    world.operate(Operation::Cancel);
    world.outlive_texts();
    world.checkpoint(1, 0, 10);
    world.commit(1);
    assert!(world.stored.is_empty());
}
