//! Is a book finished once and whole when a process dies between any two steps, or when the store loses writes?
//!
//! Where the timers have their default values, only a redelivered message can have continued the book during the test.

use bindery_ledger::{CHOICE_PART, draft_part};
use bindery_stand_in::{Fault, Faults, Match, Rule};

use crate::support::{Fleet, Ordered, Outline, Running, brisk, six_chapters, three_chapters};

/// How a submitted book gets its plan.
enum Plan {
    /// The book is accepted with it, and it takes no call.
    WithTheBook,
    /// A model makes it.
    ByModel,
}

/// Submits a book to a fleet whose only dispatcher dies at a crash point, replaces it, and checks the finished book.
fn survives_the_death_of_a_dispatcher(mut fleet: Fleet, plan: &Plan, crash_point: &str) {
    for role in ["worker", "assembler"] {
        fleet.keep_serving(&[role]);
    }
    let doomed = fleet.doomed("dispatcher", crash_point);
    let outline = six_chapters();
    let submitting = match plan {
        Plan::WithTheBook => fleet.submits(&outline, &["--no-plan"]),
        Plan::ByModel => fleet.submits(&outline, &[]),
    };
    doomed.dies();
    fleet.keep_serving(&["dispatcher"]);
    let id = submitting.end().exits(0).stdout.trim().to_owned();
    let ledger = fleet.finishes(&Ordered { id, outline });
    let (made, mut recorded) = (fleet.model.stats(), ledger.calls());
    let plans = (made.by_task.get("plan").copied().unwrap_or(0), recorded.remove(&0).unwrap_or(0));
    assert_eq!(recorded.values().sum::<u64>(), made.calls - plans.0, "something was written twice");
    // Before it acknowledged, the dispatcher may have received the plan that it published, and called the model for it.
    let may_be_lost = u64::from(crash_point == "before_ack_of_submission");
    assert!((plans.1..=plans.1 + may_be_lost).contains(&plans.0), "made and recorded: {plans:?}");
}

#[test]
fn a_dispatcher_dies_before_it_accepts() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::WithTheBook, "before_accept");
}

#[test]
fn a_dispatcher_dies_between_accepting_and_publishing_the_plan() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::ByModel, "after_accept");
}

#[test]
fn a_dispatcher_dies_between_accepting_and_publishing_the_chapters() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::WithTheBook, "after_accept");
}

#[test]
fn a_dispatcher_dies_between_accepting_and_acknowledging() {
    let fleet = may_have_the_next_task(Fleet::new());
    survives_the_death_of_a_dispatcher(fleet, &Plan::ByModel, "before_ack_of_submission");
}

#[test]
fn a_dispatcher_dies_between_committing_the_plan_and_publishing_the_chapters() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::ByModel, "after_commit_of_plan");
}

#[test]
fn a_dispatcher_dies_while_it_publishes_the_chapters() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::ByModel, "after_publish_of_write/3");
}

#[test]
fn a_dispatcher_dies_while_it_publishes_the_chapters_of_a_book_that_came_with_its_plan() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::WithTheBook, "after_publish_of_write/3");
}

#[test]
fn a_dispatcher_dies_between_publishing_the_chapters_and_acknowledging() {
    survives_the_death_of_a_dispatcher(Fleet::new(), &Plan::ByModel, "before_ack_of_plan");
}

/// Allows for a process that dies after it has claimed a task that it published itself.
fn may_have_the_next_task(fleet: Fleet) -> Fleet {
    let mut fleet = fleet.with(brisk());
    fleet.allows_heals();
    fleet
}

/// Replaces a worker that dies at a crash point, and checks that no call is made again for a part that was kept.
fn survives_the_death_of_a_worker(mut fleet: Fleet, crash_point: &str) {
    for role in ["dispatcher", "assembler"] {
        fleet.keep_serving(&[role]);
    }
    let doomed = fleet.doomed("worker", crash_point);
    let book = fleet.order(six_chapters());
    doomed.dies();
    let kept = fleet.kept(&book);
    fleet.keep_serving(&["worker"]);
    fleet.finishes(&book);
    kept.left_alone(&fleet.model);
}

#[test]
fn a_worker_dies_during_a_model_call() {
    let mut fleet = Fleet::new().with(brisk());
    fleet.expects_heals(&["lease_lapsed"]);
    survives_the_death_of_a_worker(fleet, "during_call_of_write/2");
}

#[test]
fn a_worker_dies_after_a_checkpoint() {
    // Without the section that hangs, the part could be saved with the finished chapter and not as a checkpoint.
    let second = Match { task: Some("section".into()), chapter: Some(2), section: Some(2), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(second, Fault::Hang).times(1));
    let mut fleet = Fleet::with_faults(faults).with(brisk());
    fleet.expects_heals(&["lease_lapsed"]);
    survives_the_death_of_a_worker(fleet, "after_part_1_of_write/2");
}

#[test]
fn a_worker_dies_between_finishing_a_chapter_and_committing_it() {
    let mut fleet = Fleet::new().with(brisk());
    fleet.expects_heals(&["lease_lapsed"]);
    survives_the_death_of_a_worker(fleet, "before_commit_of_write/2");
}

/// Returns a fleet that writes two drafts of each section, and whose model does this to the first drafts of a section of chapter 2.
fn with_drafts(section: u32, fault: Fault, times: u32) -> Fleet {
    let matching = Match { task: Some("section".into()), chapter: Some(2), section: Some(section), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(matching, fault).times(times));
    let mut fleet = Fleet::with_faults(faults).with(brisk()).with([("BINDERY_BOOK__BEST_OF", "2")]);
    fleet.expects_heals(&["lease_lapsed"]);
    fleet
}

#[test]
fn a_worker_dies_with_one_of_the_drafts_of_a_chapter_kept() {
    let draft = draft_part(1, 1);
    survives_the_death_of_a_worker(with_drafts(2, Fault::Hang, 1), &format!("after_part_{draft}_of_write/2"));
}

#[test]
fn a_worker_dies_between_the_choice_among_drafts_and_the_rewrite_of_the_chosen_one() {
    // Both drafts of the section are too short, so that a rewrite follows the choice.
    let fleet = with_drafts(1, Fault::SkipPoint, 2);
    survives_the_death_of_a_worker(fleet, &format!("after_part_{CHOICE_PART}_of_write/2"));
}

/// Returns a fleet that releases one chapter at a time, so that a commit releases the next one.
fn one_at_a_time() -> Fleet {
    Fleet::new().with([("BINDERY_LEDGER__WINDOW", "1")])
}

#[test]
fn a_worker_dies_between_committing_a_chapter_and_publishing_the_next() {
    survives_the_death_of_a_worker(one_at_a_time(), "after_commit_of_write/2");
}

#[test]
fn a_worker_dies_between_publishing_the_next_chapter_and_marking_it_as_published() {
    survives_the_death_of_a_worker(may_have_the_next_task(one_at_a_time()), "after_publish_of_write/3");
}

#[test]
fn a_worker_dies_between_publishing_the_next_chapter_and_acknowledging() {
    survives_the_death_of_a_worker(may_have_the_next_task(one_at_a_time()), "before_ack_of_write/2");
}

#[test]
fn the_last_worker_dies_with_the_last_chapter_committed_and_the_audit_not_sent() {
    let mut fleet = Fleet::new().with([("BINDERY_LEDGER__PUBLISH_GRACE", "1s")]).serving(&["dispatcher", "assembler"]);
    // The message of the audit is never sent, so only the sweeper can continue the book.
    fleet.expects_heals(&["unpublished"]);
    let doomed = fleet.doomed("worker", "before_publish_of_audit");
    let book = fleet.order(three_chapters());
    doomed.dies();
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
    fleet.keep_serving(&["worker"]);
}

/// Returns a fleet whose model plants flaws in two sections of the book. The audit orders a repair of chapter 2 in the first round,
/// and one of chapter 3 in the second.
fn with_repairs() -> Fleet {
    let flawed = |chapter, fault: &str| {
        let matching =
            Match { task: Some("section".into()), chapter: Some(chapter), section: Some(1), ..Match::default() };
        Rule::on(matching, fault.parse().unwrap()).times(1)
    };
    let faults = Faults::none().with_rule(flawed(2, "invents_source")).with_rule(flawed(3, "sums_up"));
    Fleet::with_faults(faults).with(brisk())
}

/// Returns an outline with so many sections that two of them may be mended.
fn seven_chapters() -> Outline {
    Outline::of(&["Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts", "Sails"])
}

/// Replaces a process that dies at a crash point of the audit or a repair, and checks that both chapters are mended.
fn survives_a_death_among_repairs(mut fleet: Fleet, role: &str, crash_point: &str) {
    for other in ["dispatcher", "worker", "assembler"].into_iter().filter(|other| *other != role) {
        fleet.keep_serving(&[other]);
    }
    let doomed = fleet.doomed(role, crash_point);
    let book = fleet.order(seven_chapters());
    doomed.dies();
    fleet.keep_serving(&[role]);
    let ledger = fleet.finishes(&book);
    let texts = ledger.book("binding")["texts"].as_array().unwrap().clone();
    let revisions: Vec<u64> = texts.iter().map(|text| text["revision"].as_u64().unwrap_or(0)).collect();
    assert_eq!(revisions, [0, 1, 2, 0, 0, 0, 0]);
}

#[test]
fn an_assembler_dies_during_the_audit() {
    let mut fleet = with_repairs();
    fleet.expects_heals(&["lease_lapsed"]);
    survives_a_death_among_repairs(fleet, "assembler", "before_commit_of_audit");
}

#[test]
fn an_assembler_dies_between_committing_the_audit_and_publishing_the_repairs() {
    survives_a_death_among_repairs(with_repairs(), "assembler", "after_commit_of_audit");
}

#[test]
fn a_worker_dies_during_the_call_of_a_repair() {
    let mut fleet = with_repairs();
    fleet.expects_heals(&["lease_lapsed"]);
    survives_a_death_among_repairs(fleet, "worker", "during_call_of_repair/1/2");
}

#[test]
fn a_worker_dies_between_finishing_a_repair_and_committing_it() {
    let mut fleet = with_repairs();
    fleet.expects_heals(&["lease_lapsed"]);
    survives_a_death_among_repairs(fleet, "worker", "before_commit_of_repair/1/2");
}

#[test]
fn a_worker_dies_between_two_rounds_of_repairs() {
    survives_a_death_among_repairs(with_repairs(), "worker", "after_commit_of_repair/1/2");
}

#[test]
fn a_worker_dies_between_committing_the_last_repair_and_publishing_the_binding() {
    survives_a_death_among_repairs(with_repairs(), "worker", "after_commit_of_repair/2/3");
}

#[test]
fn an_assembler_dies_between_storing_the_files_and_committing() {
    let mut fleet = Fleet::new().with(brisk()).serving(&["dispatcher", "worker"]);
    fleet.expects_heals(&["lease_lapsed"]);
    let doomed = fleet.doomed("assembler", "before_commit_of_bind");
    let book = fleet.order(three_chapters());
    doomed.dies();
    fleet.keep_serving(&["assembler"]);
    fleet.finishes(&book);
}

#[test]
fn an_assembler_dies_between_committing_and_acknowledging() {
    let mut fleet = Fleet::new().serving(&["dispatcher", "worker"]);
    let doomed = fleet.doomed("assembler", "before_ack_of_bind");
    let book = fleet.order(three_chapters());
    doomed.dies();
    fleet.keep_serving(&["assembler"]);
    fleet.finishes(&book);
}

#[test]
fn two_clients_that_submit_the_same_book_at_the_same_time_get_the_same_book() {
    let fleet = Fleet::new().serving(&["all"]);
    let outline = three_chapters();
    fleet.outline("submitted", &outline);
    let submit = || fleet.start(&["submit", "submitted.md", "--no-plan"]);
    let said = [submit(), submit()].map(Running::end).map(|ended| ended.exits(0).stdout.trim().to_owned());
    let [id, other] = said;
    assert_eq!(id, other);
    let ledger = fleet.finishes(&Ordered { id, outline });
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls);
}

#[test]
fn the_store_loses_a_commit_whose_message_was_acknowledged() {
    let (fleet, paused) = Fleet::held_back([2]);
    let mut fleet = fleet.with(brisk()).serving(&["dispatcher", "worker"]);
    let book = fleet.order(three_chapters());
    let standing = |fleet: &Fleet, wanted: &str| {
        let ledger = fleet.ledger(&book.id);
        [1, 3].iter().all(|chapter| ledger.standing(*chapter) == "done") && ledger.standing(2) == wanted
    };
    fleet.wait_until("only the second chapter is missing", || standing(&fleet, "released"));
    let kept = fleet.kept(&book);
    let before = fleet.redis.snapshot();
    paused.resume_all();
    fleet.wait_until("the second chapter is done", || standing(&fleet, "done"));
    fleet.queues("chapters", 0);
    fleet.redis.roll_back(&before);
    assert!(standing(&fleet, "released"), "the store has lost nothing");
    fleet.expects_heals(&["lease_lapsed"]);
    fleet.keep_serving(&["assembler"]);
    fleet.finishes(&book);
    kept.left_alone(&fleet.model);
}

#[test]
fn the_store_loses_an_accepted_book_and_it_is_submitted_again() {
    let (fleet, paused) = Fleet::held_back([2]);
    let fleet = fleet.serving(&["dispatcher", "worker", "assembler"]);
    let empty = fleet.redis.snapshot();
    let outline = three_chapters();
    fleet.outline("tides", &outline);
    let id = fleet.submit("tides", &[]);
    fleet.model.wait_for("the calls that are held back", |stats| stats.calls >= 7);
    fleet.redis.roll_back(&empty);
    assert_eq!(fleet.run(&["books"]).exits(0).stdout, "", "the store has lost nothing");
    assert_eq!(fleet.submit("tides", &[]), id);
    paused.resume_all();
    fleet.finishes(&Ordered { id, outline });
}

/// Publishes six chapters while there is no worker, loses some of their messages, and checks the finished book.
fn survives_the_loss_of_messages(lose: impl Fn(&Fleet)) {
    let mut fleet = Fleet::new().with([("BINDERY_LEDGER__LOST_AFTER", "2s")]).serving(&["dispatcher", "assembler"]);
    let book = fleet.order(six_chapters());
    fleet.queues("chapters", 6);
    lose(&fleet);
    fleet.expects_heals(&["message_lost"]);
    fleet.keep_serving(&["worker"]);
    let ledger = fleet.finishes(&book);
    assert_eq!(ledger.calls().values().sum::<u64>(), fleet.model.stats().calls, "something was written twice");
}

#[test]
fn the_queue_of_the_chapters_is_purged() {
    survives_the_loss_of_messages(|fleet| {
        fleet.broker.purge(&fleet.vhost, "bindery.chapters");
        fleet.queues("chapters", 0);
    });
}

#[test]
fn one_message_is_lost() {
    survives_the_loss_of_messages(|fleet| {
        let program = "import pika, sys\n\
            channel = pika.BlockingConnection(pika.URLParameters(sys.argv[1])).channel()\n\
            assert channel.basic_get('bindery.chapters', auto_ack=True)[0]\n";
        fleet.python(program, &[&fleet.vhost]).exits(0);
        fleet.queues("chapters", 5);
    });
}
