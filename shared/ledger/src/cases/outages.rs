//! Deaths of workers, outages of the store, and waits that last all day.

use super::*;

#[test]
fn deaths_of_workers_that_follow_each_other_closely_count_once() {
    let mut world = planned(1, 0, terms());
    while standing(&world, TaskId::Write(1)) != Standing::Dead {
        world.queue.truncate(1);
        world.deliver(0, true);
        world.now = world.now + RULES.lease;
        world.sweep();
    }
    let task = &world.tasks[&TaskId::Write(1)];
    assert_eq!((task.standing, task.fence, task.lapses), (Standing::Dead, 7, 4), "every second death counts");
}

#[test]
fn a_holder_that_an_outage_of_the_store_has_silenced_keeps_its_lease() {
    let mut world = planned(1, 0, terms());
    world.deliver(0, true);
    let held = world.held.last().unwrap().clone();
    world.now = world.now + RULES.lease * 3;
    let spared = world.step_once(TaskId::Write(1), Command::Serve { backlog: false, spare_leases: true });
    assert_eq!((spared, world.book.money.unknown), (Answer::Nothing, Micros::ZERO));
    assert_eq!(world.step(TaskId::Write(1), Command::Renew { fence: held.fence }), Answer::Keep);
    world.now = world.now + RULES.lease * 2;
    let lapsed = world.step_once(TaskId::Write(1), Command::Serve { backlog: false, spare_leases: false });
    assert!(matches!(lapsed, Answer::Publish { heal: Some("lease_lapsed"), .. }));
}

#[test]
fn a_claim_never_ends_a_lease_since_only_the_sweeper_knows_of_outages() {
    let mut world = planned(1, 0, terms());
    let message = world.queue[0].clone();
    world.deliver(0, true);
    world.now = world.now + RULES.lease * 3;
    let claim = world.claim_of(&message);
    assert_eq!(world.step(TaskId::Write(1), claim), Answer::Busy);
}

#[test]
fn of_two_leases_with_one_number_from_a_store_that_went_back_only_the_later_one_is_live() {
    let mut world = planned(1, 0, terms());
    let earlier = world.clone();
    world.deliver(0, true);
    let lost = world.held.last().unwrap().fence.clone();
    world = earlier;
    world.deliver(0, true);
    let live = world.held.last().unwrap().fence.clone();
    assert_eq!(lost.number, live.number);
    let lost = Fence { claim: "before the store went back".into(), ..lost };
    let stop = |answer| matches!(answer, Answer::Stop { .. });
    assert!(stop(world.step(TaskId::Write(1), Command::Renew { fence: lost.clone() })));
    assert!(stop(world.step(TaskId::Write(1), Command::Checkpoint { fence: lost, parts: Vec::new() })));
    assert_eq!(world.step(TaskId::Write(1), Command::Renew { fence: live }), Answer::Keep);
}

#[test]
fn a_task_that_is_put_aside_all_day_makes_a_few_events_and_says_in_the_end_how_often() {
    let mut world = planned(1, 0, terms());
    let before = world.events.len();
    for _ in 0..500 {
        world.deliver(0, true);
        let held = world.held.pop().expect("the task is given");
        let (fence, wait) = (held.fence, Duration::from_secs(60));
        let park = Command::Park { fence, wait, reason: Parking::Wait("a bad key".into()), spent: Micros::ZERO };
        world.step(TaskId::Write(1), park);
        world.now = world.now + wait;
        world.sweep();
    }
    assert_eq!(world.tasks[&TaskId::Write(1)].parks, 500);
    finish(&mut world);
    let names: Vec<&str> = world.events[before..].iter().map(|event| event.what.name()).collect();
    assert_eq!(names[..4], ["started", "parked", "started", "resumed"]);
    assert_eq!(world.events[before + 3].what, EventKind::Resumed { parks: 500 });
}
