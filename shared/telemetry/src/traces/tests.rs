//! What a collector is sent, and what becomes of spans that it does not take.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use bindery_domain::BookId;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{
    counts::{DROPPED, FAILED, ROOM, SENT},
    *,
};

/// A collector that always answers the same and keeps the headers of what it is sent.
struct Collector {
    address: SocketAddr,
    headers: Arc<Mutex<Vec<HeaderMap>>>,
}

impl Collector {
    async fn answering(status: StatusCode) -> Self {
        let headers = Arc::<Mutex<Vec<HeaderMap>>>::default();
        let take = move |State(kept): State<Arc<Mutex<Vec<HeaderMap>>>>, headers: HeaderMap| async move {
            kept.lock().unwrap().push(headers);
            status
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(headers.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, headers }
    }
}

/// The traces of a process, and the metrics that count them.
struct Traced {
    traces: Traces,
    metrics: Metrics,
}

impl Traced {
    fn start(endpoint: &str, headers: Option<&str>) -> Self {
        let to = Destination { endpoint: &ServiceUrl::from(endpoint), headers, sample: 1.0, service: "t" };
        let (traces, metrics) = (Traces::start(&to).unwrap(), Metrics::new());
        traces.count_in(&metrics);
        Self { traces, metrics }
    }

    /// Makes this many spans, and then ends the process. Nothing is awaited between two spans, so no batch is sent that
    /// would make room.
    async fn end(self, spans: usize) -> Metrics {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(self.traces.layer()), || {
            (0..spans).for_each(|_| drop(spans::accept(&BookId::named("b"), None)));
        });
        self.traces.end().await;
        self.metrics
    }
}

fn counted(metrics: &Metrics) -> [u64; 3] {
    [SENT, DROPPED, FAILED].map(|outcome| metrics.spans.with_label_values(&[outcome]).get())
}

#[tokio::test]
async fn spans_without_room_are_dropped_and_refused_spans_are_lost_and_both_are_counted() {
    let collector = Collector::answering(StatusCode::BAD_REQUEST).await;
    let traced = Traced::start(&format!("http://{}", collector.address), None);
    assert_eq!(counted(&traced.end(ROOM + 7).await), [0, 7, ROOM as u64]);
}

#[tokio::test]
async fn spans_that_reach_no_collector_are_lost() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let traced = Traced::start(&format!("http://{free}"), None);
    assert_eq!(counted(&traced.end(1).await), [0, 0, 1]);
}

#[tokio::test]
async fn a_collector_is_sent_the_given_headers_and_the_login_of_its_address() {
    let collector = Collector::answering(StatusCode::OK).await;
    let traced = Traced::start(&format!("http://bindery:hush@{}/", collector.address), Some("x-team=fine%20books"));
    assert_eq!(counted(&traced.end(2).await), [2, 0, 0]);
    let requests = collector.headers.lock().unwrap();
    assert_eq!(requests[0]["x-team"], "fine books");
    assert_eq!(requests[0]["authorization"], "Basic YmluZGVyeTpodXNo");
    assert_eq!(requests[0]["content-type"], "application/x-protobuf");
}

#[tokio::test]
async fn what_names_no_collector_is_refused_and_headers_are_not_shown() {
    let refused = |endpoint: &str, headers| {
        let to = Destination { endpoint: &ServiceUrl::from(endpoint), headers, sample: 1.0, service: "t" };
        Traces::start(&to).err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert!(refused("collector", None).starts_with("`collector` is no address of a collector"));
    let malformed = refused("http://collector", Some("authorization: hush"));
    assert!(malformed.starts_with("OTEL_EXPORTER_OTLP_HEADERS is malformed") && !malformed.contains("hush"));
}
