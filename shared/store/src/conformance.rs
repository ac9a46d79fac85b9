//! The conformance suite of the port: one function for each promise that every store keeps. Each needs a store without
//! books, and panics if the promise is broken.
//!
//! [`conformance_tests!`](crate::conformance_tests) makes a test of each for one adapter.

#![expect(clippy::unwrap_used, reason = "all of this is part of a test, which clippy cannot tell")]

mod books;
mod events;
mod keys;
mod live_texts;
mod retention;
mod topics;
mod track_records;
mod webhooks;

use std::{
    any::Any,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bindery_domain::{BookId, Micros, Moment, TaskId};
use bindery_ledger::{
    Accepted, Answer, AuditMode, Binding, Checkpoint, Command, Grant, Hold, Operated, Operation, Output, Parking, Part,
    Plan, Request, Rules, Standing, State,
    sample::{self, plan, request, topic_request},
};

use super::{Access, Clock, Examination, Scope, Store, Unpublished, connect};

pub use books::*;
pub use events::*;
pub use keys::*;
pub use live_texts::*;
pub use retention::*;
pub use topics::*;
pub use track_records::*;
pub use webhooks::*;

/// Makes a test of every promise, each on a store of its own.
///
/// The argument is an expression for a future of a [`Bench`](crate::conformance::Bench). It is evaluated once for each
/// test. The tests need tokio with the features `macros` and `rt`.
#[macro_export]
macro_rules! conformance_tests {
    ($open:expr) => {
        $crate::conformance_tests! { $open =>
            the_same_request_names_the_same_book_and_another_order_is_a_conflict
            a_book_with_an_id_of_earlier_programs_is_found_by_its_request
            new_terms_replace_the_old_ones_and_are_stored
            a_book_goes_from_its_plan_through_its_window_to_its_binding
            a_book_goes_from_its_last_chapter_through_its_audit_and_two_rounds_of_repairs_to_its_binding
            a_repair_that_is_given_up_is_no_gap_of_the_book
            a_committed_text_and_its_context_read_back_by_their_digests
            checkpoints_survive_a_lease_that_ran_out_and_another_opening_of_the_store
            due_items_come_oldest_first_within_their_scope_with_the_time_to_the_next
            a_missed_deadline_is_due_and_ends_the_book
            a_held_book_gives_no_lease_until_its_hold_is_lifted
            a_revised_book_keeps_unchanged_texts_under_their_new_numbers
            a_key_is_known_to_all_processes_until_it_is_replaced
            a_webhook_is_changed_by_all_processes_until_it_is_removed
            a_notice_is_due_until_it_is_removed
            a_dead_notice_is_listed_for_its_webhook
            a_sound_store_has_no_faults
            racing_claims_give_one_lease
            missing_chapters_are_counted_over_several_books
            books_are_open_until_they_are_settled
            the_limit_of_open_books_holds_under_parallel_accepts_of_several_processes
            a_deleted_book_is_gone_with_all_that_belonged_to_it
            events_are_numbered_without_gaps_and_read_from_any_number
            a_book_has_unpublished_events_until_the_last_is_published
            a_leader_lock_has_one_holder_until_its_term_is_over
            texts_leave_a_book_page_by_page_after_its_retention_and_its_record_stays
            unpublished_events_stay_when_the_texts_leave_and_the_numbers_go_on
            a_book_made_again_under_its_old_name_keeps_its_texts
            a_book_from_a_topic_gets_its_chapters_and_its_outline_with_its_plan
            a_topic_whose_plan_is_given_up_is_planned_anew_when_it_is_redriven
            a_live_text_is_passed_on_while_somebody_listens_to_its_book
            a_listener_hears_what_is_behind_that_which_it_knows_of_a_live_text
            a_piece_of_a_live_text_that_does_not_fit_is_not_added
            a_live_text_is_gone_once_it_has_ended
            a_models_track_record_holds_what_all_processes_have_added
        }
    };
    ($open:expr => $($promise:ident)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                $crate::conformance::$promise(&$open.await).await;
            }
        )*
    };
}

/// The rules of the stores under test.
pub const RULES: Rules = Rules { retention: Some(Duration::from_secs(172_800)), ..sample::RULES };

/// A store with a clock that the test moves, and the things that must outlive the store.
pub struct Bench {
    pub(super) store: Arc<dyn Store>,
    time: Arc<AtomicU64>,
    pub(super) access: Access,
    _home: Box<dyn Any + Send + Sync>,
}

fn clock(time: &Arc<AtomicU64>) -> Clock {
    let time = time.clone();
    Clock::Given(Arc::new(move || Moment(time.load(Ordering::SeqCst))))
}

impl Bench {
    /// Opens a store that has no books. `home` is what must outlive it, like its folder or its server.
    ///
    /// # Panics
    ///
    /// Panics if the store cannot be opened.
    pub async fn open(access: Access, home: impl Any + Send + Sync) -> Self {
        let time = Arc::new(AtomicU64::new(1_000_000));
        let store = connect(&access, RULES, clock(&time)).await.unwrap();
        Self { store, time, access, _home: Box::new(home) }
    }

    /// Opens the store once more, as another process would.
    pub(super) async fn again(&self) -> Arc<dyn Store> {
        self.again_with(RULES).await
    }

    /// Opens the store once more, as a process with other rules would.
    async fn again_with(&self, rules: Rules) -> Arc<dyn Store> {
        connect(&self.access, rules, clock(&self.time)).await.unwrap()
    }

    pub(super) fn now(&self) -> Moment {
        Moment(self.time.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, time: Duration) {
        self.time.fetch_add(u64::try_from(time.as_millis()).unwrap(), Ordering::SeqCst);
    }

    async fn accepted(&self, chapters: u32) -> BookId {
        let request = request("r", chapters);
        assert!(matches!(self.store.accept(&request, None).await.unwrap(), Accepted::New(_)));
        request.book_id()
    }

    async fn step(&self, book: &BookId, task: TaskId, command: Command) -> Answer {
        self.store.step(book, task, command).await.unwrap()
    }

    async fn claim(&self, book: &BookId, task: TaskId) -> Grant {
        let claim = Command::Claim { worker: "w".into(), claim: format!("{task}"), solo: false };
        match self.step(book, task, claim).await {
            Answer::Go(grant) => *grant,
            other => panic!("{task} is not given: {other:?}"),
        }
    }

    async fn commit(&self, book: &BookId, task: TaskId, result: Output) -> Answer {
        let grant = self.claim(book, task).await;
        let (fence, edition) = (grant.fence, grant.task.edition);
        self.step(
            book,
            task,
            Command::Commit { fence, edition, parts: Vec::new(), output: result, spent: Micros::ZERO },
        )
        .await
    }

    async fn planned(&self, chapters: u32) -> BookId {
        let book = self.accepted(chapters).await;
        let plan = Output::Plan(plan());
        assert!(matches!(self.commit(&book, TaskId::Plan, plan).await, Answer::Committed { .. }));
        book
    }
}

fn chapter(text: &str) -> Output {
    Output::Chapter { text: text.into(), length: 2, summary: None, remarks: Vec::new(), sections: 0 }
}

/// The same request names the same book and another order is a conflict.
pub async fn the_same_request_names_the_same_book_and_another_order_is_a_conflict(bench: &Bench) {
    let first = request("r", 2);
    assert!(matches!(bench.store.accept(&first, None).await.unwrap(), Accepted::New(_)));
    assert!(matches!(bench.store.accept(&first, None).await.unwrap(), Accepted::Exists(_)));
    assert_eq!(bench.store.accept(&request("r", 3), None).await.unwrap(), Accepted::Conflict);
    assert_eq!(bench.store.request(&first.book_id()).await.unwrap(), Some(first));
    assert_eq!(bench.store.books().await.unwrap().len(), 1);
}

/// A book with an id of earlier programs is found by its request.
pub async fn a_book_with_an_id_of_earlier_programs_is_found_by_its_request(bench: &Bench) {
    let request = request("r", 1);
    let former = Request { former_id: true, ..request.clone() };
    assert_eq!(bench.store.id_of("t", "r").await.unwrap(), request.book_id());
    bench.store.accept(&former, None).await.unwrap();
    assert_eq!(bench.store.id_of("t", "r").await.unwrap(), former.book_id());
    assert_eq!(bench.store.request(&former.book_id()).await.unwrap(), Some(former.clone()));
    assert!(matches!(bench.store.accept(&former, None).await.unwrap(), Accepted::Exists(_)));
    assert_eq!(bench.store.books().await.unwrap().len(), 1);
}

/// New terms replace the old ones and are stored.
pub async fn new_terms_replace_the_old_ones_and_are_stored(bench: &Bench) {
    let mut asked = request("r", 2);
    bench.store.accept(&asked, None).await.unwrap();
    asked.terms.formats = vec!["epub".into()];
    bench.store.accept(&asked, None).await.unwrap();
    let book = bench.store.book(&asked.book_id()).await.unwrap().unwrap();
    assert_eq!(book.terms.formats, ["epub"]);
    assert_eq!(bench.store.request(&asked.book_id()).await.unwrap(), Some(asked));
}

/// A book goes from its plan through its window to its binding.
pub async fn a_book_goes_from_its_plan_through_its_window_to_its_binding(bench: &Bench) {
    let book = bench.planned(3).await;
    let standings = |tasks: Vec<bindery_ledger::Task>| tasks.iter().map(|task| task.standing).collect::<Vec<_>>();
    let tasks = standings(bench.store.tasks(&book).await.unwrap());
    let Answer::NotYet = bench.step(&book, TaskId::Write(3), probe()).await else { panic!("the window holds two") };
    assert_eq!(tasks[1..4], [Standing::Released, Standing::Released, Standing::Waiting]);
    for number in [2, 1, 3] {
        let answer = bench.commit(&book, TaskId::Write(number), chapter(&format!("text {number}"))).await;
        assert!(matches!(answer, Answer::Committed { .. }), "{answer:?}");
    }
    let answer = bench.commit(&book, TaskId::Bind, Output::Binding(Binding::default())).await;
    assert_eq!(answer, Answer::Committed { released: Vec::new() });
    assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Done);
}

/// A book goes from its last chapter through its audit and two rounds of repairs to its binding.
pub async fn a_book_goes_from_its_last_chapter_through_its_audit_and_two_rounds_of_repairs_to_its_binding(
    bench: &Bench,
) {
    let mut asked = request("r", 2);
    asked.terms.audit = AuditMode::Repair;
    bench.store.accept(&asked, Some(&plan())).await.unwrap();
    let book = asked.book_id();
    let repair = |round| TaskId::Repair { round, chapter: 1 };
    for task in [TaskId::Write(1), TaskId::Write(2), TaskId::Audit, repair(1), repair(2), TaskId::Bind] {
        let answer = bench.commit(&book, task, sample::output(task, "a lease")).await;
        assert!(matches!(answer, Answer::Committed { .. }), "{task}: {answer:?}");
    }
    assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Done);
    let tasks = bench.store.tasks(&book).await.unwrap();
    assert_eq!((tasks.len(), bindery_ledger::current_texts(&tasks)[&1].revision), (7, 2));
}

/// A repair that is given up is no gap of the book.
pub async fn a_repair_that_is_given_up_is_no_gap_of_the_book(bench: &Bench) {
    let mut asked = request("r", 1);
    asked.terms.audit = AuditMode::Repair;
    bench.store.accept(&asked, Some(&plan())).await.unwrap();
    let book = asked.book_id();
    for task in [TaskId::Write(1), TaskId::Audit] {
        bench.commit(&book, task, sample::output(task, "a lease")).await;
    }
    for round in [1, 2] {
        let task = TaskId::Repair { round, chapter: 1 };
        let grant = bench.claim(&book, task).await;
        let give_up = Command::GiveUp { fence: grant.fence, reason: "refused".into(), spent: Micros::ZERO };
        let Answer::GivenUp { released } = bench.step(&book, task, give_up).await else { panic!("it is given up") };
        assert_eq!(released.len(), 1, "round {round}");
    }
    assert_eq!(bench.store.book(&book).await.unwrap().unwrap().state, State::Binding);
}

fn probe() -> Command {
    Command::Claim { worker: "probe".into(), claim: "probe".into(), solo: false }
}

/// A committed text and its context read back by their digests.
pub async fn a_committed_text_and_its_context_read_back_by_their_digests(bench: &Bench) {
    let book = bench.planned(1).await;
    bench.commit(&book, TaskId::Write(1), chapter("Füße, 本 and \u{1F4D6}.")).await;
    let task = bench.store.tasks(&book).await.unwrap().remove(1);
    let digest = task.result.unwrap().digest;
    assert_eq!(bench.store.text(&book, &digest).await.unwrap().unwrap(), "Füße, 本 and \u{1F4D6}.");
    let context = bench.store.book(&book).await.unwrap().unwrap().context.unwrap();
    assert_eq!(bench.store.text(&book, &context).await.unwrap().unwrap(), "{\"plan\":1}");
    let stranger = BookId::of("another", "r");
    assert_eq!(bench.store.text(&stranger, &digest).await.unwrap(), None);
}

/// Checkpoints survive a lease that ran out and another opening of the store.
pub async fn checkpoints_survive_a_lease_that_ran_out_and_another_opening_of_the_store(bench: &Bench) {
    let book = bench.planned(1).await;
    let fence = bench.claim(&book, TaskId::Write(1)).await.fence;
    let digest = Some(bindery_domain::Digest::of("half a chapter"));
    let part = Part { digest, length: 3, tries: 2, ..Part::default() };
    let text = Some("half a chapter".into());
    let parts = vec![Checkpoint { number: 1, part: part.clone(), text, again: None }];
    let keep = Command::Checkpoint { fence: fence.clone(), parts };
    assert_eq!(bench.step(&book, TaskId::Write(1), keep).await, Answer::Saved);
    bench.pass(RULES.lease + Duration::from_secs(1));
    let reopened = bench.again().await;
    let serve = Command::Serve { backlog: false, spare_leases: false };
    let served = reopened.step(&book, TaskId::Write(1), serve).await.unwrap();
    assert!(matches!(served, Answer::Publish { heal: Some("lease_lapsed"), .. }), "{served:?}");
    let again = Command::Claim { worker: "x".into(), claim: "x".into(), solo: false };
    let Answer::Go(grant) = reopened.step(&book, TaskId::Write(1), again).await.unwrap() else { panic!("it is free") };
    assert!(grant.fence.number > fence.number);
    assert_eq!(grant.task.parts[&1], part);
    let stale = Command::Renew { fence };
    assert!(matches!(bench.step(&book, TaskId::Write(1), stale).await, Answer::Stop { .. }));
}

/// Due items come oldest first within their scope with the time to the next.
pub async fn due_items_come_oldest_first_within_their_scope_with_the_time_to_the_next(bench: &Bench) {
    let book = bench.planned(2).await;
    let other = request("other", 1);
    bench.store.accept(&other, None).await.unwrap();
    let mine = Scope::Book(book.clone());
    assert_eq!(bench.store.due(&mine, 10).await.unwrap().next, Some(RULES.publish_grace));
    bench.pass(RULES.publish_grace);
    let due = bench.store.due(&mine, 10).await.unwrap();
    let tasks: Vec<_> = due.items.iter().map(|item| item.task).collect();
    assert_eq!(tasks, [Some(TaskId::Write(1)), Some(TaskId::Write(2))]);
    assert_eq!(bench.store.due(&Scope::All, 10).await.unwrap().items.len(), 3);
    assert_eq!(bench.store.due(&Scope::All, 2).await.unwrap().items.len(), 2);
    let served = bench.step(&book, TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false }).await;
    assert!(matches!(served, Answer::Publish { heal: Some("unpublished"), .. }), "{served:?}");
}

/// A missed deadline is due and ends the book.
pub async fn a_missed_deadline_is_due_and_ends_the_book(bench: &Bench) {
    let book = bench.planned(1).await;
    bench.pass(Duration::from_millis(86_400_001));
    let due = bench.store.due(&Scope::All, 10).await.unwrap();
    assert!(due.items.iter().any(|item| item.book == book && item.task.is_none()));
    let expired = bench.store.operate(&book, Operation::Expire).await.unwrap();
    assert_eq!(expired, Some(Operated::Expired { released: Vec::new(), dead: 1 }));
    let events = bench.store.events(&book, 0, 100).await.unwrap();
    let last: Vec<_> = events.iter().rev().take(3).map(|event| event.what.name()).collect();
    assert_eq!(last, ["failed", "chapter_dead", "expired"]);
    assert!(bench.store.book(&book).await.unwrap().unwrap().state.settled());
    assert!(bench.store.due(&Scope::All, 10).await.unwrap().items.is_empty());
}

/// A held book gives no lease until its hold is lifted.
pub async fn a_held_book_gives_no_lease_until_its_hold_is_lifted(bench: &Bench) {
    let book = bench.planned(1).await;
    bench.store.operate(&book, Operation::Hold).await.unwrap();
    assert_eq!(bench.step(&book, TaskId::Write(1), probe()).await, Answer::Held);
    let lifted = bench.store.operate(&book, Operation::Lift(Hold::Operator)).await.unwrap();
    let Some(Operated::Done { released }) = lifted else { panic!("it was held") };
    assert_eq!(released.len(), 1);
    bench.claim(&book, TaskId::Write(1)).await;
}

/// A revised book keeps unchanged texts under their new numbers.
pub async fn a_revised_book_keeps_unchanged_texts_under_their_new_numbers(bench: &Bench) {
    let book = bench.planned(2).await;
    bench.commit(&book, TaskId::Write(2), chapter("second")).await;
    let fence = bench.claim(&book, TaskId::Write(1)).await.fence;
    let park = Command::Park { fence, wait: Duration::ZERO, reason: Parking::Drain, spent: Micros::ZERO };
    bench.step(&book, TaskId::Write(1), park).await;
    let revised = request("r", 1);
    let operation = Operation::ReplaceOutline { request: Box::new(revised.clone()), kept: [(1, 2)].into() };
    let operated = bench.store.operate(&book, operation).await.unwrap();
    assert!(matches!(operated, Some(Operated::Done { .. })), "{operated:?}");
    let tasks = bench.store.tasks(&book).await.unwrap();
    assert_eq!(tasks.len(), 4);
    assert_eq!(tasks[1].standing, Standing::Done);
    let text = bench.store.text(&book, &tasks[1].result.as_ref().unwrap().digest).await.unwrap();
    assert_eq!(text.as_deref(), Some("second"));
    assert_eq!(bench.store.request(&book).await.unwrap(), Some(revised));
}

/// A sound store has no faults.
pub async fn a_sound_store_has_no_faults(bench: &Bench) {
    bench.planned(3).await;
    assert_eq!(bench.store.examine().await.unwrap(), Examination::default());
}

/// Racing claims give one lease.
pub async fn racing_claims_give_one_lease(bench: &Bench) {
    let book = bench.planned(1).await;
    let claim = |n: u32| Command::Claim { worker: format!("w{n}"), claim: format!("c{n}"), solo: false };
    let race = (0..16).map(|n| bench.store.step(&book, TaskId::Write(1), claim(n)));
    let answers = futures_util::future::join_all(race).await;
    let given = answers.iter().filter(|answer| matches!(answer, Ok(Answer::Go(_)))).count();
    assert_eq!(given, 1, "{answers:?}");
}
