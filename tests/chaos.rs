//! Is every book finished once, whole and in order while processes and servers are killed at random and the model fails?

mod harm;
mod heard;
mod storm;
mod toll;

use bindery_stand_in::Faults;

use self::{
    harm::{Harm, Strike},
    storm::Storm,
};
use crate::support::{Fleet, ModelServer, brisk};

/// The faults of the model, which fails in 5 % of its calls.
const FAULTS: &str = "rate_limited=0.02,overloaded=0.01,reset=0.01,empty=0.01";

/// The books of the long storm, unless `BINDERY_STORM_BOOKS` names another number.
const BOOKS: usize = 1_000;

#[test]
fn books_are_whole_after_processes_and_connections_are_killed_at_random_and_the_store_restarts() {
    const STRIKES: [Strike; 2] =
        [Strike { percent: 30, harm: Harm::CloseConnections }, Strike { percent: 60, harm: Harm::KillStore }];
    let storm = Storm {
        seed: 7,
        books: 10,
        chapters: 4,
        at_once: 1,
        roles: &["dispatcher", "dispatcher", "worker", "worker", "worker", "assembler", "assembler"],
        kills: |_| 2,
        strikes: &STRIKES,
    };
    let faults: Faults = FAULTS.parse().unwrap();
    let toll = storm.toll(Fleet::with_faults(faults).with(brisk()));
    assert_eq!(toll.kills, 20);
    storm.is_survived(&toll);
}

/// Takes some minutes, so only `tests/long` runs it. It keeps the report.
#[test]
#[ignore = "it takes some minutes"]
fn a_thousand_books_are_whole_after_every_kind_of_harm_with_the_settings_that_the_program_begins_with() {
    const STRIKES: [Strike; 17] = [
        Strike { percent: 4, harm: Harm::FreezeOne },
        Strike { percent: 10, harm: Harm::KillStore },
        Strike { percent: 14, harm: Harm::FreezeOne },
        Strike { percent: 20, harm: Harm::KillBroker },
        Strike { percent: 24, harm: Harm::FreezeOne },
        Strike { percent: 30, harm: Harm::LoseLastSecond },
        Strike { percent: 34, harm: Harm::FreezeOne },
        Strike { percent: 40, harm: Harm::Alarm },
        Strike { percent: 44, harm: Harm::FreezeOne },
        Strike { percent: 50, harm: Harm::FreezeAll },
        Strike { percent: 54, harm: Harm::FreezeOne },
        Strike { percent: 60, harm: Harm::CloseConnections },
        Strike { percent: 64, harm: Harm::FreezeOne },
        Strike { percent: 70, harm: Harm::KillStore },
        Strike { percent: 80, harm: Harm::KillBroker },
        Strike { percent: 84, harm: Harm::FreezeOne },
        Strike { percent: 90, harm: Harm::Alarm },
    ];
    let books = std::env::var_os("BINDERY_STORM_BOOKS").map_or(BOOKS, |books| books.to_str().unwrap().parse().unwrap());
    let storm = Storm {
        seed: 11,
        books,
        chapters: 8,
        at_once: 8,
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
        strikes: &STRIKES,
    };
    let faults: Faults = FAULTS.parse().unwrap();
    // These two are the program's defaults, which other tests change.
    let defaults = [("BINDERY_QUEUE__TIMEOUT", "10s"), ("BINDERY_SERVE__WAIT_FOR_DISK", "true")];
    let toll = storm.toll(Fleet::with_own_broker(ModelServer::with_faults(faults)).with(defaults));
    storm.is_survived(&toll);
}
