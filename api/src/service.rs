//! What every request is answered with.

use std::{sync::Arc, time::Duration};

use bindery_files::Files;
use bindery_runtime::Ports;
use bindery_webhook::AddressRules;
use tokio_util::sync::CancellationToken;

use crate::{events::hub::Hub, feed::Feed, rate::Rates, reception::Reception};

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
    /// The user of the broker that this process connects as; `None` where the queue has no users. A dispatcher that is the same
    /// user believes what the API says of a sender.
    pub broker_user: Option<String>,
    /// Which addresses webhooks may have.
    pub webhook_addresses: AddressRules,
    /// How long the acceptance of a submission is waited for before it is answered; `None` where it is answered as soon as the
    /// queue has it. A queue within this process loses what it has when the process ends.
    pub patience: Option<Duration>,
}

/// What every request is answered with.
pub struct Service {
    pub(crate) ports: Ports,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) reception: Arc<dyn Reception>,
    pub(crate) settings: Settings,
    pub(crate) rates: Rates,
    pub(crate) hub: Hub,
    pub(crate) feed: Feed,
    /// Cancelled once the process begins to stop. Streams end then.
    pub(crate) stopping: CancellationToken,
}

impl Service {
    /// Makes a service on these ports.
    pub fn new(
        ports: Ports,
        files: Arc<dyn Files>,
        reception: Arc<dyn Reception>,
        settings: Settings,
        stopping: CancellationToken,
    ) -> Arc<Self> {
        let rates = Rates::new(settings.rate);
        let (feed, hub) = (Feed::default(), Hub::default());
        Arc::new(Self { ports, files, reception, settings, rates, feed, hub, stopping })
    }
}
