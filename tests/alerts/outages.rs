//! Outages at their full length, under the rules as they are shipped: which alerts fire, and when.
//!
//! They take hours, so only `tests/long outages` runs them. It keeps the report.

use std::{
    collections::BTreeMap,
    env,
    fmt::Write as _,
    fs, thread,
    time::{Duration, Instant},
};

use bindery_stand_in::{Fault, Faults, Rule};

use super::{RULES, Watched, is_under_way};
use crate::support::{Fleet, ModelServer, Outline, three_chapters};

/// How long the broker does not answer.
const BROKER_FROZEN: Duration = Duration::from_secs(5 * 60);

/// How many calls the provider refuses, unless `BINDERY_OUTAGE_MINUTES` names another number. It asks for a pause of a minute
/// each time, and one call looks after each pause, so that this is the length of the outage in minutes.
const REFUSALS: u32 = 180;

/// The pause that the provider asks for, in seconds.
const RETRY_AFTER: u32 = 60;

/// How long a chapter is missing until the alert about it fires: its limit of an hour, and the ten minutes that it waits.
const LONG_MISSING: Duration = Duration::from_secs(70 * 60);

/// The longest time from the end of an outage until the book is done.
const RECOVERY: Duration = Duration::from_secs(10 * 60);

/// How often the alerts are read.
const LOOK: Duration = Duration::from_secs(1);

/// When the alerts began to fire and ceased, from the beginning of an outage.
struct Course {
    begun: Instant,
    alerts: BTreeMap<String, AlertTimes>,
}

#[derive(Clone, Copy)]
struct AlertTimes {
    fired: Duration,
    last: Duration,
}

impl Course {
    fn begin() -> Self {
        Self { begun: Instant::now(), alerts: BTreeMap::new() }
    }

    fn note(&mut self, watched: &Watched) {
        let now = self.begun.elapsed();
        for alert in watched.prometheus.firing() {
            self.alerts
                .entry(alert)
                .and_modify(|times| times.last = now)
                .or_insert(AlertTimes { fired: now, last: now });
        }
    }

    /// Reads the alerts until a condition holds.
    #[track_caller]
    fn runs_until(&mut self, watched: &Watched, what: &str, at_most: Duration, mut holds: impl FnMut() -> bool) {
        let from = Instant::now();
        while !holds() {
            assert!(from.elapsed() < at_most, "waited in vain until {what}; {:?} have fired", self.names());
            self.note(watched);
            thread::sleep(LOOK);
        }
        self.note(watched);
    }

    fn names(&self) -> Vec<&str> {
        self.alerts.keys().map(String::as_str).collect()
    }

    /// Adds a table of the alerts to the file that `BINDERY_OUTAGE_REPORT` names.
    fn report(&self, title: &str, outage: Duration) {
        let Some(file) = env::var_os("BINDERY_OUTAGE_REPORT") else { return };
        let whole = self.begun.elapsed();
        let mut text = format!(
            "## {title}\n\nThe outage took {}. The book was done {} later.\n\n| alert | fires after | fired last after |\n|---|---|---|\n",
            minutes(outage),
            minutes(whole.saturating_sub(outage))
        );
        for (alert, AlertTimes { fired, last }) in &self.alerts {
            let _ = writeln!(text, "| {alert} | {} | {} |", minutes(*fired), minutes(*last));
        }
        text.push('\n');
        let earlier = fs::read_to_string(&file).unwrap_or_default();
        fs::write(file, earlier + &text).unwrap();
    }
}

fn minutes(time: Duration) -> String {
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

#[test]
#[ignore = "it takes minutes; tests/long runs it"]
fn a_broker_that_is_frozen_for_five_minutes_is_told_and_costs_no_book() {
    let (model, paused) = ModelServer::held_back([4]);
    let mut fleet = Fleet::with_own_broker(model);
    let vhost = fleet.vhost.clone();
    let watched = Watched::start_with(&mut fleet, &vhost, RULES);
    let book = fleet.order(Outline::of(&["Staffs", "Moons", "Machines", "Ropes"]));
    fleet.wait_until("the fourth chapter is under way", || is_under_way(&fleet, 4));
    fleet.broker.process().freeze();
    let mut course = Course::begin();
    paused.resume_all();
    let begun = course.begun;
    course.runs_until(&watched, "the broker answers again", 2 * BROKER_FROZEN, || begun.elapsed() >= BROKER_FROZEN);
    fleet.broker.process().thaw();
    let outage = course.begun.elapsed();
    fleet.allows_heals();
    course.runs_until(&watched, "the book is done", RECOVERY, || fleet.ledger(&book.id).book("state") == "done");
    fleet.finishes(&book);
    course.report("A broker that does not answer", outage);
    let mut names = course.names();
    // The sweeper publishes again what the broker did not confirm, if it looks before the dispatcher has tried again.
    names.retain(|name| *name != "BinderyHeals");
    assert_eq!(names, ["BinderyBrokerRefusesMessages", "BinderyBrokerUnreachable"]);
    watched.stay_with(&mut fleet);
}

#[test]
#[ignore = "it takes hours; tests/long runs it"]
fn a_provider_that_refuses_for_hours_is_told_and_costs_no_book() {
    let named = env::var_os("BINDERY_OUTAGE_MINUTES");
    let refusals = named.map_or(REFUSALS, |minutes| minutes.to_str().unwrap().parse().unwrap());
    let refusing = Rule::always(Fault::RateLimitedRetryAfter { seconds: RETRY_AFTER }).times(refusals);
    let mut fleet = Fleet::with_faults(Faults::none().with_rule(refusing));
    let broker = fleet.vhost.clone();
    let watched = Watched::start_with(&mut fleet, &broker, RULES);
    let book = fleet.order(three_chapters());
    let mut course = Course::begin();
    let longest = Duration::from_secs(u64::from(RETRY_AFTER * refusals)) * 2;
    let refused = u64::from(refusals);
    course.runs_until(&watched, "the provider answers", longest, || fleet.model.stats().calls > refused);
    let outage = course.begun.elapsed();
    course.runs_until(&watched, "the book is done", RECOVERY, || fleet.ledger(&book.id).book("state") == "done");
    fleet.finishes(&book);
    course.report("A provider that answers 429", outage);
    let expected = [("BinderyOldestMissingChapter", LONG_MISSING), ("BinderyRateLimited", Duration::ZERO)];
    let expected = expected.iter().filter(|(_, after)| outage > *after).map(|(alert, _)| *alert);
    assert_eq!(course.names(), expected.collect::<Vec<_>>());
    watched.stay_with(&mut fleet);
}
