//! Do the metrics of a fleet agree with what happened, and do the probes notice when a server stops?

use bindery_stand_in::{Fault, Faults, Match, Rule};

use serde_json::json;

use crate::{
    api::{Served, ordered},
    support::{Answer, Fleet, three_chapters, three_chapters_in_rare_words},
};

#[test]
fn the_metrics_agree_with_the_ledger_and_the_model_server() {
    let fleet = Fleet::new();
    let watched = [["dispatcher"], ["worker"], ["assembler"]].map(|roles| fleet.serve_watched(&roles));
    let book = fleet.order(three_chapters());
    let ledger = fleet.finishes(&book);
    let [(_, dispatcher), (_, worker), (_, assembler)] = &watched;
    assert_eq!(dispatcher.sum("bindery_submissions_total", &["outcome=\"new\""]), 1.0);
    dispatcher.reaches("bindery_events_total", &["event=\"completed\""], 1.0);
    assert_eq!(worker.sum("bindery_chapters_total", &["outcome=\"done\""]), 3.0);
    assert_eq!(worker.sum("bindery_claims_total", &["task=\"write\"", "answer=\"go\""]), 3.0);
    assert_eq!(worker.sum("bindery_leases_total", &["end=\"committed\""]), 3.0);
    assert_eq!(worker.sum("bindery_leases_held", &[]), 0.0);
    assert_eq!(worker.sum("bindery_parts_kept_total", &["task=\"write\""]), ledger.kept().len() as f64);
    assert_eq!(worker.sum("bindery_model_calls_total", &["end=\"stop\""]), fleet.model.stats().calls as f64);
    assert_eq!(worker.sum("bindery_model_calls_running", &[]), 0.0);
    assert_eq!(worker.sum("bindery_queue_seconds_count", &["lane=\"chapters\""]), 3.0);
    assert_eq!(worker.sum("bindery_slots_used", &[]), 0.0);
    assert!(worker.sum("bindery_slots", &["lane=\"chapters\""]) > 0.0);
    assert!(worker.sum("bindery_model_tokens_total", &["kind=\"output\""]) > 0.0);
    assert_eq!(assembler.sum("bindery_book_seconds_count", &[]), 1.0);
    let (took, chain) =
        (assembler.sum("bindery_book_seconds_sum", &[]), assembler.sum("bindery_book_chain_seconds_sum", &[]));
    assert!(0.0 < chain && chain <= took, "a book takes {took} s, its slowest chain {chain} s");
    for (_, probes) in &watched {
        assert_eq!(probes.sum("bindery_heals_total", &[]), 0.0, "a healthy fleet had to heal something");
        let well = Answer { status: 200, body: "ok\n".to_owned() };
        assert_eq!([probes.get("/healthz"), probes.get("/readyz")], [well.clone(), well]);
        assert!(!probes.samples().keys().any(|sample| sample.contains(&book.id)), "a label names a book");
    }
}

#[test]
fn failed_tries_and_rewrites_are_counted_by_reason() {
    let section = |chapter, section| Match {
        task: Some("section".into()),
        chapter: Some(chapter),
        section: Some(section),
        attempt: Some(1),
        ..Match::default()
    };
    let faults = [(1, 1, Fault::SkipPoint), (1, 2, Fault::LeaveOut), (2, 1, Fault::MetaTalk), (3, 1, Fault::Refused)];
    let rule = |faults: Faults, (chapter, number, fault)| faults.with_rule(Rule::on(section(chapter, number), fault));
    let mut fleet =
        Fleet::with_faults(faults.into_iter().fold(Faults::none(), rule)).serving(&["dispatcher", "assembler"]);
    let (worker, probes) = fleet.serve_watched(&["worker"]);
    let count = |metric: &str, reason: &str| probes.sum(metric, &["task=\"write\"", &format!("reason=\"{reason}\"")]);
    assert_eq!(probes.sum("bindery_rewrites_total", &[]), 0.0);
    fleet.finishes(&fleet.order(three_chapters_in_rare_words()));
    assert_eq!(count("bindery_rewrites_total", "length"), 1.0);
    assert_eq!(count("bindery_rewrites_total", "coverage"), 1.0);
    assert_eq!(probes.sum("bindery_rewrites_total", &[]), 2.0);
    assert_eq!(count("bindery_tries_failed_total", "meta_talk"), 1.0);
    assert_eq!(count("bindery_tries_failed_total", "refused"), 1.0);
    assert_eq!(probes.sum("bindery_tries_failed_total", &[]), 2.0);
    fleet.keep(worker);
}

#[test]
fn a_process_is_alive_and_not_ready_while_its_store_is_silent() {
    let fleet = Fleet::new();
    let (_process, probes) = fleet.serve_watched(&["worker"]);
    probes.turns("/readyz", 200);
    fleet.redis.process().freeze();
    let said = probes.turns("/readyz", 503);
    assert!(said.contains("store"), "{said}");
    assert_eq!(
        probes.get("/healthz").status,
        200,
        "the process asks for a restart, which would not bring the store back"
    );
    fleet.redis.process().thaw();
    probes.turns("/readyz", 200);
}

#[test]
fn the_metrics_of_the_api_agree_with_what_its_callers_did() {
    let (served, probes) = Served::start_watched();
    assert_eq!(probes.sum("bindery_api_streams_open", &[]), 0.0);
    assert!(probes.samples().contains_key("bindery_api_streams_open"), "an alert would not know of the role");
    let press = served.keyed(&["--tenant", "press"]);
    let id = ordered(&press, "tides", &json!({}));
    press.book_is(&id, "done");
    let asked = |route: &str, labels: &[&str]| {
        probes.sum("bindery_api_requests_total", &[&[format!("route=\"{route}\"").as_str()], labels].concat())
    };
    assert_eq!(asked("/v1/books", &["method=\"POST\"", "status=\"2xx\""]), 1.0);
    let before = asked("/v1/books/{id}", &["status=\"2xx\""]);
    press.get(&format!("/v1/books/{id}")).is(200);
    assert_eq!(asked("/v1/books/{id}", &["method=\"GET\"", "status=\"2xx\""]), before + 1.0);
    served.caller.get("/v1/books").is(401);
    served.caller.with_key("bk_unknown_unknown").get("/nowhere").is(404);
    assert_eq!(probes.sum("bindery_api_refused_total", &["reason=\"no_key\""]), 1.0);
    assert_eq!(asked("other", &["status=\"4xx\""]), 1.0);
    let file = press.get(&format!("/v1/books/{id}/files/md")).is(200);
    assert_eq!(
        probes.sum("bindery_api_sent_bytes_total", &["route=\"/v1/books/{id}/files/{format}\""]),
        file.body.len() as f64
    );
    let events = press.listen(&format!("/v1/books/{id}/events"), None);
    assert_eq!(probes.sum("bindery_api_streams_open", &[]), 1.0);
    drop(events);
    probes.reaches("bindery_api_streams_open", &[], 0.0);
    let requests = probes.sum("bindery_api_requests_total", &[]);
    assert_eq!(probes.sum("bindery_api_request_seconds_count", &[]), requests);
    assert!(!probes.samples().keys().any(|sample| sample.contains(&id)), "a label names a book");
}
