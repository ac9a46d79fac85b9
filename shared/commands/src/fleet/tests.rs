//! Tests of the look at a fleet.

use std::time::Duration;

use bindery_domain::Digest;
use bindery_ledger::{
    Hold, Lease, Operation, TaskResult, accept,
    sample::{RULES, request},
};

use super::*;

const NOW: Moment = Moment(100 * MINUTE_MS);

fn book(name: &str, state: State) -> Book {
    let (_, writes) = accept(&RULES, Moment(1), &request(name, 2), None, None);
    Book { state, ..writes.book.unwrap() }
}

fn released(chapter: u32) -> Task {
    Task { standing: Standing::Released, ..Task::waiting(TaskId::Write(chapter), 1, 0) }
}

fn leased(chapter: u32, worker: &str, until: Moment) -> Task {
    let lease = Lease {
        fence: 1,
        worker: worker.into(),
        claim: "c".into(),
        until,
        allowance: Default::default(),
        spent: Default::default(),
        progressed: false,
    };
    Task { lease: Some(lease), ..released(chapter) }
}

fn parked(chapter: u32, reason: &str, due: Moment) -> Task {
    Task { parked: Some(reason.into()), due: Some(due), ..released(chapter) }
}

fn written(chapter: u32, at: Moment, origin: Origin) -> Task {
    let result = TaskResult { at: Some(at), origin, ..TaskResult::new(1, 1, Digest::of("text"), 600) };
    Task { standing: Standing::Done, result: Some(result), ..Task::waiting(TaskId::Write(chapter), 1, 0) }
}

fn before(minutes: u64) -> Moment {
    Moment(NOW.0 - minutes * MINUTE_MS)
}

#[test]
fn a_chapter_counts_in_the_minute_in_which_it_was_written() {
    let mut pace = vec![0; 5];
    let tasks = [
        written(1, NOW, Origin::Written),
        written(2, Moment(NOW.0 - MINUTE_MS + 1), Origin::Written),
        written(3, before(4), Origin::Written),
        written(4, before(5), Origin::Written),
        written(5, NOW, Origin::Edited),
        released(6),
    ];
    count_pace(&mut pace, &tasks, NOW);
    assert_eq!(pace, [1, 0, 0, 0, 2]);
}

#[test]
fn a_book_stands_still_where_nobody_works_on_it_and_something_waits() {
    let later = NOW + Duration::from_secs(5);
    let writing = book("a", State::Writing);
    let stands = |tasks: &[Task]| stands_still(&writing, tasks, NOW);
    assert!(stands(&[parked(1, "the provider rejects the key", later), released(2)]));
    assert!(stands(&[leased(1, "w", before(1))]), "its worker fell silent");
    assert!(!stands(&[parked(1, "the provider is overloaded", later), leased(2, "w", later)]));
    assert!(!stands(&[released(1), released(2)]), "it waits for its turn");
    let mut held = book("b", State::Writing);
    held.holds.insert(Hold::Operator);
    assert!(stands_still(&held, &[], NOW));
    assert!(stands_still(&book("c", State::Failed(bindery_ledger::Stage::Write)), &[], NOW));
    assert!(!stands_still(&book("d", State::Done), &[], NOW));
}

#[test]
fn workers_and_common_waits_are_gathered_over_all_books() {
    let (soon, later) = (NOW + Duration::from_secs(5), NOW + Duration::from_secs(50));
    let mut gathered = Gathered::default();
    let held = "the provider rejects the key";
    gathered.add(&book("a", State::Writing), &[leased(1, "w1", later), parked(2, held, later)], NOW);
    gathered.add(&book("b", State::Writing), &[leased(1, "w1", before(1)), parked(2, held, soon)], NOW);
    gathered.add(
        &book("c", State::Writing),
        &[leased(1, "w2", later), parked(2, "the provider limits the rate", soon)],
        NOW,
    );
    let (workers, waits) = gathered.told();
    let worker = |name: &str, tasks, books, silent| BusyWorker { name: name.into(), tasks, books, silent };
    assert_eq!(workers, [worker("w1", 1, 2, 1), worker("w2", 1, 1, 0)]);
    let told: Vec<_> = waits.iter().map(|wait| (wait.reason.as_str(), wait.tasks, wait.books, wait.until)).collect();
    assert_eq!(told, [(held, 2, 2, soon), ("the provider limits the rate", 1, 1, soon)]);
    assert_eq!(waits[0].models, BTreeSet::from(["stand-in:prose".to_owned()]));
}

#[tokio::test]
async fn a_look_counts_the_books_and_says_why_one_stands_still() {
    let (store, _folder) = crate::test_store::store().await;
    store.accept(&request("tides", 2), None).await.unwrap();
    store.accept(&request("moons", 3), None).await.unwrap();
    let id = store.id_of("t", "moons").await.unwrap();
    store.operate(&id, Operation::Hold).await.unwrap();
    let advice = |_: &Book, need| format!("{need:?}");
    let look = Caller::operator().look_at_fleet(&*store, bindery_store::now(), advice).await.unwrap();
    assert_eq!((look.open, look.held, look.failed, look.chapters_missing), (2, 1, 0, 2));
    assert_eq!((look.pace.len(), look.workers.len(), look.stuck.len()), (PACE_MINUTES, 0, 1));
    let stuck = &look.stuck[0];
    assert_eq!((&stuck.book.id, stuck.missing), (&id, 3));
    assert!(stuck.reasons.iter().any(|reason| reason == "An operator holds it; Lift lets it go on."), "{stuck:?}");
    let stranger = Caller { tenant: Some("other".into()), ..Caller::operator() };
    let look = stranger.look_at_fleet(&*store, bindery_store::now(), advice).await.unwrap();
    assert_eq!((look.open, look.stuck.len()), (0, 0));
}
