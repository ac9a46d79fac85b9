//! Streams of events: no gap and no double, whatever is killed.

use serde_json::json;

use super::{Studio, bench, ordered};
use crate::support::{Bench, Heard, ModelServer};

/// Returns the numbers of events.
pub(super) fn numbers(heard: &[Heard]) -> Vec<u64> {
    heard.iter().map(|heard| heard.data["number"].as_u64().unwrap()).collect()
}

#[test]
fn a_listener_hears_every_event_of_a_book_once_and_goes_on_where_it_stopped() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({}));
    let path = format!("/v1/books/{id}/events");
    let all = studio.caller.listen(&path, None).until("done");
    assert_eq!(numbers(&all), (1..=all.len() as u64).collect::<Vec<_>>());
    assert_eq!(all.iter().filter(|heard| heard.data["kind"] == "chapter_done").count(), 3);
    let middle = all.len() / 2;
    let rest = studio.caller.listen(&path, Some(&all[middle].id)).until("done");
    assert_eq!(rest, all[middle + 1..]);
    studio.stop();
}

#[test]
fn a_listener_goes_on_without_a_gap_or_a_double_after_the_studio_was_killed() {
    let (model, paused) = ModelServer::held_back([2]);
    let bench = Bench::on(model).set("BINDERY_API__ADDRESS", "127.0.0.1:0");
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let id = ordered(&studio.caller, "tides", &json!({}));
    let path = format!("/v1/books/{id}/events");
    let mut heard = studio.caller.listen(&path, None).until("chapter_done");
    studio.kill();
    let studio = Studio::start(&bench);
    paused.resume(2);
    let last = heard.last().unwrap().id.clone();
    heard.extend(studio.caller.listen(&path, Some(&last)).until("done"));
    assert_eq!(numbers(&heard), (1..=heard.len() as u64).collect::<Vec<_>>());
    studio.stop();
}

#[test]
fn a_listener_of_a_book_that_was_made_anew_is_told_to_begin_again() {
    let bench = bench();
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let id = ordered(caller, "tides", &json!({}));
    let path = format!("/v1/books/{id}/events");
    let mut listener = caller.listen(&path, None);
    let heard = listener.until("done");
    caller.send("DELETE", &format!("/v1/books/{id}"), &[], b"").is(204);
    listener.until("deleted");
    assert_eq!(listener.next(), None, "the stream of a deleted book ends");
    assert_eq!(ordered(caller, "tides", &json!({})), id);
    caller.book_is(&id, "done");
    let again = caller.listen(&path, Some(&heard[3].id)).until("done");
    assert_eq!((again[0].name.as_str(), again[1].data["kind"].as_str()), ("reset", Some("accepted")));
    studio.stop();
}

#[test]
fn a_tenant_hears_the_events_of_all_its_books_from_now_on_and_what_it_missed() {
    let bench = bench();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let old = ordered(caller, "old", &json!({}));
    caller.book_is(&old, "done");
    let mut listener = caller.listen("/v1/events", None);
    let one = ordered(caller, "one", &json!({}));
    let heard = listener.until("done");
    assert!(heard.iter().all(|heard| heard.data["book"] == one.as_str()), "{heard:?}");
    assert_eq!(numbers(&heard), (1..=heard.len() as u64).collect::<Vec<_>>());
    // What happens while nobody listens is heard afterwards, and nothing twice.
    let two = ordered(caller, "two", &json!({}));
    caller.book_is(&two, "done");
    let middle = &heard[heard.len() - 3];
    let mut rest = caller.listen("/v1/events", Some(&middle.id));
    let (first, second) = (rest.until("done"), rest.until("done"));
    assert_eq!(numbers(&first), numbers(&heard[heard.len() - 2..]));
    assert!(second.iter().all(|heard| heard.data["book"] == two.as_str()), "{second:?}");
    assert_eq!(numbers(&second), (1..=second.len() as u64).collect::<Vec<_>>());
    studio.stop();
}

#[test]
fn a_listener_of_all_books_hears_of_those_that_had_settled_long_before() {
    let bench = bench();
    bench.calls_may_be_lost();
    let studio = Studio::start(&bench);
    let caller = &studio.caller;
    let [changed, gone] = ["changed", "gone"].map(|name| ordered(caller, name, &json!({})));
    for id in [&changed, &gone] {
        caller.book_is(id, "done");
    }
    let mut listener = caller.listen("/v1/changes", None);
    caller.post(&format!("/v1/books/{changed}/rewrite"), &json!({"chapters": [2]})).is(200);
    let is_rewritten = |heard: &Heard| heard.data["edition"] == 2 && heard.data["state"] == "done";
    let heard = std::iter::from_fn(|| listener.next()).find(is_rewritten).unwrap();
    assert_eq!(heard.data["id"], changed.as_str());
    caller.send("DELETE", &format!("/v1/books/{gone}"), &[], b"").is(204);
    let heard = listener.until("deleted");
    assert_eq!(heard.last().unwrap().data["id"], gone.as_str());
    studio.stop();
}
