//! What a store promises about a book that is made from a topic.

use super::*;

/// Returns a plan with an outline of so many chapters, the first of which is written last.
fn outlined(chapters: u32) -> Plan {
    let mut outline = request("r", chapters).order.outline;
    outline.chapters[0].last = true;
    Plan { outline: Some(Box::new(outline)), ..plan() }
}

/// A book from a topic gets its chapters and its outline with its plan.
pub async fn a_book_from_a_topic_gets_its_chapters_and_its_outline_with_its_plan(bench: &Bench) {
    let mut asked = topic_request("r", 5);
    let book = asked.book_id();
    bench.store.accept(&asked, None).await.unwrap();
    assert_eq!(bench.store.request(&book).await.unwrap(), Some(asked.clone()));
    assert_eq!(bench.store.missing(std::slice::from_ref(&book)).await.unwrap(), 0);
    let plan = outlined(5);
    let made = plan.outline.clone().unwrap();
    let Answer::Committed { released } = bench.commit(&book, TaskId::Plan, Output::Plan(plan)).await else {
        panic!("the plan is committed")
    };
    assert_eq!(released.iter().map(|one| one.task).collect::<Vec<_>>(), [TaskId::Write(2), TaskId::Write(3)]);
    assert_eq!(bench.store.missing(std::slice::from_ref(&book)).await.unwrap(), 5);
    assert_eq!(bench.store.book(&book).await.unwrap().unwrap().chapters, 5);
    assert_eq!(bench.store.request(&book).await.unwrap().unwrap().order.outline, *made);
    // The request was read before the outline was made, and comes with other terms.
    asked.terms.formats = vec!["epub".into()];
    assert!(matches!(bench.store.accept(&asked, None).await.unwrap(), Accepted::Exists(_)));
    let stored = bench.store.request(&book).await.unwrap().unwrap();
    assert_eq!((stored.terms, stored.order.outline), (asked.terms, *made));
    for number in 2..=5 {
        bench.commit(&book, TaskId::Write(number), chapter("text")).await;
    }
    bench.commit(&book, TaskId::Write(1), chapter("first")).await;
    bench.commit(&book, TaskId::Bind, Output::Binding(Binding::default())).await;
    assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Done);
    let revised = request("r", 1);
    let operation = Operation::ReplaceOutline { request: Box::new(revised.clone()), kept: [(1, 2)].into() };
    bench.store.operate(&book, operation).await.unwrap();
    assert_eq!(bench.store.request(&book).await.unwrap(), Some(revised), "a person's outline takes its place");
    assert!(bench.store.delete(&book).await.unwrap());
    assert_eq!(bench.store.request(&book).await.unwrap(), None);
}

/// A topic whose plan is given up is planned anew when it is redriven.
pub async fn a_topic_whose_plan_is_given_up_is_planned_anew_when_it_is_redriven(bench: &Bench) {
    let asked = topic_request("r", 2);
    let book = asked.book_id();
    bench.store.accept(&asked, None).await.unwrap();
    let fence = bench.claim(&book, TaskId::Plan).await.fence;
    let give_up = Command::GiveUp { fence, reason: "no outline".into(), spent: Micros::ZERO };
    bench.step(&book, TaskId::Plan, give_up).await;
    let Some(Operated::Done { released }) = bench.store.operate(&book, Operation::Redrive).await.unwrap() else {
        panic!("a failed book is tried again")
    };
    assert_eq!(released.iter().map(|one| one.task).collect::<Vec<_>>(), [TaskId::Plan]);
    let claim = Command::Claim { worker: "w".into(), claim: "again".into(), solo: false };
    let Answer::Go(grant) = bench.step(&book, TaskId::Plan, claim).await else { panic!("the plan is given") };
    let (fence, edition, output) = (grant.fence, grant.task.edition, Output::Plan(outlined(2)));
    let commit = Command::Commit { fence, edition, parts: Vec::new(), output, spent: Micros::ZERO };
    assert!(matches!(bench.step(&book, TaskId::Plan, commit).await, Answer::Committed { .. }));
    assert_eq!(bench.store.tasks(&book).await.unwrap().len(), 5);
}
