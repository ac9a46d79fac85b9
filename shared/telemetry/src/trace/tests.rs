//! Spans that nobody takes.

use bindery_domain::BookId;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;

fn ends(spans: usize) {
    (0..spans).for_each(|_| drop(spans::accept(&BookId::named("b"), None)));
}

#[tokio::test]
async fn what_finds_no_room_is_dropped_and_what_is_not_taken_is_lost_and_both_are_counted() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let endpoint = ServiceUrl::from(format!("http://{port}").as_str());
    let to = Destination { endpoint: &endpoint, headers: None, sample: 1.0, service: "t" };
    let (traces, metrics) = (Traces::start(&to).unwrap(), Metrics::default());
    traces.counted(&metrics);
    // Nothing is awaited until all have ended, so that the delivery cannot make room meanwhile.
    tracing::subscriber::with_default(tracing_subscriber::registry().with(traces.layer()), || ends(outbox::ROOM + 7));
    traces.end().await;
    let counted = |outcome: &str| metrics.spans.with_label_values(&[outcome]).get();
    assert_eq!((counted(DROPPED), counted(FAILED), counted(SENT)), (7, outbox::ROOM as u64, 0));
}

#[tokio::test]
async fn a_process_that_traces_nothing_has_no_place_in_a_trace() {
    let span = spans::accept(&BookId::named("b"), None);
    assert_eq!(spans::place_of(&span), None);
}
