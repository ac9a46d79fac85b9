//! The HTTP server: its routes, and what all calls share.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{get, post},
    serve::ListenerExt,
};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    cache::Cache,
    call,
    dialect::{self, Anthropic, OpenAi},
    faults::Injector,
    refusal::{Refusal, RefusalKind},
    settings::Settings,
    stats::{Counts, Stats},
};

/// How long connections may take to end once the server stops; then they are left behind.
const GRACE: Duration = Duration::from_secs(1);

/// What all calls share.
pub(crate) struct Server {
    pub(crate) settings: Settings,
    pub(crate) injector: Injector,
    pub(crate) cache: Arc<Cache>,
    pub(crate) counts: Arc<Counts>,
    pub(crate) shutdown: CancellationToken,
    prompts: Mutex<Vec<String>>,
    replies: AtomicU64,
}

impl Server {
    fn new(settings: Settings, shutdown: CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            injector: Injector::new(settings.faults.clone()),
            settings,
            cache: Arc::default(),
            counts: Arc::default(),
            shutdown,
            prompts: Mutex::default(),
            replies: AtomicU64::new(0),
        })
    }

    /// Returns a number no other reply of this server has.
    pub(crate) fn next_reply(&self) -> u64 {
        self.replies.fetch_add(1, Ordering::Relaxed)
    }

    /// Keeps a prompt, if prompts are kept.
    pub(crate) fn record(&self, prompt: impl FnOnce() -> String) {
        if self.settings.record_prompts {
            let mut prompts = self.prompts.lock().unwrap_or_else(PoisonError::into_inner);
            prompts.push(prompt());
        }
    }

    async fn run(self: Arc<Self>, listener: TcpListener) -> io::Result<()> {
        let shutdown = self.shutdown.clone();
        // A stream is many small writes; Nagle's algorithm would hold each back until the one before is acknowledged.
        let listener = listener.tap_io(|connection| {
            if let Err(error) = connection.set_nodelay(true) {
                tracing::debug!(%error, "a connection keeps its delay");
            }
        });
        let serving = axum::serve(listener, routes(self)).with_graceful_shutdown(shutdown.clone().cancelled_owned());
        tokio::select! {
            result = serving => result,
            () = async { shutdown.cancelled().await; sleep(GRACE).await } => Ok(()),
        }
    }
}

fn routes(server: Arc<Server>) -> Router {
    Router::new()
        .route("/v1/chat/completions", post(chat_completions))
        .route("/v1/messages", post(messages))
        .route("/v1/models", get(models))
        .route("/stand-in/stats", get(stats))
        .fallback(unknown)
        .with_state(server)
}

async fn chat_completions(State(server): State<Arc<Server>>, request: Request) -> Response {
    call::serve(&server, &OpenAi, request).await
}

async fn messages(State(server): State<Arc<Server>>, request: Request) -> Response {
    call::serve(&server, &Anthropic, request).await
}

async fn models(State(server): State<Arc<Server>>, request: Request) -> Response {
    if let Err(refusal) = call::admit(&server, &OpenAi, request.headers()) {
        return dialect::refusal(&OpenAi, &refusal);
    }
    let model = json!({"id": "stand-in", "object": "model", "created": 0, "owned_by": "bindery"});
    Json(json!({"object": "list", "data": [model]})).into_response()
}

async fn stats(State(server): State<Arc<Server>>) -> Json<Stats> {
    Json(server.counts.stats())
}

async fn unknown(request: Request) -> Response {
    let message = format!("Nothing is served at {} {}.", request.method(), request.uri().path());
    dialect::refusal(&OpenAi, &Refusal::new(RefusalKind::NotFound, message))
}

/// Serves on a listener until the token is cancelled. Streams that run then are broken off.
///
/// # Errors
///
/// Returns the error that keeps the listener from accepting connections.
pub async fn serve(listener: TcpListener, settings: Settings, shutdown: CancellationToken) -> io::Result<()> {
    Server::new(settings, shutdown).run(listener).await
}

/// A stand-in on a free loopback port of this process. It stops when it is dropped.
pub struct StandIn {
    server: Arc<Server>,
    address: SocketAddr,
    serving: JoinHandle<io::Result<()>>,
    _shutdown: DropGuard,
}

impl StandIn {
    /// Starts a stand-in.
    ///
    /// # Errors
    ///
    /// Returns the error that keeps it from binding a port.
    pub async fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let shutdown = CancellationToken::new();
        let server = Server::new(settings, shutdown.clone());
        let serving = tokio::spawn(Arc::clone(&server).run(listener));
        Ok(Self { server, address, serving, _shutdown: shutdown.drop_guard() })
    }

    /// Returns the URL under which both dialects are served, like `http://127.0.0.1:1234/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Returns what was served so far.
    pub fn stats(&self) -> Stats {
        self.server.counts.stats()
    }

    /// Waits until what was served is as wanted when a call begins, and returns it; it may be so already.
    pub async fn wait_for(&self, wanted: impl Fn(&Stats) -> bool) -> Stats {
        self.server.counts.wait_for(wanted).await
    }

    /// Returns the prompts received so far, messages joined by empty lines; none unless they are recorded.
    pub fn prompts(&self) -> Vec<String> {
        let prompts = self.server.prompts.lock().unwrap_or_else(PoisonError::into_inner);
        prompts.clone()
    }

    /// Stops, breaking off the streams that run.
    pub async fn stop(self) {
        self.server.shutdown.cancel();
        match self.serving.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the stand-in stopped serving"),
            Err(error) => tracing::warn!(%error, "the stand-in did not stop by itself"),
        }
    }
}
