//! Is every book finished once, whole and in order while processes and servers are killed at random and the model fails?

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Instant,
};

use bindery_stand_in::Faults;

use crate::support::{Book, Ended, Fleet, ModelServer, Ordered, Outline, Running, brisk};

/// The faults of the model, which fails in 5 % of its calls.
const FAULTS: &str = "rate_limited=0.02,overloaded=0.01,reset=0.01,empty=0.01";

/// The number of calls from which at most 5 % may be wasted. With fewer calls the share says little. A killed worker loses
/// its running calls, and for ten small books, with 130 calls, two or three bad moments are 5 %.
const ENOUGH_CALLS: u64 = 1_000;

/// The books and processes of a storm, and what is done to them.
struct Storm {
    seed: u64,
    books: usize,
    chapters: usize,
    roles: &'static [&'static str],
    /// Returns how many processes are killed and replaced after a book is submitted.
    kills: fn(book: usize) -> usize,
    /// Does further harm after a book is submitted.
    strike: fn(&Fleet, book: usize),
}

/// The results of a storm.
#[derive(Debug, Default)]
struct Toll {
    done: usize,
    /// The books with another `done` event than one for the first edition.
    doubled: usize,
    /// The books whose chapters are bound in the wrong order.
    out_of_order: usize,
    /// The books that lack something or have something twice.
    not_whole: usize,
    kills: usize,
    /// The calls that the model answered.
    calls: u64,
    /// The calls that the ledger recorded. The others were paid for and lost.
    recorded: u64,
    heals: BTreeMap<String, usize>,
}

impl Storm {
    /// Runs the storm and returns its toll. The report is printed, and written where a file is named, even after a failure.
    fn toll(&self, fleet: Fleet) -> Toll {
        let (mut toll, begun) = (Toll::default(), Instant::now());
        let raged = catch_unwind(AssertUnwindSafe(|| self.rage(fleet, &mut toll)));
        let report = toll.report(self, begun, raged.is_ok());
        eprintln!("{report}");
        if let Some(path) = std::env::var_os("BINDERY_CHAOS_REPORT") {
            fs::write(path, report).unwrap();
        }
        raged.unwrap_or_else(|failed| resume_unwind(failed));
        toll
    }

    fn rage(&self, mut fleet: Fleet, toll: &mut Toll) {
        fleet.allows_heals();
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
            toll.read(&fleet, book);
        }
        for process in processes {
            process.interrupt();
            toll.count(&process.end().exits(0));
        }
    }

    /// Checks that every book was finished once, whole and in order, with few wasted calls.
    fn is_survived(&self, toll: &Toll) {
        let flaws = (toll.doubled, toll.out_of_order, toll.not_whole);
        assert_eq!((toll.done, flaws), (self.books, (0, 0, 0)), "{toll:?}");
        if toll.calls >= ENOUGH_CALLS {
            assert!(toll.wasted() * 20 <= toll.calls, "{} of {} calls were wasted", toll.wasted(), toll.calls);
        }
    }
}

impl Toll {
    fn killed(&mut self, process: &Ended) {
        self.kills += 1;
        self.count(process);
    }

    /// Waits for a book and counts what is wrong with it. A failed check does not end the storm.
    fn read(&mut self, fleet: &Fleet, book: &Ordered) {
        let editions = tried(|| fleet.editions(book));
        self.calls = fleet.model.stats().calls;
        let Some(editions) = editions else { return };
        self.done += 1;
        self.doubled += usize::from(editions != [1]);
        self.recorded += fleet.ledger(&book.id).calls().values().sum::<u64>();
        let (bound, asked) = (tried(|| fleet.bound(book)), book.outline.expected());
        let titles = |bound: &Book| bound.chapters.iter().map(|chapter| chapter.title.clone()).collect::<Vec<_>>();
        let in_order = |bound: &Book| titles(bound).iter().eq(asked.iter().map(|chapter| &chapter.title));
        self.out_of_order += usize::from(bound.as_ref().is_some_and(|bound| !in_order(bound)));
        self.not_whole += usize::from(bound.and_then(|bound| tried(|| bound.is_whole(&asked))).is_none());
    }

    fn count(&mut self, process: &Ended) {
        for reason in process.healed() {
            *self.heals.entry(reason).or_default() += 1;
        }
    }

    fn wasted(&self) -> u64 {
        self.calls.saturating_sub(self.recorded)
    }

    fn report(&self, storm: &Storm, begun: Instant, ended: bool) -> String {
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
        let lost = storm.books - self.done;
        let flaws = format!("{lost}, {}, {}, {}", self.doubled, self.out_of_order, self.not_whole);
        row("lost, doubled, out of order, not whole", flaws);
        row("processes killed", self.kills.to_string());
        row("model faults", format!("`{FAULTS}`"));
        row("calls made", self.calls.to_string());
        let share = 100.0 * self.wasted() as f64 / self.calls.max(1) as f64;
        row("calls wasted: served, and their text lost with a process", format!("{} ({share:.1} %)", self.wasted()));
        row("heals", self.heals.iter().map(|(reason, n)| format!("{reason} {n}")).collect::<Vec<_>>().join(", "));
        row("time", format!("{} s", begun.elapsed().as_secs()));
        if !ended {
            row("ended", "**early: something failed before all of this was counted**".to_owned());
        }
        text
    }
}

#[test]
fn books_are_whole_after_processes_and_connections_are_killed_at_random_and_the_store_restarts() {
    let storm = Storm {
        seed: 7,
        books: 10,
        chapters: 4,
        roles: &["dispatcher", "dispatcher", "worker", "worker", "worker", "assembler", "assembler"],
        kills: |_| 2,
        strike: |fleet, book| match book {
            // A broker lists a connection only some time after it was made.
            3 => fleet.wait_until("its connections are listed", || fleet.broker.close_connections(&fleet.vhost) > 0),
            6 => restart_the_store(fleet),
            _ => {}
        },
    };
    let faults: Faults = FAULTS.parse().unwrap();
    let toll = storm.toll(Fleet::with_faults(faults).with(brisk()));
    assert_eq!(toll.kills, 20);
    storm.is_survived(&toll);
}

/// Takes some minutes, so only `tests/long` runs it. It keeps the report.
#[test]
#[ignore = "it takes some minutes"]
fn two_hundred_books_are_whole_after_processes_and_servers_are_killed_at_random() {
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
    let faults: Faults = FAULTS.parse().unwrap();
    let fleet = Fleet::with_own_broker(ModelServer::with_faults(faults)).with(brisk());
    let toll = storm.toll(fleet.with([("BINDERY_MODEL__CALLS", "16")]));
    storm.is_survived(&toll);
}

/// Returns the result of a function; `None` where it panics.
fn tried<T>(what: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(what)).ok()
}

fn restart_the_store(fleet: &Fleet) {
    fleet.redis.kill();
    fleet.redis.start_again();
}

/// Returns an outline that differs from those of all other books.
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
