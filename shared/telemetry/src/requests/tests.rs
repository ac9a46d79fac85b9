//! What is counted of requests, over real connections.

use std::{
    convert::Infallible,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::HeaderMap,
    routing::{any, get},
};
use http_body::Frame;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::*;

/// A body that never ends.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Pending
    }
}

/// A server whose router is measured.
struct Served {
    address: SocketAddr,
    metrics: Arc<Metrics>,
}

impl Served {
    async fn start() -> Self {
        let metrics = Arc::new(Metrics::new());
        let routes = Router::new()
            .route("/v1/books/{id}", any(async || "twelve bytes"))
            .route("/v1/events", get(async || ([(header::CONTENT_TYPE, "text/event-stream")], Body::new(Endless))))
            .route("/refuses", get(async || StatusCode::TOO_MANY_REQUESTS))
            .route("/fails", get(async || StatusCode::SERVICE_UNAVAILABLE))
            .route("/parent", get(async |headers: HeaderMap| headers[TRACE_PARENT].to_str().unwrap().to_owned()));
        let routes = wrap_router(Some(metrics.clone()))(routes);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { address, metrics }
    }

    async fn begin(&self, method: &str, path: &str) -> TcpStream {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n{TRACE_PARENT}: {UPSTREAM}\r\n\r\n");
        connection.write_all(head.as_bytes()).await.unwrap();
        connection
    }

    async fn answer(&self, method: &str, path: &str) -> String {
        let mut answer = String::new();
        self.begin(method, path).await.read_to_string(&mut answer).await.unwrap();
        answer
    }

    fn page(&self) -> String {
        String::from_utf8(self.metrics.render()).unwrap()
    }

    fn shows(&self, sample: &str) {
        let page = self.page();
        assert!(page.lines().any(|line| line == sample), "{sample} is not in {page}");
    }

    fn streams(&self) -> i64 {
        self.metrics.api_streams_open.with_label_values(NO_LABELS).get()
    }
}

const UPSTREAM: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn requests_are_counted_by_the_pattern_of_their_route_and_no_caller_makes_labels() {
    let served = Served::start().await;
    for (method, path) in
        [("GET", "/v1/books/1"), ("GET", "/v1/books/2"), ("HEAD", "/v1/books/3"), ("BREW", "/v1/books/4")]
    {
        served.answer(method, path).await;
    }
    served.answer("GET", "/../secret").await;
    served.shows(r#"bindery_api_requests_total{method="GET",route="/v1/books/{id}",status="2xx"} 2"#);
    served.shows(r#"bindery_api_requests_total{method="HEAD",route="/v1/books/{id}",status="2xx"} 1"#);
    served.shows(r#"bindery_api_requests_total{method="other",route="/v1/books/{id}",status="2xx"} 1"#);
    served.shows(r#"bindery_api_requests_total{method="GET",route="other",status="4xx"} 1"#);
    served.shows(r#"bindery_api_request_seconds_count{method="GET",route="/v1/books/{id}"} 2"#);
    // The answer to HEAD has no body.
    served.shows(r#"bindery_api_sent_bytes_total{route="/v1/books/{id}"} 36"#);
    assert!(!served.page().contains("secret") && !served.page().contains("BREW"));
}

#[tokio::test]
async fn an_answer_keeps_its_length() {
    let answer = Served::start().await.answer("GET", "/v1/books/1").await;
    assert!(
        answer.to_lowercase().contains("content-length: 12\r\n") && answer.ends_with("\r\n\r\ntwelve bytes"),
        "{answer}"
    );
}

#[tokio::test]
async fn what_is_refused_is_counted_by_its_reason_and_failures_by_their_class() {
    let served = Served::start().await;
    served.shows(r#"bindery_api_refused_total{reason="no_key"} 0"#);
    served.answer("GET", "/refuses").await;
    served.answer("GET", "/fails").await;
    served.shows(r#"bindery_api_refused_total{reason="too_many_requests"} 1"#);
    served.shows(r#"bindery_api_requests_total{method="GET",route="/fails",status="5xx"} 1"#);
    assert_eq!(REFUSED.map(|(_, reason)| served.metrics.api_refused.with_label_values(&[reason]).get()), [0, 0, 0, 1]);
}

#[tokio::test]
async fn a_stream_is_open_until_its_listener_is_gone() {
    let served = Served::start().await;
    served.shows("bindery_api_streams_open 0");
    let mut first = served.begin("GET", "/v1/events").await;
    let mut head = [0; 12];
    first.read_exact(&mut head).await.unwrap();
    assert_eq!((&head, served.streams()), (b"HTTP/1.1 200", 1));
    drop(first);
    // The server notices when the connection is closed.
    while served.streams() > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn without_a_collector_the_routes_see_the_trace_of_the_caller() {
    let answer = Served::start().await.answer("GET", "/parent").await;
    assert!(answer.ends_with(UPSTREAM), "{answer}");
}
