//! Changes of a finished book: revisions that an editor asks for, texts that are taken back, and the versions that stay.

use super::*;
use crate::{
    audit::{FIRST_ROUND, wave_of_repairs},
    version::MAX_FORMER,
};

/// Makes a finished book.
fn finished_book(chapters: u32) -> World {
    let mut world = planned(chapters, 0, terms());
    for _ in 0..=chapters {
        finish(&mut world);
    }
    assert_eq!(world.book.state, State::Done);
    world
}

fn revision(chapter: u32, note: &str) -> Revision {
    Revision { chapter, order: RevisionOrder { note: note.into(), sections: vec![2], passage: None } }
}

fn names(world: &World, chapter: u32) -> Vec<String> {
    let tasks: Vec<Task> = world.tasks.values().cloned().collect();
    versions(&tasks, chapter).iter().map(|version| format!("{} {}", version.name(), version.origin)).collect()
}

fn refused(world: &World, operation: Operation) -> Operated {
    let stored = world.whole();
    let (operated, writes) = operate(&RULES, world.now, stored, operation);
    assert_eq!(writes, Writes::default());
    operated
}

#[test]
fn a_revision_is_a_repair_that_a_person_orders_and_the_book_is_bound_again() {
    let mut world = finished_book(2);
    let before = world.tasks[&TaskId::Write(1)].clone();
    world.operate(Operation::Revise(vec![revision(2, "Less salt.")]));
    let id = TaskId::Repair { round: FIRST_ROUND, chapter: 2 };
    let task = &world.tasks[&id];
    assert_eq!((task.wave, task.edition), (wave_of_repairs(FIRST_ROUND), 2));
    assert_eq!(task.revision.as_ref().map(|order| order.note.as_str()), Some("Less salt."));
    assert_eq!(world.queue.iter().map(|message| message.task).collect::<Vec<_>>(), [id]);
    finish(&mut world);
    finish(&mut world);
    assert_eq!((world.book.state, world.book.edition), (State::Done, 2));
    assert_eq!(world.tasks[&TaskId::Write(1)], before);
    assert_eq!(names(&world, 2), ["2.1 revised", "1.0 written"]);
}

#[test]
fn a_revision_that_is_given_up_leaves_the_text_and_the_book_is_bound() {
    let mut world = finished_book(1);
    world.operate(Operation::Revise(vec![revision(1, "Less salt.")]));
    world.deliver(0, true);
    let newest = world.held.len() - 1;
    world.with_held(newest, |held| Command::GiveUp {
        fence: held.fence.clone(),
        reason: "the model refused".into(),
        spent: held.spent,
    });
    finish(&mut world);
    assert_eq!((world.book.state, names(&world, 1)), (State::Done, vec!["1.0 written".to_owned()]));
}

#[test]
fn only_written_chapters_of_a_finished_book_are_revised() {
    let mut world = finished_book(1);
    let revise = |chapter| Operation::Revise(vec![revision(chapter, "Less salt.")]);
    assert_eq!(refused(&world, revise(2)), Operated::NoChapter(2));
    world.operate(revise(1));
    assert_eq!(refused(&world, revise(1)), Operated::TooEarly);
    world.operate(Operation::Cancel);
    assert_eq!(refused(&world, revise(1)), Operated::TooLate);
}

#[test]
fn the_last_texts_of_a_chapter_keep_their_names() {
    let mut world = finished_book(1);
    for edition in 2..8 {
        if edition % 2 == 0 {
            world.operate(Operation::Rewrite { chapters: vec![1], note: None });
        } else {
            world.operate(Operation::Revise(vec![revision(1, "Less salt.")]));
        }
        finish(&mut world);
        finish(&mut world);
        assert_eq!((world.book.state, world.book.edition), (State::Done, edition));
    }
    let expected = ["7.1 revised", "6.0 written", "5.1 revised", "4.0 written", "3.1 revised", "2.0 written"];
    assert_eq!(names(&world, 1), expected);
    assert_eq!(expected.len(), MAX_FORMER + 1);
}

#[test]
fn a_text_that_somebody_else_has_replaced_is_not_overwritten() {
    let mut world = finished_book(1);
    let edited = |text: &str, instead_of: &str| {
        let (text, instead_of) = (text.into(), Some(instead_of.parse().unwrap()));
        Operation::ReplaceTexts(vec![EditedText { chapter: 1, text, length: 2, origin: Origin::Edited, instead_of }])
    };
    world.operate(edited("as edited", "1.0"));
    finish(&mut world);
    assert_eq!(names(&world, 1), ["2.0 edited", "1.0 written"]);
    assert_eq!(refused(&world, edited("as edited by another", "1.0")), Operated::Outdated);
}

#[test]
fn a_plan_is_replaced_while_it_waits_for_a_review_and_by_one_person_only() {
    let mut world = planned(2, 0, Terms { review: true, ..terms() });
    let first = world.book.context.clone().unwrap();
    let replace = |context: &str| {
        let plan = Box::new(Plan { context: context.into(), estimate: Micros(7), outline: None });
        Operation::ReplacePlan { plan, instead_of: first.clone() }
    };
    world.operate(replace("{\"edited\": 1}"));
    assert_eq!((world.book.context.clone(), world.book.estimate), (Some(Digest::of("{\"edited\": 1}")), Micros(7)));
    assert_eq!(refused(&world, replace("{\"edited\": 1}")), Operated::Unchanged);
    assert_eq!(refused(&world, replace("{\"edited\": 2}")), Operated::Outdated);
    world.operate(Operation::Lift(Hold::Review));
    let written_from = &world.queue[0].context;
    assert_eq!(written_from, &world.book.context, "the chapters are written from the edited plan");
    assert_eq!(refused(&world, replace("{\"edited\": 3}")), Operated::TooLate);
}

#[test]
fn an_edited_text_is_bound_in_a_new_edition_and_every_other_text_stays() {
    let mut world = planned(2, 0, terms());
    for _ in 0..3 {
        finish(&mut world);
    }
    let before = world.tasks[&TaskId::Write(1)].clone();
    let edited =
        |chapter| EditedText { chapter, text: "as edited".into(), length: 2, origin: Origin::Edited, instead_of: None };
    world.operate(Operation::ReplaceTexts(vec![edited(2)]));
    let owed: Vec<TaskId> = world.queue.iter().map(|message| message.task).collect();
    assert_eq!((world.book.state, owed), (State::Binding, vec![TaskId::Bind]), "no chapter is written");
    finish(&mut world);
    assert_eq!((world.book.state, world.book.edition), (State::Done, 2));
    assert_eq!(world.tasks[&TaskId::Write(1)], before);
    let result = world.tasks[&TaskId::Write(2)].result.as_ref().unwrap();
    assert_eq!((result.edition, result.length, &result.digest), (2, 2, &bindery_domain::Digest::of("as edited")));
    assert!(world.stored.contains(&result.digest));
    let stored = world.whole();
    let (operated, _) = operate(&RULES, world.now, stored, Operation::ReplaceTexts(vec![edited(3)]));
    assert_eq!(operated, Operated::NoChapter(3));
}

#[test]
fn only_a_finished_book_takes_edited_texts() {
    let mut world = planned(1, 0, terms());
    let replace = || {
        Operation::ReplaceTexts(vec![EditedText {
            chapter: 1,
            text: "x".into(),
            length: 1,
            origin: Origin::Edited,
            instead_of: None,
        }])
    };
    assert_eq!(operate(&RULES, world.now, world.whole(), replace()), (Operated::TooEarly, Writes::default()));
    world.operate(Operation::Cancel);
    assert_eq!(operate(&RULES, world.now, world.whole(), replace()), (Operated::TooLate, Writes::default()));
}
