//! Steps that are decided together, and what may not change between a decision and its writing.

use std::collections::BTreeSet;

use bindery_ledger::{Checkpoint, Hold, Parking, Part, sample};
use bindery_test_servers::Redis as Server;
use futures_util::{FutureExt as _, future};

use super::*;

#[tokio::test]
async fn a_claim_that_was_decided_before_its_book_was_held_is_not_applied() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 1, 1).await;
    let (task, mut connection) = (TaskId::Write(1), store.desk.connections.get().await.unwrap());
    let found = read::round(&mut connection, &Keys::of(&book), (&BTreeSet::from([task]), Beside::Nothing)).await;
    let found = found.unwrap().unwrap();
    let (before, mut versions) = (found.reading.book.clone(), found.versions.clone());
    let claim = Command::Claim { worker: "w".into(), claim: "c".into(), solo: false };
    let Decision { answers, writes, guard } = decision(&RULES, found, [(task, &claim)]);
    assert!(matches!(answers[..], [Ok(Answer::Go(_))]) && writes.book.is_none());
    store.operate(&book, Operation::Hold).await.unwrap();
    let decided = Decided { id: &book, versions: &mut versions, before: Some(&before), guard };
    assert!(!store.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await.unwrap());
}

#[tokio::test]
async fn a_budget_that_was_decided_before_a_lease_began_or_ended_is_decided_again() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let mut request = request("r", 1);
    request.terms.window = 1;
    let (book, task) = (planned_as(&store, &request).await.0, TaskId::Write(1));
    let mut connection = store.desk.connections.get().await.unwrap();
    for (budget, begins) in [(50, true), (60, false)] {
        let without = Request { terms: sample::terms(), ..request.clone() };
        store.accept(&without, None).await.unwrap();
        request.terms.budget = Some(Micros(budget));
        let (now, stored, mut versions) = read::whole(&mut connection, &Keys::of(&book)).await.unwrap();
        let before = stored.as_ref().map(|(book, _)| book.clone());
        let (_, writes) = bindery_ledger::accept(&RULES, now, (&request, None), stored);
        if begins {
            assert!(matches!(claim(&store, &book, task).await, Answer::Go(_)));
        } else {
            let park = Command::Park { fence: 1, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
            assert_eq!(store.step(&book, task, park).await.unwrap(), Answer::Parked);
        }
        let decided = Decided { id: &book, versions: &mut versions, before: before.as_ref(), guard: Guard::Changes };
        assert!(!store.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await.unwrap());
        store.accept(&request, None).await.unwrap();
        let reserved = if begins { Micros(10) } else { Micros::ZERO };
        assert_eq!(store.book(&book).await.unwrap().unwrap().money.reserved, reserved);
    }
}

#[tokio::test]
async fn a_lease_that_was_decided_to_end_before_its_book_had_a_budget_is_decided_again() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, task) = (planned(&store, 1, 1).await.0, TaskId::Write(1));
    assert!(matches!(claim(&store, &book, task).await, Answer::Go(_)));
    let mut connection = store.desk.connections.get().await.unwrap();
    let found = read::round(&mut connection, &Keys::of(&book), (&BTreeSet::from([task]), Beside::Nothing)).await;
    let found = found.unwrap().unwrap();
    let (before, mut versions) = (found.reading.book.clone(), found.versions.clone());
    let park = Command::Park { fence: 1, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
    let Decision { answers, writes, guard } = decision(&RULES, found, [(task, &park)]);
    assert!(matches!(answers[..], [Ok(Answer::Parked)]) && writes.book.is_none());
    let mut request = request("r", 1);
    request.terms.window = 1;
    request.terms.budget = Some(Micros(50));
    store.accept(&request, None).await.unwrap();
    let decided = Decided { id: &book, versions: &mut versions, before: Some(&before), guard };
    assert!(!store.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await.unwrap());
    assert_eq!(store.step(&book, task, park).await.unwrap(), Answer::Parked);
    assert_eq!(store.book(&book).await.unwrap().unwrap().money.reserved, Micros::ZERO);
}

/// Returns how many scripts a server has run, and forgets them.
fn scripts(server: &Server) -> u64 {
    let said = server.cli(&["INFO", "commandstats"]);
    server.cli(&["CONFIG", "RESETSTAT"]);
    let ran = said.lines().filter_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    ran.filter_map(|line| line.split(',').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn steps_on_one_book_that_come_together_or_while_one_is_under_way_are_read_and_written_once() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, released) = planned(&store, 8, 8).await;
    let mut commits = Vec::new();
    scripts(&server);
    let claims = future::join_all(released.iter().map(|task| claim(&store, &book, *task))).await;
    assert_eq!(scripts(&server), 2);
    for (task, answer) in released.iter().zip(claims) {
        let Answer::Go(grant) = answer else { panic!("{task} is not given: {answer:?}") };
        let result =
            Made::Chapter { text: format!("text of {task}").into(), length: 2, summary: None, remarks: Vec::new() };
        let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros(1));
        commits.push(Command::Commit { fence, edition, parts, result, spent });
    }
    let steps = released.iter().zip(commits).map(|(task, commit)| store.step(&book, *task, commit));
    let answers: Vec<Answer> = future::try_join_all(steps).await.unwrap();
    // The first by itself, since it waited for nobody, and all that have come meanwhile.
    assert_eq!(scripts(&server), 4);
    let freed: Vec<usize> = answers
        .iter()
        .map(|answer| match answer {
            Answer::Committed { released } => released.len(),
            other => panic!("it is not committed: {other:?}"),
        })
        .collect();
    assert_eq!(freed, [0, 0, 0, 0, 0, 0, 0, 1], "the last one releases the binding");
    assert_eq!(finish(&store, &book, TaskId::Bind).await, []);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_fails_its_own_step_and_no_neighbours() {
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
async fn a_round_goes_on_when_whoever_spoke_first_is_gone() {
    let server = Server::start();
    let store = open(&Access::new(&server.url())).await;
    let (book, _) = planned(&store, 2, 2).await;
    for polls in 1..=2 {
        let mut first = Box::pin(claim(&store, &book, TaskId::Write(1)));
        let mut second = Box::pin(claim(&store, &book, TaskId::Write(2)));
        // It first waits for others to come with it, then for the store.
        (0..polls).for_each(|_| assert!(first.as_mut().now_or_never().is_none()));
        assert!(second.as_mut().now_or_never().is_none());
        drop(first);
        let given = tokio::time::timeout(Duration::from_secs(20), second).await;
        assert!(matches!(given.expect("it is decided"), Answer::Go(_)));
    }
}

#[tokio::test]
async fn a_lease_goes_on_by_one_script_until_its_task_was_changed_or_its_book_has_ended() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (store, other) = (open(&access).await, open(&access).await);
    let (book, task) = (planned(&store, 1, 1).await.0, TaskId::Write(1));
    let Answer::Go(grant) = claim(&store, &book, task).await else { panic!("it is not given") };
    let renew = Command::Renew { fence: grant.fence };
    let part = Part { digest: Some(Digest::of("a part")), ..Part::default() };
    let kept = Checkpoint { number: 1, part, text: Some("a part".into()), again: None };
    let checkpoint = Command::Checkpoint { fence: grant.fence, parts: vec![kept] };
    scripts(&server);
    for (through, command, ran) in [
        (&store, &renew, 1),
        (&store, &checkpoint, 1),
        (&store, &renew, 1),
        (&other, &renew, 2),
        // What is known is found to have changed, then read.
        (&store, &renew, 3),
        (&store, &renew, 1),
    ] {
        let answer = through.step(&book, task, command.clone()).await.unwrap();
        assert!(matches!(answer, Answer::Keep | Answer::Saved), "{answer:?}");
        assert_eq!(scripts(&server), ran);
    }
    let read = store.tasks(&book).await.unwrap().remove(1);
    assert_eq!(read.parts[&1].digest, Some(Digest::of("a part")));
    other.operate(&book, Operation::Cancel).await.unwrap();
    let cancelled = Answer::Stop { reason: "the book was cancelled" };
    for command in [renew, checkpoint] {
        assert_eq!(store.step(&book, task, command).await.unwrap(), cancelled);
    }
}

#[tokio::test]
async fn a_book_ends_by_one_script_unless_it_was_changed_and_stays_named_as_open_until_it_has() {
    let server = Server::start();
    let access = Access::new(&server.url());
    let (store, other) = (open(&access).await, open(&access).await);
    let (book, _) = planned(&store, 1, 1).await;
    finish(&store, &book, TaskId::Write(1)).await;
    let (result, task) = (Made::Binding(bindery_ledger::Binding::default()), TaskId::Bind);
    let bind = async || {
        let Answer::Go(grant) = claim(&store, &book, task).await else { panic!("the binding is not given") };
        let (fence, edition, parts, spent) = (grant.fence, grant.task.edition, Vec::new(), Micros(1));
        Command::Commit { fence, edition, parts, result: result.clone(), spent }
    };
    let open_books = || server.cli(&["SMEMBERS", keys::OPEN]).trim().to_owned();
    let commit = bind().await;
    scripts(&server);
    // What was known when something else became of the book settles nothing.
    let refused_after = async |operation: Operation, commit: &Command| {
        let known = store.rounds.leases.recall(&book, &BTreeSet::from([task])).unwrap();
        other.operate(&book, operation).await.unwrap();
        let (before, mut versions) = (known.reading.book.clone(), known.versions.clone());
        let Decision { answers, writes, guard } = decision(&RULES, known, [(task, commit)]);
        assert!(matches!(answers[..], [Ok(Answer::Committed { .. })]), "{answers:?}");
        let mut connection = store.desk.connections.get().await.unwrap();
        let decided = Decided { id: &book, versions: &mut versions, before: Some(&before), guard };
        assert!(!store.desk.apply(&mut connection, decided, (&writes, &Packed::default())).await.unwrap());
    };
    refused_after(Operation::Hold, &commit).await;
    assert_eq!(open_books(), book.as_str());
    other.operate(&book, Operation::Lift(Hold::Operator)).await.unwrap();
    // It is bound all the same: its book is read again.
    assert!(matches!(store.step(&book, task, commit).await.unwrap(), Answer::Committed { .. }));
    assert_eq!((open_books(), store.book(&book).await.unwrap().unwrap().state), (String::new(), State::Done));
    other.operate(&book, Operation::Rebind).await.unwrap();
    assert_eq!(open_books(), book.as_str());
    let commit = bind().await;
    scripts(&server);
    assert!(matches!(store.step(&book, task, commit).await.unwrap(), Answer::Committed { .. }));
    assert_eq!((scripts(&server), open_books()), (1, String::new()));
    other.operate(&book, Operation::Rebind).await.unwrap();
    let commit = bind().await;
    refused_after(Operation::Cancel, &commit).await;
    assert_eq!(open_books(), "");
}
