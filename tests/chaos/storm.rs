//! A storm: books are submitted while processes and servers are harmed.

use std::{
    collections::VecDeque,
    fs,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    time::Instant,
};

use super::{
    harm::{Processes, Strike},
    heard::Heard,
    toll::{ENOUGH_CALLS, Toll},
};
use crate::support::{Fleet, Ordering, Outline};

/// The books and processes of a storm, and what is done to them.
pub(super) struct Storm {
    pub(super) seed: u64,
    pub(super) books: usize,
    pub(super) chapters: usize,
    /// How many books are submitted side by side.
    pub(super) at_once: usize,
    pub(super) roles: &'static [&'static str],
    /// Returns how many processes are killed and replaced after a book is submitted.
    pub(super) kills: fn(book: usize) -> usize,
    /// Further harm.
    pub(super) strikes: &'static [Strike],
}

impl Storm {
    /// Runs the storm and returns its toll. The report is printed, and written where a file is named, even after a failure.
    pub(super) fn toll(&self, fleet: Fleet) -> Toll {
        let (mut toll, begun) = (Toll::default(), Instant::now());
        let raged = catch_unwind(AssertUnwindSafe(|| self.rage(fleet, &mut toll)));
        let report = toll.report(self, begun.elapsed(), raged.is_ok());
        eprintln!("{report}");
        if let Some(path) = std::env::var_os("BINDERY_CHAOS_REPORT") {
            fs::write(path, report).unwrap();
        }
        raged.unwrap_or_else(|failed| resume_unwind(failed));
        toll
    }

    fn rage(&self, mut fleet: Fleet, toll: &mut Toll) {
        fleet.allows_heals();
        // A snapshot is a copy of the store's log, which must not be replaced meanwhile.
        fleet.redis.cli(&["CONFIG", "SET", "auto-aof-rewrite-percentage", "0"]);
        let mut random = fastrand::Rng::with_seed(self.seed);
        let mut processes = Processes::start(&fleet, self.roles);
        fleet.listen();
        let (mut submitting, mut books) = (VecDeque::<Ordering>::new(), Vec::new());
        for number in 0..self.books {
            if submitting.len() == self.at_once {
                books.extend(submitting.pop_front().map(|first| first.accepted(&fleet)));
            }
            submitting.push_back(fleet.orders(outline(number, self.chapters)));
            for _ in 0..(self.kills)(number) {
                toll.killed(&processes.replace(&fleet, random.usize(0..self.roles.len())));
            }
            for strike in self.strikes.iter().filter(|strike| strike.follows(number, self.books)) {
                processes.suffer(&fleet, strike.harm, random.usize(0..self.roles.len()));
                toll.suffered(strike.harm);
            }
            processes.wake();
        }
        books.extend(submitting.into_iter().map(|last| last.accepted(&fleet)));
        processes.wake_all();
        let mut heard = Heard::default();
        for book in &books {
            toll.read(&fleet, book, &mut heard);
        }
        toll.heard(&heard);
        for process in processes.end() {
            toll.count(&process);
        }
    }

    /// Checks that every book was finished once, whole and in order, with few wasted calls, and that a listener and a
    /// watcher hear of all its events.
    pub(super) fn is_survived(&self, toll: &Toll) {
        let flaws = (toll.doubled, toll.out_of_order, toll.not_whole);
        assert_eq!((toll.done, flaws), (self.books, (0, 0, 0)), "{toll:?}");
        assert_eq!((toll.unheard, toll.mixed, toll.unwatched), (0, 0, 0), "{toll:?}");
        assert_eq!(toll.completed_for_nothing, 0, "{toll:?}");
        if toll.calls >= ENOUGH_CALLS {
            assert!(toll.wasted() * 50 <= toll.calls, "{} of {} calls were wasted", toll.wasted(), toll.calls);
        }
    }
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
