//! What every request is answered with.

use std::{sync::Arc, time::Duration};

use bindery_commands::{Caller, TenantRoom};
use bindery_files::Files;
use bindery_runtime::Ports;
use bindery_webhook::AddressRules;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::{
    documents::DocumentReader,
    events::{hub::Hub, texts::TextHub},
    feed::Feed,
    key_watch::KeyWatch,
    problem::{Problem, ProblemKind},
    proxy::TrustedProxy,
    rate::Rates,
    reception::Reception,
    streams::Streams,
};

/// Who may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody with a key.
    Keys,
    /// Everybody on this machine, as the owner of this tenant's books.
    Owner(String),
}

/// How the API serves.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Who may call.
    pub access: Access,
    /// The origins of the pages elsewhere that may call.
    pub origins: Vec<String>,
    /// How many requests a key has in a minute; `None` where that has no limit.
    pub rate: Option<u32>,
    /// How many streams a key may have open; `None` where that has no limit.
    pub streams: Option<u32>,
    /// How many open books a tenant may have; `None` where that has no limit.
    pub open_books: Option<u32>,
    /// The proxy that signs callers in, if there is one.
    pub proxy: Option<TrustedProxy>,
    /// The user of the broker that this process connects as; `None` where the queue has no users. A dispatcher that is the same
    /// user believes what the API says of a sender.
    pub broker_user: Option<String>,
    /// How long a client has for the head of a request, and how long a connection may be idle.
    pub head_time: Duration,
    /// How long a client has for the body of a request.
    pub body_time: Duration,
    /// How long the broker has to send a dead letter.
    pub broker_time: Duration,
    /// Which addresses webhooks may have.
    pub webhook_addresses: AddressRules,
    /// How long the acceptance of a submission is waited for before it is answered; `None` where it is answered as soon as the
    /// queue has it. A queue within this process loses what it has when the process ends.
    pub accept_timeout: Option<Duration>,
}

/// What every request is answered with.
pub struct Service {
    pub(crate) ports: Ports,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) reception: Arc<dyn Reception>,
    pub(crate) documents: Arc<dyn DocumentReader>,
    pub(crate) settings: Settings,
    pub(crate) rates: Rates,
    pub(crate) streams: Arc<Streams>,
    pub(crate) room: TenantRoom,
    pub(crate) hub: Hub,
    pub(crate) texts: TextHub,
    pub(crate) feed: Feed,
    pub(crate) key_watch: KeyWatch,
    /// Kept by whoever has taken the dead letters, so that no other request finds their queue empty.
    pub(crate) dead_letters: Mutex<()>,
    /// Cancelled once the process begins to stop. Streams end then.
    pub(crate) stopping: CancellationToken,
}

impl Service {
    /// Makes a service on these ports.
    pub fn new(
        ports: Ports,
        files: Arc<dyn Files>,
        reception: Arc<dyn Reception>,
        documents: Arc<dyn DocumentReader>,
        settings: Settings,
        stopping: CancellationToken,
    ) -> Arc<Self> {
        let dead_letters = Mutex::default();
        let (rates, streams) = (Rates::new(settings.rate), Streams::new(settings.streams));
        let room = TenantRoom::new(settings.open_books);
        let (feed, hub, texts, key_watch) = (Feed::default(), Hub::default(), TextHub::default(), KeyWatch::default());
        Arc::new(Self {
            ports,
            files,
            reception,
            documents,
            settings,
            rates,
            streams,
            room,
            feed,
            hub,
            texts,
            key_watch,
            dead_letters,
            stopping,
        })
    }

    /// Opens a stream for a caller, if it may have another one. Returns what waits until the stream must end: the process stops, or
    /// the caller's key no longer counts. The stream is open as long as this is kept.
    pub(crate) fn open_stream(&self, caller: &Caller) -> Result<impl Future<Output = ()> + Send + use<>, Problem> {
        let place = self.streams.take(&caller.name).map_err(|most| {
            let detail = format!("the key has {most} streams open at this process; end one of them first");
            Problem::new(ProblemKind::TooManyRequests, detail)
        })?;
        let (stopping, ended) = (self.stopping.clone(), self.key_watch.ended(&self.settings.access, caller));
        Ok(async move {
            let _place = place;
            stopping.run_until_cancelled(ended).await;
        })
    }
}
