//! Is a book one trace through all processes? Does tracing send no text and delay no work?

use std::collections::BTreeSet;

use bindery_stand_in::{Fault, Faults, Match, Rule};
use serde_json::{Value, json};

use crate::{
    api::{Served, order},
    support::{BookEvent, Collector, Fleet, Ordered, Route, Running, Spanned, brisk, six_chapters, three_chapters},
};

/// The setting of the tenant for submissions without a user.
const TENANT: (&str, &str) = ("BINDERY_SERVE__TENANT", "press");

/// The trace of another system.
const UPSTREAM_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// The span of the other system.
const UPSTREAM_SPAN: &str = "00f067aa0ba902b7";

/// Makes the processes of a fleet send their spans to a collector.
fn traced(fleet: Fleet, collector: &Collector) -> Fleet {
    fleet.with([("BINDERY_TRACE__OTLP_ENDPOINT", collector.endpoint().as_str()), TENANT])
}

/// Submits three chapters as another system does that traces its work.
fn submit_traced(fleet: &Fleet, sampled: &str) -> Ordered {
    let outline = three_chapters();
    let data = json!({"request_id": "one", "outline": {"markdown": outline.text()}, "model": "stand-in:prose"});
    let submission =
        json!({"specversion": "1.0", "type": "bindery.book.submit.v1", "source": "/t", "id": "1", "data": data});
    let headers = format!("headers={{'traceparent': '00-{UPSTREAM_TRACE}-{UPSTREAM_SPAN}-{sampled}'}}");
    let body = submission.to_string();
    fleet.publish_as(&fleet.vhost, Route::SUBMISSION, body.as_bytes(), &headers).exits(0);
    let books = || fleet.run(&["--json", "books"]).exits(0).values();
    fleet.wait_until("the submission is a book", || books().len() == 1);
    Ordered { id: books()[0]["id"].as_str().unwrap().to_owned(), outline }
}

fn end(processes: Vec<Running>) {
    processes.iter().for_each(Running::terminate);
    for process in processes {
        process.end().exits(0);
    }
}

/// Starts each role in a process of its own.
fn serve_apart(fleet: &Fleet) -> Vec<Running> {
    [["dispatcher"], ["worker"], ["worker"], ["assembler"]].map(|roles| fleet.serve(&roles)).into()
}

/// Checks that the spans are one trace, and that only `accept` is a child of the span of the other system.
#[track_caller]
fn is_one_tree(spans: &[Spanned]) {
    let traces: BTreeSet<&str> = spans.iter().map(|span| span.trace.as_str()).collect();
    assert_eq!(traces, BTreeSet::from([UPSTREAM_TRACE]));
    let ids: BTreeSet<&str> = spans.iter().map(|span| span.id.as_str()).collect();
    assert_eq!(ids.len(), spans.len(), "a span was sent twice");
    let outside: Vec<&Spanned> = spans.iter().filter(|span| !ids.contains(span.parent.as_str())).collect();
    assert!(outside.len() == 1 && outside[0].name == "accept", "these have no parent: {outside:#?}");
    assert_eq!(outside[0].parent, UPSTREAM_SPAN);
}

#[test]
fn a_book_is_one_trace_from_the_submission_to_its_completion() {
    let third = Match { task: Some("section".into()), chapter: Some(3), section: Some(1), ..Match::default() };
    let faults = Faults::none()
        .with_rule(Rule::on(third.clone(), Fault::Overloaded).times(1))
        .with_rule(Rule::on(third, Fault::MetaTalk).times(1));
    let collector = Collector::start();
    let fleet = traced(Fleet::with_faults(faults), &collector);
    let processes = serve_apart(&fleet);
    let book = submit_traced(&fleet, "01");
    let ledger = fleet.finishes(&book);
    collector.sees("publish completed");
    end(processes);
    let spans = collector.spans();
    is_one_tree(&spans);

    let named = |name: &str| spans.iter().filter(|span| span.name == name).collect::<Vec<_>>();
    let count = |name: &str| named(name).len();
    assert_eq!(["accept", "plan", "write", "audit", "bind"].map(count), [1, 1, 3, 1, 1]);
    assert_eq!(["context", "brief", "section"].map(count), [1, 3, 8], "two sections are tried again");
    assert_eq!(["wait plans", "wait chapters", "wait bindings"].map(count), [1, 3, 2]);
    assert_eq!(["publish accepted", "publish chapter_done", "publish completed"].map(count), [1, 3, 1]);
    let services = |name: &str| named(name).iter().map(|span| span.service.clone()).collect::<BTreeSet<_>>();
    assert_eq!(services("plan"), BTreeSet::from(["bindery-dispatcher".to_owned()]));
    assert_eq!(services("write"), BTreeSet::from(["bindery-worker".to_owned()]));
    assert_eq!(services("bind"), BTreeSet::from(["bindery-assembler".to_owned()]));
    assert!(
        named("write")
            .iter()
            .all(|span| span.says("bindery.book.id") == book.id && span.says("bindery.answer") == "go")
    );
    assert!(named("write").iter().all(|span| span.says("bindery.outcome") == "done"));

    let calls = named("chat prose");
    assert_eq!(calls.len() as u64, fleet.model.stats().calls);
    assert_eq!(calls.len() as u64, ledger.calls().values().sum::<u64>());
    for call in &calls {
        assert_eq!((call.says("gen_ai.operation.name"), call.says("gen_ai.provider.name")), ("chat", "stand-in"));
        assert_eq!(call.says("gen_ai.request.model"), "prose");
    }
    let tokens = |kind: &str| calls.iter().filter_map(|call| call.says(kind).parse::<u64>().ok()).sum::<u64>();
    let stats = fleet.model.stats();
    assert_eq!(tokens("gen_ai.usage.input_tokens"), stats.input_tokens);
    assert_eq!(tokens("gen_ai.usage.output_tokens"), stats.output_tokens);
    let refused: Vec<&str> = calls.iter().filter(|call| call.failed).map(|call| call.says("error.type")).collect();
    assert_eq!(refused, ["overloaded"]);
    let unfit = |span: &&Spanned| span.says("bindery.passed") == "false";
    assert_eq!(spans.iter().filter(unfit).count(), 1, "only the text that talks about itself fails");
    holds_no_word(&fleet, &book, &collector);
}

/// Checks that no word of the outline was sent, and that no four consecutive words of the book were sent.
fn holds_no_word(fleet: &Fleet, book: &Ordered, collector: &Collector) {
    let sent: Vec<String> =
        collector.requests().iter().map(|body| String::from_utf8_lossy(body).to_lowercase()).collect();
    let absent = |what: &str| {
        let what = what.to_lowercase();
        assert!(!sent.iter().any(|body| body.contains(&what)), "{what:?} was sent to the collector");
    };
    let letters = |text: &str| text.split(|c: char| !c.is_alphabetic()).map(str::to_owned).collect::<Vec<_>>();
    let text = book.outline.text();
    let (_, words) = text.split_once("\n---\n").unwrap();
    letters(words).iter().filter(|word| word.len() > 3).for_each(|word| absent(word));
    let bound = std::fs::read_dir(fleet.path(&format!("out-{}", book.id))).unwrap();
    let markdown = bound.map(|file| file.unwrap().path()).find(|path| path.extension().is_some_and(|end| end == "md"));
    let text = std::fs::read_to_string(markdown.unwrap()).unwrap();
    let words: Vec<&str> = text.split_whitespace().collect();
    assert!(words.len() > 500);
    words.windows(4).for_each(|four| absent(&four.join(" ")));
}

#[test]
fn a_book_without_a_trace_begins_one_and_the_next_worker_after_a_killed_one_continues_it() {
    let collector = Collector::start();
    let mut fleet = traced(Fleet::new().with(brisk()), &collector);
    fleet.expects_heals(&["lease_lapsed"]);
    fleet.keep_serving(&["dispatcher"]);
    let assembler = fleet.serve(&["assembler"]);
    let doomed = fleet.serve(&["worker"]);
    let book = fleet.order(six_chapters());
    fleet.model.wait_for("half of the calls", |stats| stats.calls >= 9);
    doomed.kill();
    let next = fleet.serve(&["worker"]);
    fleet.finishes(&book);
    collector.sees("publish completed");
    end(vec![assembler, next]);
    let spans = collector.spans();
    let root: Vec<&Spanned> = spans.iter().filter(|span| span.parent.is_empty()).collect();
    assert!(root.len() == 1 && root[0].name == "accept", "{root:#?}");
    assert!(spans.iter().all(|span| span.trace == root[0].trace));
    let tasks = spans.iter().filter(|span| ["plan", "write", "bind"].contains(&span.name.as_str()));
    assert!(
        tasks.clone().count() >= 8 && tasks.clone().all(|task| task.parent == root[0].id),
        "a task that the sweeper sent again has another parent"
    );
}

#[test]
fn an_unsampled_trace_is_passed_on_and_logged_but_not_sent() {
    let second = Match { task: Some("section".into()), chapter: Some(2), section: Some(1), ..Match::default() };
    let faults = Faults::none().with_rule(Rule::on(second, Fault::MetaTalk).times(1));
    let collector = Collector::start();
    let log = [("BINDERY_LOG__FORMAT", "json"), ("BINDERY_LOG__FILTER", "info,bindery_runtime::attempt=debug")];
    let fleet = traced(Fleet::with_faults(faults), &collector).with(log);
    let mut process = fleet.serve(&["all"]);
    let book = submit_traced(&fleet, "00");
    let mut line = |said: &str| serde_json::from_str::<Value>(&process.says(said)).unwrap();
    let accepted = line("\"accepted\"");
    let said = |line: &Value| (line["trace_id"].clone(), line["level"].clone(), line["book"].clone());
    assert_eq!(said(&accepted), (json!(UPSTREAM_TRACE), json!("INFO"), json!(book.id)), "{accepted}");
    let failed = line("a try failed");
    assert_eq!(said(&failed), (json!(UPSTREAM_TRACE), json!("DEBUG"), json!(book.id)), "{failed}");
    assert_eq!(failed["task"], "write/2", "{failed}");
    let ledger = fleet.finishes(&book);
    let stored = ledger.book("trace").as_str().unwrap().to_owned();
    assert!(stored.starts_with(&format!("00-{UPSTREAM_TRACE}-")) && stored.ends_with("-00"), "{stored}");
    assert_eq!(&stored[36..52], accepted["span_id"].as_str().unwrap(), "the log and the ledger name the same span");
    end(vec![process]);
    assert_eq!(collector.requests().len(), 0);
}

#[test]
fn without_a_collector_nothing_is_traced_and_events_have_the_trace_of_the_submission() {
    let fleet = Fleet::new().with([TENANT]);
    let mut process = fleet.serve(&["all"]);
    fleet.listen();
    let book = submit_traced(&fleet, "01");
    let line = process.says("accepted");
    assert!(!line.contains("trace_id"), "{line}");
    let ledger = fleet.finishes(&book);
    let upstream = format!("00-{UPSTREAM_TRACE}-{UPSTREAM_SPAN}-01");
    assert_eq!(*ledger.book("trace"), upstream);
    let events = fleet.hears("completed");
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["accepted", "planned", "chapter_done", "chapter_done", "chapter_done", "audited", "completed"]);
    assert!(events.iter().all(|event| event.trace_parent.as_ref() == Some(&upstream)), "{events:#?}");
    end(vec![process]);
}

#[test]
fn a_book_that_is_ordered_over_http_is_part_of_the_trace_of_the_request() {
    let collector = Collector::start();
    let mut fleet = traced(Fleet::new(), &collector);
    fleet.keep_serving(&["all"]);
    let served = Served::of(fleet);
    let press = served.keyed(&["--tenant", "press"]);
    let parent = format!("00-{UPSTREAM_TRACE}-{UPSTREAM_SPAN}-01");
    let wanted = order(&json!({"outline": {"markdown": three_chapters().text()}}));
    let received = press.post_with("/v1/books", &[("traceparent", &parent)], &wanted).is(202).json();
    let id = received["id"].as_str().unwrap();
    press.book_is(id, "done");
    press.get("/v1/books/hidden-words").is(404);
    collector.sees("publish completed");
    collector.sees("GET /v1/books/{id}");
    let of_trace = |span: &&Spanned| span.trace == UPSTREAM_TRACE;
    let spans = collector.spans();
    let named = |name: &str| spans.iter().filter(of_trace).find(|span| span.name == name).unwrap();
    let request = named("POST /v1/books");
    assert_eq!((request.parent.as_str(), request.service.as_str()), (UPSTREAM_SPAN, "bindery-api"));
    assert_eq!((request.says("http.route"), request.says("http.response.status_code")), ("/v1/books", "202"));
    assert_eq!(named("accept").parent, request.id, "the book stands under the request");
    assert_eq!(spans.iter().filter(of_trace).filter(|span| span.name == "write").count(), 3);
    let asked = spans.iter().find(|span| span.name == "GET /v1/books/{id}" && span.says("bindery.book.id") == id);
    assert!(asked.is_some_and(|span| !span.failed && span.trace != UPSTREAM_TRACE), "{asked:?}");
    assert!(!spans.iter().any(|span| format!("{span:?}").contains("hidden-words")), "a span holds what a caller wrote");
}

#[test]
fn an_event_has_the_span_that_published_it() {
    let collector = Collector::start();
    let fleet = traced(Fleet::new(), &collector);
    let process = fleet.serve(&["all"]);
    fleet.listen();
    fleet.finishes(&submit_traced(&fleet, "01"));
    let events = fleet.hears("completed");
    collector.sees("publish completed");
    end(vec![process]);
    let spans = collector.spans();
    let was_published = |event: &BookEvent| {
        let name = format!("publish {}", event.name);
        let mut named = spans.iter().filter(|span| span.name == name);
        named.any(|span| event.trace_parent == Some(format!("00-{UPSTREAM_TRACE}-{}-01", span.id)))
    };
    assert!(events.len() == 7 && events.iter().all(was_published), "{events:#?}");
}

#[test]
fn a_collector_that_never_answers_delays_nothing() {
    let collector = Collector::silent();
    // Operators often set this variable of OpenTelemetry in every pod.
    let fleet = Fleet::new().with([("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint().as_str())]);
    let process = fleet.serve(&["all"]);
    fleet.finishes(&fleet.order(three_chapters()));
    collector.receives_a_request();
    fleet.finishes(&fleet.order(three_chapters()));
    process.terminate();
    process.end().exits(0).tells(&["the last spans could not be sent in time"]);
}
