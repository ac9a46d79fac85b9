//! A collector of spans: OTLP over HTTP, as any other speaks it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{AnyValue, KeyValue, any_value::Value},
    trace::v1::Span,
};
use prost::Message as _;
use tokio::runtime::Runtime;

/// Longer than anything a test waits for takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A collector that keeps all it is sent.
pub(crate) struct Collector {
    endpoint: String,
    requests: Requests,
    _runtime: Runtime,
}

type Requests = Arc<Mutex<Vec<Bytes>>>;

/// A span, and the service it came from.
#[derive(Clone, Debug)]
pub(crate) struct Spanned {
    pub(crate) service: String,
    pub(crate) name: String,
    pub(crate) trace: String,
    pub(crate) id: String,
    /// Empty where it begins the trace.
    pub(crate) parent: String,
    pub(crate) failed: bool,
    pub(crate) attributes: BTreeMap<String, String>,
}

impl Collector {
    /// Starts one that takes everything.
    pub(crate) fn start() -> Self {
        Self::answering(true)
    }

    /// Starts one that takes requests and never answers.
    pub(crate) fn silent() -> Self {
        Self::answering(false)
    }

    fn answering(answers: bool) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let requests = Requests::default();
        let take = move |State(requests): State<Requests>, headers: HeaderMap, body: Bytes| async move {
            requests.lock().unwrap().push(body);
            if !answers {
                std::future::pending::<()>().await;
            }
            if headers["content-type"] == "application/x-protobuf" {
                StatusCode::OK
            } else {
                StatusCode::UNSUPPORTED_MEDIA_TYPE
            }
        };
        let routes = Router::new().route("/v1/traces", post(take)).with_state(requests.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { endpoint, requests, _runtime: runtime }
    }

    pub(crate) fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Returns the bodies of all requests.
    pub(crate) fn requests(&self) -> Vec<Bytes> {
        self.requests.lock().unwrap().clone()
    }

    /// Waits until a request has come.
    #[track_caller]
    pub(crate) fn is_sent_something(&self) {
        let until = Instant::now() + PATIENCE;
        while self.requests().is_empty() {
            assert!(Instant::now() < until, "nothing was sent");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns all spans.
    pub(crate) fn spans(&self) -> Vec<Spanned> {
        let mut spans = Vec::new();
        for body in self.requests() {
            for sent in ExportTraceServiceRequest::decode(body).unwrap().resource_spans {
                let service = attributes(&sent.resource.unwrap().attributes).remove("service.name").unwrap();
                let scoped = sent.scope_spans.into_iter().flat_map(|scope| scope.spans);
                spans.extend(scoped.map(|span| Spanned::new(service.clone(), span)));
            }
        }
        spans
    }

    /// Waits until a span of this name has come.
    #[track_caller]
    pub(crate) fn sees(&self, name: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.spans().iter().any(|span| span.name == name) {
            let names: Vec<String> = self.spans().into_iter().map(|span| span.name).collect();
            assert!(Instant::now() < until, "there is no span {name:?} among {names:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Spanned {
    fn new(service: String, span: Span) -> Self {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        Self {
            service,
            trace: hex(&span.trace_id),
            id: hex(&span.span_id),
            parent: hex(&span.parent_span_id),
            failed: span.status.is_some_and(|status| status.code == 2),
            attributes: attributes(&span.attributes),
            name: span.name,
        }
    }

    /// Returns an attribute's value as text, empty where it has none.
    pub(crate) fn says(&self, name: &str) -> &str {
        self.attributes.get(name).map_or("", String::as_str)
    }
}

fn attributes(given: &[KeyValue]) -> BTreeMap<String, String> {
    given.iter().map(|pair| (pair.key.clone(), pair.value.as_ref().map(text).unwrap_or_default())).collect()
}

fn text(value: &AnyValue) -> String {
    match value.value.as_ref() {
        Some(Value::StringValue(text)) => text.clone(),
        Some(Value::IntValue(number)) => number.to_string(),
        Some(Value::BoolValue(truth)) => truth.to_string(),
        Some(Value::ArrayValue(array)) => array.values.iter().map(text).collect::<Vec<_>>().join(","),
        other => format!("{other:?}"),
    }
}
