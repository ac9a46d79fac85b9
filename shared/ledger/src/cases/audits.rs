//! Audits and repairs: what they order, what becomes of them, and that a book never fails because of them.

use super::*;
use crate::AuditMode;

fn audited_terms() -> Terms {
    Terms { audit: AuditMode::Repair, ..terms() }
}

/// Makes a book whose chapters are written and whose audit waits for its lease.
fn written(chapters: u32, terms: Terms) -> World {
    let mut world = planned(chapters, 0, terms);
    (0..chapters).for_each(|_| finish(&mut world));
    assert_eq!((world.book.state, world.queue[0].task), (State::Auditing, TaskId::Audit));
    world
}

/// Claims the audit and orders these repairs.
fn audit(world: &mut World, orders: &[(u16, u32)]) -> Vec<TaskId> {
    world.deliver(0, true);
    let held = world.held.last().unwrap().clone();
    let repairs = orders.iter().map(|(round, chapter)| RepairOrder { round: *round, chapter: *chapter }).collect();
    let output = Output::Audit(Audit { report: "findings".into(), findings: 2, repairs, remarks: vec!["left".into()] });
    let commit =
        Command::Commit { fence: held.fence, edition: held.edition, parts: Vec::new(), output, spent: Micros::ZERO };
    let answer = world.step(TaskId::Audit, commit);
    world.on_answer(TaskId::Audit, answer);
    world.queue.iter().map(|released| released.task).collect()
}

const fn repair(round: u16, chapter: u32) -> TaskId {
    TaskId::Repair { round, chapter }
}

fn bound(world: &World) -> Vec<(u32, u16)> {
    world.book.binding.as_ref().unwrap().texts.iter().map(|text| (text.chapter, text.revision)).collect()
}

#[test]
fn an_audit_that_finds_nothing_to_mend_releases_the_binding() {
    let mut world = written(2, audited_terms());
    assert_eq!(audit(&mut world, &[]), [TaskId::Bind]);
    finish(&mut world);
    assert_eq!((world.book.state, bound(&world)), (State::Done, vec![(1, 0), (2, 0)]));
}

#[test]
fn a_round_of_repairs_begins_when_the_one_before_it_is_settled_and_the_latest_text_is_bound() {
    let mut world = written(3, audited_terms());
    assert_eq!(audit(&mut world, &[(2, 3), (1, 3), (1, 1)]), [repair(1, 1), repair(1, 3)]);
    finish(&mut world);
    assert_eq!(standing(&world, repair(2, 3)), Standing::Waiting);
    finish(&mut world);
    assert_eq!(world.queue[0].task, repair(2, 3));
    finish(&mut world);
    finish(&mut world);
    assert_eq!((world.book.state, bound(&world)), (State::Done, vec![(1, 1), (2, 0), (3, 2)]));
}

#[test]
fn repairs_are_released_by_the_window() {
    let mut world = written(4, Terms { window: 2, ..audited_terms() });
    let orders = [1, 2, 3, 4].map(|chapter| (1, chapter));
    assert_eq!(audit(&mut world, &orders).len(), 2);
    finish(&mut world);
    assert_eq!(world.queue.len(), 2);
}

#[test]
fn a_repair_that_is_given_up_leaves_the_text_as_it_was() {
    let mut world = written(2, audited_terms());
    audit(&mut world, &[(1, 2)]);
    world.deliver(0, true);
    let newest = world.held.len() - 1;
    world.with_held(newest, |held| Command::GiveUp {
        fence: held.fence.clone(),
        reason: "the model refused".into(),
        spent: held.spent,
    });
    assert_eq!((standing(&world, repair(1, 2)), world.queue[0].task), (Standing::Dead, TaskId::Bind));
    finish(&mut world);
    assert_eq!((world.book.state, bound(&world)), (State::Done, vec![(1, 0), (2, 0)]));
}

#[test]
fn an_audit_whose_process_keeps_dying_is_given_up_and_the_book_is_bound() {
    let mut world = written(1, audited_terms());
    while standing(&world, TaskId::Audit) != Standing::Dead {
        world.queue.truncate(1);
        world.deliver(0, true);
        fall_silent(&mut world);
    }
    assert_eq!((world.book.state, world.queue.last().unwrap().task), (State::Binding, TaskId::Bind));
}

#[test]
fn a_budget_that_is_used_up_gives_repairs_up_and_holds_no_book() {
    let mut world = written(2, Terms { budget: Some(Micros(2_500)), ..audited_terms() });
    world.book.money.spent = Micros(2_000);
    audit(&mut world, &[(1, 1), (1, 2)]);
    world.deliver(0, true);
    world.deliver(0, true);
    assert!(world.book.holds.is_empty());
    assert_eq!((world.book.state, standing(&world, repair(1, 1))), (State::Binding, Standing::Dead));
}

#[test]
fn a_deadline_ends_repairs_and_the_book_is_bound_as_it_stands() {
    let mut world = written(2, Terms { deadline_ms: 60_000, ..audited_terms() });
    audit(&mut world, &[(1, 1), (2, 2)]);
    world.now = world.book.deadline_at;
    world.sweep();
    assert_eq!((world.book.state, world.queue.last().unwrap().task), (State::Binding, TaskId::Bind));
    assert!(world.tasks.values().filter(|task| task.standing == Standing::Dead).all(|task| task.reason.is_some()));
}

#[test]
fn a_repair_that_comes_after_the_binding_has_begun_is_refused() {
    let mut world = written(1, audited_terms());
    audit(&mut world, &[(1, 1)]);
    world.deliver(0, true);
    let held = world.held.last().unwrap().clone();
    world.now = world.book.deadline_at;
    world.sweep();
    assert_eq!(world.step(repair(1, 1), world::finished(&held, false)), Answer::Closed);
}

#[test]
fn a_reopened_book_keeps_its_repaired_texts_and_is_audited_again() {
    let mut world = written(2, audited_terms());
    audit(&mut world, &[(1, 1), (1, 2)]);
    (0..3).for_each(|_| finish(&mut world));
    let before = world.book.binding.clone().unwrap().texts;
    world.queue.clear();
    world.operate(Operation::Rewrite { chapters: vec![1], note: None });
    assert!(!world.tasks.keys().any(|task| matches!(task, TaskId::Repair { .. })));
    finish(&mut world);
    assert_eq!(audit(&mut world, &[]), [TaskId::Bind]);
    finish(&mut world);
    let after = world.book.binding.clone().unwrap().texts;
    assert_eq!((&after[1], after[0].edition, after[0].revision), (&before[1], 2, 0));
}

#[test]
fn a_book_that_is_only_bound_again_is_not_audited_again() {
    let mut world = written(1, audited_terms());
    audit(&mut world, &[(1, 1)]);
    (0..2).for_each(|_| finish(&mut world));
    world.queue.clear();
    world.operate(Operation::Rebind);
    assert_eq!(world.queue[0].task, TaskId::Bind);
    finish(&mut world);
    assert_eq!(bound(&world), [(1, 1)]);
}

#[test]
fn what_repairs_left_is_told_when_the_book_is_bound() {
    let bind = |left: Vec<String>| {
        let mut world = written(1, audited_terms());
        audit(&mut world, &[(1, 1)]);
        finish(&mut world);
        world.deliver(0, true);
        let held = world.held.last().unwrap().clone();
        let left_beyond = if left.is_empty() { 0 } else { 4 };
        let binding = Binding { texts: held.texts.clone(), left, left_beyond, ..Binding::default() };
        let output = Output::Binding(binding);
        let (parts, spent) = (Vec::new(), Micros::ZERO);
        world.step(TaskId::Bind, Command::Commit { fence: held.fence, edition: held.edition, parts, output, spent });
        assert_eq!(world.book.state, State::Done);
        world.events.into_iter().map(|event| event.what).collect::<Vec<_>>()
    };
    let told = bind(vec!["In chapter 1: a\nphrase".to_owned(); 21]);
    let left = vec!["In chapter 1: a phrase".to_owned(); 20];
    assert!(told.ends_with(&[EventKind::Reread { findings: 25, left }, EventKind::Done]), "{told:?}");
    assert!(!bind(Vec::new()).iter().any(|what| matches!(what, EventKind::Reread { .. })));
}

#[test]
fn the_sections_of_a_chapter_are_those_of_its_last_repairs() {
    let part = |text: &str| Part { digest: Some(Digest::of(text)), ..Part::default() };
    let task = |id, parts: &[(u16, &str)], revision| {
        let mut task = Task::waiting(id, 1, 0);
        task.standing = Standing::Done;
        task.parts = parts.iter().map(|(number, text)| (*number, part(text))).collect();
        task.result = Some(TaskResult { revision, sections: 2, ..TaskResult::new(1, 1, Digest::of("text"), 10) });
        task
    };
    let tasks = [
        task(repair(2, 1), &[(2, "second, mended again")], 2),
        task(repair(1, 1), &[(1, "first, mended"), (2, "second, mended")], 1),
        task(TaskId::Write(1), &[(0, "brief"), (1, "first"), (2, "second")], 0),
        task(TaskId::Write(2), &[(0, "brief"), (1, "first")], 0),
    ];
    let sections = current_sections(&tasks);
    assert_eq!(sections[&1], ["first, mended", "second, mended again"].map(Digest::of));
    assert!(!sections.contains_key(&2), "one of its sections has no text");
}
