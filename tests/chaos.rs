//! Does every book come out once, whole and in order when processes are killed at random and the model fails?

use bindery_stand_in::Faults;

use crate::support::{Fleet, Outline, Running, brisk};

/// Processes that are killed, and another put in the place of each, after each book that is submitted.
const KILLS: usize = 2;

/// What is killed: more workers than others, since they have most to lose.
const ROLES: [&str; 7] = ["dispatcher", "dispatcher", "worker", "worker", "worker", "assembler", "assembler"];

#[test]
fn books_come_out_whole_while_processes_and_connections_are_killed_at_random_and_the_store_restarts() {
    let faults: Faults = "rate_limited=0.02,overloaded=0.01,reset=0.01,empty=0.01".parse().unwrap();
    let mut fleet = Fleet::with_faults(faults).with(brisk());
    fleet.allows_heals();
    let mut random = fastrand::Rng::with_seed(7);
    let mut processes: Vec<Running> = ROLES.iter().map(|role| fleet.serve(&[role])).collect();
    let mut books = Vec::new();
    for number in 0..10 {
        books.push(fleet.order(outline(number)));
        for _ in 0..KILLS {
            let doomed = random.usize(0..ROLES.len());
            processes.remove(doomed).kill();
            processes.insert(doomed, fleet.serve(&[ROLES[doomed]]));
        }
        match number {
            3 => assert!(fleet.broker.close_connections(&fleet.vhost) > 0),
            6 => {
                fleet.redis.kill();
                fleet.redis.start_again();
            }
            _ => {}
        }
    }
    for book in &books {
        let ledger = fleet.finishes(book);
        assert_eq!(ledger.book("edition"), 1, "it was written more than once");
    }
    processes.into_iter().for_each(|process| fleet.keep(process));
}

fn outline(number: usize) -> Outline {
    let first = ["Staffs", "Moons", "Machines", "Ropes", "Bells"][number % 5];
    let mut outline = Outline::of(&[first, "Charts", "Buoys", "Lamps"]);
    outline.title = format!("{} {number}", outline.title);
    outline
}
