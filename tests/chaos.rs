//! Does every book come out once, whole and in order when processes and servers are killed at random and the model fails?

use std::{collections::BTreeMap, fmt::Write as _, fs, time::Instant};

use bindery_stand_in::Faults;

use crate::support::{Ended, Fleet, ModelServer, Outline, Running, brisk};

/// The model fails at 5 % of its calls.
const FAULTS: &str = "rate_limited=0.02,overloaded=0.01,reset=0.01,empty=0.01";

/// How much is written, by whom, and what is done to it meanwhile.
struct Storm {
    seed: u64,
    books: usize,
    chapters: usize,
    roles: &'static [&'static str],
    /// A process is killed, and another put in its place, so often after each book that is submitted.
    kills: fn(book: usize) -> usize,
    /// What else happens after a book is submitted.
    strike: fn(&Fleet, book: usize),
}

/// What came of a storm.
#[derive(Default)]
struct Toll {
    done: usize,
    kills: usize,
    /// Calls that the model served, and those that the ledger knows of: the others were paid for and lost.
    calls: u64,
    recorded: u64,
    heals: BTreeMap<String, usize>,
}

impl Storm {
    fn rage(&self, mut fleet: Fleet) -> Toll {
        fleet.allows_heals();
        let mut toll = Toll::default();
        let mut random = fastrand::Rng::with_seed(self.seed);
        let mut processes: Vec<Running> = self.roles.iter().map(|role| fleet.serve(&[role])).collect();
        let mut books = Vec::new();
        for number in 0..self.books {
            books.push(fleet.order(outline(number, self.chapters)));
            for _ in 0..(self.kills)(number) {
                let doomed = random.usize(0..self.roles.len());
                toll.killed(&processes.remove(doomed).kill());
                processes.insert(doomed, fleet.serve(&[self.roles[doomed]]));
            }
            (self.strike)(&fleet, number);
        }
        for book in &books {
            let ledger = fleet.finishes(book);
            assert_eq!(ledger.book("edition"), 1, "it was written more than once");
            toll.done += 1;
            toll.recorded += ledger.calls().values().sum::<u64>();
        }
        toll.calls = fleet.model.stats().calls;
        for process in processes {
            process.interrupt();
            toll.count(&process.end().exits(0));
        }
        toll
    }
}

impl Toll {
    fn killed(&mut self, process: &Ended) {
        self.kills += 1;
        self.count(process);
    }

    fn count(&mut self, process: &Ended) {
        for reason in process.healed() {
            *self.heals.entry(reason).or_default() += 1;
        }
    }

    fn wasted(&self) -> u64 {
        self.calls.saturating_sub(self.recorded)
    }

    /// Renders the report. That no book was lost, doubled or out of order was checked as each was read.
    fn report(&self, storm: &Storm, begun: Instant) -> String {
        let mut text = String::from("# A storm over a fleet\n\n| | |\n|---|---|\n");
        let mut row = |what: &str, figure: String| {
            let _ = writeln!(text, "| {what} | {figure} |");
        };
        let count = |role| storm.roles.iter().filter(|other| **other == role).count();
        let processes = format!("{}, {}, {}", count("dispatcher"), count("worker"), count("assembler"));
        row("seed", storm.seed.to_string());
        row("dispatchers, workers, assemblers", processes);
        row("books accepted", format!("{} of {} chapters", storm.books, storm.chapters));
        row("done", self.done.to_string());
        row("lost, doubled, out of order", format!("{}, 0, 0", storm.books - self.done));
        row("processes killed", self.kills.to_string());
        row("model faults", format!("`{FAULTS}`"));
        row("calls made", self.calls.to_string());
        let share = 100.0 * self.wasted() as f64 / self.calls as f64;
        row("calls wasted: served, and their text lost with a process", format!("{} ({share:.1} %)", self.wasted()));
        row("heals", self.heals.iter().map(|(reason, n)| format!("{reason} {n}")).collect::<Vec<_>>().join(", "));
        row("time", format!("{} s", begun.elapsed().as_secs()));
        text
    }
}

#[test]
fn books_come_out_whole_while_processes_and_connections_are_killed_at_random_and_the_store_restarts() {
    let storm = Storm {
        seed: 7,
        books: 10,
        chapters: 4,
        roles: &["dispatcher", "dispatcher", "worker", "worker", "worker", "assembler", "assembler"],
        kills: |_| 2,
        strike: |fleet, book| match book {
            3 => assert!(fleet.broker.close_connections(&fleet.vhost) > 0),
            6 => restart_the_store(fleet),
            _ => {}
        },
    };
    let faults: Faults = FAULTS.parse().unwrap();
    let toll = storm.rage(Fleet::with_faults(faults).with(brisk()));
    assert_eq!((toll.done, toll.kills), (10, 20));
}

/// Takes some minutes: run by `tests/long`, which keeps its report.
#[test]
#[ignore = "it takes some minutes"]
fn two_hundred_books_come_out_whole_while_processes_and_servers_are_killed_at_random() {
    let storm = Storm {
        seed: 11,
        books: 200,
        chapters: 12,
        roles: &[
            "dispatcher",
            "dispatcher",
            "dispatcher",
            "worker",
            "worker",
            "worker",
            "worker",
            "worker",
            "worker",
            "assembler",
            "assembler",
        ],
        kills: |book| book % 2,
        strike: |fleet, book| match book {
            40 | 100 | 160 => restart_the_store(fleet),
            70 | 130 => {
                fleet.broker.kill();
                fleet.broker.start_again();
            }
            _ => {}
        },
    };
    let begun = Instant::now();
    let faults: Faults = FAULTS.parse().unwrap();
    let fleet = Fleet::with_own_broker(ModelServer::with_faults(faults)).with(brisk());
    let toll = storm.rage(fleet.with([("BINDERY_MODEL__CALLS", "16")]));
    if let Some(path) = std::env::var_os("BINDERY_CHAOS_REPORT") {
        fs::write(path, toll.report(&storm, begun)).unwrap();
    }
    assert_eq!(toll.done, storm.books);
    assert!(toll.wasted() * 20 <= toll.calls, "{} of {} calls were wasted", toll.wasted(), toll.calls);
}

fn restart_the_store(fleet: &Fleet) {
    fleet.redis.kill();
    fleet.redis.start_again();
}

/// Returns an outline that no other book has.
fn outline(number: usize, chapters: usize) -> Outline {
    const TITLES: [&str; 12] = [
        "Staffs", "Moons", "Machines", "Ropes", "Bells", "Charts", "Buoys", "Lamps", "Harbours", "Winds", "Sails",
        "Anchors",
    ];
    let titles: Vec<&str> = (0..chapters).map(|chapter| TITLES[(number + chapter) % TITLES.len()]).collect();
    let mut outline = Outline::of(&titles);
    outline.title = format!("{} {number}", outline.title);
    outline
}
