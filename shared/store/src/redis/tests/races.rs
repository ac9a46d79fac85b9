//! Tests of records that change between a decision and its writing.

use bindery_ledger::{Checkpoint, Fence, Hold, Parking, Part, sample};
use bindery_test_servers::Redis as Server;
use futures_util::future;

use super::*;

/// Returns the lease that an answer gives.
fn granted(answer: Answer) -> Fence {
    let Answer::Go(grant) = answer else { panic!("no lease is given: {answer:?}") };
    grant.fence
}

#[tokio::test]
async fn a_claim_that_was_decided_before_its_book_was_held_is_not_applied() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    let claim = Command::Claim { worker: "w".into(), claim: "c".into(), solo: false };
    let decision = Decision::of(&store, &book, TaskId::Write(1), &claim).await;
    assert!(matches!(decision.answer, Answer::Go(_)) && decision.writes.book.is_none());
    store.operate(&book, Operation::Hold).await.unwrap();
    assert!(!decision.apply(&store).await.unwrap());
}

#[tokio::test]
async fn a_budget_decision_is_made_again_after_a_lease_began_or_ended() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let mut request = request("r", 1);
    request.terms.window = 1;
    let (book, task) = (planned_as(&store, &request).await.0, TaskId::Write(1));
    let mut connection = store.servers.connections.get().await.unwrap();
    let mut live = None;
    for (budget, begins) in [(50, true), (60, false)] {
        let without = Request { terms: sample::terms(), ..request.clone() };
        store.accept(&without, None).await.unwrap();
        request.terms.budget = Some(Micros(budget));
        let Whole { now, stored, versions } = read::whole(&mut connection, &Keys::of(&book)).await.unwrap();
        let before = stored.as_ref().map(|stored| stored.book.clone());
        let (_, writes) = bindery_ledger::accept(&RULES, now, &request, None, stored);
        if begins {
            live = Some(granted(claim(&store, &book, task).await));
        } else {
            let fence = live.take().expect("the first round has claimed it");
            let park = Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
            assert_eq!(store.step(&book, task, park).await.unwrap(), Answer::Parked);
        }
        let decided = Decided { book: &book, before: before.as_ref(), versions: &versions, writes: &writes };
        assert!(!apply(&mut connection, &decided).await.unwrap());
        store.accept(&request, None).await.unwrap();
        let reserved = if begins { Micros(10) } else { Micros::ZERO };
        assert_eq!(store.book(&book).await.unwrap().unwrap().money.reserved, reserved);
    }
}

#[tokio::test]
async fn the_end_of_a_lease_is_decided_again_after_its_book_got_a_budget() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, task) = (planned(&store, 1, 1).await.0, TaskId::Write(1));
    let fence = granted(claim(&store, &book, task).await);
    let park = Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
    let decision = Decision::of(&store, &book, task, &park).await;
    assert!(decision.answer == Answer::Parked && decision.writes.book.is_none());
    let mut request = request("r", 1);
    request.terms.window = 1;
    request.terms.budget = Some(Micros(50));
    store.accept(&request, None).await.unwrap();
    assert!(!decision.apply(&store).await.unwrap());
    assert_eq!(store.step(&book, task, park).await.unwrap(), Answer::Parked);
    assert_eq!(store.book(&book).await.unwrap().unwrap().money.reserved, Micros::ZERO);
}

#[tokio::test]
async fn the_last_of_several_concurrent_commits_releases_the_binding() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, released) = planned(&store, 8, 8).await;
    let commits = future::join_all(released.iter().map(|task| ready(&store, &book, *task))).await;
    let steps = released.iter().zip(commits).map(|(task, commit)| store.step(&book, *task, commit));
    let answers: Vec<Answer> = future::try_join_all(steps).await.unwrap();
    let released: Vec<TaskId> = answers
        .into_iter()
        .flat_map(|answer| match answer {
            Answer::Committed { released } => released,
            other => panic!("it is not committed: {other:?}"),
        })
        .map(|released| released.task)
        .collect();
    assert_eq!(released, [TaskId::Bind]);
    assert_eq!(finish(&store, &book, TaskId::Bind).await, []);
}

#[tokio::test]
async fn an_unreadable_record_fails_its_own_step_and_no_other() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, released) = planned(&store, 3, 3).await;
    let keys = Keys::of(&book);
    let sound = server.cli(&["HGET", &keys.tasks(), "2"]);
    server.cli(&["HSET", &keys.tasks(), "2", "no record"]);
    let claims = released.iter().map(|task| {
        let claim = Command::Claim { worker: "w".into(), claim: task.to_string(), solo: false };
        store.step(&book, *task, claim)
    });
    let answers = future::join_all(claims).await;
    let read = answers.iter().map(|answer| matches!(answer, Ok(Answer::Go(_)))).collect::<Vec<_>>();
    assert_eq!(read, [true, false, true], "{answers:?}");
    assert!(matches!(answers[1], Err(StoreError::Unreadable { what: "task", .. })));
    server.cli(&["HSET", &keys.tasks(), "2", sound.trim()]);
    assert!(matches!(claim(&store, &book, TaskId::Write(2)).await, Answer::Go(_)));
}

#[tokio::test]
async fn a_lease_goes_on_through_any_process_until_its_book_has_ended() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (store, other) = (open(&access).await, open(&access).await);
    let (book, task) = (planned(&store, 1, 1).await.0, TaskId::Write(1));
    let Answer::Go(grant) = claim(&store, &book, task).await else { panic!("it is not given") };
    let renew = Command::Renew { fence: grant.fence.clone() };
    let part = Part { digest: Some(Digest::of("a part")), ..Part::default() };
    let kept = Checkpoint { number: 1, part, text: Some("a part".into()), again: None };
    let checkpoint = Command::Checkpoint { fence: grant.fence.clone(), parts: vec![kept] };
    for (through, command) in [(&store, &renew), (&store, &checkpoint), (&other, &renew), (&store, &renew)] {
        let answer = through.step(&book, task, command.clone()).await.unwrap();
        assert!(matches!(answer, Answer::Keep | Answer::Saved), "{answer:?}");
    }
    let read = store.tasks(&book).await.unwrap().remove(1);
    assert_eq!(read.parts[&1].digest, Some(Digest::of("a part")));
    // It is decided before the book is cancelled, and must not be applied afterwards.
    let late = Decision::of(&store, &book, task, &checkpoint).await;
    other.operate(&book, Operation::Cancel).await.unwrap();
    assert!(!late.apply(&store).await.unwrap());
    let cancelled = Answer::Stop { reason: "the book was cancelled" };
    for command in [renew, checkpoint] {
        assert_eq!(store.step(&book, task, command).await.unwrap(), cancelled);
    }
}

#[tokio::test]
async fn a_book_stays_named_as_open_until_it_has_ended() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (store, other) = (open(&access).await, open(&access).await);
    let (book, _) = planned(&store, 1, 1).await;
    finish(&store, &book, TaskId::Write(1)).await;
    let task = TaskId::Bind;
    let bind = async || {
        let Answer::Go(grant) = claim(&store, &book, task).await else { panic!("the binding is not given") };
        let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros(1));
        let output = Output::Binding(bindery_ledger::Binding::default());
        Command::Commit { fence, edition, parts, output, spent }
    };
    let open_books = || server.cli(&["SMEMBERS", keys::OPEN]).trim().to_owned();
    // A decision that was made before the book's state changed must not settle the book.
    let refused_after = async |operation: Operation, commit: &Command| {
        let decision = Decision::of(&store, &book, task, commit).await;
        assert!(matches!(decision.answer, Answer::Committed { .. }), "{:?}", decision.answer);
        other.operate(&book, operation).await.unwrap();
        assert!(!decision.apply(&store).await.unwrap());
    };
    let commit = bind().await;
    refused_after(Operation::Hold, &commit).await;
    assert_eq!(open_books(), book.as_str());
    other.operate(&book, Operation::Lift(Hold::Operator)).await.unwrap();
    assert!(matches!(store.step(&book, task, commit).await.unwrap(), Answer::Committed { .. }));
    assert_eq!((open_books(), store.book(&book).await.unwrap().unwrap().state), (String::new(), State::Done));
    other.operate(&book, Operation::Rebind).await.unwrap();
    assert_eq!(open_books(), book.as_str());
    let commit = bind().await;
    refused_after(Operation::Cancel, &commit).await;
    assert_eq!(open_books(), "");
}
