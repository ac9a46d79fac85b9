//! Events are heard without a gap and without a double, whatever is killed meanwhile.

use serde_json::json;

use super::{Served, events::numbers, ordered};
use crate::support::{Caller, Fleet, Heard, Running, brisk};

/// The roles that write a book.
const ROLES: [&str; 3] = ["dispatcher", "worker", "assembler"];

/// Starts another process of the API, and returns it with its line that names its address.
fn another_api(served: &Served) -> (Running, String) {
    let mut api = served.fleet.start(&["serve", "api"]);
    let line = api.says("The API is at");
    api.says("Serving");
    (api, line)
}

/// Checks that these are all events of a book of three chapters, each once.
#[track_caller]
fn are_whole(heard: &[Heard]) {
    assert_eq!(numbers(heard), (1..=heard.len() as u64).collect::<Vec<_>>());
    let done = heard.iter().filter(|heard| heard.data["kind"] == "chapter_done");
    let mut chapters: Vec<u64> = done.map(|heard| heard.data["chapter"].as_u64().unwrap()).collect();
    chapters.sort_unstable();
    assert_eq!(chapters, [1, 2, 3]);
}

/// Orders a book, and returns the path of its events once it is accepted.
fn events_of_a_book(press: &Caller) -> String {
    let id = ordered(press, "tides", &json!({}));
    press.waits(&format!("/v1/books/{id}"), |reply| reply.status == 200);
    format!("/v1/books/{id}/events")
}

#[test]
fn a_listener_goes_on_at_another_process_when_its_own_is_killed() {
    let (mut fleet, paused) = Fleet::held_back([2]);
    fleet.keep_serving(&["all"]);
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let (api, line) = another_api(&served);
    let there = press.moved_to(&line);
    let mut all = there.listen("/v1/events", None);
    let path = events_of_a_book(&press);
    let mut of_book = there.listen(&path, None);
    let (mut heard, mut heard_of_all) = (of_book.until("chapter_done"), all.until("chapter_done"));
    api.kill();
    while of_book.next().is_some() || all.next().is_some() {}
    paused.resume(2);
    for (path, heard) in [(path.as_str(), &mut heard), ("/v1/events", &mut heard_of_all)] {
        let last = heard.last().unwrap().id.clone();
        heard.extend(press.listen(path, Some(&last)).until("done"));
        are_whole(heard);
    }
}

#[test]
fn a_listener_hears_a_book_to_its_end_though_every_process_that_writes_it_is_killed() {
    let (fleet, paused) = Fleet::held_back([2]);
    let mut fleet = fleet.with(brisk());
    fleet.allows_heals();
    let writing = ROLES.map(|role| fleet.serve(&[role]));
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let path = events_of_a_book(&press);
    let mut listener = press.listen(&path, None);
    let mut heard = listener.until("chapter_done");
    for process in writing {
        process.kill();
    }
    let Served { mut fleet, .. } = served;
    for role in ROLES {
        fleet.keep_serving(&[role]);
    }
    paused.resume(2);
    heard.extend(listener.until("done"));
    are_whole(&heard);
}

#[test]
fn a_listener_hears_a_book_to_its_end_though_the_store_is_killed_and_restarted() {
    let (fleet, paused) = Fleet::held_back([2]);
    let mut fleet = fleet.with(brisk()).serving(&ROLES);
    fleet.allows_heals();
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let mut all = press.listen("/v1/events", None);
    let path = events_of_a_book(&press);
    let mut of_book = press.listen(&path, None);
    let (mut heard, mut heard_of_all) = (of_book.until("chapter_done"), all.until("chapter_done"));
    served.fleet.redis.kill();
    served.fleet.redis.start_again();
    paused.resume(2);
    heard.extend(of_book.until("done"));
    heard_of_all.extend(all.until("done"));
    are_whole(&heard);
    are_whole(&heard_of_all);
}
