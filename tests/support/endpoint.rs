//! The endpoint of a webhook, which fails as often as a test wants.

use std::{
    sync::{Arc, Condvar, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;
use tokio::runtime::Runtime;

/// The longest wait of a test, long enough for a busy machine.
const TIMEOUT: Duration = Duration::from_secs(120);

/// An endpoint that keeps what it is told.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    port: u16,
    state: Arc<Shared>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Shared {
    told: Mutex<Told>,
    /// Notified when another notice has come.
    came: Condvar,
}

#[derive(Default)]
struct Told {
    notices: Vec<Notified>,
    /// How many of the next notices are refused.
    failures: usize,
}

/// A notice as it came.
#[derive(Clone, Debug)]
pub(crate) struct Notified {
    pub(crate) id: String,
    pub(crate) timestamp: u64,
    pub(crate) signatures: Vec<String>,
    pub(crate) body: String,
    pub(crate) taken: bool,
}

impl Notified {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Returns the public name of the event.
    pub(crate) fn event(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap().to_owned();
        kind.strip_prefix("bindery.book.").and_then(|rest| rest.strip_suffix(".v1")).unwrap().to_owned()
    }

    /// Checks that the secret has made one of the signatures.
    #[track_caller]
    pub(crate) fn is_signed_with(&self, secret: &str) {
        let expected = bindery_webhook::signature(secret, &self.id, self.timestamp, &self.body).unwrap();
        assert!(self.signatures.contains(&expected), "{expected} is not among {:?}", self.signatures);
    }
}

async fn take(State(shared): State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let mut told = shared.told.lock().unwrap();
    let taken = told.failures == 0;
    told.failures = told.failures.saturating_sub(1);
    told.notices.push(Notified {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp").parse().unwrap(),
        signatures: header("webhook-signature").split(' ').map(str::to_owned).collect(),
        body: String::from_utf8(body.to_vec()).unwrap(),
        taken,
    });
    shared.came.notify_all();
    if taken { StatusCode::NO_CONTENT } else { StatusCode::SERVICE_UNAVAILABLE }
}

impl Endpoint {
    /// Starts an endpoint that refuses the first notices.
    pub(crate) fn start(failures: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Arc::<Shared>::default();
        state.told.lock().unwrap().failures = failures;
        let routes = Router::new().route("/hook", post(take)).with_state(state.clone());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = listener.local_addr().unwrap().port();
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { url: format!("http://127.0.0.1:{port}/hook"), port, state, _runtime: runtime }
    }

    /// Returns the same address with a name in it.
    pub(crate) fn named(&self, scheme: &str, host: &str) -> String {
        format!("{scheme}://{host}:{}/hook", self.port)
    }

    /// Takes all further notices.
    pub(crate) fn recovers(&self) {
        self.state.told.lock().unwrap().failures = 0;
    }

    /// Returns what it was told so far.
    pub(crate) fn told(&self) -> Vec<Notified> {
        self.state.told.lock().unwrap().notices.clone()
    }

    /// Waits until it has taken as many notices of an event, each counted once.
    #[track_caller]
    pub(crate) fn takes(&self, event: &str, count: usize) -> Vec<Notified> {
        let taken = |told: &Told| {
            let of_event = told.notices.iter().filter(|notice| notice.taken && notice.event() == event);
            of_event.map(|notice| notice.id.as_str()).collect::<std::collections::BTreeSet<_>>().len()
        };
        let told = self.state.told.lock().unwrap();
        let (told, waited) = self.state.came.wait_timeout_while(told, TIMEOUT, |told| taken(told) < count).unwrap();
        assert!(!waited.timed_out(), "{event} was taken {} times: {:?}", taken(&told), told.notices);
        told.notices.clone()
    }
}
